/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Writing the counters of many destinations: most of what the history ever writes. */
#include "flows.h"

#include <errno.h>
#include <stdlib.h>

#include <egret/base.h>

/*
 * One statement for many rows: beginning one, and finding its place in the table
 * from the root on, costs more than a row, and each row's place is just behind the
 * one before.
 */
#define FOUR(rows) rows "," rows "," rows "," rows
#define ROWS_1 "(?,?,?,?,?,?,?,?,?)"
#define ROWS_4 FOUR(ROWS_1)
#define ROWS_16 FOUR(ROWS_4)
#define ROWS_64 FOUR(ROWS_16)
#define INTO                                                                                       \
	"INSERT INTO flow (period, destination, sent, received, connections, failed, first_seen,"  \
	" last_seen, rtt_min_us) VALUES "
/* Two of one destination are added up. */
#define MERGED                                                                                     \
	" ON CONFLICT DO UPDATE SET sent = sent + excluded.sent,"                                  \
	"  received = received + excluded.received,"                                               \
	"  connections = connections + excluded.connections, failed = failed + excluded.failed,"   \
	"  first_seen = min(ifnull(first_seen, excluded.first_seen),"                              \
	"   ifnull(excluded.first_seen, first_seen)),"                                             \
	"  last_seen = max(ifnull(last_seen, excluded.last_seen),"                                 \
	"   ifnull(excluded.last_seen, last_seen)),"                                               \
	"  rtt_min_us = min(ifnull(rtt_min_us, excluded.rtt_min_us),"                              \
	"   ifnull(excluded.rtt_min_us, rtt_min_us))"
#define FORM(count)                                                                                \
	{                                                                                          \
		.rows = count, .text = INTO ROWS_##count MERGED                                    \
	}

/* Largest first; the last one fits always. */
static const struct form {
	size_t rows;
	const char *text;
} forms[] = { FORM(64), FORM(16), FORM(4), FORM(1) };

static void bind_time(struct eg_query *query, int64_t time, int64_t bucket)
{
	if (time == EG_NEVER)
		eg_query_null(query);
	else
		eg_query_int(query, time - bucket);
}

static void bind(struct eg_query *query, const struct eg_sum *sum, const struct eg_flow_row *flow)
{
	eg_query_int(query, sum->period);
	eg_query_int(query, flow->destination);
	eg_query_count(query, flow->sent);
	eg_query_count(query, flow->received);
	eg_query_count(query, flow->connections);
	eg_query_count(query, flow->failed);
	bind_time(query, flow->first_seen, sum->bucket);
	bind_time(query, flow->last_seen, sum->bucket);
	eg_query_id(query, flow->rtt_min_us);
}

int eg_flows_write(struct eg_store *store, const struct eg_sum *sum,
		   const struct eg_flow_row *flows, size_t count)
{
	const struct form *form = forms;
	int r = 0;

	while (count && r == 0) {
		struct eg_query query;

		while (form->rows > count)
			form++;
		query = eg_query(store, form->text);
		for (size_t i = 0; i < form->rows; i++)
			bind(&query, sum, &flows[i]);
		r = eg_query_run(&query);
		flows += form->rows;
		count -= form->rows;
	}
	return r;
}

static int compare(const void *a, const void *b)
{
	const struct eg_flow_row *x = a, *y = b;

	return (x->destination > y->destination) - (x->destination < y->destination);
}

void eg_flows_sort(struct eg_flow_row *flows, size_t count)
{
	if (count)
		qsort(flows, count, sizeof(*flows), compare);
}

/* --- sums --- */

static uint64_t add(uint64_t a, uint64_t b)
{
	return __builtin_add_overflow(a, b, &a) ? UINT64_MAX : a;
}

static void merge(struct eg_flow_row *sum, const struct eg_flow_row *flow)
{
	sum->sent = add(sum->sent, flow->sent);
	sum->received = add(sum->received, flow->received);
	sum->connections = add(sum->connections, flow->connections);
	sum->failed = add(sum->failed, flow->failed);
	if (sum->first_seen == EG_NEVER ||
	    (flow->first_seen != EG_NEVER && flow->first_seen < sum->first_seen))
		sum->first_seen = flow->first_seen;
	if (flow->last_seen > sum->last_seen)
		sum->last_seen = flow->last_seen;
	if (!sum->rtt_min_us || (flow->rtt_min_us && flow->rtt_min_us < sum->rtt_min_us))
		sum->rtt_min_us = flow->rtt_min_us;
}

static int64_t get_time(const struct eg_query *query, int column)
{
	int64_t time;

	if (eg_query_is_null(query, column) ||
	    __builtin_add_overflow(eg_query_get_int(query, 1), eg_query_get_int(query, column),
				   &time))
		return EG_NEVER;
	return time;
}

static struct eg_flow_row get(const struct eg_query *query)
{
	return (struct eg_flow_row){
		.destination = eg_query_get_int(query, 0),
		.sent = (uint64_t)eg_query_get_int(query, 2),
		.received = (uint64_t)eg_query_get_int(query, 3),
		.connections = (uint64_t)eg_query_get_int(query, 4),
		.failed = (uint64_t)eg_query_get_int(query, 5),
		.first_seen = get_time(query, 6),
		.last_seen = get_time(query, 7),
		.rtt_min_us = eg_query_get_int(query, 8),
	};
}

static int add_up(struct eg_table *sums, struct eg_query *query)
{
	int r;

	while ((r = eg_query_next(query)) > 0) {
		const struct eg_flow_row flow = get(query);
		struct eg_flow_row *sum = eg_table_add(sums, &flow.destination);

		if (!sum)
			return -ENOMEM;
		if (sum->destination)
			merge(sum, &flow);
		else
			*sum = flow;
	}
	return r;
}

static int list(const struct eg_table *sums, struct eg_flow_row **ret_flows, size_t *ret_count)
{
	size_t count = eg_table_count(sums);
	struct eg_flow_row *flows = calloc(count ? count : 1, sizeof(*flows));
	void *sum;

	if (!flows)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		eg_table_entry(sums, i, &sum);
		flows[i] = *(const struct eg_flow_row *)sum;
	}
	eg_flows_sort(flows, count);
	*ret_flows = flows;
	*ret_count = count;
	return 0;
}

/*
 * Not by GROUP BY: SQLite keeps a copy of each row for that, to be sorted, where
 * this needs one for each destination.
 */
int eg_flows_add_up(struct eg_store *store, const char *text, struct eg_flow_row **ret_flows,
		    size_t *ret_count)
{
	_cleanup_(eg_table_freep) struct eg_table *sums =
		eg_table_new(sizeof(int64_t), sizeof(struct eg_flow_row));
	struct eg_query query;
	int r;

	if (!sums)
		return -ENOMEM;
	query = eg_query(store, text);
	r = add_up(sums, &query);
	eg_query_end(&query);
	return r == 0 ? list(sums, ret_flows, ret_count) : r;
}
