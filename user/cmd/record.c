/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret record: traces without end, each interval into the history. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/sandbox.h>
#include <egret/store.h>

#include "cmd.h"
#include "collector.h"
#include "host.h"
#include "notify.h"
#include "places.h"
#include "textfile.h"
#include "tracing.h"
#include "watch.h"

#define INTERVAL_NS (10 * NSEC_PER_SEC)
#define CLOCK_SET_NS NSEC_PER_SEC /* less than that is no jump, but a correction */
#define DAY_NS (86400 * NSEC_PER_SEC)
#define KEEP_NS (30 * DAY_NS)
#define KEEP_HOURLY_NS (365 * DAY_NS)

struct recorder {
	struct eg_options options; /* with what was not given */
	const char *path;
	struct eg_store_keep keep;
	struct eg_store *store; /* NULL: can't be opened now */
	struct collector *collector;
	struct places *places;
	struct tracing *tracing;
	struct watch *watch; /* NULL: no rules */
	struct textfile *textfile; /* NULL: none */
	struct eg_summary *summary; /* of the interval */
	int64_t clock; /* CLOCK_REALTIME less the time since boot, when the interval began */
	char missed[sizeof(((struct eg_store_error *)NULL)->reason)]; /* since the last one */
	bool failing; /* the last interval was not written, which has been said */
	bool untidy; /* the last one was, but what is old could not be removed: said as well */
	bool damaged; /* and never will be */
};

/* --- the history, which may be gone for a while --- */

static int open_store(struct recorder *recorder)
{
	struct eg_store_error error;
	int r = eg_store_record(recorder->path, &recorder->store, &error);

	if (r < 0)
		snprintf(recorder->missed, sizeof(recorder->missed), "%s", error.reason);
	return r;
}

static void close_store(struct recorder *recorder)
{
	eg_store_close(recorder->store);
	recorder->store = NULL;
}

static int write_interval(struct recorder *recorder)
{
	int r = recorder->store ? 0 : open_store(recorder);

	if (r < 0)
		return r;
	r = eg_store_add(recorder->store, recorder->summary, recorder->missed,
			 recorder->options.command_lines);
	/* Somebody has put another file in its place: begin anew with that. */
	if (r == -ESTALE) {
		close_store(recorder);
		r = open_store(recorder);
		if (r == 0)
			r = eg_store_add(recorder->store, recorder->summary, recorder->missed,
					 recorder->options.command_lines);
	}
	if (r < 0 && recorder->store)
		snprintf(recorder->missed, sizeof(recorder->missed), "%s",
			 eg_store_reason(recorder->store));
	return r;
}

/*
 * What fails here loses nothing: the interval is written, and sums are made the next time.
 * But a damaged history is not made worse.
 */
static void tidy(struct recorder *recorder)
{
	int r = eg_store_tidy(recorder->store, &recorder->keep, eg_now_ns());

	recorder->damaged = r == -EBADMSG;
	if (r < 0 && (!recorder->untidy || recorder->damaged))
		eg_error("cannot sum up and shorten %s: %s; %s", recorder->path,
			 eg_store_reason(recorder->store),
			 recorder->damaged ? "recording ends" : "recording goes on, trying on");
	recorder->untidy = r < 0;
}

/* Recording goes on whatever happens; what is missing is told once, here and in the history. */
static void keep_interval(struct recorder *recorder, bool last)
{
	int r = write_interval(recorder);

	watch_interval(recorder->watch, r < 0 ? NULL : recorder->store, recorder->summary, last);
	if (r < 0) {
		recorder->damaged = r == -EBADMSG;
		if (!recorder->failing || recorder->damaged)
			eg_error("cannot record into %s: %s; %s", recorder->path, recorder->missed,
				 recorder->damaged ? "recording ends" : "trying on");
		recorder->failing = true;
		return;
	}
	if (recorder->failing)
		eg_info("recording again");
	recorder->failing = false;
	snprintf(recorder->missed, sizeof(recorder->missed), "the clock was set");
	tidy(recorder);
}

/* --- intervals --- */

static int begin(struct recorder *recorder, int64_t start)
{
	int error = host_summary(EG_BY_APP, start, &recorder->summary);

	if (error)
		eg_error("can't begin an interval: %s", strerror(-error));
	else
		collector_begin(recorder->collector, recorder->summary);
	recorder->clock = eg_boot_to_real_ns();
	return error;
}

/*
 * An interval is as long as it took. Where the clock was set meanwhile, it began, by the
 * clock as it is now, at another time than it said then; what lies between is a gap.
 */
static void set_period(struct recorder *recorder)
{
	struct eg_summary *summary = recorder->summary;
	int64_t set = eg_boot_to_real_ns() - recorder->clock;

	if (set > CLOCK_SET_NS || set < -CLOCK_SET_NS)
		summary->period.start += set;
	summary->period.end = tracing_period(recorder->tracing).end;
	if (summary->period.start >= summary->period.end)
		summary->period.end = eg_now_ns();
	if (summary->period.start > summary->period.end)
		summary->period.start = summary->period.end;
}

static int finish(struct recorder *recorder, bool last)
{
	const struct eg_options *options = &recorder->options;
	struct eg_summary *summary = recorder->summary;
	int error;

	set_period(recorder);
	error = collector_fill(recorder->collector, tracing_probe(recorder->tracing),
			       last ? 0 : summary->period.end, last);
	if (last)
		summary->period.end = collector_now(recorder->collector);
	summary->periods[0] = summary->period;
	if (!error)
		error = places_fill(recorder->places, summary);
	if (!error)
		error = eg_summary_exclude(summary, options->include_loopback, NULL);
	if (error)
		eg_error("can't read the kernel's counters: %s", strerror(-error));
	else {
		keep_interval(recorder, last);
		textfile_add(recorder->textfile, summary, recorder->failing, last);
	}
	eg_summary_free(summary);
	recorder->summary = NULL;
	return error;
}

/* SIGHUP: with the files that have these names now. */
static void reload(struct recorder *recorder)
{
	struct places *places;

	/* It is opened again when there is something to write. */
	close_store(recorder);
	textfile_reopen(recorder->textfile);
	if (places_open(&recorder->options, &places))
		return;
	places_close(recorder->places);
	recorder->places = places;
}

static int handle(struct recorder *recorder, enum tracing_event event)
{
	struct eg_probe *probe = tracing_probe(recorder->tracing);
	int error = 0;

	switch (event) {
	case TRACING_RECORDS:
		error = eg_probe_read(probe);
		if (!error &&
		    collector_is_crowded(recorder->collector, tracing_is_quiet(recorder->tracing)))
			error = collector_fill(recorder->collector, probe, 0, false);
		if (error)
			eg_error("can't read the kernel's records: %s", strerror(-error));
		break;
	case TRACING_INTERVAL:
		error = finish(recorder, false);
		if (!error)
			error = begin(recorder, tracing_period(recorder->tracing).end);
		break;
	case TRACING_RELOAD:
		reload(recorder);
		break;
	case TRACING_INPUT:
	case TRACING_SNAPSHOT: /* each interval is one */
	case TRACING_END:
		break;
	}
	return error;
}

static int loop(struct recorder *recorder)
{
	int error = begin(recorder, tracing_period(recorder->tracing).start);

	while (!error && !recorder->damaged) {
		enum tracing_event event = tracing_wait(recorder->tracing);

		if (event == TRACING_END) {
			notify_send("STOPPING=1");
			return finish(recorder, true);
		}
		error = handle(recorder, event);
	}
	return error;
}

/* --- start and end --- */

/* What is not needed any more is given up before the first interval is written. */
static void enter_sandbox(void)
{
	int r = eg_sandbox_enter();

	if (r == -ENOTSUP)
		eg_debug("this egret was built without libseccomp: no filter of system calls");
	else if (r < 0)
		eg_warning("no filter of system calls: %s", strerror(-r));
}

static int run_intervals(struct recorder *recorder)
{
	int error = notify_send("READY=1");

	if (error)
		eg_warning("can't tell that it is running: %s", strerror(-error));
	error = loop(recorder);
	eg_summary_free(recorder->summary);
	if (error || recorder->damaged)
		return EG_EXIT_FAILED;
	return recorder->failing || textfile_is_failing(recorder->textfile) ? EG_EXIT_INCOMPLETE
									    : EG_EXIT_OK;
}

static int trace(struct recorder *recorder)
{
	struct eg_probe_sink sink = {
		.process = collector_process,
		.payload = collector_payload,
		.data = recorder->collector,
	};
	int status = tracing_start(&recorder->options, &sink, false, &recorder->tracing);

	if (status)
		return status;
	enter_sandbox();
	status = textfile_begin(recorder->textfile);
	if (!status)
		status = run_intervals(recorder);
	tracing_stop(recorder->tracing);
	return status;
}

/* The status for a history that can't be recorded into. */
static int refusal(int error)
{
	if (error == -EACCES || error == -EPERM)
		return EG_EXIT_PRIVILEGE;
	if (error == -EBADMSG)
		return EG_EXIT_USAGE;
	return error == -EBUSY || error == -ENOTSUP ? EG_EXIT_FAILED : EG_EXIT_INCOMPLETE;
}

static int record(struct recorder *recorder)
{
	static const struct eg_names_sink no_sink;
	int error = open_store(recorder);

	if (error) {
		eg_error("cannot record into %s: %s", recorder->path, recorder->missed);
		return refusal(error);
	}
	snprintf(recorder->missed, sizeof(recorder->missed), "egret was not recording");
	error = collector_new(EG_BY_APP, &recorder->collector);
	if (!error && !recorder->options.no_names)
		error = collector_read_names(recorder->collector, &no_sink);
	return error ? eg_command_fail(recorder->options.of, error) : trace(recorder);
}

static int run(const struct eg_options *options)
{
	struct recorder recorder = {
		.options = *options,
		.path = options->database ? options->database : EG_STORE_PATH,
		.keep = {
			.intervals = options->keep ? options->keep : KEEP_NS,
			.hours = options->keep_hourly ? options->keep_hourly : KEEP_HOURLY_NS,
			.days = options->keep_daily,
			.bytes = options->max_size,
		},
	};
	int status;

	if (!options->interval)
		recorder.options.interval = INTERVAL_NS;
	/* First: what runs a command is to inherit nothing of what comes after. */
	status = watch_start(options, &recorder.watch);
	if (!status)
		status = places_open(options, &recorder.places);
	if (!status)
		status = textfile_open(options->textfile, recorder.options.interval,
				       &recorder.textfile);
	if (!status)
		status = record(&recorder);
	collector_free(recorder.collector);
	eg_store_close(recorder.store);
	places_close(recorder.places);
	textfile_close(recorder.textfile);
	watch_stop(recorder.watch);
	return status;
}

const struct eg_command eg_command_record = {
	.name = "record",
	.help = "trace without end, into the history",
	.arguments = "",
	.options = EG_OPTIONS_COMMON | (EG_OPTIONS_TRACING & ~EG_BIT(EG_OPTION_NO_COMMAND_LINES)) |
		   EG_BIT(EG_OPTION_INTERVAL) | EG_BIT(EG_OPTION_DATABASE) |
		   EG_BIT(EG_OPTION_KEEP) | EG_BIT(EG_OPTION_KEEP_HOURLY) |
		   EG_BIT(EG_OPTION_KEEP_DAILY) | EG_BIT(EG_OPTION_MAX_SIZE) |
		   EG_BIT(EG_OPTION_COMMAND_LINES) | EG_BIT(EG_OPTION_POLICY) |
		   EG_BIT(EG_OPTION_ON_VIOLATION) | EG_BIT(EG_OPTION_TEXTFILE),
	.serves = true,
	.run = run,
};
