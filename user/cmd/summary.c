/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret summary: traces, then prints who sent what where. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

#include "cmd.h"
#include "collector.h"
#include "host.h"
#include "places.h"
#include "tracing.h"

struct session {
	const struct eg_options *options;
	struct eg_output output;
	struct collector *collector;
	struct places *places;
	struct tracing *tracing;
	struct eg_summary *summary; /* of the interval, or of the whole trace, so far */
	bool incomplete; /* something was lost in what was printed */
	bool unwritten; /* a result could not be written */
};

/* Returns the error, after one line that says what can't be done. */
static int fail(const char *what, int error)
{
	eg_error("can't %s: %s", what, strerror(-error));
	return error;
}

static int begin(struct session *session, int64_t start)
{
	int error = host_summary(session->options->by, start, &session->summary);

	if (error)
		return fail("begin a summary", error);
	collector_begin(session->collector, session->summary);
	return 0;
}

/* Up to `end`: that of the interval, or, 0, up to when all is read. */
static int fill(struct session *session, int64_t end, bool last)
{
	struct eg_summary *summary = session->summary;
	int64_t start = summary->period.start;
	int error;

	/* The clock may have been set back. */
	if (end && end < start)
		end = start;
	error = collector_fill(session->collector, tracing_probe(session->tracing), end, last);
	if (!end)
		end = collector_now(session->collector);
	summary->period.end = end < start ? start : end;
	summary->periods[0] = summary->period;
	return error ? fail("read the kernel's counters", error) : 0;
}

/* The rows are complete: now everything that is known of them is added. */
static int know(struct session *session)
{
	int error = places_fill(session->places, session->summary);

	return error ? fail("look up places", error) : 0;
}

/* Prints what the user wants to see of it; takes the rest out of it. */
static int print(struct session *session, struct eg_summary *summary)
{
	int error = eg_summary_exclude(summary, session->options->include_loopback,
				       &session->options->filter);

	if (error)
		return fail("print", error);
	session->incomplete |= !eg_summary_totals(summary).complete;
	if (eg_output_print(&session->output, summary) < 0)
		session->unwritten = true;
	return 0;
}

/* What there is so far, of a copy: the trace goes on with all of it. */
static int snapshot(struct session *session)
{
	struct eg_summary *copy = eg_summary_new(session->options->by);
	int error = fill(session, 0, false);

	if (!copy)
		return fail("take a snapshot", -ENOMEM);
	if (!error)
		error = know(session);
	if (!error && eg_summary_merge(copy, session->summary) < 0)
		error = fail("take a snapshot", -ENOMEM);
	copy->merged = false;
	if (!error)
		error = print(session, copy);
	eg_summary_free(copy);
	return error;
}

static int finish(struct session *session, bool last)
{
	int error = fill(session, last ? 0 : tracing_period(session->tracing).end, last);

	if (last)
		tracing_unload(session->tracing);
	if (!error)
		error = know(session);
	if (!error)
		error = print(session, session->summary);
	eg_summary_free(session->summary);
	session->summary = NULL;
	return error;
}

static int interval(struct session *session)
{
	int64_t end = tracing_period(session->tracing).end;
	int error = finish(session, false);

	return error ? error : begin(session, end);
}

static int loop(struct session *session)
{
	int error = begin(session, tracing_period(session->tracing).start);

	while (!error) {
		switch (tracing_wait(session->tracing)) {
		case TRACING_RECORDS:
			error = eg_probe_read(tracing_probe(session->tracing));
			if (error)
				fail("read the kernel's records", error);
			if (!error && collector_is_crowded(session->collector,
							   tracing_is_quiet(session->tracing)))
				error = fill(session, 0, false);
			break;
		case TRACING_SNAPSHOT:
			error = snapshot(session);
			break;
		case TRACING_INPUT:
		case TRACING_RELOAD:
			break;
		case TRACING_INTERVAL:
			error = interval(session);
			break;
		case TRACING_END:
			return tracing_had_subject(session->tracing) ? finish(session, true) : 0;
		}
		/* Nobody reads any more, or nothing can be written: no use in going on. */
		if (session->unwritten)
			return 0;
	}
	return error;
}

static int exit_status(const struct session *session, int error)
{
	if (error)
		return EG_EXIT_FAILED;
	if (session->unwritten || session->incomplete)
		return EG_EXIT_INCOMPLETE;
	return EG_EXIT_OK;
}

static int run(const struct eg_options *options)
{
	struct session session = { .options = options };
	static const struct eg_names_sink no_sink;
	struct eg_probe_sink sink = { .process = collector_process, .payload = collector_payload };
	int status, error;

	if (eg_output_open(options, &session.output) < 0)
		return options->command ? EG_EXIT_FAILED : EG_EXIT_INCOMPLETE;
	status = places_open(options, &session.places);
	if (status)
		return options->command ? EG_EXIT_FAILED : status;
	error = collector_new(options->by, &session.collector);
	if (!error && !options->no_names)
		error = collector_read_names(session.collector, &no_sink);
	if (error) {
		collector_free(session.collector);
		places_close(session.places);
		return eg_command_fail(options->of, error);
	}
	sink.data = session.collector;
	status = tracing_start(options, &sink, false, &session.tracing);
	if (!status) {
		error = loop(&session);
		status = tracing_status(session.tracing, exit_status(&session, error));
		eg_summary_free(session.summary);
		tracing_stop(session.tracing);
	}
	collector_free(session.collector);
	places_close(session.places);
	return status;
}

const struct eg_command eg_command_summary = {
	.name = "summary",
	.help = "trace, then print which app sent how much where",
	.arguments = "[-- CMD ARG...]",
	.options = EG_OPTIONS_COMMON | EG_OPTIONS_OUTPUT | EG_OPTIONS_FILTER | EG_OPTIONS_TRACING |
		   EG_BIT(EG_OPTION_INTERVAL) | EG_BIT(EG_OPTION_BY),
	.formats = EG_FORMATS_SUMMARY,
	.traces_command = true,
	.run = run,
};
