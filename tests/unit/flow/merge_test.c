/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Merging: no order of it shows, nothing is lost by it. */
#include "model.h"

#include <errno.h>

static struct eg_summary *merge(const struct eg_summary *a, const struct eg_summary *b)
{
	struct eg_summary *merged = model_new();

	assert_int_equal(eg_summary_merge(merged, a), 0);
	assert_int_equal(eg_summary_merge(merged, b), 0);
	return merged;
}

#define ROUNDS 1000

static void merge_is_commutative(void **state)
{
	struct model_random random = { .state = 1 };

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct eg_summary *a = model_any_summary(&random);
		struct eg_summary *b = model_any_summary(&random);
		struct eg_summary *ab = merge(a, b), *ba = merge(b, a);

		model_assert_equal(ab, ba);
		eg_summary_free(a);
		eg_summary_free(b);
		eg_summary_free(ab);
		eg_summary_free(ba);
	}
}

static void merge_is_associative(void **state)
{
	struct model_random random = { .state = 2 };

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct eg_summary *a = model_any_summary(&random);
		struct eg_summary *b = model_any_summary(&random);
		struct eg_summary *c = model_any_summary(&random);
		struct eg_summary *ab = merge(a, b), *bc = merge(b, c);
		struct eg_summary *ab_c = merge(ab, c), *a_bc = merge(a, bc);

		model_assert_equal(ab_c, a_bc);
		eg_summary_free(a);
		eg_summary_free(b);
		eg_summary_free(c);
		eg_summary_free(ab);
		eg_summary_free(bc);
		eg_summary_free(ab_c);
		eg_summary_free(a_bc);
	}
}

/* Merging into a trace itself is the same as merging it into an empty summary. */
static void merge_into_a_trace_is_the_same(void **state)
{
	struct model_random random = { .state = 3 };

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct eg_summary *a = model_any_summary(&random);
		struct eg_summary *b = model_any_summary(&random);
		struct eg_summary *ab = merge(a, b);

		assert_int_equal(eg_summary_merge(a, b), 0);
		model_assert_equal(a, ab);
		eg_summary_free(a);
		eg_summary_free(b);
		eg_summary_free(ab);
	}
}

static void an_empty_summary_changes_nothing(void **state)
{
	struct model_random random = { .state = 4 };

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct eg_summary *a = model_any_summary(&random);
		struct eg_summary *empty = model_new();
		struct eg_summary *alone = model_new(), *with_empty;

		assert_int_equal(eg_summary_merge(alone, a), 0);
		with_empty = merge(empty, a);
		model_assert_equal(alone, with_empty);
		eg_summary_free(a);
		eg_summary_free(empty);
		eg_summary_free(alone);
		eg_summary_free(with_empty);
	}
}

static void what_is_merged_is_not_changed(void **state)
{
	struct model_random random = { .state = 5 };

	(void)state;
	for (int i = 0; i < 100; i++) {
		struct eg_summary *a = model_any_summary(&random);
		struct eg_summary *merged = model_new();
		char *before = model_dump(a), *after;

		assert_int_equal(eg_summary_merge(merged, a), 0);
		assert_int_equal(eg_summary_merge(merged, a), 0);
		after = model_dump(a);
		assert_string_equal(before, after);
		free(before);
		free(after);
		eg_summary_free(a);
		eg_summary_free(merged);
	}
}

static void different_groupings_are_refused(void **state)
{
	struct eg_summary *a = eg_summary_new(EG_BY_APP), *b = eg_summary_new(EG_BY_USER);

	(void)state;
	model_add(model_app(b, "uid:0"), model_key(1), model_counters(1, 1));
	assert_int_equal(eg_summary_merge(a, b), -EINVAL);
	assert_int_equal(a->apps_count, 0);
	assert_false(a->merged);
	eg_summary_free(a);
	eg_summary_free(b);
}

static void bytes_add_up(void **state)
{
	struct model_random random = { .state = 6 };

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct eg_summary *a = model_any_summary(&random);
		struct eg_summary *b = model_any_summary(&random);
		struct eg_summary *ab = merge(a, b);
		struct eg_totals of_a = eg_summary_totals(a), of_b = eg_summary_totals(b);
		struct eg_totals of_ab = eg_summary_totals(ab);

		assert_int_equal(of_a.bytes.sent + of_b.bytes.sent, of_ab.bytes.sent);
		assert_int_equal(of_a.bytes.received + of_b.bytes.received, of_ab.bytes.received);
		assert_int_equal(of_a.connections + of_b.connections, of_ab.connections);
		assert_int_equal(of_a.failed + of_b.failed, of_ab.failed);
		assert_int_equal(of_a.overflow.sent + of_b.overflow.sent, of_ab.overflow.sent);
		assert_int_equal(of_ab.bytes.sent, of_ab.attributed.sent + of_ab.kernel.sent +
							   of_ab.unattributed.sent +
							   of_ab.overflow.sent);
		eg_summary_free(a);
		eg_summary_free(b);
		eg_summary_free(ab);
	}
}

static struct eg_summary *of_period(int64_t start, int64_t end, const char *host)
{
	struct eg_summary *summary = model_new();

	summary->period = (struct eg_period){ .start = start, .end = end };
	summary->hosts = calloc(1, sizeof(*summary->hosts));
	summary->hosts[0].id = strdup(host);
	summary->hosts_count = 1;
	return summary;
}

static void periods_and_hosts_are_sorted_unions(void **state)
{
	struct eg_summary *a = of_period(20, 30, "b"), *b = of_period(10, 20, "a");
	struct eg_summary *c = of_period(10, 20, "a"), *ab = merge(a, b), *abc = merge(ab, c);
	char *text = model_dump(abc);

	(void)state;
	assert_true(abc->merged);
	assert_non_null(strstr(text, "period 10..30\nhost a - -\nhost b - -\n"
				     "period 10..20\nperiod 20..30\nexcluded"));
	free(text);
	eg_summary_free(a);
	eg_summary_free(b);
	eg_summary_free(c);
	eg_summary_free(ab);
	eg_summary_free(abc);
}

/* An app's texts follow its youngest row; see merge_row_test.c for the rule. */
static void texts_of_the_younger_app_stay(void **state)
{
	struct eg_summary *old = model_new(), *young = model_new(), *merged;
	struct eg_counters late = model_counters(1, 1);
	struct eg_app *app = model_app(old, "exe:/a");

	(void)state;
	assert_int_equal(eg_app_describe(app, "program", "Older", "user", "relay", NULL), 0);
	model_add(app, model_key(1), model_counters(1, 1));
	app = model_app(young, "exe:/a");
	late.last_seen = 21;
	assert_int_equal(eg_app_describe(app, "program", "Younger", "user", NULL, NULL), 0);
	model_add(app, model_key(2), late);
	merged = merge(young, old);
	app = model_app(merged, "exe:/a");
	assert_string_equal(app->name, "Younger");
	assert_null(app->via);
	assert_int_equal(app->counters.last_seen, 21);
	eg_summary_free(old);
	eg_summary_free(young);
	eg_summary_free(merged);
}

static void excluded_rows_are_not_merged(void **state)
{
	struct eg_summary *a = model_new(), *b = model_new();
	struct eg_app *app = model_app(a, "exe:/a");
	struct eg_destination *row = model_add(app, model_key(1), model_counters(5, 5));

	(void)state;
	row->scope = EG_SCOPE_LOOPBACK;
	model_add(app, model_key(2), model_counters(7, 7))->scope = EG_SCOPE_INTERNET;
	assert_int_equal(eg_summary_exclude(a, false, NULL), 0);
	assert_int_equal(eg_summary_merge(b, a), 0);
	assert_int_equal(eg_summary_totals(b).destinations, 1);
	assert_int_equal(eg_summary_totals(b).bytes.sent, 7);
	assert_int_equal(b->ledger.excluded[EG_EXCLUDED_LOOPBACK].sent, 5);
	eg_summary_free(a);
	eg_summary_free(b);
}

static int merge_row(struct eg_app *app, struct eg_destination *row, void *data)
{
	return eg_summary_merge_row(data, app, row);
}

/* A row on its own merges as the summary does that holds nothing else. */
static void merges_a_row_alone(void **state)
{
	struct model_random random = { .state = 11 };

	(void)state;
	for (int i = 0; i < 200; i++) {
		struct eg_summary *whole = model_new(), *part = model_new(), *rows = model_new();

		for (int j = 0; j < 3; j++) {
			struct eg_app *app = model_app(part, "exe:/a");
			char *name = model_any(&random, 3);

			assert_int_equal(eg_app_describe(app, "program", name, NULL, NULL, NULL),
					 0);
			free(name);
			assert_int_equal(eg_app_add_user(app, model_below(&random, 3)), 0);
			model_any_row(&random, app);
			assert_int_equal(eg_summary_merge(whole, part), 0);
			assert_int_equal(eg_summary_each(part, merge_row, rows), 0);
			eg_summary_free(part);
			part = model_new();
		}
		rows->merged = true;
		model_assert_equal(rows, whole);
		eg_summary_free(part);
		eg_summary_free(rows);
		eg_summary_free(whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merge_is_commutative),
		cmocka_unit_test(merge_is_associative),
		cmocka_unit_test(merge_into_a_trace_is_the_same),
		cmocka_unit_test(an_empty_summary_changes_nothing),
		cmocka_unit_test(what_is_merged_is_not_changed),
		cmocka_unit_test(different_groupings_are_refused),
		cmocka_unit_test(bytes_add_up),
		cmocka_unit_test(periods_and_hosts_are_sorted_unions),
		cmocka_unit_test(texts_of_the_younger_app_stay),
		cmocka_unit_test(excluded_rows_are_not_merged),
		cmocka_unit_test(merges_a_row_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
