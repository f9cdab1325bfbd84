/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One picture of `top`: what stands where on the screen. */
#include "top_draw.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <egret/base.h>
#include <egret/cell.h>

#include "top_table.h"

#define DETAIL_MAX 4 /* lines; with less than three nothing is said */
#define DETAIL_FROM 16 /* lines that the terminal must have */
#define DETAIL_ALL_FROM 24
#define HEAD_FROM 8

struct picture {
	struct screen *screen;
	struct top_ui *ui;
	const struct top_origin *origin;
	const struct eg_summary *summary;
	int64_t now;
	unsigned lines, columns;
	unsigned head; /* lines of the head */
	unsigned body, body_lines; /* its first line, and how many */
	unsigned detail; /* lines of the detail, with the rule above it */
};

static void lay_out(struct picture *picture)
{
	unsigned used;

	screen_size(picture->screen, &picture->lines, &picture->columns);
	picture->head = picture->lines >= HEAD_FROM ? TOP_HEAD_LINES : 0;
	picture->detail = picture->lines >= DETAIL_ALL_FROM ? DETAIL_MAX + 1
			  : picture->lines >= DETAIL_FROM   ? DETAIL_MAX
							    : 0;
	picture->body = picture->head + 1;
	used = picture->body + picture->detail + 1;
	picture->body_lines = picture->lines > used ? picture->lines - used : 1;
	top_view_resize(&picture->ui->view, picture->body_lines);
}

/* --- lines --- */

/* Cuts text to the terminal's width, in the middle. */
static int put_text(const struct picture *picture, unsigned line, enum style style,
		    const char *text)
{
	_cleanup_(eg_freep) char *cut = NULL;
	_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
	size_t size;
	FILE *stream = open_memstream(&cut, &size);
	int r = stream ? eg_cell_make(text, &cell) : -ENOMEM;

	if (r == 0)
		eg_cell_put(stream, &cell, picture->columns, EG_LEFT);
	if (stream && fclose(stream) == EOF)
		r = -ENOMEM;
	if (r == 0)
		screen_put(picture->screen, line, 0, style, cut);
	return r;
}

/* Puts as much of a line as ends at a space and fits. */
static int put_start(const struct picture *picture, unsigned line, enum style style,
		     const char *text)
{
	_cleanup_(eg_freep) char *start = strdup(text);
	char *end = start;

	while (end) {
		_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };

		if (eg_cell_make(start, &cell) < 0)
			return -ENOMEM;
		if (cell.width <= picture->columns)
			break;
		end = strrchr(start, ' ');
		if (end)
			*end = '\0';
	}
	return start ? put_text(picture, line, style, start) : -ENOMEM;
}

/* The words of one line that the terminal's width has room for, and those that are left. */
static int wrap(const struct picture *picture, const char *line, char **ret_text)
{
	_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
	size_t size;
	FILE *stream = open_memstream(ret_text, &size);
	int r = stream ? eg_cell_make(line, &cell) : -ENOMEM;

	if (r == 0)
		eg_cell_wrap(stream, &cell, picture->columns, 0, 2);
	if (stream && fclose(stream) == EOF)
		r = -ENOMEM;
	return r;
}

/*
 * Puts the words of a text's lines into `count` lines from `line` on; each line begins a
 * new one, empty ones are left out. 0 or -ENOMEM.
 */
static int put_words(const struct picture *picture, unsigned line, unsigned count, char *text)
{
	unsigned end = line + count;

	while (text && *text && line < end) {
		_cleanup_(eg_freep) char *words = NULL;
		char *rest;
		int r = wrap(picture, strsep(&text, "\n"), &words);

		for (rest = words; r == 0 && rest && *rest && line < end;)
			r = put_text(picture, line++, STYLE_PLAIN, strsep(&rest, "\n"));
		if (r < 0)
			return r;
	}
	return 0;
}

/* --- parts --- */

static int put_head(const struct picture *picture)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	char *rest;
	int r = -ENOMEM;

	if (stream)
		r = top_text_head(stream, &picture->ui->model, picture->origin, picture->summary,
				  picture->now);
	if (stream && fclose(stream) == EOF)
		r = -ENOMEM;
	rest = text;
	for (unsigned i = 0; i < picture->head && r == 0; i++)
		r = put_start(picture, i, STYLE_PLAIN, strsep(&rest, "\n"));
	if (r < 0 || !picture->head)
		return r;
	screen_paint(picture->screen, 0, 0, (unsigned)strlen("egret top"), STYLE_STRONG);
	if (!eg_summary_totals(picture->summary).complete)
		screen_paint(picture->screen, 2, 0, picture->columns, STYLE_ALARM);
	return 0;
}

/* At the right end of the first line, if that leaves anything of it. */
static void put_clock(const struct picture *picture)
{
	const char *words = picture->ui->paused ? " PAUSED " : "";
	unsigned width = (unsigned)strlen(words);

	if (!width || picture->columns < 2 * width)
		return;
	screen_put(picture->screen, 0, picture->columns - width, STYLE_CURSOR, words);
}

static int put_titles(const struct picture *picture, const struct top_table *table)
{
	enum top_column key = top_table_key(picture->ui->model.order.key);
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	int r = stream ? top_table_titles(table, stream) : -ENOMEM;

	if (stream && fclose(stream) == EOF)
		r = -ENOMEM;
	if (r == 0)
		r = put_text(picture, picture->head, STYLE_TITLES, text);
	if (r == 0 && key < TOP_COLUMNS && table->width[key] &&
	    table->start[key] + table->width[key] <= picture->columns)
		screen_paint(picture->screen, picture->head, table->start[key], table->width[key],
			     STYLE_KEY);
	return r;
}

static enum style style_of(const struct picture *picture, size_t number)
{
	static const enum style styles[] = {
		[TOP_LINE_APP] = STYLE_STRONG,
		[TOP_LINE_ROW] = STYLE_PLAIN,
		[TOP_LINE_TAIL] = STYLE_WEAK,
	};
	const struct top_view *view = &picture->ui->view;

	return number == view->cursor ? STYLE_CURSOR : styles[view->lines[number].kind];
}

static int put_row(const struct picture *picture, const struct top_table *table, size_t number,
		   unsigned line)
{
	const struct top_line *what = &picture->ui->view.lines[number];
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	int r = stream ? top_table_line(table, what, stream) : -ENOMEM;

	if (stream && fclose(stream) == EOF)
		r = -ENOMEM;
	if (r == 0)
		r = put_text(picture, line, style_of(picture, number), text);
	if (r == 0 && what->numbers.failed && table->width[TOP_FAILED] &&
	    number != picture->ui->view.cursor)
		screen_paint(picture->screen, line, table->start[TOP_FAILED],
			     table->width[TOP_FAILED], STYLE_ALARM);
	return r;
}

static const char *nothing(const struct picture *picture)
{
	if (*picture->ui->model.words)
		return "  Nothing has these words in it (Esc: no filter).";
	if (!picture->origin->interval.end)
		return "  Waiting for the first interval ...";
	return "  Nothing was sent or received so far.";
}

static int put_list(const struct picture *picture)
{
	const struct top_view *view = &picture->ui->view;
	struct top_table table;
	int r;

	top_table_lay_out(&table, picture->columns);
	r = put_titles(picture, &table);
	if (r == 0 && view->count == 0)
		r = put_text(picture, picture->body, STYLE_PLAIN, nothing(picture));
	for (unsigned i = 0; i < picture->body_lines && view->top + i < view->count && r == 0; i++)
		r = put_row(picture, &table, view->top + i, picture->body + i);
	return r;
}

static int put_rule(const struct picture *picture, unsigned line)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return -ENOMEM;
	for (unsigned i = 0; i < picture->columns; i++)
		fputs("\u2500", stream);
	if (fclose(stream) == EOF)
		return -ENOMEM;
	return put_text(picture, line, STYLE_WEAK, text);
}

static int put_detail(const struct picture *picture)
{
	unsigned line = picture->body + picture->body_lines;
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	FILE *stream;
	int r;

	if (!picture->detail)
		return 0;
	r = put_rule(picture, line);
	if (r < 0)
		return r;
	stream = open_memstream(&text, &size);
	r = stream ? top_text_detail(stream, top_view_line(&picture->ui->view)) : -ENOMEM;
	if (stream && fclose(stream) == EOF)
		r = -ENOMEM;
	return r == 0 ? put_words(picture, line + 1, picture->detail - 1, text) : r;
}

static int put_foot(const struct picture *picture)
{
	const struct top_model *model = &picture->ui->model;
	char text[TOP_WORDS_SIZE + 80];

	if (picture->ui->page != TOP_PAGE_LIST)
		snprintf(text, sizeof(text), "q back  up down PgUp PgDn scroll");
	else if (picture->ui->typing)
		snprintf(text, sizeof(text), "Filter: %s_   (Enter keeps it, Esc clears it)",
			 model->words);
	else
		snprintf(text, sizeof(text),
			 "q quit  / filter  s sort: %s%s  r reverse  space fold  p pause  ? help",
			 top_key_name(model->order.key), model->order.reversed ? " (rev)" : "");
	return put_start(picture, picture->lines - 1, STYLE_STRONG, text);
}

/* --- other pages --- */

static int write_page(const struct picture *picture, FILE *stream)
{
	if (picture->ui->page == TOP_PAGE_HELP)
		return top_text_help(stream);
	return top_text_ledger(stream, &picture->ui->model, picture->summary, picture->columns);
}

/* Scrolls back where the page ends before the screen does. */
static int put_page(const struct picture *picture)
{
	unsigned room = picture->lines > 1 ? picture->lines - 1 : 1;
	_cleanup_(eg_freep) char *text = NULL;
	char *rest;
	size_t size, count = 0, last;
	FILE *stream = open_memstream(&text, &size);
	int r = stream ? write_page(picture, stream) : -ENOMEM;

	if (stream && fclose(stream) == EOF)
		r = -ENOMEM;
	if (r < 0)
		return r;
	for (const char *line = text; (line = strchr(line, '\n')); line++)
		count++;
	last = count > room ? count - room : 0;
	if (picture->ui->page_top > last)
		picture->ui->page_top = last;
	rest = text;
	for (size_t i = 0; r == 0 && i < count && i < picture->ui->page_top + room; i++) {
		const char *line = strsep(&rest, "\n");

		if (i >= picture->ui->page_top)
			r = put_text(picture, (unsigned)(i - picture->ui->page_top),
				     i ? STYLE_PLAIN : STYLE_STRONG, line);
	}
	return r;
}

int top_draw(struct screen *screen, struct top_ui *ui, const struct top_origin *origin,
	     const struct eg_summary *summary)
{
	struct picture picture = {
		.screen = screen,
		.ui = ui,
		.origin = origin,
		.summary = summary,
		.now = eg_now_ns(),
	};
	int r = 0;

	lay_out(&picture);
	screen_clear(screen);
	if (ui->page != TOP_PAGE_LIST) {
		r = put_page(&picture);
	} else {
		r = put_head(&picture);
		put_clock(&picture);
		if (r == 0)
			r = put_list(&picture);
		if (r == 0)
			r = put_detail(&picture);
	}
	if (r == 0)
		r = put_foot(&picture);
	if (r == 0)
		screen_show(screen);
	return r;
}
