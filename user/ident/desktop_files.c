/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Desktop entries of this machine's users: the directories that hold them. */
#include "machine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <egret/base.h>

#include "procfs.h"
#include "resolver.h"

#define LOOK_NS (5 * NSEC_PER_SEC)
#define FILES_MAX 4096 /* in one directory */
#define DEPTH_MAX 2 /* of directories in directories */

/* The first that has an id wins. `base`: links must not lead out of it. */
static const struct {
	const char *base, *below;
	bool home; /* base is below the user's home */
} directories[] = {
	{ .base = ".local/share", .below = "applications", .home = true },
	{ .base = ".local/share/flatpak", .below = "exports/share/applications", .home = true },
	{ .base = "/usr/local/share", .below = "applications" },
	{ .base = "/usr/share", .below = "applications" },
	{ .base = "/var/lib/flatpak", .below = "exports/share/applications" },
	{ .base = "/var/lib/snapd/desktop", .below = "applications" },
};

char *home_of_user(uint32_t uid)
{
	_cleanup_(eg_freep) char *text = NULL;
	struct scratch scratch = {};
	const char *home;
	char *copy;
	size_t size;

	if (procfs_read(AT_FDCWD, "/etc/passwd", &text, &size) < 0)
		return NULL;
	home = passwd_home(&scratch, text, uid);
	copy = home && *home == '/' ? strdup(home) : NULL;
	scratch_free(&scratch);
	return copy;
}

static int open_base(size_t number, const char *home)
{
	_cleanup_(eg_freep) char *path = NULL;

	if (!directories[number].home)
		return open(directories[number].base, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (!home || asprintf(&path, "%s/%s", home, directories[number].base) < 0)
		return -1;
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Also what root exports may be a link, but it stays where its app is. */
static int open_inside(int base, const char *path, uint64_t flags)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, base, path, &how, sizeof(how));
}

/* --- programs --- */

/* Where a program lies that is called by its name alone. */
static char *resolve_program(const char *program)
{
	static const char *const paths[] = { "/usr/local/bin", "/usr/bin", "/bin", "/usr/games" };
	char *found = NULL;

	if (*program == '/')
		return realpath(program, NULL);
	for (size_t i = 0; !found && i < ARRAY_SIZE(paths) && !strchr(program, '/'); i++) {
		_cleanup_(eg_freep) char *path = NULL;

		if (asprintf(&path, "%s/%s", paths[i], program) < 0)
			return NULL;
		found = realpath(path, NULL);
	}
	return found;
}

/* --- files --- */

static int add_entry(struct eg_entries *entries, const char *id, const char *text, const char *file)
{
	_cleanup_(eg_freep) char *program = eg_entry_program(text);
	_cleanup_(eg_freep) char *resolved = program ? resolve_program(program) : NULL;
	int error = eg_entries_add(entries, id, text, file, resolved);

	return error == -ENOMEM ? error : 0;
}

/* `below` with `name` in it; malloc'ed, NULL: no memory. */
static char *path_in(const char *below, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", below, name) < 0 ? NULL : path;
}

static int read_entry(struct eg_entries *entries, int base, const char *path, const char *id)
{
	_cleanup_(eg_closep) int fd = open_inside(base, path, O_PATH);
	_cleanup_(eg_freep) char *text = NULL, *file = NULL;
	char link[32];
	size_t size;

	if (fd < 0)
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (procfs_read(AT_FDCWD, link, &text, &size) < 0 || procfs_link(AT_FDCWD, link, &file) < 0)
		return 0;
	return add_entry(entries, id, text, file);
}

static int read_directory(struct eg_entries *entries, int base, const char *below,
			  const char *prefix, unsigned depth);

/* A file "kde/okular.desktop" has the id "kde-okular" (Desktop Entry Specification). */
static int read_name(struct eg_entries *entries, int base, const char *below, const char *prefix,
		     const char *name, unsigned depth)
{
	static const char suffix[] = ".desktop";
	_cleanup_(eg_freep) char *path = path_in(below, name), *id = NULL;
	bool file = has_suffix(name, suffix);
	int size = file ? (int)(strlen(name) - strlen(suffix)) : (int)strlen(name);

	if (!path || asprintf(&id, "%s%.*s%s", prefix, size, name, file ? "" : "-") < 0)
		return -ENOMEM;
	return file ? read_entry(entries, base, path, id)
		    : read_directory(entries, base, path, id, depth + 1);
}

static int read_directory(struct eg_entries *entries, int base, const char *below,
			  const char *prefix, unsigned depth)
{
	int fd = depth > DEPTH_MAX ? -1 : open_inside(base, below, O_DIRECTORY), error = 0;
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *file;

	if (!directory) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	for (int i = 0; !error && i < FILES_MAX && (file = readdir(directory)); i++) {
		bool wanted = has_suffix(file->d_name, ".desktop") || file->d_type == DT_DIR;

		if (wanted && *file->d_name != '.')
			error = read_name(entries, base, below, prefix, file->d_name, depth);
	}
	closedir(directory);
	return error;
}

/* What changes when a file of a directory is added, replaced or removed. */
static uint64_t stamp_of(int base, const char *below)
{
	_cleanup_(eg_closep) int fd = open_inside(base, below, O_DIRECTORY);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return 0;
	return (uint64_t)status.st_mtim.tv_sec * NSEC_PER_SEC + (uint64_t)status.st_mtim.tv_nsec +
	       (uint64_t)status.st_ino;
}

static uint64_t stamp(const char *home)
{
	uint64_t sum = 1;

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		_cleanup_(eg_closep) int base = open_base(i, home);

		if (base >= 0)
			sum = sum * 31 + stamp_of(base, directories[i].below);
	}
	return sum;
}

/* --- users --- */

static void clear(struct desktop *desktop)
{
	eg_entries_free(desktop->entries);
	*desktop = (struct desktop){};
}

/* 0 or -ENOMEM; then it is what it was. */
static int refresh(struct desktop *desktop, int64_t now)
{
	_cleanup_(eg_freep) char *home = NULL;
	struct eg_entries *entries;
	uint64_t current;
	int error = 0;

	if (desktop->entries && now - desktop->checked_at < LOOK_NS)
		return 0;
	desktop->checked_at = now;
	home = home_of_user(desktop->uid);
	current = stamp(home);
	if (desktop->entries && current == desktop->stamp)
		return 0;
	entries = eg_entries_new();
	if (!entries)
		return -ENOMEM;
	for (size_t i = 0; !error && i < ARRAY_SIZE(directories); i++) {
		_cleanup_(eg_closep) int base = open_base(i, home);

		if (base >= 0)
			error = read_directory(entries, base, directories[i].below, "", 0);
	}
	if (error) {
		eg_entries_free(entries);
		return error;
	}
	eg_entries_free(desktop->entries);
	desktop->entries = entries;
	desktop->stamp = current;
	return 0;
}

static struct desktop *find(struct desktops *desktops, uint32_t uid)
{
	struct desktop *oldest = &desktops->of[0];

	for (size_t i = 0; i < USERS_MAX; i++) {
		struct desktop *desktop = &desktops->of[i];

		if (desktop->entries && desktop->uid == uid)
			return desktop;
		if (desktop->checked_at < oldest->checked_at)
			oldest = desktop;
	}
	clear(oldest);
	oldest->uid = uid;
	return oldest;
}

const struct eg_entries *desktops_entries(struct desktops *desktops, uint32_t uid, int64_t now)
{
	struct desktop *desktop = find(desktops, uid);

	return refresh(desktop, now) == 0 ? desktop->entries : NULL;
}

void desktops_clear(struct desktops *desktops)
{
	for (size_t i = 0; i < USERS_MAX; i++)
		clear(&desktops->of[i]);
}
