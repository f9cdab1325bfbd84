/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Texts that live as long as one identification. */
#include "scratch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void scratch_free(struct scratch *scratch)
{
	for (size_t i = 0; i < scratch->owned_count; i++)
		free(scratch->owned[i]);
	free(scratch->owned);
	scratch->owned = NULL;
	scratch->owned_count = 0;
	scratch->used = 0;
}

void *scratch_own(struct scratch *scratch, void *allocated)
{
	size_t count = scratch->owned_count;
	void **grown;

	if (!allocated) {
		scratch->failed = true;
		return NULL;
	}
	grown = reallocarray(scratch->owned, count + 1, sizeof(*grown));
	if (!grown) {
		scratch->failed = true;
		free(allocated);
		return NULL;
	}
	grown[count] = allocated;
	scratch->owned = grown;
	scratch->owned_count = count + 1;
	return allocated;
}

void *scratch_alloc(struct scratch *scratch, size_t size)
{
	size_t at = (scratch->used + sizeof(void *) - 1) & ~(sizeof(void *) - 1);

	if (size > sizeof(scratch->buffer) || at > sizeof(scratch->buffer) - size)
		return scratch_own(scratch, malloc(size));
	scratch->used = at + size;
	return scratch->buffer + at;
}

const char *scratch_copy(struct scratch *scratch, const char *text, size_t size)
{
	char *copy = scratch_alloc(scratch, size + 1);

	if (!copy)
		return "";
	memcpy(copy, text, size);
	copy[size] = '\0';
	return copy;
}

const char *scratch_format(struct scratch *scratch, const char *format, ...)
{
	va_list args, again;
	char *text;
	int size;

	va_start(args, format);
	va_copy(again, args);
	size = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = size < 0 ? NULL : scratch_alloc(scratch, (size_t)size + 1);
	if (text)
		vsnprintf(text, (size_t)size + 1, format, again);
	va_end(again);
	return text ? text : "";
}
