/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading what other processes could have made: files of /proc, files of their roots. */
#include "procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <egret/base.h>

#define READ_FLAGS (O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

int procfs_open(uint32_t pid)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%" PRIu32, pid);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int last_error(void)
{
	int error = errno;

	return error > 0 ? -error : -EIO;
}

/* /proc tells no sizes, so all files are read until they end. */
static int read_all(int fd, char **ret_text, size_t *ret_size)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t capacity = 0, size = 0;
	ssize_t got;

	do {
		if (size + 1 >= capacity) {
			char *grown;

			if (capacity >= PROCFS_FILE_MAX)
				return -EFBIG;
			capacity = capacity ? 4 * capacity : 4096;
			grown = realloc(text, capacity);
			if (!grown)
				return -ENOMEM;
			text = grown;
		}
		got = read(fd, text + size, capacity - size - 1);
		if (got < 0)
			return last_error();
		size += (size_t)got;
	} while (got > 0);
	text[size] = '\0';
	*ret_text = TAKE_PTR(text);
	*ret_size = size;
	return 0;
}

/* A device or a pipe would do something, or wait, when it is read. */
static int read_regular(int fd, char **ret_text, size_t *ret_size)
{
	struct stat status;

	if (fd < 0)
		return last_error();
	if (fstat(fd, &status) < 0)
		return last_error();
	return S_ISREG(status.st_mode) ? read_all(fd, ret_text, ret_size) : -EINVAL;
}

int procfs_read(int directory, const char *path, char **ret_text, size_t *ret_size)
{
	_cleanup_(eg_closep) int fd = openat(directory, path, READ_FLAGS);

	return read_regular(fd, ret_text, ret_size);
}

/* --- the root of a process --- */

/* Field `number` of a line of words; its size is 0 where there is none. */
static const char *word_of(const char *line, unsigned number, size_t *ret_size)
{
	for (; number; number--) {
		line += strcspn(line, " \n");
		line += *line == ' ';
	}
	*ret_size = strcspn(line, " \n");
	return line;
}

static bool is_below(const char *path, const char *point, size_t size)
{
	if (size == 1 && *point == '/')
		return true;
	return strncmp(path, point, size) == 0 && (path[size] == '/' || !path[size]);
}

/*
 * A file system in user space may never answer, and it is the process's own
 * (fuse(4)): what is on one is not looked at.
 */
static bool is_in_user_space(int process, const char *path)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size, best = 0;
	bool fuse = false;

	if (procfs_read(process, "mountinfo", &text, &size) < 0 || !text)
		return true;
	for (const char *line = text; *line;) {
		const char *point = word_of(line, 4, &size), *end = line + strcspn(line, "\n");
		const char *mark = memmem(line, (size_t)(end - line), " - ", 3);

		if (mark && size >= best && is_below(path, point, size)) {
			best = size;
			fuse = strncmp(mark + 3, "fuse", 4) == 0;
		}
		line = end + (*end == '\n');
	}
	return fuse;
}

#ifndef RESOLVE_CACHED /* linux/openat2.h of 5.12 */
#define RESOLVE_CACHED 0x20
#endif

/*
 * Opens it without letting links lead out; -errno. What the kernel has in mind
 * needs no file system to be asked, and mostly there is no such file.
 */
static int open_in_root(int process, const char *path, uint64_t flags)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_CACHED,
	};
	_cleanup_(eg_closep) int root = -1, fd = -1;

	root = openat(process, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return errno == ENOENT ? -ESRCH : last_error();
	fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd >= 0 && flags & O_PATH)
		return TAKE_FD(fd);
	if (is_in_user_space(process, path))
		return -EACCES;
	if (fd >= 0)
		close(fd);
	how.flags = flags;
	how.resolve &= ~(uint64_t)RESOLVE_CACHED;
	fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	return fd < 0 ? last_error() : TAKE_FD(fd);
}

int procfs_read_root(int process, const char *path, char **ret_text, size_t *ret_size)
{
	_cleanup_(eg_closep) int fd = open_in_root(process, path, READ_FLAGS);

	return fd < 0 ? fd : read_regular(fd, ret_text, ret_size);
}

int procfs_stamp_root(int process, const char *path, uint64_t *ret_stamp)
{
	_cleanup_(eg_closep) int fd = open_in_root(process, path, O_PATH | O_CLOEXEC);
	struct stat status;

	if (fd < 0)
		return fd;
	if (fstat(fd, &status) < 0)
		return last_error();
	*ret_stamp = ((uint64_t)status.st_dev * 31 + (uint64_t)status.st_ino) * 31 +
		     (uint64_t)status.st_size;
	*ret_stamp = *ret_stamp * 31 + (uint64_t)status.st_mtim.tv_sec * NSEC_PER_SEC +
		     (uint64_t)status.st_mtim.tv_nsec;
	return 0;
}

/* --- a process --- */

int procfs_link(int directory, const char *path, char **ret_text)
{
	char text[PATH_MAX];
	ssize_t size = readlinkat(directory, path, text, sizeof(text));

	if (size < 0)
		return last_error();
	*ret_text = strndup(text, (size_t)size);
	return *ret_text ? 0 : -ENOMEM;
}

/* Fields are counted from the last ')': comm may hold anything. */
int procfs_stat(int process, uint32_t *ret_parent, uint64_t *ret_start)
{
	_cleanup_(eg_freep) char *text = NULL;
	const char *field;
	size_t size;
	int error = procfs_read(process, "stat", &text, &size);

	if (error || !text)
		return error;
	field = strrchr(text, ')');
	if (!field || sscanf(field + 1, " %*c %" SCNu32, ret_parent) != 1)
		return -EINVAL;
	for (int i = 2; field && i < 22; i++)
		field = strchr(field + 1, ' ');
	return field && sscanf(field, " %" SCNu64, ret_start) == 1 ? 0 : -EINVAL;
}

uint32_t procfs_namespace(int process, const char *path)
{
	struct stat status;

	return fstatat(process, path, &status, 0) < 0 ? 0 : (uint32_t)status.st_ino;
}

char **procfs_arguments(int process)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size = 0, count = 0, at = 0;
	char **list, *copy;

	if (procfs_read(process, "cmdline", &text, &size) < 0 || !text || !size)
		return NULL;
	for (size_t i = 0; i < size; i++)
		count += text[i] == '\0' || i + 1 == size;
	list = malloc((count + 1) * sizeof(*list) + size + 1);
	if (!list)
		return NULL;
	copy = memcpy(list + count + 1, text, size + 1);
	for (size_t i = 0; i < count; i++) {
		list[i] = copy + at;
		at += strlen(copy + at) + 1;
	}
	list[count] = NULL;
	return list;
}
