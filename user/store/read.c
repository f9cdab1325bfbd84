/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The summary of a period: days, hours and intervals, whichever are largest, each once.
 * Rows: read_row.c, processes: read_process.c, hosts and databases: read_context.c.
 */
#include "read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

int eg_reading_each(struct eg_reading *reading, const char *text,
		    int (*call)(struct eg_reading *reading, const struct eg_query *query))
{
	struct eg_query query = eg_plan_ask(reading->store, &reading->plan, text);
	int r;

	while ((r = eg_query_next(&query)) > 0) {
		r = call(reading, &query);
		if (r < 0)
			break;
	}
	eg_query_end(&query);
	return r;
}

/* --- values: none is believed --- */

int eg_reading_numbers(const struct eg_query *query, int column, size_t count, uint64_t *ret)
{
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = eg_chosen_number(query, column + (int)i, INT64_MAX, &ret[i]);
	return r;
}

int eg_reading_app(struct eg_reading *reading, const struct eg_query *query,
		   struct eg_app **ret_app)
{
	const char *id;
	int r = eg_query_need_text(query, 0, &id);

	return r == 0 ? eg_summary_app(reading->summary, id, ret_app) : r;
}

int eg_reading_texts(const struct eg_query *query, int column, size_t count, char **const *into)
{
	for (size_t i = 0; i < count; i++) {
		const char *text = eg_query_get_text(query, column + (int)i);

		if (!text)
			continue;
		*into[i] = strdup(text);
		if (!*into[i])
			return -ENOMEM;
	}
	return 0;
}

void eg_reading_free_list(char **list)
{
	for (char **text = list; text && *text; text++)
		free(*text);
	free(list);
}

int eg_reading_list(struct eg_store *store, const char *packed, char ***ret_list)
{
	char **list = NULL, **grown;
	size_t count = 0;
	int r = packed ? 1 : 0;

	while (r > 0) {
		grown = reallocarray(list, count + 2, sizeof(*list));
		r = grown ? 1 : -ENOMEM;
		if (!grown)
			break;
		list = grown;
		list[count] = list[count + 1] = NULL;
		r = eg_pack_next(&packed, &list[count++]);
	}
	if (r == 0) {
		*ret_list = list;
		return 0;
	}
	eg_reading_free_list(list);
	return r == -EBADMSG ? eg_store_damaged(store, "a list of texts is none") : r;
}

/* --- ledger and period --- */

#define LOST                                                                                       \
	EG_CHOSEN "SELECT l.reason, sum(l.count) FROM chosen c"                                    \
		  " CROSS JOIN lost l ON l.period = c.id GROUP BY l.reason"

static int add_lost(struct eg_reading *reading, const struct eg_query *query)
{
	uint64_t count = 0;
	const char *reason;
	int r = eg_chosen_number(query, 1, INT64_MAX, &count);

	if (r == 0)
		r = eg_query_need_text(query, 0, &reason);
	return r == 0 ? eg_ledger_add_lost(&reading->summary->ledger, reason, count) : r;
}

#define HULL                                                                                       \
	EG_CHOSEN "SELECT min(start), max(end), sum(loopback_sent), sum(loopback_received),"       \
		  " sum(host_sent), sum(host_received), sum(filter_sent), sum(filter_received)"    \
		  " FROM chosen"

static int add_hull(struct eg_reading *reading, const struct eg_query *query)
{
	struct eg_summary *summary = reading->summary;
	uint64_t bytes[2 * EG_EXCLUDED_COUNT] = { 0 };
	int r = eg_reading_numbers(query, 2, ARRAY_SIZE(bytes), bytes);

	if (r < 0)
		return r;
	summary->period = (struct eg_period){ .start = eg_query_get_int(query, 0),
					      .end = eg_query_get_int(query, 1) };
	for (size_t i = 0; i < EG_EXCLUDED_COUNT; i++)
		summary->ledger.excluded[i] =
			(struct eg_bytes){ .sent = bytes[2 * i], .received = bytes[2 * i + 1] };
	return 0;
}

/* --- spans without a gap --- */

static int append_period(struct eg_summary *summary, int64_t start, int64_t end)
{
	struct eg_period *grown;

	if (start >= end && summary->periods_count)
		return 0;
	grown = reallocarray(summary->periods, summary->periods_count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	grown[summary->periods_count++] = (struct eg_period){ .start = start, .end = end };
	summary->periods = grown;
	return 0;
}

struct spans {
	struct eg_summary *summary;
	int64_t from; /* where the current one begins */
};

static int add_span(const struct eg_gap *gap, void *data)
{
	struct spans *spans = data;
	int r = 0;

	if (gap->period.start > spans->from)
		r = append_period(spans->summary, spans->from, gap->period.start);
	if (gap->period.end > spans->from)
		spans->from = gap->period.end;
	return r;
}

static int add_periods(struct eg_reading *reading)
{
	struct eg_summary *summary = reading->summary;
	struct spans spans = { .summary = summary, .from = summary->period.start };
	int r;

	if (!summary->period.start && !summary->period.end)
		return 0;
	r = eg_store_gaps(reading->store, &summary->period, add_span, &spans);
	if (r == 0)
		r = append_period(summary, spans.from, summary->period.end);
	summary->merged = summary->hosts_count > 1 || summary->periods_count > 1;
	return r;
}

int eg_store_gaps(struct eg_store *store, const struct eg_period *period,
		  int (*call)(const struct eg_gap *gap, void *data), void *data)
{
	struct eg_query query = eg_query(store,
					 "SELECT start, end, reason FROM gap"
					 " WHERE end > ?1 AND start < ?2 ORDER BY start, id");
	int r;

	eg_query_int(&query, period->start);
	eg_query_int(&query, period->end);
	while ((r = eg_query_next(&query)) > 0) {
		const struct eg_gap gap = {
			.period = { .start = eg_query_get_int(&query, 0),
				    .end = eg_query_get_int(&query, 1) },
			.reason = eg_query_get_text(&query, 2),
		};

		r = call(&gap, data);
		if (r < 0)
			break;
	}
	eg_query_end(&query);
	return r;
}

/* --- all of it --- */

static int read_all(struct eg_reading *reading)
{
	int r = eg_reading_contexts(reading);

	if (r == 0)
		r = eg_reading_each(reading, HULL, add_hull);
	if (r == 0)
		r = eg_reading_each(reading, LOST, add_lost);
	if (r == 0)
		r = eg_reading_rows(reading);
	if (r == 0)
		r = eg_reading_processes(reading);
	return r == 0 ? add_periods(reading) : r;
}

int eg_store_read(struct eg_store *store, const struct eg_period *period,
		  struct eg_summary **ret_summary)
{
	struct eg_reading reading = {
		.store = store,
		.summary = eg_summary_new(EG_BY_APP),
		.plan = eg_plan_make(period, EG_LEVEL_DAY),
		.apps = eg_table_new(sizeof(int64_t), 0),
	};
	int r = reading.summary && reading.apps ? eg_store_execute(store, "BEGIN") : -ENOMEM;

	if (r == 0) {
		r = read_all(&reading);
		/* Nothing was written: there is nothing that ending could fail at. */
		sqlite3_exec(store->sqlite, "ROLLBACK", NULL, NULL, NULL);
	}
	eg_table_free(reading.apps);
	if (r < 0) {
		eg_summary_free(reading.summary);
		return r;
	}
	*ret_summary = reading.summary;
	return 0;
}
