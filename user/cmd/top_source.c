/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where `top` has its numbers from: a trace of its own, or the history of a recorder. */
#include "top_source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include <egret/base.h>

#include "collector.h"
#include "history.h"
#include "host.h"
#include "places.h"
#include "tracing.h"

#define INTERVAL_NS NSEC_PER_SEC
#define INTERVAL_MIN_NS (NSEC_PER_SEC / 10)
#define SINCE_NS (3600 * NSEC_PER_SEC) /* before now, for a history's totals */
#define ROWS_MAX 50000 /* some 20 MB; what comes later is one row of its app */
#define LOOK_NS NSEC_PER_SEC /* how often a history is looked at */

struct source {
	struct eg_options options;
	struct eg_summary *summary;
	int64_t span;
	struct top_origin origin;
	/* A trace: */
	struct tracing *tracing;
	struct collector *collector;
	struct places *places;
	int64_t measured_at; /* CLOCK_MONOTONIC */
	/* A history: */
	struct eg_store *store;
	ino_t inode; /* of the file when it was opened */
	int64_t loaded; /* CLOCK_REALTIME: up to there it is in the summary */
	bool begun; /* what was there before the newest interval is in it */
	int64_t deadline, look_at; /* CLOCK_MONOTONIC; deadline 0: none */
};

/* Returns the error, after one line that says what can't be done. */
static int fail(const char *what, int error)
{
	eg_error("can't %s: %s", what, strerror(-error));
	return error;
}

/* --- a trace --- */

static int collect(struct source *source)
{
	const struct eg_period interval = tracing_period(source->tracing);
	int error = collector_fill(source->collector, tracing_probe(source->tracing), interval.end,
				   false);
	int64_t now = eg_monotonic_ns();

	if (error)
		return fail("read the kernel's counters", error);
	error = places_fill(source->places, source->summary);
	if (error)
		return fail("look up places", error);
	source->span = now - source->measured_at;
	source->measured_at = now;
	source->origin.interval = interval;
	source->summary->period.end = interval.end;
	return SOURCE_MEASURED;
}

static int read_records(struct source *source)
{
	int error = eg_probe_read(tracing_probe(source->tracing));

	if (error)
		return fail("read the kernel's records", error);
	if (!collector_is_crowded(source->collector, tracing_is_quiet(source->tracing)))
		return 0;
	error = collector_fill(source->collector, tracing_probe(source->tracing), 0, false);
	return error ? fail("read the kernel's counters", error) : 0;
}

static int wait_for_trace(struct source *source, int fd)
{
	int error = 0;

	tracing_watch(source->tracing, fd);
	while (!error) {
		switch (tracing_wait(source->tracing)) {
		case TRACING_RECORDS:
			error = read_records(source);
			break;
		case TRACING_INTERVAL:
			return collect(source);
		case TRACING_INPUT:
			return SOURCE_INPUT;
		case TRACING_END:
			return SOURCE_END;
		case TRACING_SNAPSHOT:
		case TRACING_RELOAD:
			break;
		}
	}
	return error;
}

static int begin_collecting(struct source *source)
{
	static const struct eg_names_sink no_sink;
	int error = collector_new(source->options.by, &source->collector);

	if (!error && !source->options.no_names)
		error = collector_read_names(source->collector, &no_sink);
	return error;
}

static int open_trace(struct source *source)
{
	struct eg_probe_sink sink = { .process = collector_process, .payload = collector_payload };
	struct eg_options *options = &source->options;
	int status, error;

	if (!options->interval)
		options->interval = INTERVAL_NS;
	status = places_open(options, &source->places);
	if (status)
		return status;
	error = begin_collecting(source);
	if (error)
		return eg_command_fail(options->of, error);
	sink.data = source->collector;
	status = tracing_start(options, &sink, false, &source->tracing);
	if (status)
		return status;
	source->origin.since = tracing_period(source->tracing).start;
	source->measured_at = eg_monotonic_ns();
	error = host_summary(options->by, source->origin.since, &source->summary);
	if (error)
		return eg_command_fail(options->of, error);
	collector_begin(source->collector, source->summary);
	eg_summary_limit_rows(source->summary, ROWS_MAX);
	source->origin.traces = true;
	source->origin.every = options->interval;
	return EG_EXIT_OK;
}

/* --- a history --- */

static ino_t inode_of(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 ? status.st_ino : 0;
}

static int open_store(struct source *source)
{
	int status = history_open(&source->options, &source->store);

	source->inode = inode_of(history_path(&source->options));
	return status;
}

static int open_history(struct source *source)
{
	const struct eg_options *options = &source->options;
	int status = open_store(source);

	if (status)
		return status;
	source->summary = eg_summary_new(EG_BY_APP);
	if (!source->summary)
		return eg_command_fail(options->of, -ENOMEM);
	eg_summary_limit_rows(source->summary, ROWS_MAX);
	source->origin.since = options->since ? options->since : eg_now_ns() - SINCE_NS;
	source->loaded = source->origin.since;
	source->origin.recorder = eg_store_recorder(history_path(options));
	source->look_at = eg_monotonic_ns();
	if (options->duration)
		source->deadline = source->look_at + options->duration;
	return EG_EXIT_OK;
}

/* A failure of the history, after one line. */
static int fail_history(const struct source *source, int error)
{
	history_fail(&source->options, source->store, error);
	return error;
}

/* How much of the time was recorded: who was stopped for a while gets many intervals at once. */
static int64_t recorded(const struct eg_summary *summary)
{
	int64_t sum = 0;

	for (size_t i = 0; i < summary->periods_count; i++)
		sum += summary->periods[i].end - summary->periods[i].start;
	return sum;
}

/* Adds what the history has from where the summary ends up to `end`, as what came now or before. */
static int load(struct source *source, int64_t end, bool now)
{
	const struct eg_period period = { .start = source->loaded, .end = end };
	struct eg_summary *part;
	int r = eg_store_read(source->store, &period, &part);
	int64_t span;

	if (r < 0)
		return fail_history(source, r);
	span = now ? recorded(part) : 0;
	r = eg_summary_merge(source->summary, part);
	eg_summary_free(part);
	if (r < 0)
		return fail("add to the summary", r);
	source->loaded = end;
	source->span = span;
	return SOURCE_MEASURED;
}

/* A recorder that began anew with another file: that goes on where this one ended. */
static int follow_file(struct source *source)
{
	const char *path = history_path(&source->options);
	ino_t inode = inode_of(path);
	struct eg_store_error error;
	struct eg_store *store;

	source->origin.recorder = eg_store_recorder(path);
	if (!inode || inode == source->inode || eg_store_open(path, &store, &error) < 0)
		return 0;
	eg_store_close(source->store);
	source->store = store;
	source->inode = inode;
	return 0;
}

static int look(struct source *source)
{
	struct eg_period latest;
	int r = follow_file(source);

	if (r == 0)
		r = eg_store_latest(source->store, INT64_MAX, &latest);
	if (r < 0)
		return fail_history(source, r);
	if (latest.end <= source->loaded) {
		source->begun = true;
		return SOURCE_TICK;
	}
	source->origin.interval = latest;
	if (!source->begun) {
		source->begun = true;
		if (latest.start > source->loaded)
			return load(source, latest.start, false);
	}
	return load(source, latest.end, true);
}

/* Milliseconds until there is something to do, rounded up. */
static int timeout_ms(const struct source *source)
{
	int64_t until = source->look_at, rest;

	if (source->deadline && source->deadline < until)
		until = source->deadline;
	rest = until - eg_monotonic_ns();
	return rest > 0 ? (int)((rest + 999999) / 1000000) : 0;
}

static int wait_for_history(struct source *source, int fd)
{
	struct pollfd input = { .fd = fd, .events = POLLIN };
	int64_t now;
	int event;

	if (poll(&input, 1, timeout_ms(source)) > 0)
		return SOURCE_INPUT;
	now = eg_monotonic_ns();
	if (source->deadline && now >= source->deadline)
		return SOURCE_END;
	if (now < source->look_at)
		return SOURCE_TICK;
	event = look(source);
	/* What was there before is followed by the newest interval at once. */
	source->look_at = event == SOURCE_MEASURED && !source->span ? now : now + LOOK_NS;
	return event;
}

/* --- which of them --- */

static bool asks_for_trace(const struct eg_options *options)
{
	return options->interval || options->include_loopback || options->no_names ||
	       options->max_flows || options->max_sockets || options->geo || options->owners ||
	       options->by != EG_BY_APP;
}

static bool asks_for_history(const struct eg_options *options)
{
	return options->database || options->since;
}

static bool finds_history(const struct eg_options *options)
{
	const char *path = history_path(options);
	pid_t recorder;

	if (asks_for_history(options) || asks_for_trace(options))
		return asks_for_history(options);
	recorder = eg_store_recorder(path);
	if (recorder && faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0)
		return true;
	if (recorder)
		eg_warning("process %d records, but its history is for the group " EG_STORE_GROUP
			   " only: tracing instead",
			   recorder);
	return false;
}

static int check_options(const struct eg_options *options)
{
	if (asks_for_history(options) && asks_for_trace(options)) {
		eg_error("top: --database and --since show a history, where what tracing takes "
			 "(--interval, --by, ...) means nothing");
		return EG_EXIT_USAGE;
	}
	if (options->interval && options->interval < INTERVAL_MIN_NS) {
		eg_error("top: --interval: nobody reads faster than every 100ms");
		return EG_EXIT_USAGE;
	}
	return EG_EXIT_OK;
}

int source_open(const struct eg_options *options, struct source **ret_source)
{
	struct source *source;
	int status = check_options(options);

	if (status)
		return status;
	source = calloc(1, sizeof(*source));
	if (!source)
		return eg_command_fail(options->of, -ENOMEM);
	source->options = *options;
	status = finds_history(options) ? open_history(source) : open_trace(source);
	if (status)
		source_close(source);
	else
		*ret_source = source;
	return status;
}

void source_close(struct source *source)
{
	if (!source)
		return;
	tracing_stop(source->tracing);
	collector_free(source->collector);
	places_close(source->places);
	eg_store_close(source->store);
	eg_summary_free(source->summary);
	free(source);
}

int source_wait(struct source *source, int fd)
{
	return source->tracing ? wait_for_trace(source, fd) : wait_for_history(source, fd);
}

struct eg_summary *source_summary(const struct source *source)
{
	return source->summary;
}

int64_t source_span(const struct source *source)
{
	return source->span;
}

struct top_origin source_origin(const struct source *source)
{
	struct top_origin origin = source->origin;

	/* Of a history, what was recorded may begin later than it was asked for. */
	if (source->summary->period.start > origin.since)
		origin.since = source->summary->period.start;
	origin.host = source->summary->hosts_count ? source->summary->hosts : NULL;
	return origin;
}

bool source_has_loopback(const struct source *source)
{
	return source->store || source->options.include_loopback;
}
