/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* CSV (RFC 4180; contract section 4): the flat form of the NDJSON rows, columns only ever added. */
#include "format.h"
#include "row.h"
#include "writer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include <egret/base.h>

struct csv {
	char *databases; /* the same on every line */
};

static const char header[] =
	"interval_start,interval_end,event_id,host_id,host_name,app_id,app_kind,app_name,trust,via,"
	"user_id,ip,port,transport,direction,scope,domain,domain_source,domain_confidence,"
	"registered_domain,as_number,as_organization,as_country,country,anycast,owner,"
	"owner_country,bytes_sent,bytes_received,connections,failed,first_seen,last_seen,flag,"
	"databases\n";

/* A cell and the comma after it; NULL leaves it empty. */
static void put_text(FILE *stream, const char *text)
{
	eg_put_csv(stream, text);
	putc_unlocked(',', stream);
}

static void put_number(FILE *stream, bool known, uint64_t number)
{
	if (known)
		fprintf(stream, "%" PRIu64, number);
	putc_unlocked(',', stream);
}

static void put_time(FILE *stream, int64_t real_ns)
{
	char text[EG_TIME_TEXT_MAX];

	put_text(stream, real_ns ? eg_time_text(real_ns, text) : NULL);
}

static void put_interval(FILE *stream, const struct eg_summary *summary, const struct eg_app *app,
			 const struct eg_destination_key *key)
{
	const struct eg_host *host = eg_row_host(summary);
	char id[EG_EVENT_ID_SIZE];

	put_time(stream, summary->period.start);
	put_time(stream, summary->period.end);
	put_text(stream, eg_row_event_id(summary, app, key, id));
	put_text(stream, host ? host->id : NULL);
	put_text(stream, host ? host->name : NULL);
}

static void put_app(FILE *stream, const struct eg_app *app)
{
	char user[EG_USER_TEXT_SIZE];

	put_text(stream, app->id);
	put_text(stream, app->kind);
	put_text(stream, app->name);
	put_text(stream, app->trust);
	put_text(stream, app->via);
	put_text(stream, eg_row_user(app, user));
}

static void put_key(FILE *stream, const struct eg_destination *row)
{
	char ip[46], transport[16];

	put_text(stream, eg_row_ip(&row->key, ip));
	put_number(stream, eg_row_has_port(&row->key), row->key.port);
	put_text(stream, eg_row_transport(&row->key, transport));
	put_text(stream, eg_row_direction(&row->key));
	put_text(stream, eg_row_scope(row));
}

static const char *tristate_text(enum eg_tristate value)
{
	static const char *const texts[] = { [EG_NO] = "false", [EG_YES] = "true" };

	return texts[value];
}

static void put_detail(FILE *stream, const struct eg_destination *row)
{
	const struct eg_detail *detail = eg_row_detail(row);
	const struct eg_place *place = eg_destination_place(row);

	put_text(stream, detail->domain);
	put_text(stream, detail->domain_source);
	put_text(stream, detail->domain_confidence);
	put_text(stream, detail->registered_domain);
	put_number(stream, place->as_number, place->as_number);
	put_text(stream, place->as_organization);
	put_text(stream, place->as_country);
	put_text(stream, place->country);
	put_text(stream, tristate_text(place->anycast));
	put_text(stream, place->owner_name);
	put_text(stream, place->owner_country);
}

static void put_counters(FILE *stream, const struct eg_counters *counters)
{
	put_number(stream, true, counters->bytes.sent);
	put_number(stream, true, counters->bytes.received);
	put_number(stream, true, counters->connections);
	put_number(stream, true, counters->failed);
	put_time(stream, counters->first_seen);
	put_time(stream, counters->last_seen);
}

/* "libloc 2026-10-02; GeoLite2-ASN 2026-11-01": where the places come from, and of when that is. */
static char *databases_text(const struct eg_summary *summary)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	for (size_t i = 0; i < summary->databases_count; i++) {
		const struct eg_database *database = &summary->databases[i];

		fprintf(stream, "%s%s%s%s", i ? "; " : "", database->name,
			database->built ? " " : "", database->built ? database->built : "");
	}
	if (fclose(stream) == EOF) {
		free(text);
		return NULL;
	}
	return text;
}

static int begin(struct eg_printer *printer)
{
	struct csv *csv = printer->state;

	csv->databases = databases_text(printer->summary);
	if (!csv->databases)
		return -ENOMEM;
	if (printer->options->header)
		fputs(header, printer->stream);
	return eg_stream_status(printer->stream);
}

static int destination(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	const struct eg_printer *printer = data;
	const struct csv *csv = printer->state;

	put_interval(printer->stream, printer->summary, app, &row->key);
	put_app(printer->stream, app);
	put_key(printer->stream, row);
	put_detail(printer->stream, row);
	put_counters(printer->stream, &row->counters);
	put_text(printer->stream, app->flag);
	eg_put_csv(printer->stream, csv->databases);
	putc_unlocked('\n', printer->stream);
	return eg_stream_status(printer->stream);
}

static void release(struct eg_printer *printer)
{
	struct csv *csv = printer->state;

	free(csv->databases);
}

const struct eg_format_ops eg_format_csv = {
	.state_size = sizeof(struct csv),
	.begin = begin,
	.visitor = { .destination = destination },
	.release = release,
};
