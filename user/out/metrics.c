/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counters over the recorder's life for Prometheus, with a bound on what they are told apart by. */
#include <egret/out.h>

#include "exposition.h"
#include "writer.h"

#include <errno.h>
#include <string.h>

#include <egret/base.h>

/* Prometheus keeps each label set of each host for months. */
#define APPS_MAX 200
#define PLACES_MAX 500 /* of all apps together */
#define APP_PLACES_MAX 50 /* so that a browser leaves room for what comes after it */

/*
 * Texts are kept as they are printed: whatever is unequal in a file that a parser
 * refuses for one sample that is there twice has to be unequal there.
 */
struct place {
	char *organization, *country; /* NULL: unknown */
	uint64_t born; /* number of the first interval with it */
	struct eg_bytes bytes;
};

struct app {
	char *id, *kind; /* kind NULL: unknown */
	char *trust, *via, *flag; /* as they were last; NULL: nothing to say */
	uint64_t born;
	uint64_t connections, failed;
	struct place *places;
	size_t places_count;
	struct place other; /* places without room; born 0: there are none */
};

struct eg_metrics {
	struct app apps[APPS_MAX];
	size_t apps_count, places_count;
	struct app other; /* all apps without room; born 0: there are none */
	uint64_t intervals; /* so many were added */
	unsigned held;
	bool unwritten; /* the last interval is not in the history */
	struct eg_ledger ledger; /* what was lost */
	struct eg_database *databases; /* of the last interval */
	size_t databases_count;
};

/* --- making and freeing --- */

static void free_app(struct app *app)
{
	for (size_t i = 0; i < app->places_count; i++) {
		free(app->places[i].organization);
		free(app->places[i].country);
	}
	free(app->places);
	free(app->id);
	free(app->kind);
	free(app->trust);
	free(app->via);
	free(app->flag);
}

static void free_databases(struct eg_metrics *metrics)
{
	for (size_t i = 0; i < metrics->databases_count; i++) {
		free(metrics->databases[i].name);
		free(metrics->databases[i].built);
	}
	free(metrics->databases);
	metrics->databases = NULL;
	metrics->databases_count = 0;
}

struct eg_metrics *eg_metrics_new(unsigned held)
{
	struct eg_metrics *metrics = calloc(1, sizeof(*metrics));

	if (metrics)
		metrics->held = held;
	return metrics;
}

void eg_metrics_free(struct eg_metrics *metrics)
{
	if (!metrics)
		return;
	for (size_t i = 0; i < metrics->apps_count; i++)
		free_app(&metrics->apps[i]);
	for (size_t i = 0; i < metrics->ledger.lost_count; i++)
		free(metrics->ledger.lost[i].reason);
	free(metrics->ledger.lost);
	free_databases(metrics);
	free(metrics);
}

/* --- texts --- */

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_other(const char *text)
{
	return text && strcmp(text, EG_OTHER) == 0;
}

/* As every sink prints it; NULL stays NULL. 0 or -ENOMEM. */
static int clean(const char *text, char **ret_clean)
{
	char *printed = NULL;
	size_t size;
	FILE *stream;

	*ret_clean = NULL;
	if (!text)
		return 0;
	stream = open_memstream(&printed, &size);
	if (!stream)
		return -ENOMEM;
	eg_put_terminal(stream, text);
	if (fclose(stream) == EOF) {
		free(printed);
		return -ENOMEM;
	}
	*ret_clean = printed;
	return 0;
}

/* --- the app and the place that a row counts for --- */

static struct app *find_app(struct eg_metrics *metrics, const char *id)
{
	for (size_t i = 0; i < metrics->apps_count; i++) {
		if (strcmp(metrics->apps[i].id, id) == 0)
			return &metrics->apps[i];
	}
	return NULL;
}

static int add_app(struct eg_metrics *metrics, char *id, const char *kind, struct app **ret_app)
{
	struct app app = { .born = metrics->intervals };
	int r = clean(kind, &app.kind);

	if (r < 0)
		return r;
	app.id = id;
	metrics->apps[metrics->apps_count] = app;
	*ret_app = &metrics->apps[metrics->apps_count++];
	return 0;
}

/* Its own, or that of all for which there is no room, also for one with that name. */
static int choose_app(struct eg_metrics *metrics, const struct eg_app *app, struct app **ret_app)
{
	_cleanup_(eg_freep) char *id = NULL;
	int r;

	*ret_app = find_app(metrics, app->id);
	if (*ret_app)
		return 0;
	r = clean(app->id, &id);
	if (r < 0)
		return r;
	*ret_app = find_app(metrics, id);
	if (*ret_app)
		return 0;
	if (metrics->apps_count < APPS_MAX && !is_other(id)) {
		r = add_app(metrics, id, app->kind, ret_app);
		if (r == 0)
			TAKE_PTR(id);
		return r;
	}
	if (!metrics->other.born)
		metrics->other.born = metrics->intervals;
	*ret_app = &metrics->other;
	return 0;
}

static struct place *find_place(const struct app *app, const char *organization,
				const char *country)
{
	for (size_t i = 0; i < app->places_count; i++) {
		if (is_same(app->places[i].organization, organization) &&
		    is_same(app->places[i].country, country))
			return &app->places[i];
	}
	return NULL;
}

static int add_place(struct app *app, const struct place *place)
{
	struct place *grown =
		reallocarray(app->places, app->places_count + 1, sizeof(*app->places));

	if (!grown)
		return -ENOMEM;
	app->places = grown;
	app->places[app->places_count++] = *place;
	return 0;
}

static bool has_room(const struct eg_metrics *metrics, const struct app *app)
{
	return app != &metrics->other && metrics->places_count < PLACES_MAX &&
	       app->places_count < APP_PLACES_MAX;
}

/* A place that is not there by the texts as they came. */
static int choose_new(struct eg_metrics *metrics, struct app *app, const struct eg_place *place,
		      struct eg_bytes **ret_bytes)
{
	struct place added = { .born = metrics->intervals }, *there;
	int r = clean(place->as_organization, &added.organization);

	if (r == 0)
		r = clean(place->country, &added.country);
	there = r == 0 ? find_place(app, added.organization, added.country) : NULL;
	if (r == 0 && !there && has_room(metrics, app) && !is_other(added.organization)) {
		r = add_place(app, &added);
		if (r == 0) {
			metrics->places_count++;
			*ret_bytes = &app->places[app->places_count - 1].bytes;
			return 0;
		}
	}
	free(added.organization);
	free(added.country);
	if (r == 0 && !there && !app->other.born)
		app->other.born = metrics->intervals;
	*ret_bytes = there ? &there->bytes : &app->other.bytes;
	return r;
}

static int add_row(struct eg_metrics *metrics, struct app *app, const struct eg_destination *row)
{
	const struct eg_place *place = eg_destination_place(row);
	struct place *there = find_place(app, place->as_organization, place->country);
	struct eg_bytes *bytes = there ? &there->bytes : NULL;
	int r = there ? 0 : choose_new(metrics, app, place, &bytes);

	if (r < 0)
		return r;
	bytes->sent += row->counters.bytes.sent;
	bytes->received += row->counters.bytes.received;
	return 0;
}

/* --- an interval --- */

struct walk {
	struct eg_metrics *metrics;
	struct app *app;
};

static int renew(const char *text, char **kept)
{
	char *printed;
	int r = clean(text, &printed);

	if (r < 0)
		return r;
	free(*kept);
	*kept = printed;
	return 0;
}

/* What the app's name is worth may change while its id stays. */
static int describe(struct eg_metrics *metrics, struct app *kept, const struct eg_app *app)
{
	int r;

	if (kept == &metrics->other)
		return 0;
	r = renew(app->trust, &kept->trust);
	if (r == 0)
		r = renew(app->via, &kept->via);
	return r < 0 ? r : renew(app->flag, &kept->flag);
}

static int app_begin(const struct eg_app *app, void *data)
{
	struct walk *walk = data;
	int r = choose_app(walk->metrics, app, &walk->app);

	if (r == 0)
		r = describe(walk->metrics, walk->app, app);
	if (r < 0)
		return r;
	walk->app->connections += app->counters.connections;
	walk->app->failed += app->counters.failed;
	return 0;
}

static int destination(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	struct walk *walk = data;

	(void)app;
	return add_row(walk->metrics, walk->app, row);
}

static int add_lost(struct eg_metrics *metrics, const struct eg_ledger *ledger)
{
	int r = 0;

	for (size_t i = 0; i < ledger->lost_count && r == 0; i++)
		r = eg_ledger_add_lost(&metrics->ledger, ledger->lost[i].reason,
				       ledger->lost[i].count);
	return r;
}

static int copy_text(const char *text, char **ret_copy)
{
	*ret_copy = text ? strdup(text) : NULL;
	return text && !*ret_copy ? -ENOMEM : 0;
}

static int copy_databases(struct eg_metrics *metrics, const struct eg_summary *summary)
{
	int r = 0;

	free_databases(metrics);
	metrics->databases = calloc(summary->databases_count + 1, sizeof(*metrics->databases));
	if (!metrics->databases)
		return -ENOMEM;
	for (size_t i = 0; i < summary->databases_count && r == 0; i++) {
		struct eg_database *database = &metrics->databases[metrics->databases_count++];

		r = clean(summary->databases[i].name, &database->name);
		if (r == 0)
			r = copy_text(summary->databases[i].built, &database->built);
	}
	return r;
}

int eg_metrics_add(struct eg_metrics *metrics, const struct eg_summary *summary)
{
	static const struct eg_visitor visitor = {
		.app_begin = app_begin,
		.destination = destination,
	};
	struct walk walk = { .metrics = metrics };
	int r;

	metrics->intervals++;
	r = eg_summary_walk(summary, &visitor, &walk);
	if (r == 0)
		r = add_lost(metrics, &summary->ledger);
	return r == 0 ? copy_databases(metrics, summary) : r;
}

void eg_metrics_set_unwritten(struct eg_metrics *metrics, bool unwritten)
{
	metrics->unwritten = unwritten;
}

void eg_metrics_finish(struct eg_metrics *metrics)
{
	metrics->held = 0;
}

/* --- printing --- */

/* 0 for what is still held back. */
static uint64_t shown(const struct eg_metrics *metrics, uint64_t born, uint64_t value)
{
	return metrics->intervals - born < metrics->held ? 0 : value;
}

static uint64_t sent_of(const struct eg_bytes *bytes)
{
	return bytes->sent;
}

static uint64_t received_of(const struct eg_bytes *bytes)
{
	return bytes->received;
}

static uint64_t connections_of(const struct app *app)
{
	return app->connections;
}

static uint64_t failed_of(const struct app *app)
{
	return app->failed;
}

static void put_app_bytes(FILE *stream, const struct eg_metrics *metrics, const char *name,
			  const struct app *app, uint64_t (*value)(const struct eg_bytes *bytes))
{
	const struct place *other = &app->other;

	for (size_t i = 0; i < app->places_count; i++) {
		const struct place *place = &app->places[i];

		eg_exposition_bytes(stream, name, app->id, app->kind, place->organization,
				    place->country,
				    shown(metrics, place->born, value(&place->bytes)));
	}
	if (other->born)
		eg_exposition_bytes(stream, name, app->id, app->kind, EG_OTHER, EG_OTHER,
				    shown(metrics, other->born, value(&other->bytes)));
}

/* Those without room, by the name that says so. */
static struct app named_other(const struct eg_metrics *metrics)
{
	static char other[] = EG_OTHER;
	struct app app = metrics->other;

	app.id = app.kind = other;
	return app;
}

static void put_bytes(FILE *stream, const struct eg_metrics *metrics, const char *name,
		      const char *help, uint64_t (*value)(const struct eg_bytes *bytes))
{
	const struct app other = named_other(metrics);

	eg_exposition_head(stream, name, "counter", help);
	for (size_t i = 0; i < metrics->apps_count; i++)
		put_app_bytes(stream, metrics, name, &metrics->apps[i], value);
	put_app_bytes(stream, metrics, name, &other, value);
}

static void put_connections(FILE *stream, const struct eg_metrics *metrics, const char *name,
			    const char *help, uint64_t (*value)(const struct app *app))
{
	eg_exposition_head(stream, name, "counter", help);
	for (size_t i = 0; i < metrics->apps_count; i++) {
		const struct app *app = &metrics->apps[i];

		eg_exposition_connections(stream, name, app->id, app->kind,
					  shown(metrics, app->born, value(app)));
	}
	if (metrics->other.born)
		eg_exposition_connections(stream, name, EG_OTHER, EG_OTHER,
					  shown(metrics, metrics->other.born,
						value(&metrics->other)));
}

static void put_apps(FILE *stream, const struct eg_metrics *metrics)
{
	eg_exposition_app_head(stream);
	for (size_t i = 0; i < metrics->apps_count; i++) {
		const struct app *app = &metrics->apps[i];

		eg_exposition_app(stream, app->id, app->kind, app->trust, app->via, app->flag);
	}
}

int eg_metrics_print(FILE *stream, const struct eg_metrics *metrics)
{
	static const char *const no_labels[] = { NULL };

	put_bytes(stream, metrics, "egret_sent_bytes_total", "Payload bytes that the app sent.",
		  sent_of);
	put_bytes(stream, metrics, "egret_received_bytes_total",
		  "Payload bytes that the app received.", received_of);
	put_connections(stream, metrics, "egret_connections_total",
			"Connections that the app began or accepted.", connections_of);
	put_connections(stream, metrics, "egret_failed_connections_total",
			"Connections of the app that were never established.", failed_of);
	put_apps(stream, metrics);
	eg_exposition_lost(stream, "egret_lost_total", "counter", &metrics->ledger);
	eg_exposition_head(stream, "egret_history_failing", "gauge",
			   "1: the last interval could not be written into the history.");
	eg_exposition_sample(stream, "egret_history_failing", no_labels, metrics->unwritten);
	eg_exposition_databases(stream, metrics->databases, metrics->databases_count);
	eg_exposition_build(stream);
	return eg_stream_status(stream);
}
