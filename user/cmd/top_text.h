/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What stands around the table of `top`, and on its other pages. */
#pragma once

#include <stdio.h>
#include <sys/types.h>

#include "top_view.h"

/* Where what is shown comes from. */
struct top_origin {
	bool traces; /* else it is a history */
	pid_t recorder; /* who records into it; 0: nobody does */
	const struct eg_host *host; /* NULL: unknown */
	int64_t since; /* CLOCK_REALTIME ns: totals begin then */
	int64_t every; /* ns: how often there is a new one; 0: unknown */
	struct eg_period interval; /* the newest */
};

#define TOP_HEAD_LINES 3

/*
 * Each writes lines, escaped, that end with \n; where nothing is to be said, the
 * line is empty. To be called between eg_utf8_enter() and eg_utf8_leave(). 0 or
 * -ENOMEM.
 */
/* TOP_HEAD_LINES: where it is from, totals, what is missing or left out. */
int top_text_head(FILE *stream, const struct top_model *model, const struct top_origin *origin,
		  const struct eg_summary *summary, int64_t now);
/* All that is known of the line with the cursor (NULL: none), on three lines. */
int top_text_detail(FILE *stream, const struct top_line *line);
/* The ledger, wrapped to so many columns. */
int top_text_ledger(FILE *stream, const struct top_model *model, const struct eg_summary *summary,
		    unsigned columns);
int top_text_help(FILE *stream);
