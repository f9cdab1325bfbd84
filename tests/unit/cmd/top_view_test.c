/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lines, folding, the cursor that stays with what it is on, scrolling. */
#include "top.h"

static void add_rows(struct top_test *test, const char *app, int count, uint64_t most)
{
	for (int i = 0; i < count; i++) {
		char ip[32];

		snprintf(ip, sizeof(ip), "203.0.113.%d", i + 1);
		top_add(test, app, ip, most - (uint64_t)i, 0);
	}
}

static void folds_the_long_tail(void **state)
{
	struct top_test test;
	struct top_view *view = &test.ui.view;

	(void)state;
	top_begin(&test, sample_empty());
	add_rows(&test, "exe:/long", 14, 1000);
	add_rows(&test, "exe:/eleven", 11, 100);
	top_measure(&test, 0);
	assert_int_equal(view->count, 1 + 10 + 1 + 1 + 11);
	assert_int_equal(view->lines[11].kind, TOP_LINE_TAIL);
	assert_int_equal(view->lines[11].hidden, 4);
	assert_int_equal(view->lines[11].numbers.bytes.sent, 990 + 989 + 988 + 987);
	top_view_move(view, 11);
	top_view_toggle(view);
	assert_int_equal(top_ui_list(&test.ui), 0);
	assert_int_equal(view->count, 1 + 14 + 1 + 11);
	/* its place is taken: the cursor is on the app */
	assert_int_equal(view->cursor, 0);
	top_view_toggle(view);
	assert_int_equal(top_ui_list(&test.ui), 0);
	assert_int_equal(view->count, 1 + 1 + 11);
	top_end(&test);
}

static void unfolds_in_steps(void **state)
{
	static const struct {
		int step;
		size_t lines;
	} steps[] = { { 1, 15 }, { 1, 15 }, { -1, 12 }, { -1, 1 }, { -1, 1 }, { 1, 12 } };
	struct top_test test;

	(void)state;
	top_begin(&test, sample_empty());
	add_rows(&test, "exe:/long", 14, 1000);
	top_measure(&test, 0);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		top_view_step(&test.ui.view, steps[i].step);
		assert_int_equal(top_ui_list(&test.ui), 0);
		assert_int_equal(test.ui.view.count, steps[i].lines);
	}
	top_view_all(&test.ui.view, &test.ui.model);
	assert_int_equal(top_ui_list(&test.ui), 0);
	assert_int_equal(test.ui.view.count, 15);
	top_end(&test);
}

static void follows_what_is_chosen(void **state)
{
	struct top_test test;
	struct top_view *view = &test.ui.view;

	(void)state;
	top_begin(&test, sample_empty());
	top_add(&test, "exe:/a", "203.0.113.1", 20, 0);
	top_add(&test, "exe:/b", "203.0.113.2", 10, 0);
	top_measure(&test, 0);
	top_view_move(view, 3);
	assert_int_equal(view->cursor, 3);
	top_add(&test, "exe:/b", "203.0.113.2", 100, 0);
	top_measure(&test, NSEC_PER_SEC);
	assert_int_equal(view->cursor, 1);
	assert_string_equal(top_view_line(view)->app->app->id, "exe:/b");
	/* at the top it stays there, whatever that is */
	top_view_move(view, -1);
	top_add(&test, "exe:/a", "203.0.113.1", 1000, 0);
	top_measure(&test, NSEC_PER_SEC);
	assert_int_equal(view->cursor, 0);
	assert_string_equal(top_view_line(view)->app->app->id, "exe:/a");
	/* what is gone leaves it on the app, or where it was */
	top_view_move(view, 3);
	top_view_line(view)->app->fold = TOP_FOLDED;
	assert_int_equal(top_ui_list(&test.ui), 0);
	assert_int_equal(view->cursor, 2);
	top_type(&test, "/203.0.113.1");
	assert_int_equal(view->cursor, 1);
	top_type(&test, "x");
	assert_null(top_view_line(view));
	top_end(&test);
}

static void scrolls_with_the_cursor(void **state)
{
	struct top_test test;
	struct top_view *view = &test.ui.view;

	(void)state;
	top_begin(&test, sample_empty());
	add_rows(&test, "exe:/a", 11, 1000);
	add_rows(&test, "exe:/b", 11, 500);
	top_measure(&test, 0);
	top_view_move(view, 9);
	assert_int_equal(view->top, 0);
	top_view_move(view, 1);
	assert_int_equal(view->top, 1);
	top_view_move(view, 1000);
	assert_int_equal(view->cursor, 23);
	assert_int_equal(view->top, 14);
	top_view_move(view, -4);
	assert_int_equal(view->top, 14);
	top_view_resize(view, 3);
	assert_int_equal(view->top, 17);
	top_view_resize(view, 0);
	assert_int_equal(view->height, 1);
	assert_int_equal(view->top, view->cursor);
	top_view_resize(view, 100);
	assert_int_equal(view->top, 0);
	top_view_move(view, -1000);
	assert_int_equal(view->cursor, 0);
	top_end(&test);
}

static void has_no_line_in_nothing(void **state)
{
	struct top_test test;

	(void)state;
	top_begin(&test, sample_empty());
	top_measure(&test, 0);
	assert_null(top_view_line(&test.ui.view));
	top_view_move(&test.ui.view, 1);
	top_view_toggle(&test.ui.view);
	top_view_step(&test.ui.view, 1);
	top_view_all(&test.ui.view, &test.ui.model);
	assert_int_equal(test.ui.view.cursor, 0);
	top_end(&test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folds_the_long_tail),	  cmocka_unit_test(unfolds_in_steps),
		cmocka_unit_test(follows_what_is_chosen), cmocka_unit_test(scrolls_with_the_cursor),
		cmocka_unit_test(has_no_line_in_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
