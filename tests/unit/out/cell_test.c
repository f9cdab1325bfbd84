/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Columns of a terminal: measured, cut, padded, wrapped; sizes and times for people. */
#include "sample.h"

#include <egret/cell.h>

static int enter(void **state)
{
	static struct eg_utf8 utf8;

	*state = &utf8;
	eg_utf8_enter(&utf8);
	return 0;
}

static int leave(void **state)
{
	eg_utf8_leave(*state);
	return 0;
}

static void assert_put(const char *raw, unsigned width, enum eg_align align, const char *expected)
{
	_cleanup_(eg_freep) char *text = NULL;
	struct eg_cell cell;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_int_equal(eg_cell_make(raw, &cell), 0);
	eg_cell_put(stream, &cell, width, align);
	eg_cell_free(&cell);
	fclose(stream);
	assert_string_equal(text, expected);
}

static void pads(void **state)
{
	(void)state;
	assert_put("abc", 5, EG_LEFT, "abc  ");
	assert_put("abc", 5, EG_RIGHT, "  abc");
	assert_put("abc", 3, EG_LEFT, "abc");
	assert_put(NULL, 2, EG_LEFT, "  ");
	assert_put("abc", 0, EG_LEFT, "");
}

static void cuts_in_the_middle(void **state)
{
	(void)state;
	assert_put("abcdefgh", 5, EG_LEFT, "ab\u2026gh");
	assert_put("abcdefgh", 6, EG_LEFT, "abc\u2026gh");
	assert_put("abcdefgh", 1, EG_LEFT, "\u2026");
	assert_put("abcdefgh", 2, EG_RIGHT, "a\u2026");
}

/* The half of an escape would be taken for something else. */
static void cuts_no_escape(void **state)
{
	(void)state;
	assert_put("ab\033cdefgh", 7, EG_LEFT, "ab\u2026fgh ");
	assert_put("abcdef\033gh", 8, EG_LEFT, "abcd\u2026gh ");
	assert_put("\033\033\033", 9, EG_LEFT, "\\x1b\u2026\\x1b");
	assert_put("\033\033", 4, EG_LEFT, "\u2026   ");
	assert_put("a\\x2db", 4, EG_LEFT, "a\u2026b ");
	/* What only looks like one is cut anywhere. */
	assert_put("ab\\xyzabc", 5, EG_LEFT, "ab\u2026bc");
}

/* A wide character takes two columns, a combining one none. */
static void counts_columns_not_bytes(void **state)
{
	(void)state;
	assert_put("\u65e5\u672c", 5, EG_LEFT, "\u65e5\u672c ");
	assert_put("\u65e5\u672c\u8a9e\u65e5", 6, EG_LEFT, "\u65e5\u2026\u65e5 ");
	assert_put("e\u0301", 2, EG_LEFT, "e\u0301 ");
	assert_put("aaaae\u0301bb", 5, EG_LEFT, "aa\u2026bb");
	assert_put("\u00e9\u00e9\u00e9", 3, EG_LEFT, "\u00e9\u00e9\u00e9");
}

static void measures_what_is_escaped(void **state)
{
	struct eg_cell cell;

	(void)state;
	assert_int_equal(eg_cell_make("\033[0m\xff", &cell), 0);
	assert_string_equal(cell.text, "\\x1b[0m\\xff");
	assert_int_equal(cell.width, 11);
	eg_cell_free(&cell);
	assert_int_equal(eg_cell_format(&cell, "%d\n", 1), 0);
	assert_string_equal(cell.text, "1\\x0a");
	eg_cell_free(&cell);
}

/* Whatever the text and the width: that many columns, and no part of a character. */
static void always_fills_the_width(void **state)
{
	const char *raw;

	(void)state;
	for (size_t i = 0; (raw = sample_hostile(i)); i++) {
		for (unsigned width = 1; width < 20; width++) {
			_cleanup_(eg_freep) char *text = NULL;
			struct eg_cell cell, printed;
			size_t size;
			FILE *stream = open_memstream(&text, &size);

			assert_int_equal(eg_cell_make(raw, &cell), 0);
			eg_cell_put(stream, &cell, width, EG_LEFT);
			eg_cell_free(&cell);
			fclose(stream);
			assert_null(strstr(text, "\\\\x"));
			assert_int_equal(eg_cell_make(text, &printed), 0);
			/* Backslashes come out as they went in: measured again, it is the same. */
			assert_int_equal(printed.width, width);
			eg_cell_free(&printed);
		}
	}
}

static void assert_wrapped(const char *raw, unsigned columns, unsigned start, unsigned indent,
			   const char *expected)
{
	_cleanup_(eg_freep) char *text = NULL;
	struct eg_cell cell;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_int_equal(eg_cell_make(raw, &cell), 0);
	eg_cell_wrap(stream, &cell, columns, start, indent);
	eg_cell_free(&cell);
	fclose(stream);
	assert_string_equal(text, expected);
}

static void wraps_words(void **state)
{
	(void)state;
	assert_wrapped("one two three", 80, 0, 2, "one two three");
	assert_wrapped("one two three", 8, 0, 2, "one two\n  three");
	assert_wrapped("one two three", 8, 4, 2, "one\n  two\n  three");
	assert_wrapped("unbreakable word", 4, 0, 1, "unbreakable\n word");
	assert_wrapped("", 4, 0, 1, "");
}

static void prints_sizes(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} sizes[] = {
		{ 0, "0 B" },
		{ 999, "999 B" },
		{ 1000, "1.0 kB" },
		{ 1049, "1.0 kB" },
		{ 1050, "1.1 kB" },
		{ 99949, "99.9 kB" },
		{ 99950, "100 kB" },
		{ 999499, "999 kB" },
		{ 999500, "1.0 MB" },
		{ 15204110, "15.2 MB" },
		{ 1000000000, "1.0 GB" },
		{ 9007199254740992, "9.0 PB" },
		{ UINT64_MAX, "18.4 EB" },
	};
	char text[EG_SIZE_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		assert_string_equal(eg_size_text(sizes[i].bytes, text), sizes[i].text);
}

static void prints_spans(void **state)
{
	static const struct {
		int64_t ns;
		const char *text;
	} spans[] = {
		{ 0, "0 ms" },
		{ 250000000, "250 ms" },
		{ NSEC_PER_SEC, "1 s" },
		{ 9990000000, "10 s" },
		{ 303 * NSEC_PER_SEC, "5 min 3 s" },
		{ 300 * NSEC_PER_SEC, "5 min" },
		{ 7500 * NSEC_PER_SEC, "2 h 5 min" },
		{ 7200 * NSEC_PER_SEC, "2 h" },
		{ 86400 * NSEC_PER_SEC, "1 day" },
		{ 22 * 86400 * NSEC_PER_SEC, "22 days" },
		{ INT64_MAX, "106751 days" },
	};
	char text[EG_SPAN_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(spans); i++)
		assert_string_equal(eg_span_text(spans[i].ns, text), spans[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pads),
		cmocka_unit_test(cuts_in_the_middle),
		cmocka_unit_test(cuts_no_escape),
		cmocka_unit_test(counts_columns_not_bytes),
		cmocka_unit_test(measures_what_is_escaped),
		cmocka_unit_test(always_fills_the_width),
		cmocka_unit_test(wraps_words),
		cmocka_unit_test(prints_sizes),
		cmocka_unit_test(prints_spans),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
