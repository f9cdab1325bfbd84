/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What /proc adds about a process that was described by an iterator. */
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include <egret/base.h>

#include "private.h"
#include "proctext.h"

static bool read_start(int proc, uint64_t *ret_ticks)
{
	_cleanup_(eg_closep) int fd = openat(proc, "stat", O_RDONLY | O_CLOEXEC);
	char text[1024];
	ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (size <= 0)
		return false;
	text[size] = '\0';
	return proc_stat_start(text, ret_ticks);
}

/* Is this directory of /proc still about the process of the record? */
static bool is_same(int proc, const struct eg_process *process)
{
	uint64_t ticks, tick_ns = NSEC_PER_SEC / (uint64_t)sysconf(_SC_CLK_TCK);

	return read_start(proc, &ticks) && ticks == process->key.start_ns / tick_ns;
}

void complete_old(struct eg_process *process)
{
	_cleanup_(eg_closep) int proc = -1, fd = -1;
	char path[32];
	ssize_t size;

	snprintf(path, sizeof(path), "/proc/%" PRIu32, process->key.tgid);
	proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0 || !is_same(proc, process))
		return;
	fd = openat(proc, "cmdline", O_RDONLY | O_CLOEXEC);
	size = fd < 0 ? -1 : read(fd, process->args, sizeof(process->args));
	if (size > 0 && is_same(proc, process))
		process->args_size = (uint32_t)size;
}
