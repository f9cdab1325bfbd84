/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Totals, and the equation of the ledger. */
#include "model.h"

static const struct eg_destination_key overflow = { .overflow = true };

static void each_byte_has_one_place_in_the_equation(void **state)
{
	struct eg_summary *summary = model_new();
	struct eg_app *app = model_app(summary, "exe:/a");
	struct eg_totals totals;

	(void)state;
	model_add(app, model_key(1), model_counters(1, 2));
	model_add(app, model_key(2), model_counters(1, 2));
	model_add(app, overflow, model_counters(1000, 2000));
	app = model_app(summary, "kernel:icmp");
	model_add(app, model_key(1), model_counters(10, 20));
	model_add(app, overflow, model_counters(10000, 20000));
	model_add(model_app(summary, "unknown:pid"), model_key(1), model_counters(100, 200));
	/* these only look like it */
	model_add(model_app(summary, "kernel"), model_key(1), model_counters(1, 2));
	model_add(model_app(summary, "exe:/kernel:x"), model_key(1), model_counters(1, 2));
	totals = eg_summary_totals(summary);
	assert_int_equal(totals.attributed.sent, 4);
	assert_int_equal(totals.attributed.received, 8);
	assert_int_equal(totals.kernel.sent, 10);
	assert_int_equal(totals.kernel.received, 20);
	assert_int_equal(totals.unattributed.sent, 100);
	assert_int_equal(totals.overflow.sent, 11000);
	assert_int_equal(totals.overflow.received, 22000);
	assert_int_equal(totals.bytes.sent, 11114);
	assert_int_equal(totals.bytes.received, 22228);
	assert_int_equal(totals.apps, 5);
	assert_int_equal(totals.destinations, 6);
	assert_int_equal(totals.connections, 8);
	eg_summary_free(summary);
}

static void via_is_a_part_of_the_totals(void **state)
{
	struct eg_summary *summary = model_new();
	struct eg_app *app = model_app(summary, "unit:resolver.service");
	struct eg_totals totals;

	(void)state;
	assert_int_equal(eg_app_describe(app, NULL, NULL, NULL, "resolver", NULL), 0);
	model_add(app, model_key(1), model_counters(3, 4));
	model_add(app, overflow, model_counters(30, 40));
	model_add(model_app(summary, "exe:/a"), model_key(1), model_counters(100, 100));
	totals = eg_summary_totals(summary);
	assert_int_equal(totals.via.sent, 33);
	assert_int_equal(totals.via.received, 44);
	assert_int_equal(totals.carried.sent, 33);
	assert_int_equal(totals.bytes.sent, 133);
	eg_summary_free(summary);
}

/* A container of a unit, what runs in a terminal, a query that netd made: own bytes. */
static void only_relays_carry(void **state)
{
	static const char *const carriers[] = { "resolver", "relay", "tunnel" };
	static const char *const others[] = { "unit:web.service", "desktop:org.gnome.Terminal",
					      "netd", "android:droid/com.example" };
	struct eg_summary *summary = model_new();
	struct eg_totals totals;
	struct eg_app *app;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(carriers); i++) {
		app = model_app(summary, carriers[i]);
		assert_int_equal(eg_app_describe(app, NULL, NULL, NULL, carriers[i], NULL), 0);
		model_add(app, model_key(1), model_counters(1, 2));
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		app = model_app(summary, others[i]);
		assert_int_equal(eg_app_describe(app, NULL, NULL, NULL, others[i], NULL), 0);
		model_add(app, model_key(1), model_counters(100, 100));
	}
	totals = eg_summary_totals(summary);
	assert_int_equal(totals.carried.sent, 3);
	assert_int_equal(totals.carried.received, 6);
	assert_int_equal(totals.via.sent, 403);
	eg_summary_free(summary);
}

static void any_loss_but_of_names_is_incomplete(void **state)
{
	struct eg_summary *summary = model_new();

	(void)state;
	assert_int_equal(eg_ledger_add_lost(&summary->ledger, "ring_full", 0), 0);
	assert_int_equal(eg_ledger_add_lost(&summary->ledger, "names_skipped", 9), 0);
	assert_true(eg_summary_totals(summary).complete);
	assert_int_equal(eg_ledger_add_lost(&summary->ledger, "a_new_reason", 1), 0);
	assert_false(eg_summary_totals(summary).complete);
	eg_summary_free(summary);
}

static void excluded_overflow_is_not_counted(void **state)
{
	const char *patterns[] = { "exe:/b", NULL };
	struct eg_filter filter = { .patterns = { [EG_FILTER_SCOPE] = patterns } };
	struct eg_summary *summary = model_new();
	struct eg_totals totals;

	(void)state;
	model_add(model_app(summary, "exe:/a"), overflow, model_counters(5, 5));
	assert_int_equal(eg_summary_exclude(summary, true, &filter), 0);
	totals = eg_summary_totals(summary);
	assert_int_equal(totals.overflow.sent, 0);
	assert_int_equal(totals.destinations, 0);
	assert_int_equal(summary->ledger.excluded[EG_EXCLUDED_FILTER].sent, 5);
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_byte_has_one_place_in_the_equation),
		cmocka_unit_test(via_is_a_part_of_the_totals),
		cmocka_unit_test(only_relays_carry),
		cmocka_unit_test(any_loss_but_of_names_is_incomplete),
		cmocka_unit_test(excluded_overflow_is_not_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
