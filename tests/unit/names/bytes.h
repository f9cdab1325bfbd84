/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Messages as bytes: captured from programs, or put together piece by piece. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct bytes {
	uint8_t data[20000];
	size_t size;
};

/* What a program has sent, or a standard prints; also what fuzzing begins with. */
static inline void bytes_read(struct bytes *bytes, const char *name)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "tests/fuzz/corpus/%s", name);
	file = fopen(path, "r");
	if (!file)
		fail_msg("%s is missing (run from the top of the tree)", path);
	bytes->size = fread(bytes->data, 1, sizeof(bytes->data), file);
	fclose(file);
	assert_true(bytes->size > 0 && bytes->size < sizeof(bytes->data));
}

static inline void bytes_add(struct bytes *bytes, const void *data, size_t size)
{
	assert_true(size <= sizeof(bytes->data) - bytes->size);
	if (size)
		memcpy(bytes->data + bytes->size, data, size);
	bytes->size += size;
}

/* A number of `size` bytes, the highest first. */
static inline void bytes_number(struct bytes *bytes, size_t size, uint64_t number)
{
	while (size--) {
		uint8_t byte = (uint8_t)(number >> (8 * size));

		bytes_add(bytes, &byte, 1);
	}
}

static inline void bytes_text(struct bytes *bytes, const char *text)
{
	bytes_add(bytes, text, strlen(text));
}

/* Bytes behind their own number, which takes `width` bytes. */
static inline void bytes_counted(struct bytes *bytes, size_t width, const struct bytes *content)
{
	bytes_number(bytes, width, content->size);
	bytes_add(bytes, content->data, content->size);
}

/* A literal that may hold NULs. */
#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1
