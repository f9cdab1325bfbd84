/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret.trace/1 (contract section 4): one line per event, whole the moment it is printed. */
#include <egret/out.h>

#include "parts.h"
#include "row.h"
#include "writer.h"

#include <errno.h>

#include <egret/base.h>

#define NSEC_PER_USEC 1000

static void write_app(struct eg_writer *writer, const struct eg_trace_event *event)
{
	eg_writer_object(writer, "app", EG_INLINE);
	eg_writer_text(writer, "id", event->app_id);
	eg_writer_text(writer, "kind", event->app_kind);
	eg_parts_standing(writer, event->app_trust, event->app_via, event->app_flag);
	eg_writer_end(writer);
}

/* Enough to find the process's own line again. */
static void write_process(struct eg_writer *writer, const struct eg_process_info *process)
{
	if (!process) {
		eg_writer_null(writer, "process");
		return;
	}
	eg_writer_object(writer, "process", EG_INLINE);
	eg_writer_number(writer, "pid", process->pid);
	eg_writer_time(writer, "start", process->start);
	eg_writer_text(writer, "executable", process->executable);
	eg_writer_end(writer);
}

static void write_socket(struct eg_writer *writer, const struct eg_trace_event *event)
{
	const struct eg_destination_key *key = &event->key;
	char ip[46], transport[16];

	write_app(writer, event);
	write_process(writer, event->process);
	eg_writer_id(writer, "socket", event->socket);
	eg_writer_text(writer, "ip", eg_row_ip(key, ip));
	eg_writer_optional(writer, "port", eg_row_has_port(key), key->port);
	eg_writer_text(writer, "transport", eg_row_transport(key, transport));
	eg_writer_text(writer, "direction", eg_row_direction(key));
	eg_parts_place(writer, &event->place);
}

static void write_process_event(struct eg_writer *writer, const struct eg_trace_event *event)
{
	write_app(writer, event);
	if (event->process)
		eg_parts_process(writer, "process", event->process, event->command_line);
	else
		eg_writer_null(writer, "process");
}

static void write_connect(struct eg_writer *writer, const struct eg_trace_event *event)
{
	write_socket(writer, event);
	if (event->result == EG_RESULT_PENDING)
		eg_writer_null(writer, "result");
	else if (event->result == EG_RESULT_OK)
		eg_writer_text(writer, "result", "ok");
	else
		eg_writer_text(writer, "result", eg_row_error(event->error));
}

static void write_close(struct eg_writer *writer, const struct eg_trace_event *event)
{
	write_socket(writer, event);
	eg_parts_bytes(writer, &event->bytes);
	eg_writer_optional(writer, "duration_us", event->duration >= 0,
			   (uint64_t)(event->duration / NSEC_PER_USEC));
	eg_writer_optional(writer, "rtt_min_us", event->rtt_min_us, event->rtt_min_us);
}

static void write_name(struct eg_writer *writer, const struct eg_trace_event *event)
{
	write_socket(writer, event);
	eg_writer_text(writer, "name", event->name);
	eg_writer_text(writer, "source", event->source);
	eg_writer_text(writer, "confidence", event->confidence);
}

static void write_loss(struct eg_writer *writer, const struct eg_trace_event *event)
{
	eg_writer_text(writer, "reason", event->reason);
	eg_writer_number(writer, "count", event->count);
	eg_writer_time(writer, "from", event->from);
	eg_writer_time(writer, "to", event->to);
}

static const struct {
	const char *name;
	void (*write)(struct eg_writer *writer, const struct eg_trace_event *event);
} kinds[] = {
	[EG_TRACE_PROCESS] = { .name = "process", .write = write_process_event },
	[EG_TRACE_CONNECT] = { .name = "connect", .write = write_connect },
	[EG_TRACE_ACCEPT] = { .name = "accept", .write = write_socket },
	[EG_TRACE_CLOSE] = { .name = "close", .write = write_close },
	[EG_TRACE_NAME] = { .name = "name", .write = write_name },
	[EG_TRACE_LOSS] = { .name = "loss", .write = write_loss },
};
_Static_assert(ARRAY_SIZE(kinds) == EG_TRACE_COUNT, "every kind of event has a row");

int eg_print_trace_event(FILE *stream, const struct eg_trace_event *event)
{
	struct eg_writer writer;

	eg_writer_init(&writer, stream, true);
	eg_writer_object(&writer, NULL, EG_INLINE);
	eg_writer_text(&writer, "schema", "egret.trace/1");
	eg_writer_time(&writer, "time", event->time);
	eg_writer_text(&writer, "event", kinds[event->kind].name);
	kinds[event->kind].write(&writer, event);
	eg_writer_end(&writer);
	return eg_stream_status(stream);
}
