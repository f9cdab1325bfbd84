/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What each key does. */
#include "top.h"

static void begin(struct top_test *test)
{
	top_begin(test, sample_empty());
	for (int i = 1; i <= 12; i++) {
		char ip[32];

		snprintf(ip, sizeof(ip), "203.0.113.%d", i);
		top_add(test, "exe:/a", ip, 100 - (uint64_t)i, 1);
	}
	top_add(test, "exe:/b", "198.51.100.1", 5, 500);
	top_measure(test, 0);
}

static void moves(void **state)
{
	static const struct {
		enum press_kind kind;
		const char *text;
		size_t cursor;
	} keys[] = {
		{ PRESS_DOWN, NULL, 1 }, { PRESS_TEXT, "j", 2 },     { PRESS_UP, NULL, 1 },
		{ PRESS_TEXT, "k", 0 },	 { PRESS_UP, NULL, 0 },	     { PRESS_PAGE_DOWN, NULL, 9 },
		{ PRESS_END, NULL, 13 }, { PRESS_PAGE_UP, NULL, 4 }, { PRESS_HOME, NULL, 0 },
		{ PRESS_TEXT, "G", 13 }, { PRESS_TEXT, "g", 0 },
	};
	struct top_test test;

	(void)state;
	begin(&test);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i].text)
			top_type(&test, keys[i].text);
		else
			top_press(&test, keys[i].kind);
		if (test.ui.view.cursor != keys[i].cursor)
			fail_msg("key %zu: line %zu", i, test.ui.view.cursor);
	}
	top_end(&test);
}

static void folds(void **state)
{
	struct top_test test;

	(void)state;
	begin(&test);
	top_type(&test, " ");
	top_expect(&test, "exe:/a | exe:/b 198.51.100.1");
	top_press(&test, PRESS_ENTER);
	assert_int_equal(test.ui.view.count, 14);
	top_press(&test, PRESS_RIGHT);
	assert_int_equal(test.ui.view.count, 15);
	top_press(&test, PRESS_LEFT);
	top_press(&test, PRESS_LEFT);
	top_expect(&test, "exe:/a | exe:/b 198.51.100.1");
	top_type(&test, "**");
	assert_int_equal(test.ui.view.count, 15);
	top_end(&test);
}

static void sorts(void **state)
{
	struct top_test test;

	(void)state;
	begin(&test);
	top_type(&test, "ss>");
	assert_int_equal(test.ui.model.order.key, TOP_BY_RECEIVED);
	assert_string_equal(test.ui.view.lines[0].app->app->id, "exe:/b");
	top_type(&test, "r");
	assert_string_equal(test.ui.view.lines[0].app->app->id, "exe:/a");
	top_type(&test, "<");
	assert_int_equal(test.ui.model.order.key, TOP_BY_SENT);
	top_end(&test);
}

static void filters_while_typing(void **state)
{
	static const struct press umlaut = { .kind = PRESS_TEXT, .text = "\u00fc" };
	struct top_test test;

	(void)state;
	begin(&test);
	top_type(&test, "/198q");
	assert_false(test.ui.quit);
	top_expect(&test, "");
	top_press(&test, PRESS_BACKSPACE);
	top_expect(&test, "exe:/b 198.51.100.1");
	assert_int_equal(top_ui_press(&test.ui, &umlaut), 0);
	assert_string_equal(test.ui.model.words, "198\u00fc");
	top_press(&test, PRESS_BACKSPACE);
	assert_string_equal(test.ui.model.words, "198");
	top_press(&test, PRESS_ENTER);
	assert_false(test.ui.typing);
	top_expect(&test, "exe:/b 198.51.100.1");
	top_press(&test, PRESS_ESCAPE);
	assert_int_equal(test.ui.model.apps_count, 2);
	top_type(&test, "/x");
	top_press(&test, PRESS_CLEAR);
	assert_string_equal(test.ui.model.words, "");
	top_press(&test, PRESS_BACKSPACE);
	for (int i = 0; i < 2 * TOP_WORDS_SIZE; i++)
		top_type(&test, "x");
	assert_int_equal(strlen(test.ui.model.words), TOP_WORDS_SIZE - 1);
	assert_int_equal(top_ui_press(&test.ui, &umlaut), 0);
	assert_int_equal(strlen(test.ui.model.words), TOP_WORDS_SIZE - 1);
	top_press(&test, PRESS_ESCAPE);
	assert_false(test.ui.typing);
	assert_int_equal(test.ui.model.apps_count, 2);
	top_end(&test);
}

static void pauses(void **state)
{
	struct top_test test;

	(void)state;
	begin(&test);
	top_type(&test, "p");
	assert_true(test.ui.paused);
	top_add(&test, "exe:/c", "203.0.113.1", 1, 1);
	assert_int_equal(top_model_measure(&test.ui.model, test.summary, NSEC_PER_SEC), 0);
	top_type(&test, "r");
	assert_int_equal(test.ui.model.apps_count, 2);
	top_type(&test, "p");
	assert_int_equal(test.ui.model.apps_count, 3);
	top_type(&test, "z");
	assert_int_equal(test.ui.model.apps_count, 0);
	top_end(&test);
}

static void turns_pages(void **state)
{
	struct top_test test;

	(void)state;
	begin(&test);
	top_type(&test, "?");
	assert_int_equal(test.ui.page, TOP_PAGE_HELP);
	top_press(&test, PRESS_DOWN);
	assert_int_equal(test.ui.page_top, 1);
	assert_int_equal(test.ui.view.cursor, 0);
	top_press(&test, PRESS_PAGE_UP);
	assert_int_equal(test.ui.page_top, 0);
	top_type(&test, "l");
	assert_int_equal(test.ui.page, TOP_PAGE_LEDGER);
	top_type(&test, "l");
	assert_int_equal(test.ui.page, TOP_PAGE_LIST);
	top_type(&test, "hq");
	assert_int_equal(test.ui.page, TOP_PAGE_LIST);
	assert_false(test.ui.quit);
	top_type(&test, "q");
	assert_true(test.ui.quit);
	top_end(&test);
}

static void quits_by_signal(void **state)
{
	struct top_test test;

	(void)state;
	begin(&test);
	top_type(&test, "/");
	top_press(&test, PRESS_QUIT);
	assert_true(test.ui.quit);
	top_end(&test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moves),	   cmocka_unit_test(folds),
		cmocka_unit_test(sorts),	   cmocka_unit_test(filters_while_typing),
		cmocka_unit_test(pauses),	   cmocka_unit_test(turns_pages),
		cmocka_unit_test(quits_by_signal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
