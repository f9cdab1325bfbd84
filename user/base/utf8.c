/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which characters may appear in an output as they are. */
#include "utf8.h"

#include <stdbool.h>
#include <stdint.h>

#include <egret/base.h>

/* Characters that change how the text around them is shown, or end a line. */
static const struct {
	uint32_t first, last;
} harmful[] = {
	{ .first = 0x0000, .last = 0x001f }, /* C0 controls */
	{ .first = 0x007f, .last = 0x009f }, /* DEL, C1 controls */
	{ .first = 0x061c, .last = 0x061c }, /* Arabic letter mark */
	{ .first = 0x200e, .last = 0x200f }, /* left-to-right, right-to-left mark */
	{ .first = 0x2028, .last = 0x2029 }, /* line, paragraph separator */
	{ .first = 0x202a, .last = 0x202e }, /* embeddings and overrides */
	{ .first = 0x2066, .last = 0x2069 }, /* isolates */
};

static bool is_harmless(uint32_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(harmful); i++) {
		if (code >= harmful[i].first && code <= harmful[i].last)
			return false;
	}
	return true;
}

/* How many bytes a first byte announces, and the bits of the code in it. */
static size_t announced_size(uint8_t first, uint32_t *ret_bits)
{
	if (first < 0x80) {
		*ret_bits = first;
		return 1;
	}
	if (first >= 0xc2 && first <= 0xdf) {
		*ret_bits = first & 0x1f;
		return 2;
	}
	if (first >= 0xe0 && first <= 0xef) {
		*ret_bits = first & 0x0f;
		return 3;
	}
	if (first >= 0xf0 && first <= 0xf4) {
		*ret_bits = first & 0x07;
		return 4;
	}
	return 0;
}

size_t eg_utf8_decode(const char *text, size_t size, uint32_t *ret_code)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t code = 0;
	size_t length = size ? announced_size((uint8_t)text[0], &code) : 0;

	if (length > size)
		return 0;
	for (size_t i = 1; i < length; i++) {
		uint8_t byte = (uint8_t)text[i];

		if ((byte & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (byte & 0x3f);
	}
	if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret_code = code;
	return length;
}

size_t eg_utf8_harmless(const char *text)
{
	uint32_t code;
	/* The terminator continues no character, so that none reaches beyond it. */
	size_t length = eg_utf8_decode(text, 4, &code);

	return length && is_harmless(code) ? length : 0;
}
