/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The lines of `top`: which there are, which of them are to be seen, and where the cursor is. */
#include "top_view.h"

#include <errno.h>
#include <stdlib.h>

void top_view_free(struct top_view *view)
{
	free(view->lines);
	*view = (struct top_view){ 0 };
}

/* --- lines --- */

static size_t rows_listed(const struct top_app *app)
{
	if (app->fold == TOP_FOLDED)
		return 0;
	if (app->fold == TOP_FULL || app->rows_count <= TOP_SHORT_ROWS + 1)
		return app->rows_count;
	return TOP_SHORT_ROWS;
}

/* Apps' rows lie one after the other, in the order of the apps. Returns the next one's. */
static size_t add_app(struct top_view *view, struct top_app *app, struct top_row *const *rows)
{
	size_t listed = rows_listed(app);
	struct top_line tail = { .kind = TOP_LINE_TAIL, .app = app };

	view->lines[view->count++] =
		(struct top_line){ .kind = TOP_LINE_APP, .app = app, .numbers = app->sums };
	for (size_t i = 0; i < listed; i++)
		view->lines[view->count++] = (struct top_line){
			.kind = TOP_LINE_ROW,
			.app = app,
			.row = rows[i],
			.numbers = rows[i]->shown,
		};
	if (app->fold == TOP_FOLDED || listed == app->rows_count)
		return app->rows_count;
	for (size_t i = listed; i < app->rows_count; i++) {
		top_numbers_add(&tail.numbers, &rows[i]->shown);
		tail.hidden++;
	}
	view->lines[view->count++] = tail;
	return app->rows_count;
}

/* Enough for an app's own line, and for one for each row: a tail stands for more than one. */
static int make_room(struct top_view *view, size_t wanted)
{
	struct top_line *grown;

	if (wanted <= view->size)
		return 0;
	grown = reallocarray(view->lines, wanted + wanted / 2, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	view->lines = grown;
	view->size = wanted + wanted / 2;
	return 0;
}

/* --- the cursor --- */

/* Where what was chosen is now, else its app; view->count: nowhere. */
static size_t find_chosen(const struct top_view *view)
{
	const struct top_line *chosen = &view->chosen;
	size_t app = view->count;

	for (size_t i = 0; i < view->count; i++) {
		const struct top_line *line = &view->lines[i];

		if (line->app != chosen->app)
			continue;
		if (line->kind == chosen->kind && line->row == chosen->row)
			return i;
		if (line->kind == TOP_LINE_APP)
			app = i;
	}
	return app;
}

static void scroll(struct top_view *view)
{
	size_t last = view->count > view->height ? view->count - view->height : 0;

	if (view->top > last)
		view->top = last;
	if (view->cursor < view->top)
		view->top = view->cursor;
	if (view->cursor >= view->top + view->height)
		view->top = view->cursor - view->height + 1;
}

static void choose(struct top_view *view, size_t cursor)
{
	view->cursor = cursor < view->count ? cursor : view->count ? view->count - 1 : 0;
	view->chosen = view->count ? view->lines[view->cursor] : (struct top_line){ 0 };
	scroll(view);
}

int top_view_make(struct top_view *view, const struct top_model *model)
{
	size_t rows = 0, found;

	if (make_room(view, model->apps_count + model->list_count + 1) < 0)
		return -ENOMEM;
	view->count = 0;
	for (size_t i = 0; i < model->apps_count; i++)
		rows += add_app(view, model->apps_list[i], model->list + rows);
	found = view->cursor && view->chosen.app ? find_chosen(view) : 0;
	choose(view, found < view->count ? found : view->cursor);
	return 0;
}

void top_view_resize(struct top_view *view, size_t height)
{
	view->height = height ? height : 1;
	scroll(view);
}

void top_view_move(struct top_view *view, long step)
{
	if (step < 0 && view->cursor < (size_t)-step)
		choose(view, 0);
	else
		choose(view, view->cursor + (size_t)step);
}

const struct top_line *top_view_line(const struct top_view *view)
{
	return view->count ? &view->lines[view->cursor] : NULL;
}

/* --- folding --- */

void top_view_toggle(struct top_view *view)
{
	const struct top_line *line = top_view_line(view);

	if (!line)
		return;
	if (line->kind == TOP_LINE_TAIL)
		line->app->fold = TOP_FULL;
	else if (line->kind == TOP_LINE_APP && line->app->fold == TOP_FOLDED)
		line->app->fold = TOP_SHORT;
	else
		line->app->fold = TOP_FOLDED;
}

void top_view_step(struct top_view *view, int step)
{
	static const enum top_fold more[] = {
		[TOP_FOLDED] = TOP_SHORT, [TOP_SHORT] = TOP_FULL, [TOP_FULL] = TOP_FULL
	};
	static const enum top_fold less[] = {
		[TOP_FOLDED] = TOP_FOLDED, [TOP_SHORT] = TOP_FOLDED, [TOP_FULL] = TOP_SHORT
	};
	const struct top_line *line = top_view_line(view);

	if (!line)
		return;
	line->app->fold = step > 0 ? more[line->app->fold] : less[line->app->fold];
	/* Three steps for two pictures would look like a key that does nothing. */
	if (step < 0 && line->app->rows_count <= TOP_SHORT_ROWS + 1)
		line->app->fold = TOP_FOLDED;
}

void top_view_all(struct top_view *view, const struct top_model *model)
{
	static const enum top_fold next[] = {
		[TOP_SHORT] = TOP_FULL, [TOP_FULL] = TOP_FOLDED, [TOP_FOLDED] = TOP_SHORT
	};
	const struct top_line *line = top_view_line(view);
	enum top_fold fold = line ? next[line->app->fold] : TOP_SHORT;

	for (size_t i = 0; i < model->apps_count; i++)
		model->apps_list[i]->fold = fold;
}
