/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's maps: reading a whole one, and waiting for who writes to them. */
#include <errno.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include <egret/base.h>

#include "private.h"

#define BATCH 1024 /* entries: enough that a system call costs nothing beside them */

int each_entry(const struct bpf_map *map,
	       int (*entry)(const void *key, const void *value, void *data), void *data)
{
	size_t key_size = bpf_map__key_size(map), value_size = bpf_map__value_size(map);
	_cleanup_(eg_freep) char *keys = malloc(BATCH * key_size);
	_cleanup_(eg_freep) char *values = malloc(BATCH * value_size);
	uint32_t position = 0, count;
	bool first = true, end = false;
	int error = 0;

	if (!keys || !values)
		return -ENOMEM;
	while (!end && !error) {
		count = BATCH;
		if (bpf_map_lookup_batch(bpf_map__fd(map), first ? NULL : &position, &position,
					 keys, values, &count, NULL)) {
			if (errno != ENOENT)
				return -errno;
			end = true;
		}
		first = false;
		for (uint32_t i = 0; i < count && !error; i++)
			error = entry(keys + i * key_size, values + i * value_size, data);
	}
	return error;
}

void wait_for_programs(void)
{
	const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };

	/* Refused with nohz_full CPUs; no program runs for as long as this. */
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) < 0)
		nanosleep(&pause, NULL);
}
