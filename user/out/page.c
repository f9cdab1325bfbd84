/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The text format's table: what stands in its cells, and how they share a line. */
#include "page.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <egret/base.h>

#define COLUMNS_DEFAULT 80
#define NAMES_MIN 16 /* columns of destination and operator together, however narrow it gets */
#define BELOW_INDENT 4 /* of what stands below a row */

static const struct {
	const char *title;
	unsigned gap; /* columns before it */
	enum eg_align align;
	bool optional; /* left out, title and all, where nothing is known */
} columns[] = {
	[EG_PAGE_DESTINATION] = { .title = "DESTINATION", .gap = 2 },
	[EG_PAGE_PORT] = { .title = "PORT", .gap = 1 },
	[EG_PAGE_OPERATOR] = { .title = "OPERATOR", .gap = 1, .optional = true },
	[EG_PAGE_COUNTRY] = { .title = "CC", .gap = 1, .optional = true },
	[EG_PAGE_SENT] = { .title = "SENT", .gap = 2, .align = EG_RIGHT },
	[EG_PAGE_RECEIVED] = { .title = "RECEIVED", .gap = 2, .align = EG_RIGHT },
	[EG_PAGE_CONNECTIONS] = { .title = "CONN", .gap = 2, .align = EG_RIGHT },
};
_Static_assert(ARRAY_SIZE(columns) == EG_PAGE_COLUMNS, "every column has a row");

/* --- the terminal --- */

unsigned eg_page_columns(const struct eg_printer *printer)
{
	return printer->options->columns ? printer->options->columns : COLUMNS_DEFAULT;
}

void eg_page_style(const struct eg_printer *printer, enum eg_page_style style)
{
	static const char *const sequences[] = {
		[EG_PAGE_PLAIN] = "\033[0m",
		[EG_PAGE_BOLD] = "\033[1m",
		[EG_PAGE_DIM] = "\033[2m",
		[EG_PAGE_RED] = "\033[31m",
	};

	if (printer->options->color)
		fputs(sequences[style], printer->stream);
}

void eg_page_end_line(const struct eg_printer *printer)
{
	eg_page_style(printer, EG_PAGE_PLAIN);
	fputc('\n', printer->stream);
}

/* --- the cells of a line --- */

struct line {
	struct eg_cell cells[EG_PAGE_COLUMNS];
};

static void free_line(struct line *line)
{
	for (size_t i = 0; i < EG_PAGE_COLUMNS; i++)
		eg_cell_free(&line->cells[i]);
}

static int fill_counters(struct line *line, const struct eg_counters *counters)
{
	char text[EG_SIZE_TEXT_SIZE];
	int r = eg_cell_make(eg_size_text(counters->bytes.sent, text), &line->cells[EG_PAGE_SENT]);

	if (r == 0)
		r = eg_cell_make(eg_size_text(counters->bytes.received, text),
				 &line->cells[EG_PAGE_RECEIVED]);
	if (r == 0)
		r = eg_cell_format(&line->cells[EG_PAGE_CONNECTIONS], "%" PRIu64,
				   counters->connections);
	return r;
}

static int fill_row(struct line *line, const struct eg_destination *row)
{
	int r = eg_label_destination(row, &line->cells[EG_PAGE_DESTINATION]);

	if (r == 0)
		r = eg_label_port(row, &line->cells[EG_PAGE_PORT]);
	if (r == 0)
		r = eg_label_operator(row, &line->cells[EG_PAGE_OPERATOR]);
	if (r == 0)
		r = eg_label_country(row, &line->cells[EG_PAGE_COUNTRY]);
	return r == 0 ? fill_counters(line, &row->counters) : r;
}

/* --- how wide the columns are --- */

static void widen(struct eg_page *page, const struct line *line)
{
	for (size_t i = 0; i < EG_PAGE_COLUMNS; i++) {
		if (line->cells[i].width > page->widths[i])
			page->widths[i] = line->cells[i].width;
	}
}

static int measure_counters(struct eg_page *page, const struct eg_counters *counters)
{
	_cleanup_(free_line) struct line line = { 0 };
	int r = fill_counters(&line, counters);

	widen(page, &line);
	return r;
}

static int measure_row(struct eg_page *page, const struct eg_destination *row)
{
	_cleanup_(free_line) struct line line = { 0 };
	int r = fill_row(&line, row);

	widen(page, &line);
	return r;
}

static int measure_label(struct eg_page *page, const struct eg_app *app)
{
	_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
	_cleanup_(eg_freep) char *label = eg_label_app(app);
	int r = label ? eg_cell_make(label, &cell) : -ENOMEM;

	if (r == 0 && cell.width > page->label_width)
		page->label_width = cell.width;
	return r;
}

static int measure_block(struct eg_page *page, const struct eg_page_block *block)
{
	int r = measure_counters(page, &block->app->counters);

	if (r == 0)
		r = measure_label(page, block->app);
	for (size_t i = 0; i < block->rows_count && r == 0; i++)
		r = measure_row(page, block->rows[i]);
	return r;
}

static void make_room_for_titles(struct eg_page *page)
{
	for (size_t i = 0; i < EG_PAGE_COLUMNS; i++) {
		unsigned width = (unsigned)strlen(columns[i].title);

		if (page->widths[i] < width && (page->widths[i] > 0 || !columns[i].optional))
			page->widths[i] = width;
	}
}

/* The columns before `end`, gaps and all. */
static unsigned width_before(const struct eg_page *page, enum eg_page_column end)
{
	unsigned width = 0;

	for (size_t i = 0; i < end; i++)
		width += page->widths[i] ? columns[i].gap + page->widths[i] : 0;
	return width;
}

/* Destination and operator share what the others leave; a third is the operator's if needed. */
static void shrink(struct eg_page *page, unsigned wanted)
{
	unsigned *name = &page->widths[EG_PAGE_DESTINATION];
	unsigned *operated = &page->widths[EG_PAGE_OPERATOR];
	unsigned fixed = width_before(page, EG_PAGE_COLUMNS) - *name - *operated;
	unsigned space = wanted > fixed + NAMES_MIN ? wanted - fixed : NAMES_MIN;
	unsigned third = space / 3;

	if (*name + *operated <= space)
		return;
	if (*operated > third)
		*operated = *name < space - third ? space - *name : third;
	*name = space - *operated;
}

/* Where there is room left, the apps' labels get it. */
static void stretch(struct eg_page *page, unsigned wanted)
{
	unsigned width = width_before(page, EG_PAGE_COLUMNS);
	unsigned label = width_before(page, EG_PAGE_SENT);
	unsigned room = wanted > width ? wanted - width : 0;
	unsigned missing = page->label_width > label ? page->label_width - label : 0;

	page->widths[EG_PAGE_DESTINATION] += missing < room ? missing : room;
}

int eg_page_lay_out(const struct eg_printer *printer)
{
	struct eg_page *page = printer->state;
	int r = measure_counters(page, &page->totals);

	for (size_t i = 0; i < page->count && r == 0; i++)
		r = measure_block(page, &page->blocks[i]);
	make_room_for_titles(page);
	shrink(page, eg_page_columns(printer));
	stretch(page, eg_page_columns(printer));
	return r;
}

/* --- printing --- */

static void put_cells(const struct eg_printer *printer, const struct line *line,
		      enum eg_page_column from)
{
	const struct eg_page *page = printer->state;

	for (size_t i = from; i < EG_PAGE_COLUMNS; i++) {
		if (page->widths[i] == 0)
			continue;
		fprintf(printer->stream, "%*s", (int)columns[i].gap, "");
		eg_cell_put(printer->stream, &line->cells[i], page->widths[i], columns[i].align);
	}
}

int eg_page_put_titles(const struct eg_printer *printer)
{
	_cleanup_(free_line) struct line line = { 0 };
	int r = 0;

	for (size_t i = 0; i < EG_PAGE_COLUMNS && r == 0; i++)
		r = eg_cell_make(columns[i].title, &line.cells[i]);
	eg_page_style(printer, EG_PAGE_DIM);
	put_cells(printer, &line, EG_PAGE_DESTINATION);
	eg_page_end_line(printer);
	return r;
}

int eg_page_put_sum(const struct eg_printer *printer, enum eg_page_style style, const char *label,
		    const struct eg_counters *counters)
{
	_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
	_cleanup_(free_line) struct line line = { 0 };
	int r = eg_cell_make(label, &cell);

	if (r == 0)
		r = fill_counters(&line, counters);
	if (r < 0)
		return r;
	eg_page_style(printer, style);
	eg_cell_put(printer->stream, &cell, width_before(printer->state, EG_PAGE_SENT), EG_LEFT);
	put_cells(printer, &line, EG_PAGE_SENT);
	eg_page_end_line(printer);
	return 0;
}

static void put_below(const struct eg_printer *printer, enum eg_page_style style,
		      const struct eg_cell *cell)
{
	eg_page_style(printer, style);
	fprintf(printer->stream, "%*s", BELOW_INDENT, "");
	eg_cell_wrap(printer->stream, cell, eg_page_columns(printer), BELOW_INDENT,
		     BELOW_INDENT + 2);
	eg_page_end_line(printer);
}

static int put_failures(const struct eg_printer *printer, const struct eg_failures *failures,
			const struct eg_counters *counters)
{
	_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
	size_t size;
	FILE *list;

	if (!counters->failed)
		return 0;
	list = open_memstream(&cell.text, &size);
	if (!list)
		return -ENOMEM;
	eg_label_failures(list, failures, counters);
	if (fclose(list) == EOF)
		return -ENOMEM;
	put_below(printer, EG_PAGE_RED, &cell);
	return 0;
}

/* What else is known of a row, and how: three countries can differ. */
static int put_claims(const struct eg_printer *printer, const struct eg_destination *row)
{
	_cleanup_(eg_freep) char *text = NULL;
	_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
	size_t size;
	FILE *list = open_memstream(&text, &size);
	int r;

	if (!list)
		return -ENOMEM;
	r = eg_label_claims(list, row);
	if (fclose(list) == EOF || r < 0)
		return -ENOMEM;
	if (!*text)
		return 0;
	r = eg_cell_make(text, &cell);
	if (r == 0)
		put_below(printer, EG_PAGE_DIM, &cell);
	return r;
}

static int put_row(const struct eg_printer *printer, const struct eg_destination *row)
{
	_cleanup_(free_line) struct line line = { 0 };
	struct eg_failures failures = { 0 };
	int r = fill_row(&line, row);

	if (r < 0)
		return r;
	put_cells(printer, &line, EG_PAGE_DESTINATION);
	fputc('\n', printer->stream);
	r = put_claims(printer, row);
	if (r < 0)
		return r;
	eg_failures_add(&failures, row);
	return put_failures(printer, &failures, &row->counters);
}

static int put_app(const struct eg_printer *printer, const struct eg_app *app)
{
	_cleanup_(eg_freep) char *label = eg_label_app(app);

	if (!label)
		return -ENOMEM;
	return eg_page_put_sum(printer, EG_PAGE_BOLD, label, &app->counters);
}

static int put_tail(const struct eg_printer *printer, const struct eg_page_block *block)
{
	char label[64];
	int r;

	snprintf(label, sizeof(label), "  \u2026 %" PRIu64 " more destinations", block->folded);
	r = eg_page_put_sum(printer, EG_PAGE_PLAIN, label, &block->tail);
	return r == 0 ? put_failures(printer, &block->failures, &block->tail) : r;
}

int eg_page_put_block(const struct eg_printer *printer, const struct eg_page_block *block)
{
	int r;

	fputc('\n', printer->stream);
	r = put_app(printer, block->app);
	for (size_t i = 0; i < block->rows_count && r == 0; i++)
		r = put_row(printer, block->rows[i]);
	return r == 0 && block->folded ? put_tail(printer, block) : r;
}
