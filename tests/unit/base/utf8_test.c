/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The decoder against all characters and all short sequences of bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <egret/base.h>

#include "user/base/utf8.h"

/* RFC 3629 section 3, the other way round. */
static size_t encode(uint32_t code, char text[static 5])
{
	size_t size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const uint8_t marks[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	text[size] = '\0';
	for (size_t i = size - 1; i > 0; i--, code >>= 6)
		text[i] = (char)(0x80 | (code & 0x3f));
	text[0] = (char)(marks[size] | code);
	return size;
}

static bool is_surrogate(uint32_t code)
{
	return code >= 0xd800 && code <= 0xdfff;
}

static void each_character_is_decoded(void **state)
{
	(void)state;
	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		char text[5];
		size_t size = encode(code, text);
		uint32_t decoded = 0;

		if (is_surrogate(code)) {
			assert_int_equal(eg_utf8_decode(text, size, &decoded), 0);
			continue;
		}
		assert_int_equal(eg_utf8_decode(text, size, &decoded), size);
		assert_int_equal(decoded, code);
		assert_int_equal(eg_utf8_decode(text, size - 1, &decoded), 0);
	}
}

/* What is decoded is exactly what encodes to the same bytes. */
static void no_other_sequence_is_decoded(void **state)
{
	(void)state;
	for (uint32_t bytes = 0; bytes < 1U << 24; bytes++) {
		char text[5] = { (char)(bytes >> 16), (char)(bytes >> 8), (char)bytes, 0 }, same[5];
		uint32_t code;
		size_t size = eg_utf8_decode(text, 3, &code);

		if (!size)
			continue;
		if (is_surrogate(code) || encode(code, same) != size ||
		    memcmp(text, same, size) != 0)
			fail_msg("%06x is %x", bytes, code);
	}
}

static void harmless_stops_at_the_terminator(void **state)
{
	_cleanup_(eg_freep) char *cut = strdup("\xf0\x9f\xa6");

	(void)state;
	assert_int_equal(eg_utf8_harmless(cut), 0);
	assert_int_equal(eg_utf8_harmless(cut + 3), 0);
	assert_int_equal(eg_utf8_harmless("a"), 1);
	assert_int_equal(eg_utf8_harmless("\xf0\x9f\xa6\xa9"), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_character_is_decoded),
		cmocka_unit_test(no_other_sequence_is_decoded),
		cmocka_unit_test(harmless_stops_at_the_terminator),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
