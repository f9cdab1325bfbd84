/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A plan's parts lie end to end, and sums begin and end with what they sum up. */
#include "history.h"

#include "user/store/chosen.h"

static void assert_ordered(const struct eg_plan *plan)
{
	assert_true(plan->since <= plan->first_hour);
	assert_true(plan->first_hour <= plan->first_day);
	assert_true(plan->first_day <= plan->last_day);
	assert_true(plan->last_day <= plan->last_hour);
	assert_true(plan->last_hour <= plan->until);
}

static void takes_the_largest_sums(void **state)
{
	const struct eg_period period = { .start = DAY_ONE + MINUTES(90),
					  .end = DAY_ONE + DAYS(3) + MINUTES(150) };
	struct eg_plan plan = eg_plan_make(&period, EG_LEVEL_DAY);

	(void)state;
	assert_ordered(&plan);
	assert_int_equal(plan.first_hour, DAY_ONE + HOURS(2));
	assert_int_equal(plan.first_day, DAY_ONE + DAYS(1));
	assert_int_equal(plan.last_day, DAY_ONE + DAYS(3));
	assert_int_equal(plan.last_hour, DAY_ONE + DAYS(3) + HOURS(2));
}

static void takes_none_that_is_too_coarse(void **state)
{
	const struct eg_period period = { .start = DAY_ONE, .end = DAY_ONE + DAYS(3) };
	struct eg_plan hours = eg_plan_make(&period, EG_LEVEL_HOUR);
	struct eg_plan intervals = eg_plan_make(&period, EG_LEVEL_INTERVAL);

	(void)state;
	assert_ordered(&hours);
	assert_int_equal(hours.first_day, hours.last_day);
	assert_int_equal(hours.last_day, period.end);
	assert_ordered(&intervals);
	assert_int_equal(intervals.last_hour, period.start);
}

static void is_empty_where_time_runs_backwards(void **state)
{
	const struct eg_period period = { .start = DAY_ONE, .end = DAY_ONE - 1 };
	struct eg_plan plan = eg_plan_make(&period, EG_LEVEL_DAY);

	(void)state;
	assert_ordered(&plan);
	assert_int_equal(plan.since, plan.until);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_the_largest_sums),
		cmocka_unit_test(takes_none_that_is_too_coarse),
		cmocka_unit_test(is_empty_where_time_runs_backwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
