/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether somebody records: who holds the lock beside the history, asked without touching it. */
#include <egret/store.h>

#include <inttypes.h>
#include <sys/stat.h>

#include <egret/base.h>

/* What the recorder wrote into its lock; 0: that can't be read. */
static pid_t read_pid(const char *path)
{
	_cleanup_(eg_fclosep) FILE *file = fopen(path, "re");
	int pid;

	return file && fscanf(file, "%d", &pid) == 1 && pid > 0 ? pid : 0;
}

/*
 * Taking the lock, if only to see whether that works, could refuse a recorder that
 * begins just then. proc(5) lists who holds which: "1: FLOCK ADVISORY WRITE
 * PID MAJOR:MINOR:INODE START END". The device isn't compared: some file systems
 * tell stat(2) another one.
 */
static pid_t find_holder(ino_t inode, pid_t written)
{
	_cleanup_(eg_fclosep) FILE *locks = fopen("/proc/locks", "re");
	_cleanup_(eg_freep) char *line = NULL;
	size_t size = 0;

	while (locks && getline(&line, &size, locks) > 0) {
		uint64_t held;
		int pid;

		if (sscanf(line, "%*d: FLOCK %*s WRITE %d %*x:%*x:%" SCNu64, &pid, &held) != 2)
			continue;
		if (held == inode && pid > 0 && (!written || written == pid))
			return pid;
	}
	return 0;
}

pid_t eg_store_recorder(const char *path)
{
	_cleanup_(eg_freep) char *lock = NULL;
	struct stat status;

	if (asprintf(&lock, "%s.lock", path) < 0) {
		lock = NULL;
		return 0;
	}
	return stat(lock, &status) < 0 ? 0 : find_holder(status.st_ino, read_pid(lock));
}
