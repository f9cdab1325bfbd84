/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The text format's table: what stands in its cells, and how they share a line. */
#include "parts.h"
#include "cell.h"
#include "row.h"
#include "page.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <egret/abi.h>
#include <egret/base.h>

#define COLUMNS_DEFAULT 80
#define NAMES_MIN 16 /* columns of destination and operator together, however narrow it gets */
#define BELOW_INDENT 4 /* of what stands below a row */
#define OWNER_MAX 48 /* columns of a name there */

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

/* --- failures --- */

static void add_failure(struct eg_page_failures *failures, const struct eg_error_count *error)
{
	size_t i = 0;

	while (i < failures->count && failures->errors[i].number != error->number)
		i++;
	if (i == EG_PAGE_ERRORS) {
		failures->more += error->count;
		return;
	}
	if (i == failures->count)
		failures->errors[failures->count++].number = error->number;
	failures->errors[i].count += error->count;
}

void eg_page_add_failures(struct eg_page_failures *failures, const struct eg_destination *row)
{
	const struct eg_detail *detail = eg_row_detail(row);

	for (size_t i = 0; i < detail->errors_count; i++)
		add_failure(failures, &detail->errors[i]);
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

static int fill_destination(struct eg_cell *cell, const struct eg_destination *row)
{
	const char *domain = eg_row_detail(row)->domain;
	char ip[46];

	if (row->key.overflow)
		return eg_cell_make("(addresses lost)", cell);
	if (!domain && !row->key.has_ip)
		return eg_cell_make("(no address)", cell);
	return eg_cell_make(domain ? domain : eg_row_ip(&row->key, ip), cell);
}

static int fill_port(struct eg_cell *cell, const struct eg_destination *row)
{
	const char *direction = row->key.direction == EG_INBOUND ? " in" : "";
	char transport[16];

	if (row->key.overflow)
		return 0;
	eg_row_transport(&row->key, transport);
	if (!row->key.has_port)
		return eg_cell_format(cell, "%s%s", transport, direction);
	return eg_cell_format(cell, "%" PRIu16 "/%s%s", row->key.port, transport, direction);
}

/* Who runs the other side; where that can't be anybody on the internet, what it is. */
static int fill_operator(struct eg_cell *cell, const struct eg_destination *row)
{
	const struct eg_place *place = eg_destination_place(row);

	if (place->as_organization)
		return eg_cell_make(place->as_organization, cell);
	if (place->as_number)
		return eg_cell_format(cell, "AS%" PRIu32, place->as_number);
	if (row->scope != EG_SCOPE_UNKNOWN && row->scope != EG_SCOPE_INTERNET)
		return eg_cell_format(cell, "(%s)", eg_row_scope(row));
	return 0;
}

static int fill_country(struct eg_cell *cell, const struct eg_place *place)
{
	return eg_cell_make(place->anycast == EG_YES ? EG_PAGE_ANYCAST : place->country, cell);
}

static int fill_row(struct line *line, const struct eg_destination *row)
{
	int r = fill_destination(&line->cells[EG_PAGE_DESTINATION], row);

	if (r == 0)
		r = fill_port(&line->cells[EG_PAGE_PORT], row);
	if (r == 0)
		r = fill_operator(&line->cells[EG_PAGE_OPERATOR], row);
	if (r == 0)
		r = fill_country(&line->cells[EG_PAGE_COUNTRY], eg_destination_place(row));
	return r == 0 ? fill_counters(line, &row->counters) : r;
}

/* What stands above an app's rows, raw; NULL: no memory. */
static char *make_label(const struct eg_app *app)
{
	_cleanup_(eg_freep) char *standing = eg_standing_text(app->trust, app->via, app->flag);
	char *label;

	if (!standing || asprintf(&label, "%s%s%s%s", app->name ? app->name : "",
				  app->name ? "  " : "", app->id, standing) < 0)
		return NULL;
	return label;
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
	_cleanup_(eg_freep) char *label = make_label(app);
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

static void list_failures(FILE *list, const struct eg_page_failures *failures,
			  const struct eg_counters *counters)
{
	const char *separator = ":";

	fprintf(list, "failed %" PRIu64 " of %" PRIu64, counters->failed, counters->connections);
	for (size_t i = 0; i < failures->count; i++) {
		fprintf(list, "%s %s %" PRIu64, separator, eg_row_error(failures->errors[i].number),
			failures->errors[i].count);
		separator = ",";
	}
	if (failures->more)
		fprintf(list, ", others %" PRIu64, failures->more);
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

static int put_failures(const struct eg_printer *printer, const struct eg_page_failures *failures,
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
	list_failures(list, failures, counters);
	if (fclose(list) == EOF)
		return -ENOMEM;
	put_below(printer, EG_PAGE_RED, &cell);
	return 0;
}

/* A text that others choose is cut to what fits into a line. */
static int list_name(FILE *list, const char *name)
{
	_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
	int r = eg_cell_make(name, &cell);

	if (r == 0)
		eg_cell_put(list, &cell, cell.width < OWNER_MAX ? cell.width : OWNER_MAX, EG_LEFT);
	return r;
}

/* "owner Example Holdings (CN); operator registered in SG; name by tls_sni, corroborated" */
static int list_claims(FILE *list, const struct eg_detail *detail, const struct eg_place *place)
{
	const char *separator = "";

	if (place->owner_name) {
		fputs("owner ", list);
		if (list_name(list, place->owner_name) < 0)
			return -ENOMEM;
		if (place->owner_country)
			fprintf(list, " (%s)", place->owner_country);
		separator = "; ";
	}
	if (place->as_country) {
		fprintf(list, "%soperator registered in %s", separator, place->as_country);
		separator = "; ";
	}
	if (detail->domain && detail->domain_source) {
		fprintf(list, "%sname by %s", separator, detail->domain_source);
		if (detail->domain_confidence)
			fprintf(list, ", %s", detail->domain_confidence);
	}
	return 0;
}

/* What else is known of a row, and how: three countries can differ. */
static int put_claims(const struct eg_printer *printer, const struct eg_destination *row)
{
	const struct eg_detail *detail = eg_row_detail(row);
	const struct eg_place *place = eg_destination_place(row);
	_cleanup_(eg_freep) char *text = NULL;
	_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
	size_t size;
	FILE *list = open_memstream(&text, &size);
	int r;

	if (!list)
		return -ENOMEM;
	r = list_claims(list, detail, place);
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
	struct eg_page_failures failures = { 0 };
	int r = fill_row(&line, row);

	if (r < 0)
		return r;
	put_cells(printer, &line, EG_PAGE_DESTINATION);
	fputc('\n', printer->stream);
	r = put_claims(printer, row);
	if (r < 0)
		return r;
	eg_page_add_failures(&failures, row);
	return put_failures(printer, &failures, &row->counters);
}

static int put_app(const struct eg_printer *printer, const struct eg_app *app)
{
	_cleanup_(eg_freep) char *label = make_label(app);

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
