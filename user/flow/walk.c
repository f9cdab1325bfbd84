/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The one walk over a summary that all formats print from, in the contract's order. */
#include "destination.h"
#include "order.h"
#include "summary.h"

#include <errno.h>
#include <stdlib.h>

#include <egret/base.h>

static int compare_apps(const void *a, const void *b)
{
	return eg_order_apps(*(struct eg_app *const *)a, *(struct eg_app *const *)b);
}

static int compare_rows(const void *a, const void *b, void *table)
{
	return eg_order_destinations(eg_destination_at(table, *(const uint32_t *)a),
				     eg_destination_at(table, *(const uint32_t *)b));
}

/* The numbers of the rows to see, sorted: four bytes a row is all that a walk takes. */
static uint32_t *sort_rows(struct eg_destination_table *table, uint32_t *ret_count)
{
	uint32_t size = eg_destination_table_size(table), count = 0;
	uint32_t *numbers = reallocarray(NULL, (size_t)size + 1, sizeof(*numbers));

	if (!numbers)
		return NULL;
	for (uint32_t i = 0; i < size; i++) {
		if (!eg_destination_at(table, i)->excluded)
			numbers[count++] = i;
	}
	qsort_r(numbers, count, sizeof(*numbers), compare_rows, table);
	*ret_count = count;
	return numbers;
}

static int walk_rows(const struct eg_app *app, const struct eg_visitor *visitor, void *data)
{
	_cleanup_(eg_freep) uint32_t *numbers = NULL;
	uint32_t count;
	int r = 0;

	if (!visitor->destination)
		return 0;
	numbers = sort_rows(app->destinations, &count);
	if (!numbers)
		return -ENOMEM;
	for (uint32_t i = 0; i < count && r >= 0; i++)
		r = visitor->destination(app, eg_destination_at(app->destinations, numbers[i]),
					 data);
	return r;
}

static int call(int (*visit)(const struct eg_app *app, void *data), const struct eg_app *app,
		void *data)
{
	return visit ? visit(app, data) : 0;
}

static int walk_app(const struct eg_app *app, const struct eg_visitor *visitor, void *data)
{
	int r = call(visitor->app_begin, app, data);

	for (size_t i = 0; visitor->process && i < app->processes_count && r >= 0; i++)
		r = visitor->process(&app->processes[i], data);
	if (r >= 0)
		r = call(visitor->destinations_begin, app, data);
	if (r >= 0)
		r = walk_rows(app, visitor, data);
	return r >= 0 ? call(visitor->app_end, app, data) : r;
}

int eg_summary_walk(const struct eg_summary *summary, const struct eg_visitor *visitor, void *data)
{
	size_t count = summary->apps_count;
	_cleanup_(eg_freep) struct eg_app **apps = reallocarray(NULL, count + 1, sizeof(*apps));
	int r = 0;

	if (!apps)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		apps[i] = summary->apps->apps[i];
	qsort(apps, count, sizeof(*apps), compare_apps);
	for (size_t i = 0; i < count && r >= 0; i++)
		r = walk_app(apps[i], visitor, data);
	return r < 0 ? r : 0;
}

int eg_summary_each(struct eg_summary *summary,
		    int (*call_row)(struct eg_app *app, struct eg_destination *row, void *data),
		    void *data)
{
	int r = 0;

	for (size_t i = 0; i < summary->apps_count && r >= 0; i++) {
		struct eg_app *app = summary->apps->apps[i];
		uint32_t size = eg_destination_table_size(app->destinations);

		for (uint32_t number = 0; number < size && r >= 0; number++) {
			struct eg_destination *row = eg_destination_at(app->destinations, number);

			if (!row->excluded)
				r = call_row(app, row, data);
		}
	}
	return r < 0 ? r : 0;
}
