/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An app's processes: at most EG_PROCESSES_MAX, those that sort first. */
#pragma once

#include <egret/flow.h>

/*
 * Adds what one summary lists to what another does. 0 or -ENOMEM.
 *
 * How merging stays associative and commutative although a list holds no more
 * than EG_PROCESSES_MAX: the list is the first EG_PROCESSES_MAX of the union,
 * and whatever is among the first of the whole union is so in each part of it,
 * so it never gets lost on the way. Each listed process knows how many summaries
 * list it, and one that falls off adds that number to processes_omitted. So
 * processes_omitted is, in whatever order the summaries were merged,
 *
 *     what they had omitted + for each summary, its listed processes that are
 *     not listed any more
 *
 * which is the exact number of processes omitted if no two summaries share one
 * of them, and never less than it.
 */
int eg_app_merge_processes(struct eg_app *into, const struct eg_app *from);

/* Adds one process in the same way, taking over what it points to, also on failure. */
int eg_app_merge_process(struct eg_app *app, struct eg_process_info *process);
