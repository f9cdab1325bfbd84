/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The control groups of this machine: where they are, and whose. */
#include "hierarchy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <egret/base.h>

#include "procfs.h"

/* Where version 2 is mounted (proc_pid_mountinfo(5)); malloc'ed, NULL: nowhere. */
static char *find_mount(void)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;

	if (procfs_read(AT_FDCWD, "/proc/self/mountinfo", &text, &size) < 0 || !text)
		return NULL;
	for (char *line = text; *line;) {
		char *end = strchrnul(line, '\n'), *point = line;

		for (int i = 0; i < 4 && point; i++)
			point = strchr(i ? point + 1 : point, ' ');
		if (point && memmem(line, (size_t)(end - line), " - cgroup2 ", 11))
			return strndup(point + 1, strcspn(point + 1, " "));
		line = end + (*end == '\n');
	}
	return NULL;
}

int hierarchy_open(void)
{
	_cleanup_(eg_freep) char *path = find_mount();
	int fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	return !path ? -ENOENT : fd < 0 ? -errno : fd;
}

bool hierarchy_is_users(int hierarchy, const char *cgroup)
{
	struct stat status;

	/* Seen from within a cgroup namespace, a path may begin above it. */
	if (hierarchy < 0 || *cgroup != '/' || !cgroup[1] || strstr(cgroup, "/.."))
		return false;
	return fstatat(hierarchy, cgroup + 1, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_uid;
}
