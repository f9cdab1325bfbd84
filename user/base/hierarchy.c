/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The control groups of this machine, version 2: where they are, and whose. */
#include <egret/hierarchy.h>

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <string.h>
#include <sys/stat.h>

int eg_hierarchy_open(void)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *mount;
	int fd = -ENOENT;

	if (!mounts)
		return -errno;
	while (fd < 0 && (mount = getmntent(mounts))) {
		if (strcmp(mount->mnt_type, "cgroup2") != 0)
			continue;
		fd = open(mount->mnt_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			fd = -errno;
	}
	endmntent(mounts);
	return fd;
}

bool eg_hierarchy_is_users(int hierarchy, const char *cgroup)
{
	struct stat status;

	/* Seen from within a cgroup namespace, a path may begin above it. */
	if (hierarchy < 0 || *cgroup != '/' || !cgroup[1] || strstr(cgroup, "/.."))
		return false;
	return fstatat(hierarchy, cgroup + 1, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_uid;
}
