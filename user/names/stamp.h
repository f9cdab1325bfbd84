/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Has a file changed since it was read? Looked at now and then, as long as a trace runs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#define EG_STAMP_NS (2ULL * 1000000000) /* how often files are looked at */

/* What a file was when it was looked at last; zeroes: not there, or not looked at yet. */
struct eg_stamp {
	bool there;
	dev_t dev;
	ino_t inode;
	off_t size;
	struct timespec changed; /* st_ctim, which nobody sets */
};

/* Looks at a file, and notes what it is; true: that is something else than it was. */
bool eg_stamp_look(struct eg_stamp *stamp, const char *path);

/*
 * Is it time to look again? Notes that it is being done. *looked_ns: when it
 * was done last, CLOCK_BOOTTIME ns; 0: never.
 */
bool eg_stamp_due(uint64_t *looked_ns, uint64_t now_ns);
