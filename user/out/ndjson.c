/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret.row/1 (contract section 4): one line per row in the names of the Elastic Common Schema. */
#include "format.h"
#include "parts.h"
#include "row.h"
#include "writer.h"

#include <string.h>

#include <egret/abi.h>
#include <egret/base.h>
#include <egret/ip.h>

#define SCHEMA "egret.row/1"

struct ndjson {
	struct eg_writer writer;
	uint64_t rows;
};

/* An unknown key is left out (contract section 4), unlike in the summary, where it is null. */
static void write_known(struct eg_writer *writer, const char *key, const char *text)
{
	if (text)
		eg_writer_text(writer, key, text);
}

static void write_known_time(struct eg_writer *writer, const char *key, int64_t real_ns)
{
	if (real_ns)
		eg_writer_time(writer, key, real_ns);
}

static void write_event(struct eg_writer *writer, const struct eg_summary *summary,
			const char *kind, const char *dataset, const char *id)
{
	write_known_time(writer, "@timestamp", summary->period.end);
	eg_writer_object(writer, "event", EG_INLINE);
	eg_writer_text(writer, "kind", kind);
	eg_writer_text(writer, "dataset", dataset);
	eg_writer_text(writer, "id", id);
	write_known_time(writer, "start", summary->period.start);
	write_known_time(writer, "end", summary->period.end);
	eg_writer_end(writer);
}

static void write_host(struct eg_writer *writer, const struct eg_host *host)
{
	if (!host)
		return;
	eg_writer_object(writer, "host", EG_INLINE);
	write_known(writer, "id", host->id);
	write_known(writer, "name", host->name);
	if (host->kernel) {
		eg_writer_object(writer, "os", EG_INLINE);
		eg_writer_text(writer, "kernel", host->kernel);
		eg_writer_end(writer);
	}
	eg_writer_end(writer);
}

static const char *ip_version(const struct eg_destination_key *key)
{
	return eg_ip_is_ipv4(key->ip) ? "ipv4" : "ipv6";
}

static void write_network(struct eg_writer *writer, const struct eg_destination_key *key)
{
	char transport[16];

	if (key->overflow)
		return;
	eg_writer_object(writer, "network", EG_INLINE);
	write_known(writer, "transport", eg_row_transport(key, transport));
	if (key->has_ip)
		eg_writer_text(writer, "type", ip_version(key));
	eg_writer_text(writer, "direction", key->direction == EG_INBOUND ? "ingress" : "egress");
	eg_writer_end(writer);
}

static void write_port(struct eg_writer *writer, const struct eg_destination_key *key,
		       enum eg_direction direction)
{
	if (eg_row_has_port(key) && key->direction == direction)
		eg_writer_number(writer, "port", key->port);
}

static void write_source(struct eg_writer *writer, const struct eg_destination *row)
{
	eg_writer_object(writer, "source", EG_INLINE);
	write_port(writer, &row->key, EG_INBOUND);
	eg_writer_number(writer, "bytes", row->counters.bytes.sent);
	eg_writer_end(writer);
}

static void write_operator(struct eg_writer *writer, const struct eg_place *place)
{
	if (!place->as_number && !place->as_organization)
		return;
	eg_writer_object(writer, "as", EG_INLINE);
	if (place->as_number)
		eg_writer_number(writer, "number", place->as_number);
	if (place->as_organization) {
		eg_writer_object(writer, "organization", EG_INLINE);
		eg_writer_text(writer, "name", place->as_organization);
		eg_writer_end(writer);
	}
	eg_writer_end(writer);
}

static void write_destination(struct eg_writer *writer, const struct eg_destination *row,
			      const struct eg_detail *detail)
{
	const struct eg_place *place = eg_destination_place(row);
	char ip[46];

	eg_writer_object(writer, "destination", EG_INLINE);
	write_known(writer, "ip", eg_row_ip(&row->key, ip));
	write_port(writer, &row->key, EG_OUTBOUND);
	eg_writer_number(writer, "bytes", row->counters.bytes.received);
	write_known(writer, "domain", detail->domain);
	write_known(writer, "registered_domain", detail->registered_domain);
	write_operator(writer, place);
	if (place->country) {
		eg_writer_object(writer, "geo", EG_INLINE);
		eg_writer_text(writer, "country_iso_code", place->country);
		eg_writer_end(writer);
	}
	eg_writer_end(writer);
}

static void write_user(struct eg_writer *writer, const struct eg_app *app)
{
	char id[EG_USER_TEXT_SIZE];

	if (!eg_row_user(app, id))
		return;
	eg_writer_object(writer, "user", EG_INLINE);
	eg_writer_text(writer, "id", id);
	eg_writer_end(writer);
}

static void write_app(struct eg_writer *writer, const struct eg_app *app)
{
	eg_writer_object(writer, "app", EG_INLINE);
	write_known(writer, "id", app->id);
	write_known(writer, "kind", app->kind);
	write_known(writer, "name", app->name);
	write_known(writer, "trust", app->trust);
	write_known(writer, "via", app->via);
	write_known(writer, "flag", app->flag);
	eg_writer_end(writer);
}

static void write_owner(struct eg_writer *writer, const struct eg_place *place)
{
	if (!place->owner_name && !place->owner_country)
		return;
	eg_writer_object(writer, "owner", EG_INLINE);
	write_known(writer, "name", place->owner_name);
	write_known(writer, "country", place->owner_country);
	write_known(writer, "source", place->owner_source);
	eg_writer_end(writer);
}

static void write_claims(struct eg_writer *writer, const struct eg_detail *detail,
			 const struct eg_place *place)
{
	write_known(writer, "domain_source", detail->domain_source);
	write_known(writer, "domain_confidence", detail->domain_confidence);
	write_known(writer, "country_basis", place->country_basis);
	if (place->anycast != EG_UNKNOWN)
		eg_writer_bool(writer, "anycast", place->anycast == EG_YES);
	write_known(writer, "as_country", place->as_country);
	write_owner(writer, place);
}

/* What the Elastic Common Schema has no name for. */
static void write_own(struct eg_writer *writer, const struct eg_app *app,
		      const struct eg_destination *row, const struct eg_detail *detail)
{
	eg_writer_object(writer, "egret", EG_INLINE);
	eg_writer_text(writer, "schema", SCHEMA);
	write_app(writer, app);
	write_known(writer, "scope", eg_row_scope(row));
	eg_writer_bool(writer, "overflow", row->key.overflow);
	eg_writer_number(writer, "connections", row->counters.connections);
	eg_writer_number(writer, "failed", row->counters.failed);
	if (row->counters.failed)
		eg_parts_errors(writer, detail);
	if (row->rtt_min_us)
		eg_writer_number(writer, "rtt_min_us", row->rtt_min_us);
	write_claims(writer, detail, eg_destination_place(row));
	write_known_time(writer, "first_seen", row->counters.first_seen);
	write_known_time(writer, "last_seen", row->counters.last_seen);
	eg_writer_end(writer);
}

static int begin(struct eg_printer *printer)
{
	struct ndjson *ndjson = printer->state;

	eg_writer_init(&ndjson->writer, printer->stream, true);
	return 0;
}

static int destination(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	struct eg_printer *printer = data;
	struct ndjson *ndjson = printer->state;
	struct eg_writer *writer = &ndjson->writer;
	const struct eg_detail *detail = eg_row_detail(row);
	char id[EG_EVENT_ID_SIZE];

	eg_writer_object(writer, NULL, EG_INLINE);
	write_event(writer, printer->summary, "metric", "egret.row",
		    eg_row_event_id(printer->summary, app, &row->key, id));
	write_host(writer, eg_row_host(printer->summary));
	write_network(writer, &row->key);
	write_source(writer, row);
	write_destination(writer, row, detail);
	write_user(writer, app);
	write_own(writer, app, row, detail);
	eg_writer_end(writer);
	ndjson->rows++;
	return eg_stream_status(printer->stream);
}

static int end(struct eg_printer *printer)
{
	const struct eg_summary *summary = printer->summary;
	struct ndjson *ndjson = printer->state;
	struct eg_writer *writer = &ndjson->writer;
	char id[EG_EVENT_ID_SIZE];

	eg_writer_object(writer, NULL, EG_INLINE);
	write_event(writer, summary, "state", "egret.interval_end",
		    eg_row_event_id(summary, NULL, NULL, id));
	write_host(writer, eg_row_host(summary));
	eg_writer_object(writer, "egret", EG_INLINE);
	eg_writer_text(writer, "schema", SCHEMA);
	eg_writer_number(writer, "rows", ndjson->rows);
	eg_parts_totals(writer, &printer->totals);
	eg_parts_ledger(writer, &summary->ledger, &printer->totals);
	eg_parts_databases(writer, summary);
	eg_writer_end(writer);
	eg_writer_end(writer);
	return eg_stream_status(printer->stream);
}

const struct eg_format_ops eg_format_ndjson = {
	.state_size = sizeof(struct ndjson),
	.begin = begin,
	.visitor = { .destination = destination },
	.end = end,
};
