/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is to be seen of `top`, and what keys do to it. */
#include "top_ui.h"

#include <limits.h>
#include <string.h>

#include <egret/base.h>

int top_ui_list(struct top_ui *ui)
{
	int r = top_model_list(&ui->model);

	return r == 0 ? top_view_make(&ui->view, &ui->model) : r;
}

/* --- typing --- */

static void type(char *words, const char *text)
{
	size_t size = strlen(words), more = strlen(text);

	if (size + more < TOP_WORDS_SIZE)
		memcpy(words + size, text, more + 1);
}

/* A character may be several bytes. */
static void erase_last(char *words)
{
	size_t size = strlen(words);

	while (size > 0 && ((unsigned char)words[--size] & 0xc0) == 0x80)
		;
	words[size] = '\0';
}

static void press_typing(struct top_ui *ui, const struct press *press)
{
	switch (press->kind) {
	case PRESS_TEXT:
		type(ui->model.words, press->text);
		break;
	case PRESS_BACKSPACE:
		erase_last(ui->model.words);
		break;
	case PRESS_CLEAR:
		*ui->model.words = '\0';
		break;
	case PRESS_ESCAPE:
		*ui->model.words = '\0';
		ui->typing = false;
		break;
	case PRESS_ENTER:
		ui->typing = false;
		break;
	default:
		break;
	}
}

/* --- another page --- */

static void leave_page(struct top_ui *ui)
{
	ui->page = TOP_PAGE_LIST;
	ui->page_top = 0;
}

static void show_page(struct top_ui *ui, enum top_page page)
{
	bool is_there = ui->page == page;

	leave_page(ui);
	if (!is_there)
		ui->page = page;
}

static void scroll_page(struct top_ui *ui, long step)
{
	if (step < 0 && ui->page_top < (size_t)-step)
		ui->page_top = 0;
	else
		ui->page_top += (size_t)step;
}

static long step_of_letter(const char *text)
{
	static const struct {
		const char *key;
		long step;
	} keys[] = { { "k", -1 }, { "j", 1 }, { "g", -INT_MAX }, { "G", INT_MAX } };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(text, keys[i].key) == 0)
			return keys[i].step;
	}
	return 0;
}

/* How far a key moves; 0: it does not. */
static long step_of(const struct press *press, long page)
{
	switch (press->kind) {
	case PRESS_UP:
		return -1;
	case PRESS_DOWN:
		return 1;
	case PRESS_PAGE_UP:
		return -page;
	case PRESS_PAGE_DOWN:
		return page;
	case PRESS_HOME:
		return -INT_MAX;
	case PRESS_END:
		return INT_MAX;
	case PRESS_TEXT:
		return step_of_letter(press->text);
	default:
		return 0;
	}
}

/* --- keys --- */

static void quit(struct top_ui *ui)
{
	if (ui->page == TOP_PAGE_LIST)
		ui->quit = true;
	leave_page(ui);
}

static void show_help(struct top_ui *ui)
{
	show_page(ui, TOP_PAGE_HELP);
}

static void show_ledger(struct top_ui *ui)
{
	show_page(ui, TOP_PAGE_LEDGER);
}

static void pause_view(struct top_ui *ui)
{
	ui->paused = !ui->paused;
	if (!ui->paused)
		top_model_show(&ui->model);
}

static void zero(struct top_ui *ui)
{
	top_model_zero(&ui->model);
}

static void sort_next(struct top_ui *ui)
{
	top_order_step(&ui->model.order, 1);
}

static void sort_previous(struct top_ui *ui)
{
	top_order_step(&ui->model.order, -1);
}

static void reverse(struct top_ui *ui)
{
	ui->model.order.reversed = !ui->model.order.reversed;
}

static void toggle(struct top_ui *ui)
{
	top_view_toggle(&ui->view);
}

static void toggle_all(struct top_ui *ui)
{
	top_view_all(&ui->view, &ui->model);
}

static void type_words(struct top_ui *ui)
{
	leave_page(ui);
	ui->typing = true;
}

static void press_text(struct top_ui *ui, const char *text)
{
	static const struct {
		char key;
		void (*act)(struct top_ui *ui);
	} keys[] = {
		{ 'q', quit },	      { 'h', show_help },  { '?', show_help },
		{ 'l', show_ledger }, { 'p', pause_view }, { 'z', zero },
		{ 's', sort_next },   { '>', sort_next },  { '<', sort_previous },
		{ 'r', reverse },     { ' ', toggle },	   { '*', toggle_all },
		{ '/', type_words },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (text[0] == keys[i].key && !text[1])
			keys[i].act(ui);
	}
}

static void press_key(struct top_ui *ui, const struct press *press)
{
	switch (press->kind) {
	case PRESS_TEXT:
		press_text(ui, press->text);
		break;
	case PRESS_ENTER:
		toggle(ui);
		break;
	case PRESS_LEFT:
		top_view_step(&ui->view, -1);
		break;
	case PRESS_RIGHT:
		top_view_step(&ui->view, 1);
		break;
	case PRESS_ESCAPE:
		if (ui->page == TOP_PAGE_LIST)
			*ui->model.words = '\0';
		leave_page(ui);
		break;
	default:
		break;
	}
}

int top_ui_press(struct top_ui *ui, const struct press *press)
{
	long page = (long)ui->view.height - 1, step;

	if (press->kind == PRESS_QUIT)
		ui->quit = true;
	step = step_of(press, page > 0 ? page : 1);
	if (ui->typing)
		press_typing(ui, press);
	else if (step && ui->page != TOP_PAGE_LIST)
		scroll_page(ui, step);
	else if (step)
		top_view_move(&ui->view, step);
	else
		press_key(ui, press);
	return step && !ui->typing ? 0 : top_ui_list(ui);
}
