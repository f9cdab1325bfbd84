/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which events are asked for: as rows of a summary are, by what is known when they happen. */
#pragma once

#include <egret/filter.h>
#include <egret/names.h>
#include <egret/table.h>

#include "cmd.h"
#include "known.h"
#include "places.h"

struct trace_filter {
	struct eg_matcher matcher;
	struct places *places; /* of the caller */
	bool include_loopback;
	bool by_name; /* what an address is called decides */
	struct eg_table *named; /* cookies of open connections that have shown a wanted name */
};

/* 0 or -ENOMEM; free with trace_filter_free(), also then. */
int trace_filter_init(struct trace_filter *filter, const struct eg_options *options,
		      struct places *places);
void trace_filter_free(struct trace_filter *filter);

/* --app and --user. `known` NULL: no process that is known, but what `id` says. */
bool trace_filter_app(const struct trace_filter *filter, const struct known_app *known,
		      const char *id);

/* All that is about a destination, which is called one of `count` names, the first before all. */
bool trace_filter_row(const struct trace_filter *filter, const struct eg_destination *row,
		      const struct eg_known_name *known, size_t count);

/*
 * A connection has shown a name that is wanted: what else it does is wanted as well. 0,
 * -ENOMEM, or -ENOSPC: those kept before were too many, and are forgotten.
 */
int trace_filter_keep(struct trace_filter *filter, uint64_t cookie);
bool trace_filter_keeps(const struct trace_filter *filter, uint64_t cookie);
void trace_filter_forget(struct trace_filter *filter, uint64_t cookie);
