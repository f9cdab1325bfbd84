/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which rows break which rules. */
#include "policy.h"

static void expect(const char *rules, const char *expected)
{
	struct eg_policy *policy = policy_read(rules);
	struct eg_summary *summary = policy_summary();
	struct said said;

	said_begin(&said);
	assert_int_equal(eg_policy_check(policy, summary, policy_found, &said), 0);
	said_expect(&said, expected);
	eg_summary_free(summary);
	eg_policy_free(policy);
}

static void forbids(void **state)
{
	(void)state;
	expect("[{\"name\":\"x\",\"not\":{\"countries\":[\"FR\",\"cn\"]}}]",
	       "0 not.countries exe:/a 2\n");
	expect("[{\"name\":\"x\",\"not\":{\"operators\":[\"example*\"],\"apps\":[\"*b\"]}}]",
	       "0 not.operators exe:/a 2\n0 not.apps exe:/b 3\n");
	expect("[{\"name\":\"x\",\"not\":{\"countries\":[\"FR\"]}}]", "");
}

/* What is unknown fits nothing. */
static void allows_nothing_else(void **state)
{
	(void)state;
	expect("[{\"name\":\"x\",\"only\":{\"countries\":[\"D?\"]}}]",
	       "0 only.countries exe:/a 2\n0 only.countries exe:/b 3\n");
	expect("[{\"name\":\"x\",\"only\":{\"users\":[\"1000\"]}}]", "0 only.users exe:/b 3\n");
}

static void is_about_what_it_says(void **state)
{
	(void)state;
	expect("[{\"name\":\"x\",\"where\":{\"scopes\":[\"internet\"]},"
	       "\"only\":{\"countries\":[\"DE\"]}}]",
	       "0 only.countries exe:/a 2\n");
	expect("[{\"name\":\"x\",\"where\":{\"apps\":[\"exe:/a\"],\"countries\":[\"DE\"]},"
	       "\"not\":{\"scopes\":[\"*\"]}}]",
	       "0 not.scopes exe:/a 1\n");
	expect("[{\"name\":\"x\",\"where\":{\"directions\":[\"inbound\"]},"
	       "\"not\":{\"scopes\":[\"*\"]}}]",
	       "0 not.scopes exe:/b 3\n");
}

/* One violation for each rule and row, in the order of rows and then of rules. */
static void tells_of_each_rule_once(void **state)
{
	(void)state;
	expect("[{\"name\":\"x\",\"not\":{\"scopes\":[\"private\"],\"apps\":[\"*b\"]}},"
	       "{\"name\":\"y\",\"max_sent_per_day\":0},"
	       "{\"name\":\"z\",\"not\":{\"scopes\":[\"*\"]}}]",
	       "2 not.scopes exe:/a 1\n2 not.scopes exe:/a 2\n"
	       "0 not.apps exe:/b 3\n2 not.scopes exe:/b 3\n");
}

static int stop(const struct eg_violation *violation, void *data)
{
	(void)violation;
	++*(int *)data;
	return -ECANCELED;
}

static void stops_when_told_to(void **state)
{
	struct eg_policy *policy = policy_read("[{\"name\":\"x\",\"not\":{\"apps\":[\"*\"]}}]");
	struct eg_summary *summary = policy_summary();
	int calls = 0;

	(void)state;
	assert_int_equal(eg_policy_check(policy, summary, stop, &calls), -ECANCELED);
	assert_int_equal(calls, 1);
	eg_summary_free(summary);
	eg_policy_free(policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forbids),
		cmocka_unit_test(allows_nothing_else),
		cmocka_unit_test(is_about_what_it_says),
		cmocka_unit_test(tells_of_each_rule_once),
		cmocka_unit_test(stops_when_told_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
