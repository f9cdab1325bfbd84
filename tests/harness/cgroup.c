/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* cgroup2 directories, by the files of cgroupfs. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <mntent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <harness/cgroup.h>
#include <harness/test.h>

int cgroup_root(const char *spare, char *ret_dir, size_t size)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *entry;
	bool found = false;

	if (!mounts)
		return -errno;
	while (!found && (entry = getmntent(mounts))) {
		found = strcmp(entry->mnt_type, "cgroup2") == 0;
		if (found)
			snprintf(ret_dir, size, "%s", entry->mnt_dir);
	}
	endmntent(mounts);
	if (found)
		return 0;
	if (mkdir(spare, 0755) < 0 && errno != EEXIST)
		return -errno;
	if (mount("none", spare, "cgroup2", 0, NULL) < 0)
		return -errno;
	snprintf(ret_dir, size, "%s", spare);
	return 0;
}

int cgroup_make(const char *dir)
{
	return mkdir(dir, 0755) < 0 ? -errno : 0;
}

int cgroup_enter(const char *dir)
{
	char path[PATH_ROOM + 32];

	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	return file_write(path, "0");
}

/* One round of SIGKILL; the number of processes that were there. */
static int kill_members(const char *dir)
{
	char path[PATH_ROOM + 32];
	FILE *members;
	int pid, count = 0;

	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	members = fopen(path, "re");
	if (!members)
		return 0;
	while (fscanf(members, "%d", &pid) == 1) {
		if (pid > 0)
			kill(pid, SIGKILL);
		count++;
	}
	fclose(members);
	return count;
}

/* Dead processes leave their cgroup a little later than they leave wait(). */
static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *level)
{
	(void)stat;
	(void)level;
	if (type != FTW_DP && type != FTW_D)
		return 0;
	for (long long end = now_ms() + 10000; now_ms() < end; breathe()) {
		kill_members(path);
		if (rmdir(path) == 0 || errno == ENOENT)
			return 0;
		if (errno != EBUSY)
			return -errno;
	}
	return -EBUSY;
}

int cgroup_remove(const char *dir)
{
	return nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
