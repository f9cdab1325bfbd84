/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* When each app of a summary sent and received, out of the history. */
#include "timeline.h"

#include <errno.h>
#include <string.h>

#include <egret/base.h>
#include <egret/table.h>

#define MINUTE_NS (60 * NSEC_PER_SEC)
#define HOUR_NS (60 * MINUTE_NS)
#define DAY_NS (24 * HOUR_NS)
#define STEPS_MAX 400 /* as many as can be told apart in a picture */

/* A row as a table's key: without padding. */
struct wanted {
	uint64_t app; /* index of its series */
	uint8_t ip[16];
	uint16_t port, transport;
	uint8_t direction, has_ip, has_port, overflow;
};

struct making {
	struct eg_timeline *timeline;
	struct eg_table *wanted; /* struct wanted */
	size_t app; /* whose rows come */
	size_t capacity; /* of timeline->series */
	bool any; /* something happened */
};

/* --- which rows --- */

static int compare_series(const void *a, const void *b)
{
	return strcmp(((const struct eg_series *)a)->app, ((const struct eg_series *)b)->app);
}

static struct eg_series *find_series(const struct eg_timeline *timeline, const char *app)
{
	struct eg_series series = { .app = (char *)(uintptr_t)app };

	return bsearch(&series, timeline->series, timeline->series_count, sizeof(series),
		       compare_series);
}

static int add_series(const struct eg_app *app, void *data)
{
	struct making *making = data;
	struct eg_timeline *timeline = making->timeline;

	if (timeline->series_count == making->capacity) {
		size_t capacity = making->capacity ? 2 * making->capacity : 64;
		struct eg_series *grown = reallocarray(timeline->series, capacity, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		timeline->series = grown;
		making->capacity = capacity;
	}
	timeline->series[timeline->series_count] = (struct eg_series){ .app = strdup(app->id) };
	return timeline->series[timeline->series_count++].app ? 0 : -ENOMEM;
}

static struct wanted wanted_of(size_t app, const struct eg_destination_key *key)
{
	struct wanted wanted = { .app = app, .overflow = key->overflow };

	if (key->overflow)
		return wanted;
	wanted.port = key->has_port ? key->port : 0;
	wanted.transport = key->transport;
	wanted.direction = key->direction;
	wanted.has_ip = key->has_ip;
	wanted.has_port = key->has_port;
	if (key->has_ip)
		memcpy(wanted.ip, key->ip, sizeof(wanted.ip));
	return wanted;
}

static int begin_app(const struct eg_app *app, void *data)
{
	struct making *making = data;

	making->app = (size_t)(find_series(making->timeline, app->id) - making->timeline->series);
	return 0;
}

static int want_row(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	struct making *making = data;
	const struct wanted wanted = wanted_of(making->app, &row->key);

	(void)app;
	return eg_table_add(making->wanted, &wanted) ? 0 : -ENOMEM;
}

static int list_rows(struct making *making, const struct eg_summary *summary)
{
	static const struct eg_visitor apps = { .app_begin = add_series };
	static const struct eg_visitor rows = { .app_begin = begin_app, .destination = want_row };
	struct eg_timeline *timeline = making->timeline;
	int r = eg_summary_walk(summary, &apps, making);

	if (r < 0 || !timeline->series_count)
		return r;
	qsort(timeline->series, timeline->series_count, sizeof(*timeline->series), compare_series);
	return eg_summary_walk(summary, &rows, making);
}

/* --- what they counted when --- */

static int add_moment(const struct eg_moment *moment, void *data)
{
	struct making *making = data;
	struct eg_timeline *timeline = making->timeline;
	struct eg_series *series = find_series(timeline, moment->app);
	int64_t step = (moment->time - timeline->start) / timeline->step;
	struct wanted wanted;

	if (!series || moment->time < timeline->start || (uint64_t)step >= timeline->steps)
		return 0;
	wanted = wanted_of((size_t)(series - timeline->series), &moment->key);
	if (!eg_table_find(making->wanted, &wanted))
		return 0;
	if (!series->bytes) {
		series->bytes = calloc(timeline->steps, sizeof(*series->bytes));
		if (!series->bytes)
			return -ENOMEM;
	}
	series->bytes[step].sent += moment->bytes.sent;
	series->bytes[step].received += moment->bytes.received;
	making->any = true;
	return 0;
}

/* As fine as the period allows: from two minutes in sums of ten seconds to a year in days. */
static const int64_t steps[] = { 10 * NSEC_PER_SEC, MINUTE_NS,	10 * MINUTE_NS, HOUR_NS, DAY_NS,
				 7 * DAY_NS,	    28 * DAY_NS };

/* Everything in the timeline but its series; steps begin where the clock's do. */
static void set_steps(struct eg_timeline *timeline, const struct eg_period *period, int64_t step)
{
	int64_t start = period->start - period->start % step;

	while ((period->end - start) / step >= STEPS_MAX)
		step *= 2;
	timeline->step = step;
	timeline->start = start;
	timeline->steps = (size_t)((period->end - start + step - 1) / step);
}

static int fill(struct making *making, struct eg_store *store, const struct eg_period *period)
{
	const size_t last = ARRAY_SIZE(steps) - 1;
	size_t i = 0;
	int r = 0;

	while (i < last && (period->end - period->start) / steps[i] >= STEPS_MAX)
		i++;
	/* What is older than a certain age is kept as sums of hours or days only. */
	while (i < last && (r = eg_store_resolves(store, period, steps[i])) == 0)
		i++;
	if (r < 0)
		return r;
	set_steps(making->timeline, period, steps[i]);
	r = eg_store_timeline(store, period, steps[i], add_moment, making);
	if (!making->any)
		making->timeline->steps = 0;
	return r;
}

int timeline_read(struct eg_store *store, const struct eg_period *period,
		  const struct eg_summary *summary, struct eg_timeline *ret_timeline)
{
	struct eg_timeline timeline = { 0 };
	struct making making = {
		.timeline = &timeline,
		.wanted = eg_table_new(sizeof(struct wanted), 0),
	};
	int r = making.wanted ? list_rows(&making, summary) : -ENOMEM;

	if (r == 0 && timeline.series_count)
		r = fill(&making, store, period);
	eg_table_free(making.wanted);
	if (r == 0)
		*ret_timeline = timeline;
	else
		timeline_free(&timeline);
	return r;
}

void timeline_free(struct eg_timeline *timeline)
{
	for (size_t i = 0; i < timeline->series_count; i++) {
		free(timeline->series[i].app);
		free(timeline->series[i].bytes);
	}
	free(timeline->series);
	*timeline = (struct eg_timeline){ 0 };
}

int timeline_redact(struct eg_timeline *timeline, struct eg_redactor *redactor)
{
	int r = 0;

	for (size_t i = 0; i < timeline->series_count && r == 0; i++) {
		char *redacted = NULL;

		r = eg_redact_text(redactor, timeline->series[i].app, &redacted);
		if (r < 0)
			return r;
		free(timeline->series[i].app);
		timeline->series[i].app = redacted;
	}
	return r;
}
