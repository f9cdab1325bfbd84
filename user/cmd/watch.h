/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The rules of a policy, held against each interval as it is recorded. */
#pragma once

#include <egret/flow.h>
#include <egret/store.h>

#include "cmd.h"

struct watch;

/* A command is run this often at most; what comes in between it gets in one. */
#define WATCH_RUN_NS (60 * NSEC_PER_SEC)
/* A row that goes on to break a rule is told again after this; a limit once a day. */
#define WATCH_REPEAT_NS (3600 * NSEC_PER_SEC)

/*
 * Reads --policy and gets --on-violation ready, while rights are still there. 0, with
 * NULL where neither is given, or an enum eg_exit after a line that says why.
 */
int watch_start(const struct eg_options *options, struct watch **ret_watch);

/*
 * Tells of what breaks a rule in an interval that was written into `store` (NULL: it
 * could not be), on standard error and to the command. `last`: there is no later one
 * to tell it with. A NULL watch does nothing.
 */
void watch_interval(struct watch *watch, struct eg_store *store, const struct eg_summary *summary,
		    bool last);
void watch_stop(struct watch *watch);
