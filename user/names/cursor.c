/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading bytes that somebody else wrote: never past the end. */
#include "cursor.h"

struct eg_cursor eg_cursor_open(const uint8_t *bytes, size_t size)
{
	return (struct eg_cursor){ .at = bytes, .end = bytes + size };
}

size_t eg_cursor_left(const struct eg_cursor *cursor)
{
	return cursor->failed ? 0 : (size_t)(cursor->end - cursor->at);
}

const uint8_t *eg_cursor_skip(struct eg_cursor *cursor, uint64_t size)
{
	const uint8_t *begin = cursor->at;

	if (cursor->failed || size > (uint64_t)(cursor->end - cursor->at)) {
		cursor->failed = true;
		return NULL;
	}
	cursor->at += size;
	return begin;
}

static uint64_t read_number(struct eg_cursor *cursor, size_t size)
{
	const uint8_t *bytes = eg_cursor_skip(cursor, size);
	uint64_t number = 0;

	for (size_t i = 0; bytes && i < size; i++)
		number = number << 8 | bytes[i];
	return number;
}

uint8_t eg_cursor_u8(struct eg_cursor *cursor)
{
	return (uint8_t)read_number(cursor, 1);
}

uint16_t eg_cursor_u16(struct eg_cursor *cursor)
{
	return (uint16_t)read_number(cursor, 2);
}

uint32_t eg_cursor_u24(struct eg_cursor *cursor)
{
	return (uint32_t)read_number(cursor, 3);
}

uint32_t eg_cursor_u32(struct eg_cursor *cursor)
{
	return (uint32_t)read_number(cursor, 4);
}

uint64_t eg_cursor_varint(struct eg_cursor *cursor)
{
	static const uint64_t values[] = { 0x3f, 0x3fff, 0x3fffffff, 0x3fffffffffffffff };
	unsigned width;

	if (!eg_cursor_left(cursor)) {
		cursor->failed = true;
		return 0;
	}
	width = *cursor->at >> 6;
	return read_number(cursor, (size_t)1 << width) & values[width];
}

struct eg_cursor eg_cursor_take(struct eg_cursor *cursor, uint64_t size)
{
	const uint8_t *begin = eg_cursor_skip(cursor, size);

	if (!begin)
		return (struct eg_cursor){ .at = cursor->at, .end = cursor->at, .failed = true };
	return eg_cursor_open(begin, (size_t)size);
}
