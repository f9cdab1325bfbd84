/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Rates, totals and sums of what is listed; what is left out is counted. */
#include "top.h"

static const struct top_numbers *numbers(const struct top_test *test, size_t line)
{
	assert_true(line < test->ui.view.count);
	return &test->ui.view.lines[line].numbers;
}

static void measures_rates(void **state)
{
	struct top_test test;

	(void)state;
	top_begin(&test, sample_empty());
	top_add(&test, "exe:/a", "203.0.113.1", 5000, 100);
	top_measure(&test, 0); /* before anybody looked */
	assert_int_equal(numbers(&test, 1)->rate.sent, 0);
	assert_int_equal(numbers(&test, 1)->bytes.sent, 5000);
	top_add(&test, "exe:/a", "203.0.113.1", 3000, 50);
	top_add(&test, "exe:/a", "203.0.113.2", 1000, 0);
	top_measure(&test, 2 * NSEC_PER_SEC);
	assert_int_equal(numbers(&test, 0)->rate.sent, 2000);
	assert_int_equal(numbers(&test, 0)->rate.received, 25);
	assert_int_equal(numbers(&test, 0)->bytes.sent, 9000);
	assert_int_equal(numbers(&test, 0)->connections, 3);
	assert_int_equal(numbers(&test, 1)->rate.sent, 1500);
	assert_int_equal(test.ui.model.totals.bytes.sent, 9000);
	top_measure(&test, NSEC_PER_SEC);
	assert_int_equal(test.ui.model.totals.rate.sent, 0);
	assert_int_equal(test.ui.model.totals.bytes.sent, 9000);
	top_end(&test);
}

/* A view that stands still changes neither numbers nor rows; later both are there. */
static void shows_when_told(void **state)
{
	struct top_test test;

	(void)state;
	top_begin(&test, sample_empty());
	top_add(&test, "exe:/a", "203.0.113.1", 1, 0);
	top_measure(&test, NSEC_PER_SEC);
	top_add(&test, "exe:/a", "203.0.113.1", 10, 0);
	top_add(&test, "exe:/b", "203.0.113.1", 10, 0);
	assert_int_equal(top_model_measure(&test.ui.model, test.summary, NSEC_PER_SEC), 0);
	assert_int_equal(top_ui_list(&test.ui), 0);
	top_expect(&test, "exe:/a 203.0.113.1");
	assert_int_equal(test.ui.model.totals.bytes.sent, 1);
	top_model_show(&test.ui.model);
	assert_int_equal(top_ui_list(&test.ui), 0);
	assert_int_equal(test.ui.model.totals.bytes.sent, 21);
	assert_int_equal(test.ui.model.apps_count, 2);
	top_end(&test);
}

static void begins_at_zero(void **state)
{
	struct top_test test;

	(void)state;
	top_begin(&test, sample_empty());
	top_add(&test, "exe:/a", "203.0.113.1", 100, 7);
	top_measure(&test, NSEC_PER_SEC);
	top_model_zero(&test.ui.model);
	assert_int_equal(top_ui_list(&test.ui), 0);
	top_expect(&test, "");
	top_add(&test, "exe:/a", "203.0.113.1", 5, 0);
	top_measure(&test, NSEC_PER_SEC);
	assert_int_equal(test.ui.model.totals.bytes.sent, 5);
	assert_int_equal(test.ui.model.totals.bytes.received, 0);
	assert_int_equal(test.ui.model.totals.rate.sent, 5);
	top_end(&test);
}

static void counts_what_is_left_out(void **state)
{
	const char *apps[] = { "exe:/a", "kernel:*", "unknown:*", NULL };
	struct top_test test;
	struct top_model *model = &test.ui.model;

	(void)state;
	top_begin(&test, sample_empty());
	test.filter.patterns[EG_FILTER_APP] = apps;
	top_add(&test, "exe:/a", "203.0.113.1", 1, 10);
	top_add(&test, "exe:/a", "127.0.0.1", 2, 20);
	top_add(&test, "exe:/b", "203.0.113.1", 4, 40);
	top_add(&test, "kernel:icmp", "203.0.113.1", 8, 80);
	top_add(&test, "unknown:process", "203.0.113.1", 16, 160);
	sample_row(sample_app(test.summary, "exe:/a", "program", NULL),
		   (struct eg_destination_key){ .overflow = true }, sample_counters(32, 320, 1));
	top_measure(&test, NSEC_PER_SEC);
	assert_int_equal(model->totals.bytes.sent, 57);
	assert_int_equal(model->excluded[EG_EXCLUDED_LOOPBACK].received, 20);
	assert_int_equal(model->excluded[EG_EXCLUDED_FILTER].sent, 4);
	assert_int_equal(model->kernel.sent, 8);
	assert_int_equal(model->unattributed.received, 160);
	assert_int_equal(model->overflow.sent, 32);
	memcpy(model->words, "kernel", sizeof("kernel"));
	assert_int_equal(top_ui_list(&test.ui), 0);
	assert_int_equal(model->totals.bytes.sent, 8);
	assert_int_equal(model->words_excluded.sent, 49);
	test.filter.patterns[EG_FILTER_APP] = NULL;
	top_end(&test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(measures_rates),
		cmocka_unit_test(shows_when_told),
		cmocka_unit_test(begins_at_zero),
		cmocka_unit_test(counts_what_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
