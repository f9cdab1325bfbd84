/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records of the ring: any bytes, and records whose texts, sizes and flags are any bytes. */
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/out.h>

#include <user/cmd/collector.h>
#include <user/probe/record.h>

#include "fuzz.h"

static void print_line(const struct eg_trace_event *event)
{
	struct fuzz_stream stream;
	char *text;

	fuzz_open(&stream);
	fuzz_require(eg_print_trace_event(stream.stream, event) == 0);
	text = fuzz_close(&stream);
	fuzz_require_harmless(text, stream.size);
	free(text);
}

static int on_process(const struct eg_process *record, void *data)
{
	struct collector *collector = data;
	const struct known_process *process;

	fuzz_require(collector_process(record, collector) == 0);
	process = collector_find(collector, &record->key);
	fuzz_require(process && process->self.id);
	print_line(&(struct eg_trace_event){
		.kind = EG_TRACE_PROCESS,
		.time = collector_time(collector, record->header.time_ns),
		.app_id = process->self.id,
		.app_kind = process->self.kind,
		.process = &process->info,
		.command_line = true,
	});
	return 0;
}

static int on_event(const struct eg_event *event, void *data)
{
	fuzz_require(eg_scope_name(collector_scope(&event->row)) || event->row.flags);
	print_line(&(struct eg_trace_event){
		.kind = EG_TRACE_CLOSE,
		.time = collector_time(data, event->header.time_ns),
		.app_id = "unknown:pid",
		.app_kind = "unknown",
		.socket = event->cookie,
		.key = collector_destination(&event->row),
		.bytes = { .sent = event->totals.bytes_sent,
			   .received = event->totals.bytes_received },
		.duration = (int64_t)(event->totals.last_ns - event->totals.first_ns),
		.rtt_min_us = event->totals.rtt_min_us,
	});
	return 0;
}

/* The bytes as they are, at an address that the ring could have. */
static void deliver_any(const struct eg_probe_sink *sink, const uint8_t *data, size_t size)
{
	void *copy = malloc(size ? size : 1);

	fuzz_require(copy);
	if (size)
		memcpy(copy, data, size);
	fuzz_require(record_deliver(sink, copy, size) == 0);
	free(copy);
}

/* The bytes as the beginning of a record, behind a header that is right. */
static void deliver_as(const struct eg_probe_sink *sink, uint32_t type, size_t whole,
		       const uint8_t *data, size_t size)
{
	struct eg_record *record = calloc(1, whole);

	fuzz_require(record);
	if (size)
		memcpy(record, data, size < whole ? size : whole);
	record->type = type;
	record->size = (uint32_t)whole;
	fuzz_require(record_deliver(sink, record, whole) == 0);
	free(record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct eg_probe_sink sink = { .process = on_process, .event = on_event };
	struct collector *collector;

	fuzz_require(collector_new(EG_BY_APP, &collector) == 0);
	sink.data = collector;
	deliver_any(&sink, data, size);
	deliver_as(&sink, EG_RECORD_PROCESS, sizeof(struct eg_process), data, size);
	deliver_as(&sink, EG_RECORD_CLOSE, sizeof(struct eg_event), data, size);
	collector_free(collector);
	return 0;
}
