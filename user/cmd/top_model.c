/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What `top` shows: rows of a summary that grows, with rates; which of them, and their sums. */
#include "top_model.h"

#include <errno.h>
#include <string.h>

#include <egret/base.h>
#include <egret/table.h>

int top_model_init(struct top_model *model, const struct eg_filter *filter, bool include_loopback)
{
	*model = (struct top_model){
		.include_loopback = include_loopback,
		.apps = eg_table_new(sizeof(uint64_t), sizeof(struct top_app)),
		.rows = eg_table_new(sizeof(uint64_t), sizeof(struct top_row)),
		.order = { .key = TOP_BY_SENT_RATE, .before = TOP_BY_SENT },
	};
	if (!model->apps || !model->rows)
		return -ENOMEM;
	return eg_matcher_init(&model->matcher, filter, "/etc/passwd");
}

void top_model_free(struct top_model *model)
{
	eg_table_free(model->apps);
	eg_table_free(model->rows);
	eg_matcher_free(&model->matcher);
	free(model->list);
	free(model->apps_list);
	*model = (struct top_model){ 0 };
}

/* --- measuring --- */

/* The value for what is at this address; new ones are zeroes. */
static void *find(struct eg_table *table, const void *address)
{
	uint64_t key = (uintptr_t)address;

	return eg_table_add(table, &key);
}

static uint64_t rate(uint64_t gained, int64_t span)
{
	return span > 0 ? (uint64_t)((double)gained * NSEC_PER_SEC / (double)span) : 0;
}

static int measure(struct eg_app *app, struct eg_destination *destination, void *data)
{
	struct top_model *model = data;
	const struct eg_counters *counters = &destination->counters;
	struct top_row *row = find(model->rows, destination);
	struct top_app *of = row && row->of ? row->of : find(model->apps, app);

	if (!row || !of)
		return -ENOMEM;
	of->app = app;
	row->row = destination;
	row->of = of;
	row->now = (struct top_numbers){
		.rate.sent = rate(counters->bytes.sent - row->seen.bytes.sent, model->span),
		.rate.received =
			rate(counters->bytes.received - row->seen.bytes.received, model->span),
		.bytes.sent = counters->bytes.sent - row->zero.bytes.sent,
		.bytes.received = counters->bytes.received - row->zero.bytes.received,
		.connections = counters->connections - row->zero.connections,
		.failed = counters->failed - row->zero.failed,
		.last_seen = counters->last_seen,
	};
	row->seen = *counters;
	return 0;
}

int top_model_measure(struct top_model *model, struct eg_summary *summary, int64_t span)
{
	model->span = span;
	return eg_summary_each(summary, measure, model);
}

static struct top_row *row_at(const struct top_model *model, size_t i)
{
	void *row;

	eg_table_entry(model->rows, i, &row);
	return row;
}

void top_model_show(struct top_model *model)
{
	for (size_t i = 0; i < eg_table_count(model->rows); i++) {
		struct top_row *row = row_at(model, i);

		row->shown = row->now;
		row->is_shown = true;
	}
}

void top_model_zero(struct top_model *model)
{
	for (size_t i = 0; i < eg_table_count(model->rows); i++) {
		struct top_row *row = row_at(model, i);

		row->zero = row->seen;
		row->now = row->shown = (struct top_numbers){ .last_seen = row->now.last_seen };
	}
}

/* --- choosing --- */

void top_numbers_add(struct top_numbers *into, const struct top_numbers *from)
{
	into->rate.sent += from->rate.sent;
	into->rate.received += from->rate.received;
	into->bytes.sent += from->bytes.sent;
	into->bytes.received += from->bytes.received;
	into->connections += from->connections;
	into->failed += from->failed;
	if (from->last_seen > into->last_seen)
		into->last_seen = from->last_seen;
}

static void add_bytes(struct eg_bytes *into, const struct eg_bytes *from)
{
	into->sent += from->sent;
	into->received += from->received;
}

/* Where bytes are counted that are left out; NULL: the row is listed. */
static struct eg_bytes *left_out(struct top_model *model, const struct top_row *row)
{
	const struct eg_destination *destination = row->row;

	if (!model->include_loopback && destination->scope == EG_SCOPE_LOOPBACK)
		return &model->excluded[EG_EXCLUDED_LOOPBACK];
	if (!model->include_loopback && destination->scope == EG_SCOPE_HOST)
		return &model->excluded[EG_EXCLUDED_HOST];
	if (!eg_matcher_app(&model->matcher, row->of->app) ||
	    !eg_matcher_row(&model->matcher, destination))
		return &model->excluded[EG_EXCLUDED_FILTER];
	if (!top_words_match(model->words, row->of->app, destination))
		return &model->words_excluded;
	return NULL;
}

/* Whose the ledger says that the bytes are. NULL: an app's. */
static struct eg_bytes *share_of(struct top_model *model, const struct top_row *row)
{
	const char *id = row->of->app->id;

	if (row->row->key.overflow)
		return &model->overflow;
	if (strncmp(id, "kernel:", strlen("kernel:")) == 0)
		return &model->kernel;
	if (strncmp(id, "unknown:", strlen("unknown:")) == 0)
		return &model->unattributed;
	return NULL;
}

static bool is_zero(const struct top_numbers *numbers)
{
	return !numbers->bytes.sent && !numbers->bytes.received && !numbers->connections &&
	       !numbers->failed;
}

/* The list with room for `wanted` pointers; NULL: no memory, and the list is as it was. */
static void *with_room(void *list, size_t *size, size_t wanted)
{
	size_t larger = wanted + wanted / 2 + 1;
	void *grown = list;

	if (list && wanted <= *size)
		return list;
	grown = reallocarray(list, larger, sizeof(void *));
	if (grown)
		*size = larger;
	return grown;
}

static int make_room(struct top_model *model)
{
	struct top_row **rows =
		with_room(model->list, &model->list_size, eg_table_count(model->rows));
	struct top_app **apps;

	if (!rows)
		return -ENOMEM;
	model->list = rows;
	apps = with_room(model->apps_list, &model->apps_size, eg_table_count(model->apps));
	if (!apps)
		return -ENOMEM;
	model->apps_list = apps;
	return 0;
}

static void list_row(struct top_model *model, struct top_row *row)
{
	struct eg_bytes *share = share_of(model, row);

	if (!row->of->rows_count++)
		model->apps_list[model->apps_count++] = row->of;
	model->list[model->list_count++] = row;
	top_numbers_add(&row->of->sums, &row->shown);
	top_numbers_add(&model->totals, &row->shown);
	if (share)
		add_bytes(share, &row->shown.bytes);
}

static void begin_list(struct top_model *model)
{
	model->list_count = model->apps_count = 0;
	model->totals = (struct top_numbers){ 0 };
	model->kernel = model->unattributed = model->overflow = (struct eg_bytes){ 0 };
	model->words_excluded = (struct eg_bytes){ 0 };
	memset(model->excluded, 0, sizeof(model->excluded));
	for (size_t i = 0; i < eg_table_count(model->apps); i++) {
		void *value;
		struct top_app *app;

		eg_table_entry(model->apps, i, &value);
		app = value;
		app->sums = (struct top_numbers){ 0 };
		app->rows_count = 0;
	}
}

int top_model_list(struct top_model *model)
{
	if (make_room(model) < 0)
		return -ENOMEM;
	begin_list(model);
	for (size_t i = 0; i < eg_table_count(model->rows); i++) {
		struct top_row *row = row_at(model, i);
		struct eg_bytes *out;

		if (!row->is_shown || is_zero(&row->shown))
			continue;
		out = left_out(model, row);
		if (out)
			add_bytes(out, &row->shown.bytes);
		else
			list_row(model, row);
	}
	top_order_sort(model);
	return 0;
}
