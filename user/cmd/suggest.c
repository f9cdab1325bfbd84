/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which known word a mistyped one was meant to be. */
#include "cmd.h"

#include <string.h>

#define WORD_MAX 32 /* longer ones are no misspellings of ours */

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance: characters to insert, delete or replace. */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1], size = strlen(b);

	for (size_t i = 0; i <= size; i++)
		row[i] = i;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < size; j++) {
			size_t replaced = diagonal + (a[i] != b[j]);

			diagonal = row[j + 1];
			row[j + 1] = smaller(replaced, smaller(row[j], row[j + 1]) + 1);
		}
	}
	return row[size];
}

const char *eg_suggest(const char *word, const char *const *words)
{
	size_t size = strlen(word), closest = size / 3 + 1;
	const char *found = NULL;

	if (size > WORD_MAX)
		return NULL;
	for (; *words; words++) {
		size_t d = strlen(*words) <= WORD_MAX ? distance(word, *words) : closest + 1;

		/* Of a word, more must be right than wrong. */
		if (d <= closest && 2 * d < strlen(*words) && (!found || d < closest)) {
			closest = d;
			found = *words;
		}
	}
	return found;
}
