/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Help and the ledger. */
#include "top.h"

static char *ledger(const struct top_test *test)
{
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_int_equal(top_text_ledger(stream, &test->ui.model, test->summary, 80), 0);
	fclose(stream);
	return text;
}

static void shows_the_ledger(void **state)
{
	_cleanup_(eg_freep) char *text = NULL;
	struct top_test test;

	(void)state;
	top_begin(&test, sample_ordinary());
	top_measure(&test, 0);
	text = ledger(&test);
	assert_string_equal(text, "egret top: the ledger\n\n"
				  "Whose bytes                           SENT      RECV\n"
				  "  apps                              817 kB   15.2 MB\n"
				  "  the kernel itself                   64 B      64 B\n"
				  "  nobody that was seen                 0 B       0 B\n"
				  "  apps, but no address is known       77 B       1 B\n"
				  "  total                             817 kB   15.2 MB\n"
				  "\nLeft out\n"
				  "  loopback                          1.0 kB    2.0 kB\n"
				  "  to this host itself                  0 B       0 B\n"
				  "  by the command line's filters        0 B       0 B\n"
				  "  by what was typed after /            0 B       0 B\n"
				  "\nLost\n"
				  "  names_skipped 3\n"
				  "\nNotes\n"
				  "  packet sockets with qdisc bypass are not seen\n"
				  "\nDatabases\n"
				  "  origin-asn of 2026-11-01\n");
	top_end(&test);
}

static void says_that_nothing_is_lost(void **state)
{
	_cleanup_(eg_freep) char *text = NULL;
	struct top_test test;

	(void)state;
	top_begin(&test, sample_empty());
	top_measure(&test, 0);
	text = ledger(&test);
	assert_non_null(strstr(text, "\nLost\n  nothing\n"));
	assert_null(strstr(text, "Notes"));
	assert_non_null(strstr(text, "\nDatabases\n  none\n"));
	top_end(&test);
}

static void is_harmless(void **state)
{
	_cleanup_(eg_freep) char *text = NULL;
	struct top_test test;

	(void)state;
	top_begin(&test, sample_harmful());
	top_measure(&test, 0);
	text = ledger(&test);
	sample_assert_harmless(text);
	top_end(&test);
}

/* All keys and columns, in 80 columns and less lines than a screen has. */
static void helps(void **state)
{
	static const char *const words[] = { "Enter", "Space", " s >",	 " /",	   " p ",
					     " z ",   " l ",   " q ",	 "SENT/s", "CONN",
					     "PORT",  "CC",    "NAME IS" };
	_cleanup_(eg_freep) char *text = NULL;
	size_t size, lines = 0;
	FILE *stream = open_memstream(&text, &size);
	char *rest;

	(void)state;
	assert_int_equal(top_text_help(stream), 0);
	fclose(stream);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		assert_non_null(strstr(text, words[i]));
	rest = text;
	for (char *line; (line = strsep(&rest, "\n")) && *rest; lines++)
		assert_true(strlen(line) <= 80);
	assert_true(lines < 24);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_the_ledger),
		cmocka_unit_test(says_that_nothing_is_lost),
		cmocka_unit_test(is_harmless),
		cmocka_unit_test(helps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
