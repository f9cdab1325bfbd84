/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret.summary/1 (contract section 3): the document that the others are views of. */
#include "format.h"
#include "parts.h"
#include "row.h"
#include "writer.h"

static void write_period(struct eg_writer *writer, const char *key, const struct eg_period *period)
{
	eg_writer_object(writer, key, EG_INLINE);
	eg_writer_time(writer, "start", period->start);
	eg_writer_time(writer, "end", period->end);
	eg_writer_end(writer);
}

static void write_hosts(struct eg_writer *writer, const struct eg_summary *summary)
{
	eg_writer_array(writer, "hosts", EG_LINES);
	for (size_t i = 0; i < summary->hosts_count; i++)
		eg_parts_host(writer, NULL, &summary->hosts[i]);
	eg_writer_end(writer);
}

static void write_periods(struct eg_writer *writer, const struct eg_summary *summary)
{
	eg_writer_array(writer, "periods", EG_LINES);
	for (size_t i = 0; i < summary->periods_count; i++)
		write_period(writer, NULL, &summary->periods[i]);
	eg_writer_end(writer);
}

static int begin(struct eg_printer *printer)
{
	const struct eg_summary *summary = printer->summary;
	struct eg_writer *writer = printer->state;

	eg_writer_init(writer, printer->stream, printer->options->compact);
	eg_parts_begin(writer, "egret.summary/1");
	if (summary->merged)
		write_hosts(writer, summary);
	else
		eg_parts_host(writer, "host", eg_row_host(summary));
	write_period(writer, "period", &summary->period);
	if (summary->merged)
		write_periods(writer, summary);
	eg_writer_text(writer, "by", eg_by_name(summary->by));
	eg_parts_databases(writer, summary);
	eg_parts_totals(writer, &printer->totals);
	eg_writer_array(writer, "apps", EG_LINES);
	return eg_stream_status(printer->stream);
}

static void write_users(struct eg_writer *writer, const struct eg_app *app)
{
	eg_writer_array(writer, "users", EG_INLINE);
	for (size_t i = 0; i < app->users_count; i++)
		eg_writer_number(writer, NULL, app->users[i]);
	eg_writer_end(writer);
}

static void write_seen(struct eg_writer *writer, const struct eg_counters *counters)
{
	eg_writer_time(writer, "first_seen", counters->first_seen);
	eg_writer_time(writer, "last_seen", counters->last_seen);
}

static void write_connections(struct eg_writer *writer, const struct eg_counters *counters)
{
	eg_parts_bytes(writer, &counters->bytes);
	eg_writer_number(writer, "connections", counters->connections);
	eg_writer_number(writer, "failed", counters->failed);
}

static int app_begin(const struct eg_app *app, void *data)
{
	struct eg_printer *printer = data;
	struct eg_writer *writer = printer->state;

	eg_writer_object(writer, NULL, EG_LINES);
	eg_writer_text(writer, "id", app->id);
	eg_writer_text(writer, "kind", app->kind);
	eg_writer_text(writer, "name", app->name);
	eg_writer_text(writer, "trust", app->trust);
	eg_writer_text(writer, "via", app->via);
	eg_writer_text(writer, "flag", app->flag);
	write_users(writer, app);
	write_connections(writer, &app->counters);
	write_seen(writer, &app->counters);
	eg_writer_array(writer, "processes", EG_LINES);
	return eg_stream_status(printer->stream);
}

static int process(const struct eg_process_info *info, void *data)
{
	struct eg_printer *printer = data;

	eg_parts_process(printer->state, NULL, info, printer->options->command_lines);
	return eg_stream_status(printer->stream);
}

static int destinations_begin(const struct eg_app *app, void *data)
{
	struct eg_printer *printer = data;
	struct eg_writer *writer = printer->state;

	eg_writer_end(writer);
	eg_writer_number(writer, "processes_omitted", app->processes_omitted);
	eg_writer_array(writer, "destinations", EG_LINES);
	return eg_stream_status(printer->stream);
}

static void write_key(struct eg_writer *writer, const struct eg_destination *destination)
{
	const struct eg_destination_key *key = &destination->key;
	char ip[46], transport[16];

	eg_writer_text(writer, "ip", eg_row_ip(key, ip));
	eg_writer_optional(writer, "port", eg_row_has_port(key), key->port);
	eg_writer_text(writer, "transport", eg_row_transport(key, transport));
	eg_writer_text(writer, "direction", eg_row_direction(key));
	eg_writer_text(writer, "scope", eg_row_scope(destination));
	eg_writer_bool(writer, "overflow", key->overflow);
}

static void write_names(struct eg_writer *writer, const struct eg_detail *detail)
{
	eg_writer_text(writer, "domain", detail->domain);
	eg_writer_text(writer, "domain_source", detail->domain_source);
	eg_writer_text(writer, "domain_confidence", detail->domain_confidence);
	eg_writer_text(writer, "registered_domain", detail->registered_domain);
	eg_writer_array(writer, "names", EG_INLINE);
	for (size_t i = 0; i < detail->names_count; i++) {
		const struct eg_name *name = &detail->names[i];

		eg_writer_object(writer, NULL, EG_INLINE);
		eg_writer_text(writer, "name", name->name);
		eg_writer_text(writer, "source", name->source);
		eg_writer_text(writer, "confidence", name->confidence);
		eg_writer_number(writer, "connections", name->connections);
		eg_parts_bytes(writer, &name->bytes);
		eg_writer_end(writer);
	}
	eg_writer_end(writer);
}

static void write_owner(struct eg_writer *writer, const struct eg_place *place)
{
	if (!place->owner_name && !place->owner_country && !place->owner_source) {
		eg_writer_null(writer, "owner");
		return;
	}
	eg_writer_object(writer, "owner", EG_INLINE);
	eg_writer_text(writer, "name", place->owner_name);
	eg_writer_text(writer, "country", place->owner_country);
	eg_writer_text(writer, "source", place->owner_source);
	eg_writer_end(writer);
}

static int destination(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	struct eg_printer *printer = data;
	struct eg_writer *writer = printer->state;
	const struct eg_detail *detail = eg_row_detail(row);

	(void)app;
	eg_writer_object(writer, NULL, EG_INLINE);
	write_key(writer, row);
	write_names(writer, detail);
	eg_parts_place(writer, eg_destination_place(row));
	write_owner(writer, eg_destination_place(row));
	write_connections(writer, &row->counters);
	eg_parts_errors(writer, detail);
	eg_writer_optional(writer, "rtt_min_us", row->rtt_min_us, row->rtt_min_us);
	write_seen(writer, &row->counters);
	eg_writer_end(writer);
	return eg_stream_status(printer->stream);
}

static int app_end(const struct eg_app *app, void *data)
{
	struct eg_printer *printer = data;
	struct eg_writer *writer = printer->state;

	(void)app;
	eg_writer_end(writer); /* destinations */
	eg_writer_end(writer);
	return eg_stream_status(printer->stream);
}

static int end(struct eg_printer *printer)
{
	struct eg_writer *writer = printer->state;

	eg_writer_end(writer); /* apps */
	eg_parts_ledger(writer, &printer->summary->ledger, &printer->totals);
	eg_writer_end(writer);
	return eg_stream_status(printer->stream);
}

const struct eg_format_ops eg_format_json = {
	.state_size = sizeof(struct eg_writer),
	.begin = begin,
	.visitor = {
		.app_begin = app_begin,
		.process = process,
		.destinations_begin = destinations_begin,
		.destination = destination,
		.app_end = app_end,
	},
	.end = end,
};
