/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is known of one destination: claims with source, certainty and age. */
#include <egret/out.h>

#include "parts.h"
#include "writer.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <egret/base.h>
#include <egret/cell.h>

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"
#define COLUMNS_DEFAULT 80
#define INDENT 2
#define TOPIC_WIDTH 18 /* of "registered domain" and a gap */
#define DAY_NS (24 * 60 * 60 * NSEC_PER_SEC)

/* Whole days; -1: unknown. */
static int64_t age_days(const struct eg_claim *claim, int64_t now)
{
	if (!claim->as_of)
		return -1;
	return claim->as_of < now ? (now - claim->as_of) / DAY_NS : 0;
}

/* --- JSON --- */

static void write_claim(struct eg_writer *writer, const struct eg_claim *claim, int64_t now)
{
	int64_t days = age_days(claim, now);

	eg_writer_object(writer, NULL, EG_INLINE);
	eg_writer_text(writer, "about", claim->about);
	eg_writer_text(writer, "claim", claim->topic);
	eg_writer_text(writer, "value", claim->value);
	eg_writer_text(writer, "source", claim->source);
	eg_writer_text(writer, "certainty", claim->certainty);
	eg_writer_time(writer, "as_of", claim->as_of);
	eg_writer_optional(writer, "age_days", days >= 0, (uint64_t)days);
	eg_writer_text(writer, "detail", claim->detail);
	eg_writer_end(writer);
}

static void print_json(FILE *stream, const struct eg_explanation *explanation,
		       const struct eg_print_options *options)
{
	struct eg_writer writer;

	eg_writer_init(&writer, stream, options->compact);
	eg_parts_begin(&writer, "egret.explain/1");
	eg_writer_text(&writer, "destination", explanation->destination);
	eg_writer_optional(&writer, "rows", explanation->searched, explanation->rows);
	eg_writer_number(&writer, "omitted", explanation->omitted);
	eg_writer_array(&writer, "claims", EG_LINES);
	for (size_t i = 0; i < explanation->claims_count; i++)
		write_claim(&writer, &explanation->claims[i], explanation->now);
	eg_writer_end(&writer);
	eg_writer_end(&writer);
}

/* --- text --- */

struct sheet {
	FILE *stream;
	unsigned columns;
	bool color;
};

static void set_style(const struct sheet *sheet, const char *sequence)
{
	if (sheet->color)
		fputs(sequence, sheet->stream);
}

/* A text from the column `indent` on, which the cursor stands in, and a newline. */
static int put_text(const struct sheet *sheet, const char *style, const char *text, unsigned indent)
{
	_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
	int r = eg_cell_make(text, &cell);

	if (r < 0)
		return r;
	set_style(sheet, style);
	eg_cell_wrap(sheet->stream, &cell, sheet->columns, indent, indent);
	set_style(sheet, PLAIN);
	fputc('\n', sheet->stream);
	return 0;
}

/* "database libloc, registry, 12 days old; AS64500" */
static int put_evidence(const struct sheet *sheet, const struct eg_claim *claim, int64_t now)
{
	_cleanup_(eg_freep) char *text = NULL;
	int64_t days = age_days(claim, now);
	size_t size;
	FILE *list = open_memstream(&text, &size);

	if (!list)
		return -ENOMEM;
	fputs(claim->source ? claim->source : "unknown source", list);
	if (claim->certainty)
		fprintf(list, ", %s", claim->certainty);
	if (days >= 0)
		fprintf(list, ", %" PRId64 " day%s old", days, days == 1 ? "" : "s");
	if (claim->detail)
		fprintf(list, "; %s", claim->detail);
	if (fclose(list) == EOF)
		return -ENOMEM;
	fprintf(sheet->stream, "%*s", INDENT + TOPIC_WIDTH, "");
	return put_text(sheet, DIM, text, INDENT + TOPIC_WIDTH);
}

static int put_claim(const struct sheet *sheet, const struct eg_claim *claim, int64_t now)
{
	int r;

	fprintf(sheet->stream, "%*s%-*s", INDENT, "", TOPIC_WIDTH, claim->topic);
	r = put_text(sheet, PLAIN, claim->value ? claim->value : "unknown", INDENT + TOPIC_WIDTH);
	return r == 0 ? put_evidence(sheet, claim, now) : r;
}

static int put_rows(const struct sheet *sheet, const struct eg_explanation *explanation)
{
	char text[160];

	if (explanation->omitted) {
		snprintf(text, sizeof(text), "%" PRIu64 " more claim%s left out.",
			 explanation->omitted, explanation->omitted == 1 ? " is" : "s are");
		fputc('\n', sheet->stream);
		if (put_text(sheet, PLAIN, text, 0) < 0)
			return -ENOMEM;
	}
	if (!explanation->searched || explanation->rows)
		return 0;
	fputc('\n', sheet->stream);
	return put_text(sheet, PLAIN, "The summary has no traffic with it.", 0);
}

static int print_text(FILE *stream, const struct eg_explanation *explanation,
		      const struct eg_print_options *options)
{
	const struct sheet sheet = {
		.stream = stream,
		.columns = options->columns ? options->columns : COLUMNS_DEFAULT,
		.color = options->color,
	};
	const char *about = NULL;
	int r = 0;

	for (size_t i = 0; i < explanation->claims_count && r == 0; i++) {
		const struct eg_claim *claim = &explanation->claims[i];

		if (!about || strcmp(claim->about, about) != 0) {
			about = claim->about;
			if (i > 0)
				fputc('\n', stream);
			r = put_text(&sheet, BOLD, about, 0);
		}
		if (r == 0)
			r = put_claim(&sheet, claim, explanation->now);
	}
	if (r == 0)
		r = put_rows(&sheet, explanation);
	fputc('\n', stream);
	return r == 0 ? put_text(&sheet, PLAIN,
				 "The place of a server is not the place of everyone who can read "
				 "the data there.",
				 0)
		      : r;
}

int eg_print_explanation(FILE *stream, enum eg_format format,
			 const struct eg_explanation *explanation,
			 const struct eg_print_options *options)
{
	struct eg_utf8 utf8 = { 0 };
	int r = 0;

	switch (format) {
	case EG_FORMAT_JSON:
		print_json(stream, explanation, options);
		break;
	case EG_FORMAT_TEXT:
		eg_utf8_enter(&utf8);
		r = print_text(stream, explanation, options);
		eg_utf8_leave(&utf8);
		break;
	default:
		return -EOPNOTSUPP;
	}
	return r < 0 ? r : eg_stream_status(stream);
}
