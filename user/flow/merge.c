/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Merging summaries: associative and commutative (contract section 3, Merge). */
#include "merge.h"
#include "app.h"
#include "destination.h"
#include "ledger.h"
#include "list.h"
#include "order.h"
#include "process.h"
#include "summary.h"

#include <errno.h>

/* --- hosts, periods, databases: sorted unions --- */

static int compare_hosts(const void *a, const void *b)
{
	return eg_text_group_compare(&eg_host_texts, a, b);
}

static void free_host(void *into, void *from)
{
	(void)into;
	eg_host_free(from);
}

static int merge_hosts(struct eg_summary *into, const struct eg_summary *from)
{
	static const struct eg_list_ops ops = {
		.size = sizeof(struct eg_host),
		.compare = compare_hosts,
		.combine = free_host,
	};
	int r = eg_list_reserve(&into->hosts, into->hosts_count, from->hosts_count, ops.size);

	for (size_t i = 0; i < from->hosts_count && r == 0; i++) {
		struct eg_host *host = &into->hosts[into->hosts_count];

		*host = (struct eg_host){ 0 };
		r = eg_text_group_copy(&eg_host_texts, host, &from->hosts[i]);
		into->hosts_count += r == 0;
	}
	into->hosts_count = eg_list_fold(into->hosts, into->hosts_count, &ops);
	/* A host of which nothing is known is none; it sorts last. */
	if (into->hosts_count && !eg_host_is_known(&into->hosts[into->hosts_count - 1]))
		into->hosts_count--;
	return r;
}

static int compare_periods(const void *a, const void *b)
{
	const struct eg_period *period_a = a, *period_b = b;
	int r = EG_ORDER(period_a->start, period_b->start);

	return r ? r : EG_ORDER(period_a->end, period_b->end);
}

/* A trace has no list of periods yet, but the one. */
static int append_periods(struct eg_summary *into, const struct eg_period *periods, size_t count,
			  const struct eg_period *only)
{
	if (!count && (only->start || only->end)) {
		periods = only;
		count = 1;
	}
	if (eg_list_reserve(&into->periods, into->periods_count, count, sizeof(*periods)) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		into->periods[into->periods_count++] = periods[i];
	return 0;
}

static void widen(struct eg_period *hull, const struct eg_period *period)
{
	if (period->start && (!hull->start || period->start < hull->start))
		hull->start = period->start;
	if (period->end && (!hull->end || period->end > hull->end))
		hull->end = period->end;
}

static int merge_periods(struct eg_summary *into, const struct eg_summary *from)
{
	static const struct eg_list_ops ops = {
		.size = sizeof(struct eg_period),
		.compare = compare_periods,
	};
	int r = 0;

	if (!into->periods_count)
		r = append_periods(into, NULL, 0, &into->period);
	if (r == 0)
		r = append_periods(into, from->periods, from->periods_count, &from->period);
	into->periods_count = eg_list_fold(into->periods, into->periods_count, &ops);
	widen(&into->period, &from->period);
	return r;
}

static int compare_databases(const void *a, const void *b)
{
	const struct eg_database *database_a = a, *database_b = b;
	int r = eg_text_group_compare(&eg_database_texts, a, b);

	return r ? r : eg_text_list_compare(database_a->fields, database_b->fields);
}

static void free_database(void *into, void *from)
{
	(void)into;
	eg_database_free(from);
}

static int copy_database(struct eg_database *into, const struct eg_database *from)
{
	*into = (struct eg_database){ 0 };
	if (from->fields) {
		into->fields = eg_text_list_copy(from->fields);
		if (!into->fields)
			return -ENOMEM;
	}
	if (eg_text_group_copy(&eg_database_texts, into, from) < 0) {
		eg_database_free(into);
		return -ENOMEM;
	}
	return 0;
}

static int merge_databases(struct eg_summary *into, const struct eg_summary *from)
{
	static const struct eg_list_ops ops = {
		.size = sizeof(struct eg_database),
		.compare = compare_databases,
		.combine = free_database,
	};
	int r = eg_list_reserve(&into->databases, into->databases_count, from->databases_count,
				ops.size);

	for (size_t i = 0; i < from->databases_count && r == 0; i++) {
		r = copy_database(&into->databases[into->databases_count], &from->databases[i]);
		into->databases_count += r == 0;
	}
	into->databases_count = eg_list_fold(into->databases, into->databases_count, &ops);
	return r;
}

/* --- apps --- */

static int merge_rows(struct eg_app *into, const struct eg_app *from)
{
	uint32_t size = eg_destination_table_size(from->destinations);
	int r = 0;

	for (uint32_t i = 0; i < size && r == 0; i++) {
		const struct eg_destination *row = eg_destination_at(from->destinations, i);

		if (!row->excluded)
			r = eg_app_merge_row(into, row);
	}
	return r;
}

/* What is true of all of an app that was last seen then. */
static int merge_description(struct eg_app *into, const struct eg_app *from, int64_t from_seen)
{
	const struct eg_choice choice = {
		.into_seen = into->counters.last_seen,
		.from_seen = from_seen,
	};
	int r = eg_choice_texts(&choice, &eg_app_texts, into, from);

	return r == 0 ? eg_app_add_users(into, from->users, from->users_count) : r;
}

/* The texts first: they are chosen by the last_seen from before the rows are added. */
static int merge_app(struct eg_app *into, const struct eg_app *from)
{
	int r = merge_description(into, from, from->counters.last_seen);

	if (r == 0)
		r = eg_app_merge_processes(into, from);
	return r == 0 ? merge_rows(into, from) : r;
}

static int merge_apps(struct eg_summary *into, const struct eg_summary *from)
{
	int r = 0;

	for (size_t i = 0; i < from->apps_count && r == 0; i++) {
		const struct eg_app *app = from->apps->apps[i];
		struct eg_app *same;

		r = eg_summary_app(into, app->id, &same);
		if (r == 0)
			r = merge_app(same, app);
	}
	return r;
}

int eg_summary_merge(struct eg_summary *into, const struct eg_summary *from)
{
	int r;

	if (into->by != from->by)
		return -EINVAL;
	into->merged = true;
	r = merge_hosts(into, from);
	if (r == 0)
		r = merge_periods(into, from);
	if (r == 0)
		r = merge_databases(into, from);
	if (r == 0)
		r = eg_ledger_merge(&into->ledger, &from->ledger);
	return r == 0 ? merge_apps(into, from) : r;
}

int eg_summary_merge_row(struct eg_summary *into, const struct eg_app *app,
			 const struct eg_destination *row)
{
	struct eg_app *same;
	int r = eg_summary_app(into, app->id, &same);

	if (r == 0)
		r = merge_description(same, app, row->counters.last_seen);
	return r == 0 ? eg_app_merge_row(same, row) : r;
}
