/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Rows that are left out: their bytes stay in the ledger, the sums stay right. */
#include "model.h"

static struct eg_destination *add(struct eg_summary *summary, const char *id, uint8_t last,
				  enum eg_scope scope, uint64_t bytes)
{
	struct eg_counters counters = model_counters(bytes, 2 * bytes);
	struct eg_destination *row;

	counters.first_seen = (int64_t)bytes;
	counters.last_seen = (int64_t)bytes;
	row = model_add(model_app(summary, id), model_key(last), counters);
	row->scope = (uint8_t)scope;
	return row;
}

static struct eg_summary *sample(void)
{
	struct eg_summary *summary = model_new();

	add(summary, "exe:/a", 1, EG_SCOPE_INTERNET, 1);
	add(summary, "exe:/a", 2, EG_SCOPE_LOOPBACK, 10);
	add(summary, "exe:/a", 3, EG_SCOPE_HOST, 100);
	add(summary, "exe:/b", 2, EG_SCOPE_LOOPBACK, 1000);
	add(summary, "exe:/c", 1, EG_SCOPE_PRIVATE, 10000);
	return summary;
}

static void loopback_and_host_are_left_out(void **state)
{
	struct eg_summary *summary = sample();
	const struct eg_bytes *excluded = summary->ledger.excluded;
	struct eg_app *app = model_app(summary, "exe:/a");

	(void)state;
	assert_int_equal(eg_summary_exclude(summary, false, NULL), 0);
	assert_int_equal(excluded[EG_EXCLUDED_LOOPBACK].sent, 1010);
	assert_int_equal(excluded[EG_EXCLUDED_LOOPBACK].received, 2020);
	assert_int_equal(excluded[EG_EXCLUDED_HOST].sent, 100);
	assert_int_equal(excluded[EG_EXCLUDED_FILTER].sent, 0);
	assert_int_equal(eg_summary_totals(summary).bytes.sent, 10001);
	assert_int_equal(eg_summary_totals(summary).destinations, 2);
	/* exe:/b is left without a row */
	assert_int_equal(summary->apps_count, 2);
	/* and exe:/a was last seen at 1 */
	assert_int_equal(app->counters.bytes.sent, 1);
	assert_int_equal(app->counters.connections, 1);
	assert_int_equal(app->counters.last_seen, 1);
	eg_summary_free(summary);
}

static void loopback_may_be_wanted(void **state)
{
	struct eg_summary *summary = sample();
	char *before = model_dump(summary), *after;

	(void)state;
	assert_int_equal(eg_summary_exclude(summary, true, NULL), 0);
	after = model_dump(summary);
	assert_string_equal(before, after);
	free(before);
	free(after);
	eg_summary_free(summary);
}

static void what_the_filter_does_not_match_is_left_out(void **state)
{
	const char *patterns[] = { "exe:/c", "exe:/b", NULL };
	struct eg_filter filter = { .patterns = { [EG_FILTER_APP] = patterns } };
	struct eg_summary *summary = sample();
	const struct eg_bytes *excluded = summary->ledger.excluded;

	(void)state;
	assert_int_equal(eg_summary_exclude(summary, false, &filter), 0);
	/* loopback is counted as that, matched or not */
	assert_int_equal(excluded[EG_EXCLUDED_LOOPBACK].sent, 1010);
	assert_int_equal(excluded[EG_EXCLUDED_HOST].sent, 100);
	assert_int_equal(excluded[EG_EXCLUDED_FILTER].sent, 1);
	assert_int_equal(excluded[EG_EXCLUDED_FILTER].received, 2);
	assert_int_equal(eg_summary_totals(summary).bytes.sent, 10000);
	assert_int_equal(summary->apps_count, 1);
	eg_summary_free(summary);
}

static void excluding_again_counts_nothing_twice(void **state)
{
	struct eg_summary *summary = sample();
	char *once, *twice;

	(void)state;
	assert_int_equal(eg_summary_exclude(summary, false, NULL), 0);
	once = model_dump(summary);
	assert_int_equal(eg_summary_exclude(summary, false, NULL), 0);
	twice = model_dump(summary);
	assert_string_equal(once, twice);
	free(once);
	free(twice);
	eg_summary_free(summary);
}

/* An interval's traffic may come back after a snapshot was printed. */
static void what_was_left_out_can_be_added_again(void **state)
{
	struct eg_summary *summary = sample();

	(void)state;
	assert_int_equal(eg_summary_exclude(summary, false, NULL), 0);
	add(summary, "exe:/a", 2, EG_SCOPE_LOOPBACK, 5);
	assert_int_equal(eg_summary_totals(summary).bytes.sent, 10006);
	assert_int_equal(eg_summary_exclude(summary, false, NULL), 0);
	assert_int_equal(summary->ledger.excluded[EG_EXCLUDED_LOOPBACK].sent, 1015);
	assert_int_equal(eg_summary_totals(summary).bytes.sent, 10001);
	eg_summary_free(summary);
}

static void apps_that_never_had_a_row_stay_unless_asked_for_rows(void **state)
{
	static const struct eg_filter nothing;
	const char *patterns[] = { "DE", NULL };
	struct eg_filter filter = { .patterns = { [EG_FILTER_COUNTRY] = patterns } };
	struct eg_summary *summary = model_new();

	(void)state;
	model_app(summary, "exe:/idle");
	assert_int_equal(eg_summary_exclude(summary, false, &nothing), 0);
	assert_int_equal(summary->apps_count, 1);
	assert_int_equal(eg_summary_exclude(summary, false, &filter), 0);
	assert_int_equal(summary->apps_count, 0);
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loopback_and_host_are_left_out),
		cmocka_unit_test(loopback_may_be_wanted),
		cmocka_unit_test(what_the_filter_does_not_match_is_left_out),
		cmocka_unit_test(excluding_again_counts_nothing_twice),
		cmocka_unit_test(what_was_left_out_can_be_added_again),
		cmocka_unit_test(apps_that_never_had_a_row_stay_unless_asked_for_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
