/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The lines of `top`: which there are, which of them are to be seen, and where the cursor is. */
#pragma once

#include "top_model.h"

enum top_line_kind {
	TOP_LINE_APP,
	TOP_LINE_ROW,
	TOP_LINE_TAIL, /* stands for the rows of an app that are not listed */
};

struct top_line {
	enum top_line_kind kind;
	struct top_app *app;
	const struct top_row *row; /* TOP_LINE_ROW */
	size_t hidden; /* TOP_LINE_TAIL: how many rows */
	struct top_numbers numbers;
};

struct top_view {
	struct top_line *lines;
	size_t count, size;
	size_t height; /* lines to be seen */
	size_t top, cursor; /* numbers of lines */
	struct top_line chosen; /* where the cursor was put: it goes with that, but on line 0 */
};

/* Lines for what the model lists. The cursor stays on what it was on. 0 or -ENOMEM. */
int top_view_make(struct top_view *view, const struct top_model *model);
void top_view_free(struct top_view *view);

/* How many lines are to be seen, at least 1. */
void top_view_resize(struct top_view *view, size_t height);
/* Moves the cursor as far as there are lines. */
void top_view_move(struct top_view *view, long step);
/* The line with the cursor; NULL: there is none. */
const struct top_line *top_view_line(const struct top_view *view);

/*
 * These take effect when lines are made again. Toggle: an app is folded or
 * unfolded, a tail is listed, a row folds its app. Step: an app is one step more
 * (1) or less (-1) unfolded. All: every app is folded to the next degree.
 */
void top_view_toggle(struct top_view *view);
void top_view_step(struct top_view *view, int step);
void top_view_all(struct top_view *view, const struct top_model *model);
