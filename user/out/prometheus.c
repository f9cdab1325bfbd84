/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Prometheus' text format: gauges with a bounded number of label sets (contract section 4). */
#include "format.h"
#include "parts.h"
#include "row.h"
#include "writer.h"

#include <errno.h>
#include <inttypes.h>
#include <search.h>
#include <string.h>

#include <egret/base.h>

#define APPS_MAX 200
#define SERIES_MAX 500
#define OTHER "_other" /* what is summed up because it is past a bound */

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
	if (prometheus->apps_count < APPS_MAX && strcmp(app->id, OTHER) != 0) {
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

static void put_head(FILE *stream, const char *name, const char *help)
{
	fprintf(stream, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

/* Labels in pairs of name and value, ended by NULL; one without value is left out. */
static void put_sample(FILE *stream, const char *name, const char *const *labels, uint64_t value)
{
	char before = '{';

	fputs(name, stream);
	for (; *labels; labels += 2) {
		if (!labels[1])
			continue;
		fprintf(stream, "%c%s=", before, labels[0]);
		eg_put_prometheus(stream, labels[1]);
		before = ',';
	}
	fprintf(stream, "%s %" PRIu64 "\n", before == ',' ? "}" : "", value);
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

static void put_series(FILE *stream, const char *name, const struct series *series, uint64_t value)
{
	const char *labels[] = { "app",	       series->app,	"kind",
				 series->kind, "operator",	series->organization,
				 "country",    series->country, NULL };

	put_sample(stream, name, labels, value);
}

static void put_bytes(FILE *stream, const struct prometheus *prometheus, const char *name,
		      const char *help, uint64_t (*value)(const struct eg_bytes *bytes))
{
	static const struct series other = {
		.app = OTHER,
		.kind = OTHER,
		.organization = OTHER,
		.country = OTHER,
	};

	put_head(stream, name, help);
	for (size_t i = 0; i < prometheus->series_count; i++)
		put_series(stream, name, &prometheus->series[i],
			   value(&prometheus->series[i].bytes));
	if (prometheus->other_series)
		put_series(stream, name, &other, value(&prometheus->other_bytes));
}

static void put_connections(FILE *stream, const struct prometheus *prometheus, const char *name,
			    const char *help, uint64_t (*value)(const struct eg_counters *counters))
{
	static const char *const other[] = { "app", OTHER, "kind", OTHER, NULL };

	put_head(stream, name, help);
	for (size_t i = 0; i < prometheus->apps_count; i++) {
		const struct eg_app *app = prometheus->apps[i];
		const char *labels[] = { "app", app->id, "kind", app->kind, NULL };

		put_sample(stream, name, labels, value(&app->counters));
	}
	if (prometheus->other_apps)
		put_sample(stream, name, other, value(&prometheus->other_counters));
}

static void put_lost(const char *reason, uint64_t count, void *data)
{
	const char *labels[] = { "reason", reason, NULL };

	put_sample(data, "egret_lost", labels, count);
}

static bool is_repeated(const struct eg_summary *summary, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (strcmp(summary->databases[i].name, summary->databases[index].name) == 0)
			return true;
	}
	return false;
}

static void put_databases(FILE *stream, const struct eg_summary *summary)
{
	put_head(stream, "egret_database_build_timestamp_seconds",
		 "When the database was built, in seconds since 1970.");
	for (size_t i = 0; i < summary->databases_count; i++) {
		const char *labels[] = { "database", summary->databases[i].name, NULL };
		int64_t built;

		if (!is_repeated(summary, i) && eg_row_built(&summary->databases[i], &built) == 0)
			put_sample(stream, "egret_database_build_timestamp_seconds", labels,
				   (uint64_t)(built / NSEC_PER_SEC));
	}
}

static int end(struct eg_printer *printer)
{
	static const char *const version[] = { "version", EG_VERSION, NULL };
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
	put_head(stream, "egret_lost", "What was lost, by reason; 0 everywhere: nothing.");
	eg_parts_each_lost(&printer->summary->ledger, put_lost, stream);
	put_databases(stream, printer->summary);
	put_head(stream, "egret_build_info", "The egret that wrote this; always 1.");
	put_sample(stream, "egret_build_info", version, 1);
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
