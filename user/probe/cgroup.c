/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The cgroup2 hierarchy: its root for our programs, and a child for a command. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <linux/mount.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <egret/base.h>
#include <egret/hierarchy.h>

#include "private.h"
#include "proctext.h"

/* How often, and how long in between, to ask for a cgroup to be removed: half a second. */
#define REMOVE_TRIES 50
#define REMOVE_PAUSE_NS (10 * 1000 * 1000)

struct eg_command_cgroup {
	int parent_fd, fd;
	char name[32];
};

/* A mount of our own that no path leads to; it goes with its descriptor. */
static int open_private(void)
{
	_cleanup_(eg_closep) int context = (int)syscall(SYS_fsopen, "cgroup2", FSOPEN_CLOEXEC);
	_cleanup_(eg_closep) int mount = -1;
	int fd;

	if (context < 0)
		return -errno;
	if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	mount = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
	if (mount < 0)
		return -errno;
	fd = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int cgroup_root_open(bool *ret_partial)
{
	int fd = eg_hierarchy_open();

	if (fd < 0)
		fd = open_private();
	/* Only the root of the whole hierarchy has no type: elsewhere we'd see a part. */
	if (fd >= 0)
		*ret_partial = faccessat(fd, "cgroup.type", F_OK, 0) == 0;
	return fd;
}

/* The caller's own cgroup2, relative to the root: "0::/user.slice" -> "user.slice". */
static int own_path(char *path, size_t size)
{
	_cleanup_(eg_fclosep) FILE *stream = fopen("/proc/self/cgroup", "re");
	_cleanup_(eg_freep) char *line = NULL;
	size_t room = 0;
	int error = -ENOENT;

	if (!stream)
		return -errno;
	while (error == -ENOENT && getline(&line, &room, stream) >= 0)
		error = proc_cgroup_path(line, path, size);
	return error;
}

/* Named after this process; where an egret that was killed has left that name, another one. */
static int make_directory(struct eg_command_cgroup *cgroup)
{
	int length = snprintf(cgroup->name, sizeof(cgroup->name), "egret-%d", getpid());

	for (int i = 2; mkdirat(cgroup->parent_fd, cgroup->name, 0755) < 0; i++) {
		if (errno != EEXIST)
			return -1;
		snprintf(cgroup->name + length, sizeof(cgroup->name) - (size_t)length, ".%d", i);
	}
	return 0;
}

int eg_command_cgroup_new(struct eg_command_cgroup **ret_cgroup)
{
	struct eg_command_cgroup *cgroup = calloc(1, sizeof(*cgroup));
	_cleanup_(eg_closep) int root = -1;
	char path[4096];
	bool partial;
	int error;

	if (!cgroup)
		return -ENOMEM;
	cgroup->parent_fd = cgroup->fd = -1;
	root = cgroup_root_open(&partial);
	error = root < 0 ? root : own_path(path, sizeof(path));
	if (error < 0)
		goto fail;
	error = -EIO;
	cgroup->parent_fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cgroup->parent_fd < 0 || make_directory(cgroup) < 0) {
		error = -errno;
		goto fail;
	}
	cgroup->fd = openat(cgroup->parent_fd, cgroup->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cgroup->fd < 0) {
		error = -errno;
		goto fail;
	}
	*ret_cgroup = cgroup;
	return 0;
fail:
	eg_command_cgroup_free(cgroup);
	return error;
}

/*
 * Calls back for each cgroup below, and then for this one. (Without the dot at
 * the end nftw() would find no directory, but /proc's symbolic link to it.)
 */
static void walk(const struct eg_command_cgroup *cgroup,
		 int (*visit)(const char *, const struct stat *, int, struct FTW *))
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d/.", cgroup->fd);
	nftw(path, visit, 4, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static int remove_nested(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status;
	if (type == FTW_DP && where->level > 0)
		rmdir(path);
	return 0;
}

/*
 * With those that the command has made in it. Who was killed just now is there
 * until the kernel has done with them: ask again for a while.
 */
static void remove_directory(const struct eg_command_cgroup *cgroup)
{
	const struct timespec pause = { .tv_nsec = REMOVE_PAUSE_NS };

	for (int i = 0; i < REMOVE_TRIES; i++) {
		walk(cgroup, remove_nested);
		if (!unlinkat(cgroup->parent_fd, cgroup->name, AT_REMOVEDIR) || errno != EBUSY)
			return;
		nanosleep(&pause, NULL);
	}
}

void eg_command_cgroup_free(struct eg_command_cgroup *cgroup)
{
	if (!cgroup)
		return;
	if (cgroup->fd >= 0) {
		remove_directory(cgroup);
		close(cgroup->fd);
	}
	if (cgroup->parent_fd >= 0)
		close(cgroup->parent_fd);
	free(cgroup);
}

/* The id that the kernel's programs see is the inode number of the directory. */
uint64_t eg_command_cgroup_id(const struct eg_command_cgroup *cgroup)
{
	struct stat status;

	return fstat(cgroup->fd, &status) < 0 ? 0 : status.st_ino;
}

static int write_file(const struct eg_command_cgroup *cgroup, const char *name, const char *text)
{
	_cleanup_(eg_closep) int fd = openat(cgroup->fd, name, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return -errno;
	return 0;
}

int eg_command_cgroup_enter(const struct eg_command_cgroup *cgroup)
{
	return write_file(cgroup, "cgroup.procs", "0");
}

bool eg_command_cgroup_populated(const struct eg_command_cgroup *cgroup)
{
	_cleanup_(eg_closep) int fd = openat(cgroup->fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
	char text[256];
	ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (size < 0)
		return false;
	text[size] = '\0';
	return strstr(text, "populated 1");
}

static int kill_each(const char *path, const struct stat *status, int type, struct FTW *where)
{
	_cleanup_(eg_fclosep) FILE *stream = NULL;
	char procs[PATH_MAX];
	int pid;

	(void)status, (void)where;
	if (type != FTW_DP)
		return 0;
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", path);
	stream = fopen(procs, "re");
	while (stream && fscanf(stream, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	return 0;
}

/* cgroup.kill is there since 5.14; before, each process by its pid. */
void eg_command_cgroup_kill(const struct eg_command_cgroup *cgroup)
{
	if (write_file(cgroup, "cgroup.kill", "1") < 0)
		walk(cgroup, kill_each);
}
