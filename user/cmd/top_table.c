/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The columns of `top`: which find room, how wide they are, and what stands in a line. */
#include "top_table.h"

#include <errno.h>
#include <inttypes.h>

#include <egret/base.h>
#include <egret/label.h>

#define INDENT 2

static const struct {
	const char *title;
	unsigned gap; /* columns before it */
	unsigned width; /* at least, and where there is more room at most */
	unsigned widest;
	unsigned from; /* so wide must the terminal be */
} columns[] = {
	[TOP_NAME] = { .title = "  DESTINATION", .width = 16, .widest = 400 },
	[TOP_PORT] = { .title = "PORT", .gap = 1, .width = 10, .widest = 12, .from = 74 },
	[TOP_OPERATOR] = { .title = "OPERATOR", .gap = 1, .width = 18, .widest = 32, .from = 100 },
	[TOP_COUNTRY] = { .title = "CC", .gap = 1, .width = 3, .widest = 3, .from = 66 },
	[TOP_CONFIDENCE] = { .title = "NAME IS", .gap = 1, .width = 12, .widest = 12, .from = 120 },
	[TOP_OWNER] = { .title = "OWNER", .gap = 1, .width = 20, .widest = 32, .from = 140 },
	[TOP_SENT_RATE] = { .title = "SENT/s", .gap = 2, .width = 7, .widest = 7 },
	[TOP_RECEIVED_RATE] = { .title = "RECV/s", .gap = 2, .width = 7, .widest = 7, .from = 34 },
	[TOP_SENT] = { .title = "SENT", .gap = 2, .width = 7, .widest = 7, .from = 52 },
	[TOP_RECEIVED] = { .title = "RECV", .gap = 2, .width = 7, .widest = 7, .from = 60 },
	[TOP_CONNECTIONS] = { .title = "CONN", .gap = 1, .width = 5, .widest = 5, .from = 80 },
	[TOP_FAILED] = { .title = "FAIL", .gap = 1, .width = 5, .widest = 5, .from = 106 },
};
_Static_assert(ARRAY_SIZE(columns) == TOP_COLUMNS, "every column has a row");

/* --- layout --- */

/* Gives a column up to `most` of the spare columns, as many as it can use. */
static void widen(struct top_table *table, enum top_column column, unsigned most, unsigned *spare)
{
	unsigned room = columns[column].widest - table->width[column];
	unsigned more = room < most ? room : most;

	if (!table->width[column])
		return;
	table->width[column] += more;
	*spare -= more;
}

void top_table_lay_out(struct top_table *table, unsigned width)
{
	unsigned used = 0, spare;

	for (size_t i = 0; i < TOP_COLUMNS; i++) {
		table->width[i] = width >= columns[i].from ? columns[i].width : 0;
		used += table->width[i] ? columns[i].gap + table->width[i] : 0;
	}
	spare = width > used ? width - used : 0;
	widen(table, TOP_PORT, spare / 4, &spare);
	widen(table, TOP_OPERATOR, spare / 4, &spare);
	widen(table, TOP_OWNER, spare / 4, &spare);
	widen(table, TOP_NAME, spare, &spare);
	used = 0;
	for (size_t i = 0; i < TOP_COLUMNS; i++) {
		table->start[i] = used + columns[i].gap;
		used += table->width[i] ? columns[i].gap + table->width[i] : 0;
	}
}

enum top_column top_table_key(enum top_key key)
{
	static const enum top_column shown[] = {
		[TOP_BY_SENT_RATE] = TOP_SENT_RATE,
		[TOP_BY_RECEIVED_RATE] = TOP_RECEIVED_RATE,
		[TOP_BY_SENT] = TOP_SENT,
		[TOP_BY_RECEIVED] = TOP_RECEIVED,
		[TOP_BY_CONNECTIONS] = TOP_CONNECTIONS,
		[TOP_BY_FAILED] = TOP_FAILED,
		[TOP_BY_NAME] = TOP_NAME,
		[TOP_BY_SEEN] = TOP_COLUMNS,
	};
	_Static_assert(ARRAY_SIZE(shown) == TOP_KEYS, "every key has a column, or none");

	return shown[key];
}

/* --- cells --- */

/* Prints a cell in its column and frees it. */
static int put(const struct top_table *table, FILE *stream, enum top_column column,
	       struct eg_cell *cell, int error)
{
	if (!error && table->width[column]) {
		fprintf(stream, "%*s", (int)columns[column].gap, "");
		eg_cell_put(stream, cell, table->width[column],
			    column >= TOP_SENT_RATE ? EG_RIGHT : EG_LEFT);
	}
	eg_cell_free(cell);
	return error;
}

static int put_text(const struct top_table *table, FILE *stream, enum top_column column,
		    const char *text)
{
	struct eg_cell cell = { 0 };
	int r = eg_cell_make(text, &cell);

	return put(table, stream, column, &cell, r);
}

static int put_size(const struct top_table *table, FILE *stream, enum top_column column,
		    uint64_t bytes)
{
	char text[EG_SIZE_TEXT_SIZE];

	return put_text(table, stream, column, eg_size_text(bytes, text));
}

/* What does not flow is not to catch the eye. */
static int put_rate(const struct top_table *table, FILE *stream, enum top_column column,
		    uint64_t bytes)
{
	return bytes ? put_size(table, stream, column, bytes)
		     : put_text(table, stream, column, "-");
}

static int put_count(const struct top_table *table, FILE *stream, enum top_column column,
		     uint64_t count)
{
	char text[24];

	if (count < 100000)
		snprintf(text, sizeof(text), "%" PRIu64, count);
	else if (count < 10000000)
		snprintf(text, sizeof(text), "%" PRIu64 "k", count / 1000);
	else
		snprintf(text, sizeof(text), "%" PRIu64 "M", count / 1000000);
	return put_text(table, stream, column, text);
}

static int put_numbers(const struct top_table *table, FILE *stream,
		       const struct top_numbers *numbers)
{
	int r = put_rate(table, stream, TOP_SENT_RATE, numbers->rate.sent);

	if (r == 0)
		r = put_rate(table, stream, TOP_RECEIVED_RATE, numbers->rate.received);
	if (r == 0)
		r = put_size(table, stream, TOP_SENT, numbers->bytes.sent);
	if (r == 0)
		r = put_size(table, stream, TOP_RECEIVED, numbers->bytes.received);
	if (r == 0)
		r = put_count(table, stream, TOP_CONNECTIONS, numbers->connections);
	return r == 0 ? put_count(table, stream, TOP_FAILED, numbers->failed) : r;
}

/* --- lines --- */

int top_table_titles(const struct top_table *table, FILE *stream)
{
	int r = 0;

	for (size_t i = 0; i < TOP_COLUMNS && r == 0; i++)
		r = put_text(table, stream, i, columns[i].title);
	return r;
}

static int put_cell(const struct top_table *table, FILE *stream, enum top_column column,
		    const struct eg_destination *row,
		    int (*label)(const struct eg_destination *row, struct eg_cell *ret_cell))
{
	struct eg_cell cell = { 0 };
	int r = label(row, &cell);

	return put(table, stream, column, &cell, r);
}

static int put_destination(const struct top_table *table, FILE *stream,
			   const struct eg_destination *row)
{
	_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
	int r = eg_label_destination(row, &cell);

	if (r < 0)
		return r;
	fprintf(stream, "%*s", INDENT, "");
	eg_cell_put(stream, &cell, table->width[TOP_NAME] - INDENT, EG_LEFT);
	return 0;
}

static int put_row(const struct top_table *table, FILE *stream, const struct eg_destination *row)
{
	const char *confidence = row->detail ? row->detail->domain_confidence : NULL;
	int r = put_destination(table, stream, row);

	if (r == 0)
		r = put_cell(table, stream, TOP_PORT, row, eg_label_port);
	if (r == 0)
		r = put_cell(table, stream, TOP_OPERATOR, row, eg_label_operator);
	if (r == 0)
		r = put_cell(table, stream, TOP_COUNTRY, row, eg_label_country);
	if (r == 0)
		r = put_text(table, stream, TOP_CONFIDENCE, confidence);
	if (r == 0)
		r = put_text(table, stream, TOP_OWNER, eg_destination_place(row)->owner_name);
	return r;
}

/* A text over all columns that have no numbers. */
static int put_over(const struct top_table *table, FILE *stream, const char *mark, const char *text)
{
	_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
	unsigned width = table->start[TOP_SENT_RATE] - columns[TOP_SENT_RATE].gap;
	int r = eg_cell_make(text, &cell);

	if (r < 0)
		return r;
	fputs(mark, stream);
	eg_cell_put(stream, &cell, width - INDENT, EG_LEFT);
	return 0;
}

static int put_app(const struct top_table *table, FILE *stream, const struct top_app *app)
{
	_cleanup_(eg_freep) char *label = eg_label_app(app->app);

	if (!label)
		return -ENOMEM;
	return put_over(table, stream, app->fold == TOP_FOLDED ? "\u25b8 " : "\u25be ", label);
}

static int put_tail(const struct top_table *table, FILE *stream, size_t hidden)
{
	char text[64];

	snprintf(text, sizeof(text), "\u2026 %zu more destinations", hidden);
	return put_over(table, stream, "  ", text);
}

int top_table_line(const struct top_table *table, const struct top_line *line, FILE *stream)
{
	int r = 0;

	switch (line->kind) {
	case TOP_LINE_APP:
		r = put_app(table, stream, line->app);
		break;
	case TOP_LINE_ROW:
		r = put_row(table, stream, line->row->row);
		break;
	case TOP_LINE_TAIL:
		r = put_tail(table, stream, line->hidden);
		break;
	}
	return r == 0 ? put_numbers(table, stream, &line->numbers) : r;
}
