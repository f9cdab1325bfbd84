/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The columns of `top`: which find room, how wide they are, and what stands in a line. */
#pragma once

#include <stdio.h>

#include "top_view.h"

enum top_column {
	TOP_NAME,
	TOP_PORT,
	TOP_OPERATOR,
	TOP_COUNTRY,
	TOP_CONFIDENCE,
	TOP_OWNER,
	TOP_SENT_RATE, /* from here on numbers, right-aligned */
	TOP_RECEIVED_RATE,
	TOP_SENT,
	TOP_RECEIVED,
	TOP_CONNECTIONS,
	TOP_FAILED,
	TOP_COLUMNS,
};

struct top_table {
	unsigned width[TOP_COLUMNS]; /* 0: the column finds no room */
	unsigned start[TOP_COLUMNS]; /* its first column of the terminal */
};

/* For a terminal that is so wide. */
void top_table_lay_out(struct top_table *table, unsigned columns);

/* The column that shows what is sorted by; TOP_COLUMNS: none. */
enum top_column top_table_key(enum top_key key);

/*
 * Write a line: as many columns as the terminal has, escaped. To be called between
 * eg_utf8_enter() and eg_utf8_leave(). 0 or -ENOMEM.
 */
int top_table_titles(const struct top_table *table, FILE *stream);
int top_table_line(const struct top_table *table, const struct top_line *line, FILE *stream);
