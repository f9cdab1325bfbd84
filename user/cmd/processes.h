/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The processes that have talked: which app each is, and when it may be forgotten. */
#pragma once

#include "known.h"

struct processes;

/* `boot_to_real_ns` as of eg_boot_to_real_ns(). 0 or -ENOMEM. */
int processes_new(enum eg_by by, int64_t boot_to_real_ns, struct processes **ret_processes);
void processes_free(struct processes *processes);

/* Describes a process; one that is known stays as it is. 0 or -ENOMEM. */
int processes_add(struct processes *processes, const struct eg_process *record);
/* NULL: never described. */
struct known_process *processes_find(const struct processes *processes,
				     const struct eg_proc_key *key);

/* Whom it works for on a socket of this owner, as known_process_app(); NULL: no memory. */
struct known_app *processes_app(struct processes *processes, struct known_process *process,
				uint32_t owner);

/* What comes is the last: whoever was looked at before now is looked at once more. */
void processes_settle(struct processes *processes);

/* A file as the process sees it; malloc'ed, NULL: none, or it has ended. */
char *processes_read(struct processes *processes, const struct known_process *process,
		     const char *path, size_t *ret_size);

/* Is it quiet, or does the kernel tell of more processes than can be left to wait? */
void processes_look(struct processes *processes, bool quiet);
/* Is it time to look for those that have ended? */
bool processes_are_crowded(const struct processes *processes);

/*
 * Forgets those that have ended, if all of them is told: no socket of them is
 * open, and no counter of them was not collected. The summary of this number is
 * being filled, and hears of it. 0 or -errno.
 */
int processes_forget(struct processes *processes, struct eg_probe *probe, uint64_t summary);
