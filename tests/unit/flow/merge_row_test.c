/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which of two texts stays when rows are merged. */
#include "model.h"

#include "user/flow/merge.h"

/* --- the rule --- */

static bool from_stays(int64_t into_seen, int64_t from_seen, int order)
{
	const struct eg_choice choice = { .into_seen = into_seen, .from_seen = from_seen };

	return eg_choice_is_from(&choice, order);
}

static void the_larger_last_seen_stays(void **state)
{
	(void)state;
	assert_true(from_stays(1, 2, 1));
	assert_false(from_stays(2, 1, -1));
	assert_true(from_stays(-2, -1, 1));
	assert_true(from_stays(INT64_MIN, INT64_MAX, 1));
}

static void then_the_smaller_value(void **state)
{
	(void)state;
	assert_true(from_stays(5, 5, -1));
	assert_false(from_stays(5, 5, 1));
	assert_false(from_stays(5, 5, 0));
	assert_true(from_stays(0, 0, -1));
}

static void an_unknown_time_is_the_earliest(void **state)
{
	(void)state;
	assert_true(from_stays(0, -9, 1));
	assert_false(from_stays(-9, 0, -1));
	assert_true(from_stays(0, 1, 1));
}

/* --- rows --- */

static struct eg_destination *seen_at(struct eg_summary *summary, int64_t last_seen)
{
	struct eg_counters counters = model_counters(1, 1);

	counters.last_seen = last_seen;
	return model_add(model_app(summary, "exe:/a"), model_key(1), counters);
}

/* The row of both: `a` seen at 20, `b` at 30 (or also at 20), in both orders the same. */
static struct eg_destination *merge(struct eg_summary *a, struct eg_summary *b,
				    struct eg_summary **ret_merged)
{
	struct eg_summary *merged = model_new(), *other = model_new();
	struct eg_destination_key key = model_key(1);
	struct eg_destination *row;

	assert_int_equal(eg_summary_merge(merged, a), 0);
	assert_int_equal(eg_summary_merge(merged, b), 0);
	assert_int_equal(eg_summary_merge(other, b), 0);
	assert_int_equal(eg_summary_merge(other, a), 0);
	model_assert_equal(merged, other);
	eg_summary_free(other);
	assert_int_equal(eg_app_add(model_app(merged, "exe:/a"), &key, &(struct eg_counters){ 0 },
				    0, &row),
			 0);
	*ret_merged = merged;
	return row;
}

static void describe(struct eg_summary *summary, struct eg_destination *row, const char *text,
		     uint32_t number)
{
	char *said = strdup(text);

	eg_destination_detail(row)->domain = strdup(text);
	assert_int_equal(eg_app_set_place(model_app(summary, "exe:/a"), row,
					  &(struct eg_place){ .country = said,
							      .as_number = number,
							      .as_organization = said,
							      .owner_name = said }),
			 0);
	free(said);
}

static void the_younger_rows_knowledge_stays_whole(void **state)
{
	struct eg_summary *old = model_new(), *young = model_new(), *merged;
	struct eg_destination *a = seen_at(old, 20), *b = seen_at(young, 30), *row;
	char germany[] = "DE";
	struct eg_place more;

	(void)state;
	describe(old, a, "old", 1);
	a->detail->domain_source = strdup("dns");
	more = *a->place;
	more.as_country = germany;
	more.anycast = EG_YES;
	assert_int_equal(eg_app_set_place(model_app(old, "exe:/a"), a, &more), 0);
	a->scope = EG_SCOPE_INTERNET;
	describe(young, b, "young", 2);
	b->scope = EG_SCOPE_PRIVATE;
	row = merge(old, young, &merged);
	assert_string_equal(row->detail->domain, "young");
	assert_null(row->detail->domain_source);
	assert_string_equal(row->place->country, "young");
	assert_int_equal(row->place->anycast, EG_UNKNOWN);
	assert_int_equal(row->place->as_number, 2);
	assert_string_equal(row->place->as_organization, "young");
	assert_null(row->place->as_country);
	assert_string_equal(row->place->owner_name, "young");
	assert_int_equal(row->scope, EG_SCOPE_PRIVATE);
	eg_summary_free(old);
	eg_summary_free(young);
	eg_summary_free(merged);
}

/* Also where nothing is known: see merge_row.c for why. */
static void an_unknown_text_that_is_younger_stays(void **state)
{
	struct eg_summary *old = model_new(), *young = model_new(), *merged;
	struct eg_destination *row;

	(void)state;
	describe(old, seen_at(old, 20), "old", 1);
	seen_at(young, 30);
	row = merge(old, young, &merged);
	assert_null(row->detail->domain);
	assert_int_equal(row->place->as_number, 0);
	eg_summary_free(old);
	eg_summary_free(young);
	eg_summary_free(merged);
}

static void at_the_same_time_known_and_smaller_stays(void **state)
{
	struct eg_summary *a = model_new(), *b = model_new(), *merged;
	struct eg_destination *row_a = seen_at(a, 20), *row_b = seen_at(b, 20), *row;
	char germany[] = "DE";
	struct eg_place more;

	(void)state;
	describe(a, row_a, "alpha", 9);
	describe(b, row_b, "beta", 8);
	more = *row_b->place;
	more.owner_country = germany;
	assert_int_equal(eg_app_set_place(model_app(b, "exe:/a"), row_b, &more), 0);
	row_b->scope = EG_SCOPE_LOOPBACK;
	row = merge(a, b, &merged);
	assert_string_equal(row->detail->domain, "alpha");
	/* of the operators, the smaller number with its organization */
	assert_int_equal(row->place->as_number, 8);
	assert_string_equal(row->place->as_organization, "beta");
	assert_string_equal(row->place->owner_name, "alpha");
	assert_null(row->place->owner_country);
	assert_int_equal(row->scope, EG_SCOPE_LOOPBACK);
	eg_summary_free(a);
	eg_summary_free(b);
	eg_summary_free(merged);
}

static void names_errors_and_rtts_are_united(void **state)
{
	const struct eg_bytes bytes = { .sent = 1, .received = 2 };
	struct eg_summary *a = model_new(), *b = model_new(), *merged;
	struct eg_destination *row_a = seen_at(a, 20), *row_b = seen_at(b, 30), *row;

	(void)state;
	assert_int_equal(eg_destination_add_name(row_a, "x", "dns", "claimed", 1, &bytes), 0);
	assert_int_equal(eg_destination_add_name(row_b, "x", "dns", "claimed", 2, &bytes), 0);
	assert_int_equal(eg_destination_add_name(row_b, "x", "dns", "observed", 4, &bytes), 0);
	assert_int_equal(eg_destination_add_error(row_a, 111, 1), 0);
	assert_int_equal(eg_destination_add_error(row_b, 111, 2), 0);
	assert_int_equal(eg_destination_add_error(row_b, 0, 4), 0);
	row_a->rtt_min_us = 50;
	row = merge(a, b, &merged);
	assert_int_equal(row->rtt_min_us, 50);
	assert_int_equal(row->detail->names_count, 2);
	assert_string_equal(row->detail->names[0].confidence, "observed");
	assert_int_equal(row->detail->names[1].connections, 3);
	assert_int_equal(row->detail->names[1].bytes.received, 4);
	assert_int_equal(row->detail->errors_count, 2);
	assert_int_equal(row->detail->errors[0].count, 4);
	assert_int_equal(row->detail->errors[1].count, 3);
	assert_int_equal(row->counters.last_seen, 30);
	eg_summary_free(a);
	eg_summary_free(b);
	eg_summary_free(merged);
}

static void rows_of_which_nothing_is_known_stay_small(void **state)
{
	struct eg_summary *a = model_new(), *b = model_new(), *merged;
	struct eg_destination *row;

	(void)state;
	seen_at(a, 20);
	seen_at(b, 30);
	row = merge(a, b, &merged);
	assert_null(row->detail);
	assert_null(row->place);
	eg_summary_free(a);
	eg_summary_free(b);
	eg_summary_free(merged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_larger_last_seen_stays),
		cmocka_unit_test(then_the_smaller_value),
		cmocka_unit_test(an_unknown_time_is_the_earliest),
		cmocka_unit_test(the_younger_rows_knowledge_stays_whole),
		cmocka_unit_test(an_unknown_text_that_is_younger_stays),
		cmocka_unit_test(at_the_same_time_known_and_smaller_stays),
		cmocka_unit_test(names_errors_and_rtts_are_united),
		cmocka_unit_test(rows_of_which_nothing_is_known_stay_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
