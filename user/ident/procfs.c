/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading what other processes could have made: files of /proc, files of their roots. */
#include "procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <egret/base.h>

#include "mounts.h"

#define PF_KTHREAD 0x00200000U /* include/linux/sched.h */
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

/*
 * From what O_PATH has found to a file that can be read. A pipe would wait when
 * it is read, and a device does something when it is only opened: whoever may
 * put a link, or make a node, could have root start a watchdog. -errno.
 */
static int open_regular(int found)
{
	struct stat status;
	char path[32];
	int fd;

	if (fstat(found, &status) < 0)
		return last_error();
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", found);
	fd = open(path, READ_FLAGS);
	return fd < 0 ? last_error() : fd;
}

static int read_opened(int fd, char **ret_text, size_t *ret_size)
{
	return fd < 0 ? fd : read_all(fd, ret_text, ret_size);
}

int procfs_read(int directory, const char *path, char **ret_text, size_t *ret_size)
{
	_cleanup_(eg_closep) int found = openat(directory, path, O_PATH | O_CLOEXEC), fd = -1;

	if (found < 0)
		return last_error();
	fd = open_regular(found);
	return read_opened(fd, ret_text, ret_size);
}

int procfs_read_own(int process, const char *path, char **ret_text, size_t *ret_size)
{
	_cleanup_(eg_closep) int fd = openat(process, path, READ_FLAGS | O_NOFOLLOW);

	if (fd < 0)
		return last_error();
	return read_all(fd, ret_text, ret_size);
}

/*
 * --- the root of a process ---
 *
 * A file system in user space may be the process's own, and never answer: what
 * is on one is not looked at.
 */

static bool shares_our_mounts(int process)
{
	uint32_t own = procfs_namespace(AT_FDCWD, "/proc/self/ns/mnt");

	return own && own == procfs_namespace(process, "ns/mnt");
}

/* Is it on a device that we have mounted, too? Nobody is asked for that. */
static bool is_on_our_device(int found)
{
	_cleanup_(eg_freep) char *text = NULL;
	struct statx status;
	struct mount mount;
	const char *rest;
	char device[32];
	size_t size;

	if (statx(found, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, 0, &status) < 0 ||
	    procfs_read(AT_FDCWD, "/proc/self/mountinfo", &text, &size) < 0)
		return false;
	snprintf(device, sizeof(device), "%u:%u", status.stx_dev_major, status.stx_dev_minor);
	for (rest = text; mount_next(&rest, &mount);) {
		if (mount.device.size == strlen(device) &&
		    memcmp(mount.device.text, device, mount.device.size) == 0)
			return !mount_is_fuse(&mount);
	}
	return false;
}

/* A process doesn't see the mount that it has its root in the middle of. */
static bool is_hidden_in_user_space(int process, int found)
{
	return !shares_our_mounts(process) && !is_on_our_device(found);
}

/*
 * By the path alone, which may have no link in it, and which begins at the root
 * in any case; true as well if nobody can tell.
 */
static bool leads_to_user_space(int process, int root, const char *path)
{
	_cleanup_(eg_freep) char *text = NULL;
	struct mount mount;
	size_t size;

	if (procfs_read_own(process, "mountinfo", &text, &size) < 0 || !text)
		return true;
	if (!mount_of(text, *path == '/' ? path : "/", &mount))
		return is_hidden_in_user_space(process, root);
	return mount_is_fuse(&mount);
}

/* By the mount that something was found on; true as well if nobody can tell. */
static bool is_in_user_space(int process, int found)
{
	_cleanup_(eg_freep) char *about = NULL, *text = NULL;
	const char *field, *rest;
	struct mount mount;
	unsigned long id;
	char path[40];
	size_t size;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", found);
	if (procfs_read(AT_FDCWD, path, &about, &size) < 0 ||
	    procfs_read_own(process, "mountinfo", &text, &size) < 0 || !about || !text)
		return true;
	field = strstr(about, "mnt_id:");
	id = field ? strtoul(field + strlen("mnt_id:"), NULL, 10) : 0;
	for (rest = text; mount_next(&rest, &mount);) {
		if (strtoul(mount.id.text, NULL, 10) == id)
			return mount_is_fuse(&mount);
	}
	return is_hidden_in_user_space(process, found);
}

#ifndef RESOLVE_CACHED /* linux/openat2.h of 5.12 */
#define RESOLVE_CACHED 0x20
#endif

/*
 * Finds it without letting links lead out: a descriptor for O_PATH, or -errno.
 * What the kernel has in mind needs no file system to be asked, and mostly there
 * is no such file. Else links are not followed where others may mount: where
 * they lead is not known before somebody was asked. `asks`: what is done with it
 * will ask.
 */
static int find_in_root(int process, const char *path, bool asks)
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
	if (fd >= 0)
		return asks && is_in_user_space(process, fd) ? -EACCES : TAKE_FD(fd);
	if (leads_to_user_space(process, root, path))
		return -EACCES;
	how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
	if (!shares_our_mounts(process))
		how.resolve |= RESOLVE_NO_SYMLINKS;
	fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	return fd < 0 ? last_error() : TAKE_FD(fd);
}

int procfs_read_root(int process, const char *path, char **ret_text, size_t *ret_size)
{
	_cleanup_(eg_closep) int found = find_in_root(process, path, true), fd = -1;

	if (found < 0)
		return found;
	fd = open_regular(found);
	return read_opened(fd, ret_text, ret_size);
}

int procfs_stamp_root(int process, const char *path, uint64_t *ret_stamp)
{
	_cleanup_(eg_closep) int fd = find_in_root(process, path, false);
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

int procfs_open_proc(int process)
{
	_cleanup_(eg_closep) int found = find_in_root(process, "/proc", true);
	struct statfs status;

	if (found < 0)
		return found;
	if (fstatfs(found, &status) < 0)
		return last_error();
	return status.f_type == PROC_SUPER_MAGIC ? TAKE_FD(found) : -ENOTDIR;
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
	int error = procfs_read_own(process, "stat", &text, &size);

	if (error || !text)
		return error ? error : -ENOENT;
	field = strrchr(text, ')');
	if (!field || sscanf(field + 1, " %*c %" SCNu32, ret_parent) != 1)
		return -EINVAL;
	for (int i = 2; field && i < 22; i++)
		field = strchr(field + 1, ' ');
	return field && sscanf(field, " %" SCNu64, ret_start) == 1 ? 0 : -EINVAL;
}

int procfs_open_elder(uint32_t pid, uint64_t start)
{
	_cleanup_(eg_closep) int process = procfs_open(pid);
	uint64_t older;
	uint32_t parent;
	int error;

	if (process < 0)
		return process;
	error = procfs_stat(process, &parent, &older);
	if (error)
		return error;
	return older <= start ? TAKE_FD(process) : -ESRCH;
}

/* Pids are used again: a number that has meanwhile become another's is not followed. */
int procfs_open_parent(int child)
{
	_cleanup_(eg_closep) int parent = -1;
	uint32_t number, again;
	uint64_t start;
	int error = procfs_stat(child, &number, &start);

	if (error)
		return error;
	parent = procfs_open_elder(number, start);
	if (parent < 0)
		return parent;
	error = procfs_stat(child, &again, &start);
	if (error)
		return error;
	return again == number ? TAKE_FD(parent) : -ESRCH;
}

bool procfs_is_kernel_thread(int process)
{
	_cleanup_(eg_freep) char *text = NULL;
	const char *field;
	uint32_t flags;
	size_t size;

	if (procfs_read_own(process, "stat", &text, &size) < 0 || !text)
		return false;
	field = strrchr(text, ')');
	for (int i = 2; field && i < 9; i++)
		field = strchr(field + 1, ' ');
	return field && sscanf(field, " %" SCNu32, &flags) == 1 && flags & PF_KTHREAD;
}

uint32_t procfs_namespace(int process, const char *path)
{
	struct stat status;

	return fstatat(process, path, &status, 0) < 0 ? 0 : (uint32_t)status.st_ino;
}

uint32_t procfs_owner(int process, const char *path)
{
	_cleanup_(eg_closep) int namespace = openat(process, path, O_RDONLY | O_CLOEXEC),
				 owner = -1;
	struct stat status;

	owner = namespace < 0 ? -1 : ioctl(namespace, NS_GET_USERNS);
	return owner < 0 || fstat(owner, &status) < 0 ? 0 : (uint32_t)status.st_ino;
}

char **procfs_arguments(int process)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size = 0, count = 0, at = 0;
	char **list, *copy;

	if (procfs_read_own(process, "cmdline", &text, &size) < 0 || !text || !size)
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
