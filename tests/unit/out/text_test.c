/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The text format: what people see first. */
#include "sample.h"

#include <egret/cell.h>

static void prints_a_block_per_app(void **state)
{
	struct eg_summary *summary = sample_ordinary();
	_cleanup_(eg_freep) char *text = sample_print(summary, EG_FORMAT_TEXT, &sample_options);

	(void)state;
	sample_assert_golden("ordinary.txt", text);
	eg_summary_free(summary);
}

static void survives_hostile_names(void **state)
{
	struct eg_summary *summary = sample_harmful();
	_cleanup_(eg_freep) char *text = sample_print(summary, EG_FORMAT_TEXT, &sample_options);

	(void)state;
	sample_assert_harmless(text);
	sample_assert_golden("harmful.txt", text);
	eg_summary_free(summary);
}

/* Lines with words that can be broken, or cells that can be cut, fit. */
static void assert_fits(const struct eg_summary *summary, unsigned columns)
{
	struct eg_print_options options = { .columns = columns };
	_cleanup_(eg_freep) char *text = sample_print(summary, EG_FORMAT_TEXT, &options);
	struct eg_utf8 utf8;

	eg_utf8_enter(&utf8);
	for (char *next = text, *line; (line = strsep(&next, "\n"));) {
		struct eg_cell cell;

		/* Measured as it is: a backslash of ours must not become two. */
		assert_int_equal(eg_cell_make(line, &cell), 0);
		if (cell.width > columns && strchr(line, ' '))
			fail_msg("%u of %u columns: %s", cell.width, columns, line);
		eg_cell_free(&cell);
	}
	eg_utf8_leave(&utf8);
}

static void fits_the_terminal(void **state)
{
	struct eg_summary *summary = sample_ordinary();

	(void)state;
	for (unsigned columns = 60; columns <= 200; columns += 7)
		assert_fits(summary, columns);
	eg_summary_free(summary);
}

static void colors_only_when_asked(void **state)
{
	struct eg_summary *summary = sample_harmful();
	struct eg_print_options options = sample_options;
	_cleanup_(eg_freep) char *colored = NULL;

	(void)state;
	options.color = true;
	colored = sample_print(summary, EG_FORMAT_TEXT, &options);
	assert_non_null(strstr(colored, "\033[1m"));
	/* Only our own sequences: each ends with m after at most two digits. */
	for (size_t i = 0; colored[i]; i++) {
		size_t digits;

		if (colored[i] != '\033')
			continue;
		assert_int_equal(colored[i + 1], '[');
		digits = strspn(colored + i + 2, "0123456789");
		assert_in_range(digits, 1, 2);
		assert_int_equal(colored[i + 2 + digits], 'm');
	}
	eg_summary_free(summary);
}

static void says_when_nothing_happened(void **state)
{
	struct eg_summary *summary = sample_empty();
	_cleanup_(eg_freep) char *text = sample_print(summary, EG_FORMAT_TEXT, &sample_options);

	(void)state;
	assert_string_equal(text, "ws1 2026-11-23 10:00:00 to 10:00:30 UTC (30 s)\n"
				  "\n"
				  "Nothing was sent or received.\n"
				  "Complete. No databases configured.\n");
	eg_summary_free(summary);
}

static void says_what_was_lost(void **state)
{
	struct eg_summary *summary = sample_ordinary();
	_cleanup_(eg_freep) char *text = NULL;

	(void)state;
	assert_int_equal(eg_ledger_add_lost(&summary->ledger, "ring_full", 7), 0);
	text = sample_print(summary, EG_FORMAT_TEXT, &sample_options);
	assert_non_null(strstr(text, "\nIncomplete (ring_full 7, names_skipped 3). "
				     "Databases: origin-asn (22 days old).\n"));
	eg_summary_free(summary);
}

static struct eg_app *add_rows(struct eg_summary *summary, int count)
{
	struct eg_app *app = sample_app(summary, "exe:/a", "program", "a");

	for (int port = 1; port <= count; port++)
		sample_row(app, sample_key("192.0.2.1", port, IPPROTO_UDP),
			   sample_counters(1, 1, 1));
	return app;
}

/* Eleven rows are shown: a line that says "1 more" would save nothing. */
static void folds_the_tail(void **state)
{
	for (int count = 10; count <= 13; count++) {
		struct eg_summary *summary = sample_empty();
		_cleanup_(eg_freep) char *text = NULL;
		char folded[64];

		(void)state;
		add_rows(summary, count);
		text = sample_print(summary, EG_FORMAT_TEXT, &sample_options);
		snprintf(folded, sizeof(folded), "\u2026 %d more destinations", count - 10);
		if (count > 11)
			assert_non_null(strstr(text, folded));
		else
			assert_null(strstr(text, "more destinations"));
		eg_summary_free(summary);
	}
}

/* Files may hold any time. */
static void survives_absurd_times(void **state)
{
	struct eg_summary *summary = sample_ordinary();
	_cleanup_(eg_freep) char *text = NULL;

	(void)state;
	summary->period = (struct eg_period){ .start = INT64_MIN, .end = INT64_MAX };
	free(summary->databases[0].built);
	summary->databases[0].built = strdup("1677-09-22");
	text = sample_print(summary, EG_FORMAT_TEXT, &sample_options);
	assert_non_null(strstr(text, "106751 days"));
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_a_block_per_app),
		cmocka_unit_test(survives_hostile_names),
		cmocka_unit_test(fits_the_terminal),
		cmocka_unit_test(colors_only_when_asked),
		cmocka_unit_test(says_when_nothing_happened),
		cmocka_unit_test(says_what_was_lost),
		cmocka_unit_test(folds_the_tail),
		cmocka_unit_test(survives_absurd_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
