/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Text in the columns of a terminal: escaped, measured, cut, padded; sizes and times for people. */
#pragma once

#include <locale.h>
#include <stdint.h>
#include <stdio.h>

/*
 * While it is entered, characters are measured as a UTF-8 terminal shows them,
 * whatever locale egret runs in. Cells must be made and printed in between.
 */
struct eg_utf8 {
	locale_t utf8, before;
};
void eg_utf8_enter(struct eg_utf8 *utf8);
void eg_utf8_leave(struct eg_utf8 *utf8);

/* A piece of escaped text and the columns it takes. Zero is an empty cell. */
struct eg_cell {
	char *text;
	unsigned width;
};

/*
 * Escapes and measures `raw` (any bytes; NULL: empty). 0 or -ENOMEM; the caller
 * frees with eg_cell_free().
 */
int eg_cell_make(const char *raw, struct eg_cell *ret_cell);
int eg_cell_format(struct eg_cell *ret_cell, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void eg_cell_free(struct eg_cell *cell);

enum eg_align { EG_LEFT, EG_RIGHT };

/* Prints exactly `width` columns: padded, or cut in the middle with an ellipsis. */
void eg_cell_put(FILE *stream, const struct eg_cell *cell, unsigned width, enum eg_align align);

/*
 * Prints the text's words (split at spaces) up to column `columns`, on as many
 * lines as that takes. The cursor stands in column `start`; further lines are
 * indented. No newline at the end.
 */
void eg_cell_wrap(FILE *stream, const struct eg_cell *cell, unsigned columns, unsigned start,
		  unsigned indent);

/* "0 B" "999 B" "1.2 kB" "12.3 MB" "123 GB": three digits and powers of 1000. */
#define EG_SIZE_TEXT_SIZE 32
const char *eg_size_text(uint64_t bytes, char buffer[static EG_SIZE_TEXT_SIZE]);

/* "250 ms" "30 s" "5 min 3 s" "2 h 5 min" "22 days" */
#define EG_SPAN_TEXT_SIZE 48
const char *eg_span_text(int64_t ns, char buffer[static EG_SPAN_TEXT_SIZE]);
