/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* By what apps and rows are sorted, and by what where that says nothing. */
#include "top.h"

static void name(struct eg_destination *row, const char *domain)
{
	eg_destination_detail(row)->domain = strdup(domain);
}

static void begin(struct top_test *test)
{
	struct eg_destination *row;

	top_begin(test, sample_empty());
	name(top_add(test, "exe:/a", "203.0.113.1", 10, 500), "b.example");
	row = top_add(test, "exe:/a", "203.0.113.2", 20, 400);
	name(row, "A.example");
	row->counters.failed = 3;
	top_add(test, "exe:/a", "203.0.113.3", 30, 300);
	top_add(test, "exe:/b", "203.0.113.4", 100, 1);
	top_measure(test, 0);
}

static void expect_by(struct top_test *test, enum top_key key, bool reversed, const char *expected)
{
	test->ui.model.order.key = key;
	test->ui.model.order.reversed = reversed;
	assert_int_equal(top_ui_list(&test->ui), 0);
	top_expect(test, expected);
}

static void sorts_by_each_key(void **state)
{
	struct top_test test;

	(void)state;
	begin(&test);
	expect_by(&test, TOP_BY_SENT, false,
		  "exe:/b 203.0.113.4 | exe:/a 203.0.113.3 A.example b.example");
	expect_by(&test, TOP_BY_SENT, true,
		  "exe:/a b.example A.example 203.0.113.3 | exe:/b 203.0.113.4");
	expect_by(&test, TOP_BY_RECEIVED, false,
		  "exe:/a b.example A.example 203.0.113.3 | exe:/b 203.0.113.4");
	expect_by(&test, TOP_BY_NAME, false,
		  "exe:/a A.example b.example 203.0.113.3 | exe:/b 203.0.113.4");
	expect_by(&test, TOP_BY_NAME, true,
		  "exe:/b 203.0.113.4 | exe:/a 203.0.113.3 b.example A.example");
	expect_by(&test, TOP_BY_FAILED, false,
		  "exe:/a A.example 203.0.113.3 b.example | exe:/b 203.0.113.4");
	expect_by(&test, TOP_BY_CONNECTIONS, false,
		  "exe:/a 203.0.113.3 A.example b.example | exe:/b 203.0.113.4");
	/* nothing flows: by what was sent */
	expect_by(&test, TOP_BY_SENT_RATE, false,
		  "exe:/b 203.0.113.4 | exe:/a 203.0.113.3 A.example b.example");
	top_add(&test, "exe:/a", "203.0.113.1", 1, 0);
	top_measure(&test, NSEC_PER_SEC);
	top_expect(&test, "exe:/a b.example 203.0.113.3 A.example | exe:/b 203.0.113.4");
	top_end(&test);
}

/* What it was sorted by before decides where the key does not. */
static void remembers_the_key_before(void **state)
{
	struct top_test test;
	struct top_order *order = &test.ui.model.order;

	(void)state;
	begin(&test);
	*order = (struct top_order){ .key = TOP_BY_RECEIVED, .before = TOP_BY_SENT };
	top_order_step(order, 1);
	assert_int_equal(order->key, TOP_BY_CONNECTIONS);
	assert_int_equal(top_ui_list(&test.ui), 0);
	top_expect(&test, "exe:/a b.example A.example 203.0.113.3 | exe:/b 203.0.113.4");
	top_end(&test);
}

static void steps_around(void **state)
{
	struct top_order order = { .key = TOP_BY_SENT_RATE, .reversed = true };

	(void)state;
	top_order_step(&order, -1);
	assert_int_equal(order.key, TOP_KEYS - 1);
	assert_false(order.reversed);
	top_order_step(&order, 1);
	assert_int_equal(order.key, TOP_BY_SENT_RATE);
	for (enum top_key key = 0; key < TOP_KEYS; key++)
		assert_non_null(top_key_name(key));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorts_by_each_key),
		cmocka_unit_test(remembers_the_key_before),
		cmocka_unit_test(steps_around),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
