/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where `top` has its numbers from: a trace of its own, or the history of a recorder. */
#pragma once

#include <egret/flow.h>

#include "cmd.h"
#include "top_text.h"

struct source;

enum source_event {
	SOURCE_MEASURED, /* the summary has grown by source_span() */
	SOURCE_INPUT, /* something is to be read from the descriptor */
	SOURCE_TICK, /* time has passed */
	SOURCE_END, /* --duration, or a signal */
};

/*
 * Reads the history where one is named, or where a recorder runs that may be read
 * and nothing is asked for that only a trace has; else traces. 0, or an enum
 * eg_exit after one line that says why.
 */
int source_open(const struct eg_options *options, struct source **ret_source);
void source_close(struct source *source);

/* Waits, also for this descriptor. An enum source_event, or -errno after one line. */
int source_wait(struct source *source, int fd);

/* All that was seen so far; lives, and its rows with it, as long as the source. */
struct eg_summary *source_summary(const struct source *source);
/* How long the newest interval was, ns; 0: the summary is what was there before. */
int64_t source_span(const struct source *source);
struct top_origin source_origin(const struct source *source);
/* Loopback and this host's own addresses are to be listed, or were left out before. */
bool source_has_loopback(const struct source *source);
