/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What was lost, left out or not seen. */
#include "model.h"

#include "user/flow/ledger.h"

static void reasons_are_counted(void **state)
{
	struct eg_ledger ledger = { 0 };

	(void)state;
	assert_int_equal(eg_ledger_add_lost(&ledger, "ring_full", 2), 0);
	assert_int_equal(eg_ledger_add_lost(&ledger, "names_skipped", 0), 0);
	assert_int_equal(eg_ledger_add_lost(&ledger, "ring_full", 3), 0);
	assert_int_equal(ledger.lost_count, 2);
	assert_string_equal(ledger.lost[0].reason, "ring_full");
	assert_int_equal(ledger.lost[0].count, 5);
	assert_int_equal(eg_ledger_add_lost(&ledger, "ring_full", UINT64_MAX), 0);
	assert_true(ledger.lost[0].count == UINT64_MAX);
	eg_ledger_free(&ledger);
	assert_int_equal(ledger.lost_count, 0);
}

static void sentences_are_said_once(void **state)
{
	struct eg_ledger ledger = { 0 };

	(void)state;
	assert_int_equal(eg_ledger_add_degraded(&ledger, "b is not seen"), 0);
	assert_int_equal(eg_ledger_add_degraded(&ledger, "a is not seen"), 0);
	assert_int_equal(eg_ledger_add_degraded(&ledger, "b is not seen"), 0);
	assert_string_equal(ledger.degraded[0], "b is not seen");
	assert_string_equal(ledger.degraded[1], "a is not seen");
	assert_null(ledger.degraded[2]);
	eg_ledger_free(&ledger);
}

static void merging_adds_sorts_and_unites(void **state)
{
	struct eg_ledger a = { .excluded = { [EG_EXCLUDED_HOST] = { .sent = 1, .received = 2 } } };
	struct eg_ledger b = { .excluded = {
				       [EG_EXCLUDED_HOST] = { .sent = 10, .received = 20 } } };

	(void)state;
	assert_int_equal(eg_ledger_add_lost(&a, "z", 1), 0);
	assert_int_equal(eg_ledger_add_lost(&a, "b", 1), 0);
	assert_int_equal(eg_ledger_add_lost(&b, "a", 1), 0);
	assert_int_equal(eg_ledger_add_lost(&b, "z", 5), 0);
	assert_int_equal(eg_ledger_add_degraded(&b, "b"), 0);
	assert_int_equal(eg_ledger_add_degraded(&a, "b"), 0);
	assert_int_equal(eg_ledger_add_degraded(&b, "a"), 0);
	assert_int_equal(eg_ledger_merge(&a, &b), 0);
	assert_int_equal(a.lost_count, 3);
	assert_string_equal(a.lost[0].reason, "a");
	assert_string_equal(a.lost[1].reason, "b");
	assert_string_equal(a.lost[2].reason, "z");
	assert_int_equal(a.lost[2].count, 6);
	assert_string_equal(a.degraded[0], "a");
	assert_string_equal(a.degraded[1], "b");
	assert_null(a.degraded[2]);
	assert_int_equal(a.excluded[EG_EXCLUDED_HOST].sent, 11);
	assert_int_equal(a.excluded[EG_EXCLUDED_HOST].received, 22);
	eg_ledger_free(&a);
	eg_ledger_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reasons_are_counted),
		cmocka_unit_test(sentences_are_said_once),
		cmocka_unit_test(merging_adds_sorts_and_unites),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
