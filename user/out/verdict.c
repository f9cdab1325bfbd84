/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What breaks the rules of a policy: the document of check, and text for people. */
#include <egret/out.h>

#include "parts.h"
#include "row.h"
#include "writer.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <egret/base.h>
#include <egret/cell.h>

#define BOLD "\033[1m"
#define PLAIN "\033[0m"
#define COLUMNS_DEFAULT 80
#define INDENT 2
#define SHOWN 50 /* findings of a rule, in text */

/* --- JSON --- */

static void write_row(struct eg_writer *writer, const struct eg_destination *row)
{
	const struct eg_place *place = eg_destination_place(row);
	const struct eg_detail *detail = eg_row_detail(row);
	char ip[46], transport[16];

	eg_writer_object(writer, "destination", EG_INLINE);
	eg_writer_text(writer, "ip", eg_row_ip(&row->key, ip));
	eg_writer_optional(writer, "port", eg_row_has_port(&row->key), row->key.port);
	eg_writer_text(writer, "transport", eg_row_transport(&row->key, transport));
	eg_writer_text(writer, "direction", eg_row_direction(&row->key));
	eg_writer_text(writer, "scope", eg_row_scope(row));
	eg_writer_text(writer, "domain", detail->domain);
	eg_writer_text(writer, "domain_source", detail->domain_source);
	eg_writer_text(writer, "domain_confidence", detail->domain_confidence);
	eg_writer_text(writer, "registered_domain", detail->registered_domain);
	eg_parts_place(writer, place);
	eg_writer_text(writer, "owner", place->owner_name);
	eg_parts_bytes(writer, &row->counters.bytes);
	eg_writer_number(writer, "connections", row->counters.connections);
	eg_writer_number(writer, "failed", row->counters.failed);
	eg_writer_time(writer, "first_seen", row->counters.first_seen);
	eg_writer_time(writer, "last_seen", row->counters.last_seen);
	eg_writer_end(writer);
}

static void write_period(struct eg_writer *writer, const char *key, const struct eg_period *period)
{
	eg_writer_object(writer, key, EG_INLINE);
	eg_writer_time(writer, "start", period->start);
	eg_writer_time(writer, "end", period->end);
	eg_writer_end(writer);
}

static void write_limit(struct eg_writer *writer, const struct eg_finding *finding)
{
	eg_writer_object(writer, "limit", EG_INLINE);
	write_period(writer, "period", &finding->period);
	eg_writer_number(writer, "bytes", finding->bytes);
	eg_writer_number(writer, "allowed_per_day", finding->limit);
	eg_writer_end(writer);
}

static void write_finding(struct eg_writer *writer, const struct eg_finding *finding)
{
	eg_writer_object(writer, NULL, EG_INLINE);
	eg_writer_text(writer, "rule", finding->rule);
	eg_writer_text(writer, "description", finding->description);
	eg_writer_text(writer, "broken", finding->broken);
	eg_writer_object(writer, "app", EG_INLINE);
	eg_writer_text(writer, "id", finding->app_id);
	eg_writer_text(writer, "name", finding->app_name);
	eg_parts_standing(writer, finding->app_trust, finding->app_via, finding->app_flag);
	eg_writer_end(writer);
	if (finding->row)
		write_row(writer, finding->row);
	else
		eg_writer_null(writer, "destination");
	if (finding->row)
		eg_writer_null(writer, "limit");
	else
		write_limit(writer, finding);
	eg_writer_end(writer);
}

static void print_json(FILE *stream, const struct eg_verdict *verdict,
		       const struct eg_print_options *options)
{
	struct eg_writer writer;

	eg_writer_init(&writer, stream, options->compact);
	eg_parts_begin(&writer, "egret.check/1");
	eg_writer_text(&writer, "policy", verdict->policy);
	eg_writer_number(&writer, "rules", verdict->rules);
	eg_parts_host(&writer, "host", verdict->host);
	write_period(&writer, "period", &verdict->period);
	eg_writer_bool(&writer, "complete", verdict->completeness == EG_COMPLETE);
	eg_parts_databases(&writer, verdict->summary);
	eg_writer_array(&writer, "violations", EG_LINES);
	for (size_t i = 0; i < verdict->findings_count; i++)
		write_finding(&writer, &verdict->findings[i]);
	eg_writer_end(&writer);
	eg_writer_number(&writer, "violations_omitted", verdict->omitted);
	eg_writer_end(&writer);
}

/* --- text --- */

static int put_text(FILE *stream, const struct eg_print_options *options, const char *text,
		    unsigned indent)
{
	unsigned columns = options->columns ? options->columns : COLUMNS_DEFAULT;
	_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
	int r = eg_cell_make(text, &cell);

	if (r < 0)
		return r;
	fprintf(stream, "%*s", (int)indent, "");
	eg_cell_wrap(stream, &cell, columns, indent, indent);
	fputc('\n', stream);
	return 0;
}

static int put_rule(FILE *stream, const struct eg_finding *finding,
		    const struct eg_print_options *options)
{
	int r;

	if (options->color)
		fputs(BOLD, stream);
	r = put_text(stream, options, finding->rule, 0);
	if (options->color)
		fputs(PLAIN, stream);
	if (r == 0 && finding->description)
		r = put_text(stream, options, finding->description, 0);
	return r;
}

static void put_place(FILE *stream, const struct eg_destination *row)
{
	const struct eg_place *place = eg_destination_place(row);
	char ip[46];
	const char *parts[] = {
		eg_row_detail(row)->domain ? eg_row_ip(&row->key, ip) : NULL,
		place->as_organization,
		place->country,
		place->owner_name,
	};
	const char *before = " (";

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (parts[i])
			fprintf(stream, "%s%s", before, parts[i]);
		if (parts[i])
			before = ", ";
	}
	if (*before == ',')
		fputc(')', stream);
}

/* "log.example.com 443/tcp (203.0.113.27, Example Pte, CN): 1 kB sent, 2 kB received" */
static void put_row(FILE *stream, const struct eg_destination *row)
{
	char ip[46], transport[16], sent[EG_SIZE_TEXT_SIZE], received[EG_SIZE_TEXT_SIZE];
	const char *where = eg_row_detail(row)->domain ?: eg_row_ip(&row->key, ip);
	const char *how = eg_row_transport(&row->key, transport);

	fprintf(stream, "%s", where ? where : "unknown address");
	if (eg_row_has_port(&row->key))
		fprintf(stream, " %u/%s", row->key.port, how);
	else if (how)
		fprintf(stream, " %s", how);
	if (row->key.direction && !row->key.overflow)
		fputs(" in", stream);
	put_place(stream, row);
	fprintf(stream, ": %s sent, %s received, %" PRIu64 " connection%s",
		eg_size_text(row->counters.bytes.sent, sent),
		eg_size_text(row->counters.bytes.received, received), row->counters.connections,
		row->counters.connections == 1 ? "" : "s");
}

static void put_limit(FILE *stream, const struct eg_finding *finding)
{
	char bytes[EG_SIZE_TEXT_SIZE], limit[EG_SIZE_TEXT_SIZE], start[EG_TIME_TEXT_MAX];
	const char *what = strstr(finding->broken, "received") ? "received" : "sent";

	fprintf(stream, "%s %s from %.10s on, %s a day allowed",
		eg_size_text(finding->bytes, bytes), what,
		eg_time_text(finding->period.start, start), eg_size_text(finding->limit, limit));
}

static int put_finding(FILE *stream, const struct eg_finding *finding,
		       const struct eg_print_options *options)
{
	_cleanup_(eg_freep) char *text = NULL, *standing = NULL;
	size_t size;
	FILE *line;

	standing = eg_standing_text(finding->app_trust, finding->app_via, finding->app_flag);
	line = standing ? open_memstream(&text, &size) : NULL;
	if (!line)
		return -ENOMEM;
	fprintf(line, "%s%s: ", finding->app_id, standing);
	if (finding->row)
		put_row(line, finding->row);
	else
		put_limit(line, finding);
	fprintf(line, " [%s]", finding->broken);
	if (fclose(line) == EOF)
		return -ENOMEM;
	return put_text(stream, options, text, INDENT);
}

static uint64_t count_rules(const struct eg_verdict *verdict)
{
	uint64_t count = 0;

	for (size_t i = 0; i < verdict->findings_count; i++) {
		if (i == 0 || strcmp(verdict->findings[i - 1].rule, verdict->findings[i].rule) != 0)
			count++;
	}
	return count;
}

static const char *incomplete_text(const struct eg_verdict *verdict)
{
	static const char *const texts[] = {
		[EG_COMPLETE] = "",
		[EG_INCOMPLETE] = " Incomplete: something was lost.",
		[EG_EMPTY] = " Incomplete: nothing was recorded.",
	};

	return texts[verdict->completeness];
}

static int put_sum(FILE *stream, const struct eg_verdict *verdict,
		   const struct eg_print_options *options)
{
	uint64_t found = verdict->findings_count + verdict->omitted;
	char text[200], start[EG_TIME_TEXT_MAX], end[EG_TIME_TEXT_MAX];
	int size;

	if (verdict->findings_count)
		size = snprintf(text, sizeof(text),
				"%" PRIu64 " of %" PRIu64 " rule%s broken, %" PRIu64 " time%s",
				count_rules(verdict), verdict->rules,
				verdict->rules == 1 ? "" : "s", found, found == 1 ? "" : "s");
	else
		size = snprintf(text, sizeof(text), "Nothing breaks a rule (of %" PRIu64 ")",
				verdict->rules);
	snprintf(text + size, sizeof(text) - (size_t)size, ", from %.19sZ to %.19sZ.%s",
		 eg_time_text(verdict->period.start, start), eg_time_text(verdict->period.end, end),
		 incomplete_text(verdict));
	return put_text(stream, options, text, 0);
}

static int put_databases(FILE *stream, const struct eg_verdict *verdict,
			 const struct eg_print_options *options)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	FILE *line = open_memstream(&text, &size);

	if (!line)
		return -ENOMEM;
	eg_row_databases(line, verdict->summary);
	if (fclose(line) == EOF)
		return -ENOMEM;
	return put_text(stream, options, text, 0);
}

/* How many of the findings from here on are of one rule. */
static size_t count_findings(const struct eg_finding *findings, size_t count)
{
	size_t same = 1;

	while (same < count && strcmp(findings[same].rule, findings->rule) == 0)
		same++;
	return same;
}

static int print_text(FILE *stream, const struct eg_verdict *verdict,
		      const struct eg_print_options *options)
{
	size_t of_rule;
	int r = 0;

	for (size_t i = 0; i < verdict->findings_count && r == 0; i += of_rule) {
		const struct eg_finding *findings = &verdict->findings[i];

		of_rule = count_findings(findings, verdict->findings_count - i);
		r = put_rule(stream, findings, options);
		for (size_t j = 0; j < of_rule && j < SHOWN && r == 0; j++)
			r = put_finding(stream, &findings[j], options);
		if (of_rule > SHOWN)
			fprintf(stream, "%*s%zu more\n", INDENT, "", of_rule - SHOWN);
	}
	if (verdict->omitted)
		fprintf(stream, "%*s%" PRIu64 " more\n", INDENT, "", verdict->omitted);
	if (r == 0)
		r = put_sum(stream, verdict, options);
	return r == 0 ? put_databases(stream, verdict, options) : r;
}

int eg_print_verdict(FILE *stream, enum eg_format format, const struct eg_verdict *verdict,
		     const struct eg_print_options *options)
{
	struct eg_utf8 utf8 = { 0 };
	int r = 0;

	switch (format) {
	case EG_FORMAT_JSON:
		print_json(stream, verdict, options);
		break;
	case EG_FORMAT_TEXT:
		eg_utf8_enter(&utf8);
		r = print_text(stream, verdict, options);
		eg_utf8_leave(&utf8);
		break;
	default:
		return -EOPNOTSUPP;
	}
	return r < 0 ? r : eg_stream_status(stream);
}
