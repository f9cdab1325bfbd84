/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret trace: prints one line for each thing that happens, as it happens. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/ident.h>

#include "cmd.h"
#include "collector.h"
#include "places.h"
#include "trace_filter.h"
#include "tracing.h"

#define HELD_FIRST 64

struct session {
	const struct eg_options *options;
	struct eg_output output;
	struct collector *collector;
	struct places *places;
	struct tracing *tracing;
	struct trace_filter filter;
	struct eg_event *held; /* until the names are read that came with them */
	size_t held_count, held_room;
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

static void set_known_app(struct eg_trace_event *event, const struct known_app *app)
{
	event->app_id = app->id;
	event->app_kind = app->kind;
	event->app_trust = app->trust;
	event->app_via = app->via;
	event->app_flag = app->flag;
}

/* Says whose an event is: the app's, or `nobody`'s where it is no process that is known. */
static void set_app(struct eg_trace_event *event, const struct known_app *app,
		    const struct eg_identity *nobody)
{
	if (app) {
		set_known_app(event, app);
		return;
	}
	event->app_id = nobody->id;
	event->app_kind = nobody->kind;
	event->app_trust = nobody->trust;
	event->app_via = nobody->via;
	event->app_flag = nobody->flag;
}

static int on_process(const struct eg_process *record, void *data)
{
	struct session *session = data;
	int error = collector_process(record, session->collector);
	const struct known_process *process = collector_find(session->collector, &record->key);
	struct eg_trace_event event;

	if (error || !process || !trace_filter_app(&session->filter, &process->self, NULL))
		return error;
	event = (struct eg_trace_event){
		.kind = EG_TRACE_PROCESS,
		.time = collector_time(session->collector, record->header.time_ns),
		.process = &process->info,
		.command_line = !session->options->no_command_lines,
	};
	set_known_app(&event, &process->self);
	print(session, &event);
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

/* By the names of the address, or one that the connection has shown. */
static bool wanted(struct session *session, const struct eg_event *event,
		   const struct eg_destination *row)
{
	struct eg_known_name names[EG_NAMES_CANDIDATES];
	size_t count = 0;

	if (session->filter.by_name)
		count = collector_names(session->collector, &event->row, event->header.time_ns,
					names);
	return trace_filter_keeps(&session->filter, event->cookie) ||
	       trace_filter_row(&session->filter, row, names, count);
}

static void print_event_of(struct session *session, const struct eg_event *event,
			   const struct known_app *app, const struct eg_identity *nobody)
{
	const struct known_process *process = collector_find(session->collector, &event->row.proc);
	struct place_answer found;
	const struct eg_destination row = {
		.key = collector_destination(&event->row),
		.scope = (uint8_t)collector_scope(&event->row),
		.place = &found.place,
	};
	struct eg_trace_event line = {
		.kind = kind_of(event),
		.time = collector_time(session->collector, event->header.time_ns),
		.process = process ? &process->info : NULL,
		.socket = event->cookie,
		.key = row.key,
		.result = result_of(event),
		.error = event->error > 0 ? event->error : 0,
		.bytes = { .sent = event->totals.bytes_sent,
			   .received = event->totals.bytes_received },
		.duration = (int64_t)(event->totals.last_ns - event->totals.first_ns),
		.rtt_min_us = event->totals.rtt_min_us,
	};

	set_app(&line, app, nobody);
	places_find(session->places, &row.key, row.scope, &found);
	line.place = found.place;
	if (trace_filter_app(&session->filter, app, line.app_id) && wanted(session, event, &row))
		print(session, &line);
	if (line.kind == EG_TRACE_CLOSE)
		trace_filter_forget(&session->filter, event->cookie);
}

static int tell_event(struct session *session, const struct eg_event *event)
{
	const struct known_app *app =
		collector_app(session->collector, &event->row.proc, event->row.owner);
	struct eg_identity nobody = { 0 };

	if (!app && collector_nobody(&event->row, &nobody) < 0)
		return -ENOMEM;
	print_event_of(session, event, app, &nobody);
	eg_identity_clear(&nobody);
	return 0;
}

static int hold(struct session *session, const struct eg_event *event)
{
	size_t room = session->held_room ? 2 * session->held_room : HELD_FIRST;
	struct eg_event *grown;

	if (session->held_count == session->held_room) {
		grown = reallocarray(session->held, room, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		session->held = grown;
		session->held_room = room;
	}
	session->held[session->held_count++] = *event;
	return 0;
}

/* Names come through a ring of their own, which is read after this one. */
static int on_event(const struct eg_event *event, void *data)
{
	struct session *session = data;
	int error = collector_end(session->collector, event);

	if (error)
		return error;
	return session->filter.by_name ? hold(session, event) : tell_event(session, event);
}

static int tell_held(struct session *session)
{
	int error = 0;

	for (size_t i = 0; i < session->held_count && !error; i++)
		error = tell_event(session, &session->held[i]);
	session->held_count = 0;
	return error;
}

static int on_payload(const struct eg_payload *payload, void *data)
{
	struct session *session = data;

	return collector_payload(payload, session->collector);
}

/* What a name is of: port 0 where it was read out of an answer, and is an address's. */
static struct eg_flow_key key_of(const struct eg_learnt_name *learnt)
{
	struct eg_flow_key key = {
		.proc = learnt->payload->proc,
		.port = learnt->port,
		.transport = learnt->payload->transport,
		.direction = EG_OUTBOUND,
		.flags = learnt->port ? 0 : EG_FLOW_NO_PORT,
	};

	memcpy(key.ip, learnt->ip, sizeof(key.ip));
	return key;
}

static void keep(struct session *session, uint64_t cookie)
{
	int error = trace_filter_keep(&session->filter, cookie);

	if (error == -ENOSPC)
		eg_warning("trace: too many connections with a wanted name: what older ones do "
			   "from now on is only shown where its address has that name");
	session->incomplete |= error < 0;
}

static void print_name(struct session *session, const struct eg_learnt_name *learnt,
		       const struct known_app *app, const struct eg_identity *nobody)
{
	const struct eg_payload *payload = learnt->payload;
	const struct known_process *process = collector_find(session->collector, &payload->proc);
	const struct eg_flow_key key = key_of(learnt);
	struct place_answer found;
	const struct eg_destination row = {
		.key = collector_destination(&key),
		.scope = (uint8_t)collector_scope(&key),
		.place = &found.place,
	};
	struct eg_trace_event line = {
		.kind = EG_TRACE_NAME,
		.time = collector_time(session->collector, payload->header.time_ns),
		.process = process ? &process->info : NULL,
		.socket = payload->cookie,
		.key = row.key,
		.name = learnt->name.name,
		.source = eg_name_source_text(learnt->name.source),
		.confidence = eg_name_confidence_text(learnt->name.confidence),
	};

	set_app(&line, app, nobody);
	places_find(session->places, &row.key, row.scope, &found);
	line.place = found.place;
	if (!trace_filter_app(&session->filter, app, line.app_id) ||
	    !trace_filter_row(&session->filter, &row, &learnt->name, 1))
		return;
	print(session, &line);
	/* Of datagrams, an event that follows has a cookie only by chance. */
	if (learnt->port && payload->transport != IPPROTO_UDP)
		keep(session, payload->cookie);
}

static void on_name(const struct eg_learnt_name *learnt, void *data)
{
	struct session *session = data;
	const struct eg_flow_key key = key_of(learnt);
	const struct known_app *app =
		collector_app(session->collector, &learnt->payload->proc, learnt->payload->owner);
	struct eg_identity nobody = { 0 };

	if (!app && collector_nobody(&key, &nobody) < 0) {
		session->incomplete = true;
		return;
	}
	print_name(session, learnt, app, &nobody);
	eg_identity_clear(&nobody);
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
		if (!error)
			error = tell_held(session);
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
	error = trace_filter_init(&session.filter, options, session.places);
	if (!error)
		error = collector_new(EG_BY_APP, &session.collector);
	if (!error && !options->no_names)
		error = collector_read_names(session.collector, &names_sink);
	if (error) {
		collector_free(session.collector);
		trace_filter_free(&session.filter);
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
	trace_filter_free(&session.filter);
	free(session.held);
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
