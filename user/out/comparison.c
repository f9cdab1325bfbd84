/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is new in a period: the document of diff, and text for people. */
#include <egret/out.h>

#include "parts.h"
#include "row.h"
#include "writer.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <egret/base.h>
#include <egret/cell.h>
#include <egret/diff.h>
#include <egret/ip.h>

#define BOLD "\033[1m"
#define PLAIN "\033[0m"
#define COLUMNS_DEFAULT 80
#define INDENT 2
#define SHOWN 50 /* of each kind, in text */
#define FACTOR_SIZE 32

static const struct {
	const char *key, *title;
} kinds[] = {
	[EG_NEWS_APP] = { .key = "apps", .title = "New apps" },
	[EG_NEWS_DESTINATION] = { .key = "destinations",
				  .title = "New destinations of known apps" },
	[EG_NEWS_OPERATOR] = { .key = "operators", .title = "New operators" },
	[EG_NEWS_OWNER] = { .key = "owners", .title = "New owners" },
	[EG_NEWS_COUNTRY] = { .key = "countries", .title = "New countries" },
};
_Static_assert(ARRAY_SIZE(kinds) == EG_NEWS_COUNT, "every kind has its words");

/* --- JSON --- */

static void write_app(struct eg_writer *writer, const char *id, const char *kind, const char *name)
{
	eg_writer_object(writer, "app", EG_INLINE);
	eg_writer_text(writer, "id", id);
	eg_writer_text(writer, "kind", kind);
	eg_writer_text(writer, "name", name);
}

static void write_item(struct eg_writer *writer, enum eg_news kind, const struct eg_news_item *item)
{
	char ip[46];

	eg_writer_object(writer, NULL, EG_INLINE);
	if (item->app) {
		write_app(writer, item->app, item->app_kind, item->app_name);
		eg_parts_standing(writer, item->app_trust, item->app_via, item->app_flag);
		eg_writer_end(writer);
	}
	if (kind == EG_NEWS_DESTINATION)
		eg_writer_text(writer, "ip", item->name ? NULL : eg_ip_text(item->ip, ip));
	if (kind == EG_NEWS_OPERATOR)
		eg_writer_optional(writer, "as_number", item->as_number, item->as_number);
	if (kind != EG_NEWS_APP)
		eg_writer_text(writer, "name", item->name);
	eg_parts_bytes(writer, &item->counters.bytes);
	eg_writer_number(writer, "connections", item->counters.connections);
	eg_writer_number(writer, "failed", item->counters.failed);
	eg_writer_time(writer, "first_seen", item->counters.first_seen);
	eg_writer_time(writer, "last_seen", item->counters.last_seen);
	eg_writer_end(writer);
}

static void write_change(struct eg_writer *writer, const struct eg_change *change)
{
	eg_writer_object(writer, NULL, EG_INLINE);
	write_app(writer, change->app, change->app_kind, change->app_name);
	eg_parts_standing(writer, change->app_trust, change->app_via, change->app_flag);
	eg_writer_end(writer);
	eg_writer_object(writer, "before_per_day", EG_INLINE);
	eg_parts_bytes(writer, &change->before);
	eg_writer_end(writer);
	eg_writer_object(writer, "after_per_day", EG_INLINE);
	eg_parts_bytes(writer, &change->after);
	eg_writer_end(writer);
	eg_writer_end(writer);
}

static void write_period(struct eg_writer *writer, const char *key, const struct eg_period *period,
			 int64_t recorded, const struct eg_summary *summary)
{
	eg_writer_object(writer, key, EG_INLINE);
	eg_writer_time(writer, "start", period->start);
	eg_writer_time(writer, "end", period->end);
	eg_writer_number(writer, "recorded_seconds",
			 recorded > 0 ? (uint64_t)(recorded / NSEC_PER_SEC) : 0);
	eg_writer_bool(writer, "complete", eg_summary_completeness(summary) == EG_COMPLETE);
	eg_parts_lost(writer, &summary->ledger);
	eg_writer_end(writer);
}

static void print_json(FILE *stream, const struct eg_comparison *comparison,
		       const struct eg_print_options *options)
{
	const struct eg_diff *diff = comparison->diff;
	struct eg_writer writer;

	eg_writer_init(&writer, stream, options->compact);
	eg_parts_begin(&writer, "egret.diff/1");
	write_period(&writer, "before", &comparison->before, diff->recorded_before,
		     comparison->old);
	write_period(&writer, "after", &comparison->after, diff->recorded_after, comparison->new);
	eg_parts_databases(&writer, comparison->new);
	eg_writer_object(&writer, "new", EG_LINES);
	for (enum eg_news kind = 0; kind < EG_NEWS_COUNT; kind++) {
		eg_writer_array(&writer, kinds[kind].key, EG_LINES);
		for (size_t i = 0; i < diff->news[kind].count; i++)
			write_item(&writer, kind, &diff->news[kind].items[i]);
		eg_writer_end(&writer);
	}
	eg_writer_end(&writer);
	eg_writer_array(&writer, "changes", EG_LINES);
	for (size_t i = 0; i < diff->changes_count; i++)
		write_change(&writer, &diff->changes[i]);
	eg_writer_end(&writer);
	eg_writer_end(&writer);
}

/* --- text --- */

struct sheet {
	FILE *stream;
	const struct eg_print_options *options;
};

static int put_text(const struct sheet *sheet, const char *text, unsigned indent)
{
	unsigned columns = sheet->options->columns ? sheet->options->columns : COLUMNS_DEFAULT;
	_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
	int r = eg_cell_make(text, &cell);

	if (r < 0)
		return r;
	fprintf(sheet->stream, "%*s", (int)indent, "");
	eg_cell_wrap(sheet->stream, &cell, columns, indent, 2 * indent);
	fputc('\n', sheet->stream);
	return 0;
}

static int put_title(const struct sheet *sheet, const char *title)
{
	int r;

	fputc('\n', sheet->stream);
	if (sheet->options->color)
		fputs(BOLD, sheet->stream);
	r = put_text(sheet, title, 0);
	if (sheet->options->color)
		fputs(PLAIN, sheet->stream);
	return r;
}

static void describe_item(FILE *line, enum eg_news kind, const struct eg_news_item *item)
{
	char ip[46], sent[EG_SIZE_TEXT_SIZE], received[EG_SIZE_TEXT_SIZE];

	if (item->app) {
		_cleanup_(eg_freep) char *standing =
			eg_standing_text(item->app_trust, item->app_via, item->app_flag);

		fprintf(line, "%s%s%s", item->app, standing ? standing : "",
			kind == EG_NEWS_DESTINATION ? ": " : "");
	}
	if (kind == EG_NEWS_DESTINATION && !item->name)
		fputs(eg_ip_text(item->ip, ip), line);
	if (item->name)
		fputs(item->name, line);
	if (item->as_number)
		fprintf(line, "%sAS%" PRIu32, item->name ? ", " : "", item->as_number);
	fprintf(line, ": %s sent, %s received", eg_size_text(item->counters.bytes.sent, sent),
		eg_size_text(item->counters.bytes.received, received));
}

static int put_item(const struct sheet *sheet, enum eg_news kind, const struct eg_news_item *item)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	FILE *line = open_memstream(&text, &size);

	if (!line)
		return -ENOMEM;
	describe_item(line, kind, item);
	return fclose(line) == EOF ? -ENOMEM : put_text(sheet, text, INDENT);
}

static int put_kind(const struct sheet *sheet, const struct eg_diff *diff, enum eg_news kind)
{
	size_t count = diff->news[kind].count;
	int r;

	if (!count)
		return 0;
	r = put_title(sheet, kinds[kind].title);
	for (size_t i = 0; i < count && i < SHOWN && r == 0; i++)
		r = put_item(sheet, kind, &diff->news[kind].items[i]);
	if (count > SHOWN)
		fprintf(sheet->stream, "%*s%zu more\n", INDENT, "", count - SHOWN);
	return r;
}

/* " (x3.2)", or nothing where there was nothing before. */
static const char *factor_text(uint64_t before, uint64_t after, char buffer[static FACTOR_SIZE])
{
	double factor = before ? (double)after / (double)before : 0;
	int decimals = factor >= 10 ? 0 : factor >= 1 ? 1 : 2;

	buffer[0] = '\0';
	if (before)
		snprintf(buffer, FACTOR_SIZE, " (x%.*f)", decimals, factor);
	return buffer;
}

static int put_change(const struct sheet *sheet, const struct eg_change *change)
{
	char before[2][EG_SIZE_TEXT_SIZE], after[2][EG_SIZE_TEXT_SIZE], factors[2][FACTOR_SIZE];
	_cleanup_(eg_freep) char *text = NULL, *standing = NULL;

	standing = eg_standing_text(change->app_trust, change->app_via, change->app_flag);
	if (!standing)
		return -ENOMEM;
	if (asprintf(&text, "%s%s: %s sent a day, %s before%s; %s received, %s before%s",
		     change->app, standing, eg_size_text(change->after.sent, after[0]),
		     eg_size_text(change->before.sent, before[0]),
		     factor_text(change->before.sent, change->after.sent, factors[0]),
		     eg_size_text(change->after.received, after[1]),
		     eg_size_text(change->before.received, before[1]),
		     factor_text(change->before.received, change->after.received, factors[1])) <
	    0) {
		text = NULL;
		return -ENOMEM;
	}
	return put_text(sheet, text, INDENT);
}

static int put_changes(const struct sheet *sheet, const struct eg_diff *diff)
{
	int r = diff->changes_count ? put_title(sheet, "Volume changed") : 0;

	for (size_t i = 0; i < diff->changes_count && i < SHOWN && r == 0; i++)
		r = put_change(sheet, &diff->changes[i]);
	if (diff->changes_count > SHOWN)
		fprintf(sheet->stream, "%*s%zu more\n", INDENT, "", diff->changes_count - SHOWN);
	return r;
}

/* "6 days", of a period of which nothing may be there. */
static const char *recorded_text(int64_t recorded, char buffer[static EG_SPAN_TEXT_SIZE])
{
	return recorded > 0 ? eg_span_text(recorded, buffer) : "nothing";
}

/* What was lost before looks new, and what was lost since then is missing. */
static int put_losses(const struct sheet *sheet, const struct eg_comparison *comparison)
{
	int r = 0;

	if (eg_summary_completeness(comparison->old) == EG_INCOMPLETE)
		r = put_text(sheet, "Incomplete: something was lost before, and may look new.", 0);
	if (r == 0 && eg_summary_completeness(comparison->new) == EG_INCOMPLETE)
		r = put_text(sheet, "Incomplete: something was lost, and may be missing here.", 0);
	return r;
}

static int put_head(const struct sheet *sheet, const struct eg_comparison *comparison)
{
	char text[240], start[EG_TIME_TEXT_MAX], end[EG_TIME_TEXT_MAX], before[EG_TIME_TEXT_MAX];
	char after_span[EG_SPAN_TEXT_SIZE], before_span[EG_SPAN_TEXT_SIZE];
	const struct eg_diff *diff = comparison->diff;
	int r;

	snprintf(text, sizeof(text),
		 "From %.19sZ to %.19sZ (%s recorded), compared with what was before that from "
		 "%.19sZ on (%s recorded)",
		 eg_time_text(comparison->after.start, start),
		 eg_time_text(comparison->after.end, end),
		 recorded_text(diff->recorded_after, after_span),
		 eg_time_text(comparison->before.start, before),
		 recorded_text(diff->recorded_before, before_span));
	r = put_text(sheet, text, 0);
	if (r == 0 && !diff->recorded_before)
		r = put_text(sheet, "Nothing was recorded before: all of it looks new.", 0);
	if (r == 0)
		r = put_losses(sheet, comparison);
	if (r == 0 && !eg_diff_has_news(diff) && !diff->changes_count)
		r = put_text(sheet, "Nothing is new.", 0);
	return r;
}

static int put_databases(const struct sheet *sheet, const struct eg_summary *summary)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	FILE *line = open_memstream(&text, &size);

	if (!line)
		return -ENOMEM;
	eg_row_databases(line, summary);
	if (fclose(line) == EOF)
		return -ENOMEM;
	fputc('\n', sheet->stream);
	return put_text(sheet, text, 0);
}

static int print_text(FILE *stream, const struct eg_comparison *comparison,
		      const struct eg_print_options *options)
{
	const struct sheet sheet = { .stream = stream, .options = options };
	int r = put_head(&sheet, comparison);

	for (enum eg_news kind = 0; kind < EG_NEWS_COUNT && r == 0; kind++)
		r = put_kind(&sheet, comparison->diff, kind);
	if (r == 0)
		r = put_changes(&sheet, comparison->diff);
	return r == 0 ? put_databases(&sheet, comparison->new) : r;
}

int eg_print_comparison(FILE *stream, enum eg_format format, const struct eg_comparison *comparison,
			const struct eg_print_options *options)
{
	struct eg_utf8 utf8 = { 0 };
	int r = 0;

	switch (format) {
	case EG_FORMAT_JSON:
		print_json(stream, comparison, options);
		break;
	case EG_FORMAT_TEXT:
		eg_utf8_enter(&utf8);
		r = print_text(stream, comparison, options);
		eg_utf8_leave(&utf8);
		break;
	default:
		return -EOPNOTSUPP;
	}
	return r < 0 ? r : eg_stream_status(stream);
}
