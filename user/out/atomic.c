/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Writing a file that appears under its name only when it is whole. */
#include <egret/out.h>

#include "writer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <egret/base.h>

#define FILE_MODE 0644
#define NAME_TRIES 16
#define PROC_FD_SIZE sizeof("/proc/self/fd/-2147483648")

struct temporary {
	int directory; /* somebody else's */
	FILE *stream;
	char name[sizeof(".egret-") + 16]; /* "": it has none yet */
};

static void release(struct temporary *temporary)
{
	if (temporary->name[0])
		unlinkat(temporary->directory, temporary->name, 0);
	eg_fclosep(&temporary->stream);
}

/* Not guessable, so that nobody can put something in its place. */
static int make_name(struct temporary *temporary)
{
	uint64_t random;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return -errno;
	snprintf(temporary->name, sizeof(temporary->name), ".egret-%016llx",
		 (unsigned long long)random);
	return 0;
}

static const char *proc_path(int fd, char buffer[static PROC_FD_SIZE])
{
	snprintf(buffer, PROC_FD_SIZE, "/proc/self/fd/%d", fd);
	return buffer;
}

/* What a path leads to. */
struct place {
	char real[PATH_MAX];
	struct stat there; /* st_mode 0: there is nothing yet */
	bool direct; /* a device, a pipe, a file without a name: nothing that could be replaced */
};

/*
 * Where the file really is: the end of a symbolic link, so that the link stays.
 * It is the kernel that follows it, with its protection of links in shared
 * directories.
 */
static int resolve(const char *path, struct place *ret_place)
{
	_cleanup_(eg_closep) int fd = open(path, O_PATH | O_CLOEXEC);
	char buffer[PROC_FD_SIZE];
	struct stat status;
	ssize_t size;

	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	*ret_place = (struct place){ .direct = false };
	memcpy(ret_place->real, path, strlen(path) + 1);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(fd, &status) < 0)
		return -errno;
	if (S_ISDIR(status.st_mode))
		return -EISDIR;
	ret_place->direct = !S_ISREG(status.st_mode) || status.st_nlink == 0;
	ret_place->there = status;
	size = readlink(proc_path(fd, buffer), ret_place->real, PATH_MAX);
	if (size < 0 || size >= PATH_MAX)
		return size < 0 ? -errno : -ENAMETOOLONG;
	ret_place->real[size] = '\0';
	return 0;
}

static int open_named(struct temporary *temporary)
{
	int fd = -1;

	for (int i = 0; i < NAME_TRIES && fd < 0; i++) {
		int r = make_name(temporary);

		if (r < 0)
			return r;
		fd = openat(temporary->directory, temporary->name,
			    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
		if (fd < 0)
			temporary->name[0] = '\0';
		if (fd < 0 && errno != EEXIST)
			break;
	}
	return fd < 0 ? -errno : fd;
}

/* Without a name where the file system can do that: then a killed egret leaves nothing. */
static int open_temporary(struct temporary *temporary)
{
	int fd;

	fd = openat(temporary->directory, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, FILE_MODE);
	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT))
		fd = open_named(temporary);
	else if (fd < 0)
		fd = -errno;
	if (fd < 0)
		return fd;
	temporary->stream = fdopen(fd, "w");
	if (temporary->stream)
		return 0;
	close(fd);
	return -ENOMEM;
}

static int print_all(FILE *stream, int (*print)(FILE *stream, void *data), void *data)
{
	int r = print(stream, data);

	if (r < 0)
		return r;
	return fflush(stream) == EOF ? -errno : eg_stream_status(stream);
}

/* Gives a file without a name one. */
static int name_file(struct temporary *temporary)
{
	char buffer[PROC_FD_SIZE];
	int r = make_name(temporary);

	if (r < 0)
		return r;
	if (linkat(AT_FDCWD, proc_path(fileno(temporary->stream), buffer), temporary->directory,
		   temporary->name, AT_SYMLINK_FOLLOW) == 0)
		return 0;
	temporary->name[0] = '\0';
	return -errno;
}

static int replace(struct temporary *temporary, const char *name)
{
	int r = 0;

	if (fsync(fileno(temporary->stream)) < 0)
		return -errno;
	if (!temporary->name[0])
		r = name_file(temporary);
	if (r < 0)
		return r;
	if (renameat(temporary->directory, temporary->name, temporary->directory, name) < 0)
		return -errno;
	temporary->name[0] = '\0';
	/* Some file systems can't do it with a directory, and say so with EINVAL. */
	return fsync(temporary->directory) < 0 && errno != EINVAL ? -errno : 0;
}

static int write_direct(const char *path, int (*print)(FILE *stream, void *data), void *data)
{
	/* O_CREAT, though it is there: so that fs.protected_fifos protects from others' pipes. */
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, FILE_MODE);
	FILE *stream;
	int r;

	if (fd < 0)
		return -errno;
	stream = fdopen(fd, "w");
	if (!stream) {
		close(fd);
		return -ENOMEM;
	}
	r = print_all(stream, print, data);
	return fclose(stream) == EOF && r == 0 ? -errno : r;
}

/*
 * Before anything is in it: whoever may not read the file that is replaced may
 * not read the new one. The owner is only kept where that takes no right that
 * is gone. st_mode 0: nothing is replaced, and the umask decides.
 */
static int make_like(int fd, const struct stat *like)
{
	if (!like->st_mode)
		return 0;
	if ((like->st_uid != geteuid() || like->st_gid != getegid()) &&
	    fchown(fd, like->st_uid, like->st_gid) < 0 && errno != EPERM && errno != EINVAL)
		return -errno;
	return fchmod(fd, like->st_mode & 0777) < 0 ? -errno : 0;
}

static int write_at(int directory, const char *name, const struct stat *like,
		    int (*print)(FILE *stream, void *data), void *data)
{
	_cleanup_(release) struct temporary temporary = { .directory = directory };
	int r = open_temporary(&temporary);

	if (r == 0)
		r = make_like(fileno(temporary.stream), like);
	if (r == 0)
		r = print_all(temporary.stream, print, data);
	return r < 0 ? r : replace(&temporary, name);
}

int eg_write_atomically_at(int directory, const char *name, mode_t mode,
			   int (*print)(FILE *stream, void *data), void *data)
{
	const struct stat like = { .st_mode = mode, .st_uid = geteuid(), .st_gid = getegid() };

	return write_at(directory, name, &like, print, data);
}

int eg_write_atomically(const char *path, int (*print)(FILE *stream, void *data), void *data)
{
	_cleanup_(eg_closep) int directory = -1;
	struct place place;
	char *slash, *name = place.real;
	int r = resolve(path, &place);

	if (r < 0)
		return r;
	if (place.direct)
		return write_direct(path, print, data);
	slash = strrchr(place.real, '/');
	if (slash) {
		name = slash + 1;
		*slash = '\0';
	}
	if (!*name)
		return -EISDIR;
	directory = open(slash ? (*place.real ? place.real : "/") : ".",
			 O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return directory < 0 ? -errno : write_at(directory, name, &place.there, print, data);
}
