/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret trace: prints one line for each thing that happens, as it happens. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/table.h>

#include "cmd.h"
#include "collector.h"
#include "places.h"
#include "tracing.h"

struct session {
	const struct eg_options *options;
	struct eg_output output;
	struct collector *collector;
	struct places *places;
	struct tracing *tracing;
	struct eg_probe_losses told;
	int64_t told_at; /* until when losses were told */
	bool incomplete, unwritten;
};

static int print_event(FILE *stream, void *data)
{
	const struct eg_trace_event *const *event = data;

	return eg_print_trace_event(stream, *event);
}

static void print(struct session *session, const struct eg_trace_event *event)
{
	if (session->unwritten)
		return;
	if (eg_output_write(&session->output, print_event, &event) < 0)
		session->unwritten = true;
}

static bool matches(const char **patterns, const char *text)
{
	if (!patterns)
		return true;
	for (; *patterns; patterns++)
		if (text && !fnmatch(*patterns, text, 0))
			return true;
	return false;
}

/* The filters that a single event can answer. */
static bool wanted(const struct session *session, const struct known_app *app,
		   const struct eg_destination *row)
{
	const char **const *patterns = session->options->filter.patterns;
	char uid[16];

	if (row && !session->options->include_loopback &&
	    (row->scope == EG_SCOPE_LOOPBACK || row->scope == EG_SCOPE_HOST))
		return false;
	if (app)
		snprintf(uid, sizeof(uid), "%u", app->uid);
	return matches(patterns[EG_FILTER_APP], app ? app->id : NULL) &&
	       matches(patterns[EG_FILTER_USER], app ? uid : NULL) &&
	       (!row || eg_filter_row(&session->options->filter, row));
}

static int on_process(const struct eg_process *record, void *data)
{
	struct session *session = data;
	int error = collector_process(record, session->collector);
	const struct known_process *process = collector_find(session->collector, &record->key);

	if (error || !process || !wanted(session, &process->self, NULL))
		return error;
	print(session, &(struct eg_trace_event){
			       .kind = EG_TRACE_PROCESS,
			       .time = collector_time(session->collector, record->header.time_ns),
			       .app_id = process->self.id,
			       .app_kind = process->self.kind,
			       .app_trust = process->self.trust,
			       .app_via = process->self.via,
			       .app_flag = process->self.flag,
			       .process = &process->info,
			       .command_line = !session->options->no_command_lines,
		       });
	return 0;
}

static enum eg_trace_kind kind_of(const struct eg_event *event)
{
	switch (event->header.type) {
	case EG_RECORD_ACCEPT:
		return EG_TRACE_ACCEPT;
	case EG_RECORD_CLOSE:
		return EG_TRACE_CLOSE;
	default:
		return EG_TRACE_CONNECT;
	}
}

static enum eg_trace_result result_of(const struct eg_event *event)
{
	if (event->header.type != EG_RECORD_RESULT)
		return EG_RESULT_PENDING;
	return event->error ? EG_RESULT_ERROR : EG_RESULT_OK;
}

static int on_event(const struct eg_event *event, void *data)
{
	struct session *session = data;
	const struct known_process *process = collector_find(session->collector, &event->row.proc);
	const struct known_app *app =
		collector_app(session->collector, &event->row.proc, event->row.owner);
	bool kernel = !event->row.proc.tgid && event->row.proc.exec_id == EG_NOBODY_KERNEL;
	struct place_answer found;
	const struct eg_destination row = {
		.key = collector_destination(&event->row),
		.scope = (uint8_t)collector_scope(&event->row),
		.place = &found.place,
	};

	places_find(session->places, &row.key, row.scope, &found);
	if (!wanted(session, app, &row))
		return 0;
	print(session,
	      &(struct eg_trace_event){
		      .kind = kind_of(event),
		      .time = collector_time(session->collector, event->header.time_ns),
		      .app_id = app	 ? app->id
				: kernel ? "kernel:other"
					 : "unknown:pid",
		      .app_kind = app	   ? app->kind
				  : kernel ? "kernel"
					   : "unknown",
		      .app_trust = app	    ? app->trust
				   : kernel ? "kernel"
					    : NULL,
		      .app_via = app ? app->via : NULL,
		      .app_flag = app ? app->flag : NULL,
		      .process = process ? &process->info : NULL,
		      .socket = event->cookie,
		      .key = row.key,
		      .place = found.place,
		      .result = result_of(event),
		      .error = event->error > 0 ? event->error : 0,
		      .bytes = { .sent = event->totals.bytes_sent,
				 .received = event->totals.bytes_received },
		      .duration = (int64_t)(event->totals.last_ns - event->totals.first_ns),
		      .rtt_min_us = event->totals.rtt_min_us,
	      });
	return 0;
}

static int on_payload(const struct eg_payload *payload, void *data)
{
	struct session *session = data;

	return collector_payload(payload, session->collector);
}

/* A name was read: of this connection, or (port 0) of an address, out of an answer. */
static void on_name(const struct eg_learnt_name *learnt, void *data)
{
	struct session *session = data;
	const struct eg_payload *payload = learnt->payload;
	const struct known_process *process = collector_find(session->collector, &payload->proc);
	const struct known_app *app =
		collector_app(session->collector, &payload->proc, payload->owner);
	struct eg_flow_key key = {
		.proc = payload->proc,
		.port = learnt->port,
		.transport = payload->transport,
		.direction = EG_OUTBOUND,
		.flags = learnt->port ? 0 : EG_FLOW_NO_PORT,
	};
	struct place_answer found;
	struct eg_destination row = { .place = &found.place };

	memcpy(key.ip, learnt->ip, sizeof(key.ip));
	row.key = collector_destination(&key);
	row.scope = (uint8_t)collector_scope(&key);
	places_find(session->places, &row.key, row.scope, &found);
	if (!wanted(session, app, &row))
		return;
	print(session, &(struct eg_trace_event){
			       .kind = EG_TRACE_NAME,
			       .time = collector_time(session->collector, payload->header.time_ns),
			       .app_id = app ? app->id : "unknown:pid",
			       .app_kind = app ? app->kind : "unknown",
			       .app_trust = app ? app->trust : NULL,
			       .app_via = app ? app->via : NULL,
			       .app_flag = app ? app->flag : NULL,
			       .process = process ? &process->info : NULL,
			       .socket = payload->cookie,
			       .key = row.key,
			       .place = found.place,
			       .name = learnt->name.name,
			       .source = eg_name_source_text(learnt->name.source),
			       .confidence = eg_name_confidence_text(learnt->name.confidence),
		       });
}

static void print_loss(struct session *session, const char *reason, uint64_t count, int64_t now)
{
	if (!count)
		return;
	/* A name that is missing leaves no byte out. */
	session->incomplete |= strcmp(reason, eg_loss_name(EG_LOSS_NAMES_SKIPPED)) != 0;
	print(session, &(struct eg_trace_event){
			       .kind = EG_TRACE_LOSS,
			       .time = now,
			       .reason = reason,
			       .count = count,
			       .from = session->told_at,
			       .to = now,
		       });
}

/* What was lost since the last time that somebody looked. */
static int print_losses(struct session *session)
{
	int64_t now = eg_now_ns();
	struct eg_probe_losses losses;
	int error = eg_probe_losses(tracing_probe(session->tracing), &losses);

	if (error)
		return error;
	for (int i = 0; i < EG_LOSS_COUNT; i++)
		print_loss(session, eg_loss_name(i), losses.counts[i] - session->told.counts[i],
			   now);
	print_loss(session, "program_skipped",
		   losses.program_skipped - session->told.program_skipped, now);
	session->told = losses;
	session->told_at = now;
	return 0;
}

static int loop(struct session *session)
{
	enum tracing_event event;
	int error;

	session->told_at = tracing_period(session->tracing).start;
	do {
		event = tracing_wait(session->tracing);
		error = eg_probe_read(tracing_probe(session->tracing));
		if (!error &&
		    collector_is_crowded(session->collector, tracing_is_quiet(session->tracing)))
			error = collector_forget(session->collector,
						 tracing_probe(session->tracing));
		if (!error)
			error = print_losses(session);
	} while (!error && !session->unwritten && event != TRACING_END);
	return error;
}

static int run(const struct eg_options *options)
{
	struct session session = { .options = options };
	const struct eg_probe_sink sink = {
		.process = on_process,
		.event = on_event,
		.payload = on_payload,
		.data = &session,
	};
	const struct eg_names_sink names_sink = { .learnt = on_name, .data = &session };
	int status, error;

	if (eg_output_open(options, &session.output) < 0)
		return options->command ? EG_EXIT_FAILED : EG_EXIT_INCOMPLETE;
	session.output.appends = session.output.path;
	status = places_open(options, &session.places);
	if (status)
		return options->command ? EG_EXIT_FAILED : status;
	error = collector_new(EG_BY_APP, &session.collector);
	if (!error && !options->no_names)
		error = collector_read_names(session.collector, &names_sink);
	if (error) {
		collector_free(session.collector);
		places_close(session.places);
		return eg_command_fail(options->of, error);
	}
	status = tracing_start(options, &sink, true, &session.tracing);
	if (!status) {
		error = loop(&session);
		status = error ? eg_command_fail(options->of, error) : EG_EXIT_OK;
		if (!status && (session.unwritten || session.incomplete))
			status = EG_EXIT_INCOMPLETE;
		status = tracing_status(session.tracing, status);
		tracing_stop(session.tracing);
	}
	collector_free(session.collector);
	places_close(session.places);
	return status;
}

const struct eg_command eg_command_trace = {
	.name = "trace",
	.help = "print one line of JSON for each connection, as it happens",
	.arguments = "[-- CMD ARG...]",
	.options = EG_OPTIONS_COMMON | EG_OPTIONS_OUTPUT | EG_OPTIONS_FILTER | EG_OPTIONS_TRACING,
	.formats = EG_BIT(EG_FORMAT_NDJSON),
	.traces_command = true,
	.run = run,
};
