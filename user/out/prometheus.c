/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Prometheus' text format: gauges with a bounded number of label sets (contract section 4). */
#include "exposition.h"
#include "format.h"
#include "writer.h"

#include <errno.h>
#include <search.h>
#include <string.h>

#include <egret/base.h>

#define APPS_MAX 200
#define SERIES_MAX 500

/* The bytes of one label set. Texts belong to the summary; NULL: unknown, label left out. */
struct series {
	const char *app, *kind, *organization, *country;
	struct eg_bytes bytes;
};

struct prometheus {
	const struct eg_app *apps[APPS_MAX]; /* the largest senders */
	size_t apps_count;
	bool other_apps;
	struct eg_counters other_counters;
	void *by_place; /* tsearch(3) tree of the current app's series */
	struct series series[2 * SERIES_MAX];
	size_t series_count;
	bool other_series;
	struct eg_bytes other_bytes;
};

static int compare_text(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int compare_place(const void *a, const void *b)
{
	const struct series *x = a, *y = b;
	int r = compare_text(x->organization, y->organization);

	return r ? r : compare_text(x->country, y->country);
}

/* Largest sender first, then by labels, so that the same summary prints the same. */
static int compare_size(const void *a, const void *b)
{
	const struct series *x = a, *y = b;
	int r;

	if (x->bytes.sent != y->bytes.sent)
		return x->bytes.sent > y->bytes.sent ? -1 : 1;
	if (x->bytes.received != y->bytes.received)
		return x->bytes.received > y->bytes.received ? -1 : 1;
	r = strcmp(x->app, y->app);
	return r ? r : compare_place(x, y);
}

static void add_bytes(struct eg_bytes *sum, const struct eg_bytes *bytes)
{
	sum->sent += bytes->sent;
	sum->received += bytes->received;
}

/* Sums up all series but the SERIES_MAX largest. */
static void fold_series(struct prometheus *prometheus)
{
	qsort(prometheus->series, prometheus->series_count, sizeof(prometheus->series[0]),
	      compare_size);
	while (prometheus->series_count > SERIES_MAX) {
		prometheus->series_count--;
		add_bytes(&prometheus->other_bytes,
			  &prometheus->series[prometheus->series_count].bytes);
		prometheus->other_series = true;
	}
}

static void keep_series(const void *node, VISIT visit, void *data)
{
	struct prometheus *prometheus = data;

	if (visit != postorder && visit != leaf)
		return;
	if (prometheus->series_count == ARRAY_SIZE(prometheus->series))
		fold_series(prometheus);
	prometheus->series[prometheus->series_count++] = **(const struct series *const *)node;
}

static bool is_kept(const struct prometheus *prometheus, const struct eg_app *app)
{
	return prometheus->apps_count > 0 && prometheus->apps[prometheus->apps_count - 1] == app;
}

static int app_begin(const struct eg_app *app, void *data)
{
	struct prometheus *prometheus = ((struct eg_printer *)data)->state;

	/* An app that calls itself like our sum must not be printed beside it. */
	if (prometheus->apps_count < APPS_MAX && strcmp(app->id, EG_OTHER) != 0) {
		prometheus->apps[prometheus->apps_count++] = app;
		return 0;
	}
	prometheus->other_apps = prometheus->other_series = true;
	prometheus->other_counters.connections += app->counters.connections;
	prometheus->other_counters.failed += app->counters.failed;
	add_bytes(&prometheus->other_bytes, &app->counters.bytes);
	return 0;
}

static int destination(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	struct prometheus *prometheus = ((struct eg_printer *)data)->state;
	const struct eg_place *place = eg_destination_place(row);
	struct series key = {
		.app = app->id,
		.kind = app->kind,
		.organization = place->as_organization,
		.country = place->country,
	};
	struct series *series, **node;

	if (!is_kept(prometheus, app))
		return 0;
	node = tfind(&key, &prometheus->by_place, compare_place);
	if (node) {
		add_bytes(&(*node)->bytes, &row->counters.bytes);
		return 0;
	}
	key.bytes = row->counters.bytes;
	series = malloc(sizeof(*series));
	if (!series)
		return -ENOMEM;
	*series = key;
	if (tsearch(series, &prometheus->by_place, compare_place))
		return 0;
	free(series);
	return -ENOMEM;
}

static void forget_places(struct prometheus *prometheus)
{
	tdestroy(prometheus->by_place, free);
	prometheus->by_place = NULL;
}

static int app_end(const struct eg_app *app, void *data)
{
	struct prometheus *prometheus = ((struct eg_printer *)data)->state;

	(void)app;
	twalk_r(prometheus->by_place, keep_series, prometheus);
	forget_places(prometheus);
	return 0;
}

/* The values that the metrics of bytes, and those of connections, are made of. */
static uint64_t sent_of(const struct eg_bytes *bytes)
{
	return bytes->sent;
}

static uint64_t received_of(const struct eg_bytes *bytes)
{
	return bytes->received;
}

static uint64_t connections_of(const struct eg_counters *counters)
{
	return counters->connections;
}

static uint64_t failed_of(const struct eg_counters *counters)
{
	return counters->failed;
}

static void put_bytes(FILE *stream, const struct prometheus *prometheus, const char *name,
		      const char *help, uint64_t (*value)(const struct eg_bytes *bytes))
{
	eg_exposition_head(stream, name, "gauge", help);
	for (size_t i = 0; i < prometheus->series_count; i++) {
		const struct series *series = &prometheus->series[i];

		eg_exposition_bytes(stream, name, series->app, series->kind, series->organization,
				    series->country, value(&series->bytes));
	}
	if (prometheus->other_series)
		eg_exposition_bytes(stream, name, EG_OTHER, EG_OTHER, EG_OTHER, EG_OTHER,
				    value(&prometheus->other_bytes));
}

static void put_connections(FILE *stream, const struct prometheus *prometheus, const char *name,
			    const char *help, uint64_t (*value)(const struct eg_counters *counters))
{
	eg_exposition_head(stream, name, "gauge", help);
	for (size_t i = 0; i < prometheus->apps_count; i++) {
		const struct eg_app *app = prometheus->apps[i];

		eg_exposition_connections(stream, name, app->id, app->kind, value(&app->counters));
	}
	if (prometheus->other_apps)
		eg_exposition_connections(stream, name, EG_OTHER, EG_OTHER,
					  value(&prometheus->other_counters));
}

static void put_apps(FILE *stream, const struct prometheus *prometheus)
{
	eg_exposition_app_head(stream);
	for (size_t i = 0; i < prometheus->apps_count; i++) {
		const struct eg_app *app = prometheus->apps[i];

		eg_exposition_app(stream, app->id, app->kind, app->trust, app->via, app->flag);
	}
}

static int end(struct eg_printer *printer)
{
	struct prometheus *prometheus = printer->state;
	FILE *stream = printer->stream;

	fold_series(prometheus);
	put_bytes(stream, prometheus, "egret_sent_bytes", "Payload bytes that the app sent.",
		  sent_of);
	put_bytes(stream, prometheus, "egret_received_bytes",
		  "Payload bytes that the app received.", received_of);
	put_connections(stream, prometheus, "egret_connections",
			"Connections that the app began or accepted.", connections_of);
	put_connections(stream, prometheus, "egret_failed_connections",
			"Connections of the app that were never established.", failed_of);
	put_apps(stream, prometheus);
	eg_exposition_lost(stream, "egret_lost", "gauge", &printer->summary->ledger);
	eg_exposition_databases(stream, printer->summary->databases,
				printer->summary->databases_count);
	eg_exposition_build(stream);
	return eg_stream_status(stream);
}

static void release(struct eg_printer *printer)
{
	forget_places(printer->state);
}

const struct eg_format_ops eg_format_prometheus = {
	.state_size = sizeof(struct prometheus),
	.visitor = {
		.app_begin = app_begin,
		.destination = destination,
		.app_end = app_end,
	},
	.end = end,
	.release = release,
};
