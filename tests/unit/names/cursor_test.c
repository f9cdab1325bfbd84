/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading numbers and pieces, and what happens at the end. */
#include "tests/unit/names/bytes.h"

#include "user/names/cursor.h"

static void numbers_are_big_endian(void **state)
{
	struct eg_cursor cursor = eg_cursor_open(BYTES("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a"));

	(void)state;
	assert_int_equal(eg_cursor_u8(&cursor), 1);
	assert_int_equal(eg_cursor_u16(&cursor), 0x0203);
	assert_int_equal(eg_cursor_u24(&cursor), 0x040506);
	assert_int_equal(eg_cursor_u32(&cursor), 0x0708090a);
	assert_int_equal(eg_cursor_left(&cursor), 0);
	assert_false(cursor.failed);
}

/* RFC 9000 appendix A.1. */
static void varints_are_those_of_the_standard(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		uint64_t number;
	} samples[] = {
		{ "\xc2\x19\x7c\x5e\xff\x14\xe8\x8c", 8, 151288809941952652ULL },
		{ "\x9d\x7f\x3e\x7d", 4, 494878333 },
		{ "\x7b\xbd", 2, 15293 },
		{ "\x25", 1, 37 },
		{ "\x40\x25", 2, 37 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct eg_cursor cursor =
			eg_cursor_open((const uint8_t *)samples[i].bytes, samples[i].size);

		assert_true(eg_cursor_varint(&cursor) == samples[i].number);
		assert_int_equal(eg_cursor_left(&cursor), 0);
		assert_false(cursor.failed);
		cursor = eg_cursor_open((const uint8_t *)samples[i].bytes, samples[i].size - 1);
		assert_int_equal(eg_cursor_varint(&cursor), 0);
		assert_true(cursor.failed);
	}
}

static void failing_lasts(void **state)
{
	struct eg_cursor cursor = eg_cursor_open(BYTES("\x01\x02\x03")), piece;

	(void)state;
	piece = eg_cursor_take(&cursor, 2);
	assert_int_equal(eg_cursor_u16(&piece), 0x0102);
	assert_int_equal(eg_cursor_u16(&cursor), 0);
	assert_true(cursor.failed);
	assert_int_equal(eg_cursor_left(&cursor), 0);
	assert_int_equal(eg_cursor_u8(&cursor), 0);
	assert_null(eg_cursor_skip(&cursor, 0));
	piece = eg_cursor_take(&cursor, 1);
	assert_true(piece.failed);
}

static void no_size_is_too_large_to_refuse(void **state)
{
	struct eg_cursor cursor = eg_cursor_open(BYTES("\x01\x02\x03"));

	(void)state;
	assert_null(eg_cursor_skip(&cursor, UINT64_MAX));
	assert_true(cursor.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_big_endian),
		cmocka_unit_test(varints_are_those_of_the_standard),
		cmocka_unit_test(failing_lasts),
		cmocka_unit_test(no_size_is_too_large_to_refuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
