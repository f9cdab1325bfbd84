/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is to be seen of `top`, and what keys do to it. */
#pragma once

#include "top_model.h"
#include "top_screen.h"
#include "top_view.h"

enum top_page { TOP_PAGE_LIST, TOP_PAGE_HELP, TOP_PAGE_LEDGER };

struct top_ui {
	struct top_model model;
	struct top_view view;
	enum top_page page;
	size_t page_top; /* the first line that is to be seen of another page */
	bool paused;
	bool typing; /* model.words */
	bool quit;
};

/* Does what a key or signal asks for. 0 or -ENOMEM. */
int top_ui_press(struct top_ui *ui, const struct press *press);
/* Lists anew what there is to be seen. 0 or -ENOMEM. */
int top_ui_list(struct top_ui *ui);
