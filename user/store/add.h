/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Adding an interval: what its parts share. Private to user/store/. */
#pragma once

#include "flows.h"

/* The interval that is being written. */
struct eg_addition {
	struct eg_store *store;
	const struct eg_summary *summary;
	int64_t period; /* number */
	int64_t bucket;
	int64_t app; /* number of the current one */
	bool command_lines;
	struct eg_table *places; /* const struct eg_place * -> number, of this summary */
	struct eg_flow_row *flows; /* to be written when all are known */
	size_t flows_count, flows_capacity;
};

/* Members of an eg_visitor whose data is the addition. 0 or -errno. */
int eg_add_app(const struct eg_app *app, void *data);
int eg_add_process(const struct eg_process_info *process, void *data);
int eg_add_row(const struct eg_app *app, const struct eg_destination *row, void *data);

/*
 * Writes the rows that eg_add_row() was given, in the order of the table's key: pages
 * get full that way, and rows that come later lie behind them. 0 or -errno.
 */
int eg_add_rows(struct eg_addition *addition);
