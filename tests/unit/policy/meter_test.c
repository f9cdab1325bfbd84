/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Bytes per day and app. */
#include "policy.h"

#define DAY (24 * 3600 * NSEC_PER_SEC)
#define RULES                                                                                      \
	"[{\"name\":\"x\",\"where\":{\"scopes\":[\"internet\"]},\"max_sent_per_day\":499},"        \
	"{\"name\":\"y\",\"max_received_per_day\":0}]"

static void expect(const struct eg_meter *meter, int64_t start, int64_t end, const char *expected)
{
	const struct eg_period period = { .start = start, .end = end };
	struct said said;

	said_begin(&said);
	assert_int_equal(eg_meter_check(meter, &period, policy_found, &said), 0);
	said_expect(&said, expected);
}

static void adds_up(void **state)
{
	struct eg_policy *policy = policy_read(RULES);
	struct eg_summary *summary = policy_summary();
	struct eg_meter *meter;

	(void)state;
	assert_true(eg_policy_has_limits(policy));
	assert_int_equal(eg_meter_new(policy, &meter), 0);
	expect(meter, DAY, 2 * DAY, "");
	assert_int_equal(eg_meter_add(meter, summary), 0);
	expect(meter, DAY, 2 * DAY,
	       "0 max_sent_per_day exe:/a 500>499\n1 max_received_per_day exe:/a 5>0\n"
	       "1 max_received_per_day exe:/b 1>0\n");
	assert_int_equal(eg_meter_add(meter, summary), 0);
	expect(meter, DAY, DAY + 1,
	       "0 max_sent_per_day exe:/a 1000>499\n1 max_received_per_day exe:/a 10>0\n"
	       "1 max_received_per_day exe:/b 2>0\n");
	eg_meter_reset(meter);
	expect(meter, DAY, 2 * DAY, "");
	eg_meter_free(meter);
	eg_summary_free(summary);
	eg_policy_free(policy);
}

/* 500 in two days may have been 250 a day, in three hours around midnight as well. */
static void blames_only_what_must_be(void **state)
{
	struct eg_policy *policy = policy_read("[{\"name\":\"x\",\"max_sent_per_day\":249}]");
	struct eg_policy *above = policy_read("[{\"name\":\"x\",\"max_sent_per_day\":250}]");
	struct eg_summary *summary = policy_summary();
	struct eg_meter *meter, *other;

	(void)state;
	assert_int_equal(eg_meter_new(policy, &meter), 0);
	assert_int_equal(eg_meter_new(above, &other), 0);
	assert_int_equal(eg_meter_add(meter, summary), 0);
	assert_int_equal(eg_meter_add(other, summary), 0);
	expect(meter, 5 * DAY, 7 * DAY, "0 max_sent_per_day exe:/a 500>249\n");
	expect(other, 5 * DAY, 7 * DAY, "");
	expect(other, 5 * DAY - 1, 5 * DAY + 1, "");
	expect(other, 5 * DAY, 6 * DAY, "0 max_sent_per_day exe:/a 500>250\n");
	eg_meter_free(meter);
	eg_meter_free(other);
	eg_summary_free(summary);
	eg_policy_free(policy);
	eg_policy_free(above);
}

static void knows_its_days(void **state)
{
	(void)state;
	assert_int_equal(eg_day_of(3 * DAY).start, 3 * DAY);
	assert_int_equal(eg_day_of(3 * DAY).end, 4 * DAY);
	assert_int_equal(eg_day_of(4 * DAY - 1).start, 3 * DAY);
	assert_int_equal(eg_day_of(-1).start, -DAY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds_up),
		cmocka_unit_test(blames_only_what_must_be),
		cmocka_unit_test(knows_its_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
