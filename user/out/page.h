/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the text format shows of a summary, and how wide its columns are. */
#pragma once

#include <egret/label.h>
#include "format.h"

#define EG_PAGE_ROWS 10 /* destinations of an app; with one more, all are shown */

/* What is shown of one app. Apps and rows belong to the summary. */
struct eg_page_block {
	const struct eg_app *app;
	const struct eg_destination *rows[EG_PAGE_ROWS + 1];
	size_t rows_count;
	uint64_t folded; /* rows of the tail, and what they add up to */
	struct eg_counters tail;
	struct eg_failures failures;
};

enum eg_page_column {
	EG_PAGE_DESTINATION,
	EG_PAGE_PORT,
	EG_PAGE_OPERATOR,
	EG_PAGE_COUNTRY,
	EG_PAGE_SENT,
	EG_PAGE_RECEIVED,
	EG_PAGE_CONNECTIONS,
	EG_PAGE_COLUMNS,
};

/* Grows with the apps, never with the rows. */
struct eg_page {
	struct eg_page_block *blocks;
	size_t count, capacity;
	struct eg_counters totals;
	unsigned widths[EG_PAGE_COLUMNS];
	unsigned label_width; /* of the widest app's */
	bool registry, geolocation, anycast; /* how countries of rows are known */
	struct eg_utf8 utf8;
};

enum eg_page_style { EG_PAGE_PLAIN, EG_PAGE_BOLD, EG_PAGE_DIM, EG_PAGE_RED };

/* The terminal's columns. */
unsigned eg_page_columns(const struct eg_printer *printer);
/* From here on the text looks so; nothing without colour. */
void eg_page_style(const struct eg_printer *printer, enum eg_page_style style);
/* Back to plain, and a newline. */
void eg_page_end_line(const struct eg_printer *printer);

/* Finds the columns' widths from the blocks and totals. 0 or -ENOMEM, like all below. */
int eg_page_lay_out(const struct eg_printer *printer);
int eg_page_put_titles(const struct eg_printer *printer);
int eg_page_put_block(const struct eg_printer *printer, const struct eg_page_block *block);
/* A label, cut to fit, and counters in their columns. */
int eg_page_put_sum(const struct eg_printer *printer, enum eg_page_style style, const char *label,
		    const struct eg_counters *counters);
