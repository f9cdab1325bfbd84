/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lines of the table: as wide as the terminal whatever is in them, and harmless. */
#include "top.h"

#include <wchar.h>

#include <egret/cell.h>

#include "user/cmd/top_table.h"

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

static char *line_text(const struct top_line *line, unsigned columns)
{
	struct top_table table;
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	top_table_lay_out(&table, columns);
	if (line)
		assert_int_equal(top_table_line(&table, line, stream), 0);
	else
		assert_int_equal(top_table_titles(&table, stream), 0);
	fclose(stream);
	return text;
}

static int width_of(const char *text)
{
	wchar_t wide[8192];
	size_t count = mbstowcs(wide, text, ARRAY_SIZE(wide));

	assert_true(count < ARRAY_SIZE(wide));
	return wcswidth(wide, count);
}

/* 25: the narrowest in which a name and a number have room. */
static void fills_each_width(void **state)
{
	(void)state;
	for (unsigned columns = 25; columns <= 300; columns++) {
		_cleanup_(eg_freep) char *text = line_text(NULL, columns);

		if (width_of(text) != (int)columns)
			fail_msg("%u columns: '%s'", columns, text);
	}
}

static void aligns_whatever_comes(void **state)
{
	static const unsigned widths[] = { 25, 40, 60, 80, 100, 132, 200 };
	struct top_test test;

	(void)state;
	top_begin(&test, sample_harmful());
	top_measure(&test, NSEC_PER_SEC);
	assert_true(test.ui.view.count > 30);
	for (size_t i = 0; i < test.ui.view.count; i++) {
		for (size_t w = 0; w < ARRAY_SIZE(widths); w++) {
			_cleanup_(eg_freep) char *text =
				line_text(&test.ui.view.lines[i], widths[w]);

			sample_assert_harmless(text);
			assert_null(strchr(text, '\n'));
			if (width_of(text) != (int)widths[w])
				fail_msg("%u columns: '%s'", widths[w], text);
		}
	}
	top_end(&test);
}

static void expect_line(struct top_test *test, size_t line, unsigned columns, const char *expected)
{
	_cleanup_(eg_freep) char *text = line_text(&test->ui.view.lines[line], columns);

	assert_string_equal(text, expected);
}

static void says_what_is_known(void **state)
{
	struct top_test test;

	(void)state;
	top_begin(&test, sample_ordinary());
	top_measure(&test, 2 * NSEC_PER_SEC);
	expect_line(&test, 0, 80,
		    "\u25be Video  android:way\u2026com.example.video   408 kB   7.6 MB   817 kB  "
		    "15.2 MB    31");
	expect_line(
		&test, 1, 80,
		"  log.example.com      443/tcp     SG    406 kB   7.6 MB   812 kB  15.2 MB    27");
	expect_line(&test, 1, 140,
		    "  log.example.com    443/tcp      Example Pte         SG  corroborated "
		    "Example Holdings        406 kB   7.6 MB   812 kB  15.2 MB    27     0");
	top_end(&test);
}

static void says_where_the_key_is(void **state)
{
	(void)state;
	assert_int_equal(top_table_key(TOP_BY_SENT_RATE), TOP_SENT_RATE);
	assert_int_equal(top_table_key(TOP_BY_NAME), TOP_NAME);
	assert_int_equal(top_table_key(TOP_BY_SEEN), TOP_COLUMNS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_each_width),
		cmocka_unit_test(aligns_whatever_comes),
		cmocka_unit_test(says_what_is_known),
		cmocka_unit_test(says_where_the_key_is),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
