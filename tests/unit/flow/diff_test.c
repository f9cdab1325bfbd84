/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is new, and what has changed. */
#include "model.h"

#include <egret/diff.h>

#define DAY (24 * 3600 * NSEC_PER_SEC)

static char de[] = "DE", cn[] = "CN", pte[] = "Example Pte", owner[] = "Holdings";
static char domain[] = "a.example.com", registered[] = "example.com";

static struct eg_summary *new_summary(int days)
{
	struct eg_summary *summary = model_new();

	summary->periods = calloc(1, sizeof(*summary->periods));
	summary->periods_count = 1;
	summary->periods[0] = summary->period =
		(struct eg_period){ .start = DAY, .end = DAY + days * DAY };
	return summary;
}

static void add(struct eg_summary *summary, const char *id, uint8_t last, uint64_t sent,
		char *country)
{
	const struct eg_place place = {
		.country = country,
		.as_number = country == cn ? 64500 : 0,
		.as_organization = country == cn ? pte : NULL,
		.owner_name = country == cn ? owner : NULL,
	};
	struct eg_app *app = model_app(summary, id);
	struct eg_destination *row = model_add(app, model_key(last), model_counters(sent, 1));

	assert_int_equal(eg_app_set_place(app, row, &place), 0);
}

static void name_row(struct eg_summary *summary, const char *id, uint8_t last)
{
	static const struct eg_counters nothing;
	const struct eg_destination_key key = model_key(last);
	struct eg_destination *row;
	struct eg_detail *detail;

	assert_int_equal(eg_app_add(model_app(summary, id), &key, &nothing, 0, &row), 0);
	detail = eg_destination_detail(row);
	detail->domain = strdup(domain);
	detail->registered_domain = strdup(registered);
}

static struct eg_diff *make(const struct eg_summary *before, const struct eg_summary *after)
{
	struct eg_diff *diff;

	assert_int_equal(eg_diff_make(before, after, &diff), 0);
	return diff;
}

static void finds_what_is_new(void **state)
{
	struct eg_summary *before = new_summary(1), *after = new_summary(1);
	struct eg_diff *diff;

	(void)state;
	add(before, "exe:/a", 1, 10, de);
	add(after, "exe:/a", 1, 10, de);
	add(after, "exe:/a", 2, 20, de);
	add(after, "exe:/a", 3, 30, cn);
	add(after, "exe:/b", 3, 40, cn);
	diff = make(before, after);
	assert_true(eg_diff_has_news(diff));
	assert_int_equal(diff->news[EG_NEWS_APP].count, 1);
	assert_string_equal(diff->news[EG_NEWS_APP].items[0].app, "exe:/b");
	/* Not those of the new app; the largest sender first. */
	assert_int_equal(diff->news[EG_NEWS_DESTINATION].count, 2);
	assert_int_equal(diff->news[EG_NEWS_DESTINATION].items[0].ip[15], 3);
	assert_int_equal(diff->news[EG_NEWS_DESTINATION].items[1].ip[15], 2);
	assert_int_equal(diff->news[EG_NEWS_OPERATOR].count, 1);
	assert_int_equal(diff->news[EG_NEWS_OPERATOR].items[0].as_number, 64500);
	assert_int_equal(diff->news[EG_NEWS_OPERATOR].items[0].counters.bytes.sent, 70);
	assert_int_equal(diff->news[EG_NEWS_OWNER].count, 1);
	assert_string_equal(diff->news[EG_NEWS_OWNER].items[0].name, "Holdings");
	assert_int_equal(diff->news[EG_NEWS_COUNTRY].count, 1);
	assert_string_equal(diff->news[EG_NEWS_COUNTRY].items[0].name, "CN");
	eg_diff_free(diff);
	diff = make(after, before);
	assert_false(eg_diff_has_news(diff));
	eg_diff_free(diff);
	eg_summary_free(before);
	eg_summary_free(after);
}

/* Addresses behind one name change. */
static void knows_destinations_by_name(void **state)
{
	struct eg_summary *before = new_summary(1), *after = new_summary(1);
	struct eg_diff *diff;

	(void)state;
	add(before, "exe:/a", 1, 10, de);
	name_row(before, "exe:/a", 1);
	add(after, "exe:/a", 2, 10, de);
	name_row(after, "exe:/a", 2);
	diff = make(before, after);
	assert_false(eg_diff_has_news(diff));
	eg_diff_free(diff);
	eg_summary_free(before);
	eg_summary_free(after);
}

/* A week before, a day now: bytes a day are compared. */
static void compares_volume_a_day(void **state)
{
	struct eg_summary *before = new_summary(7), *after = new_summary(1);
	struct eg_diff *diff;

	(void)state;
	add(before, "exe:/same", 1, 70000000, de);
	add(after, "exe:/same", 1, 10000000, de);
	add(before, "exe:/more", 1, 70000000, de);
	add(after, "exe:/more", 1, 30000000, de);
	add(before, "exe:/less", 1, 700000000, de);
	add(after, "exe:/less", 1, 33333333, de);
	add(before, "exe:/little", 1, 7, de);
	add(after, "exe:/little", 1, 999999, de);
	diff = make(before, after);
	assert_int_equal(diff->changes_count, 2);
	assert_string_equal(diff->changes[0].app, "exe:/less");
	assert_string_equal(diff->changes[1].app, "exe:/more");
	assert_int_equal(diff->changes[1].before.sent, 10000000);
	assert_int_equal(diff->changes[1].after.sent, 30000000);
	eg_diff_free(diff);
	eg_summary_free(before);
	eg_summary_free(after);
}

/* More rows than things: what is the same is added up on the way. */
static void folds_many_rows(void **state)
{
	struct eg_summary *before = new_summary(1), *after = new_summary(1);
	struct eg_diff *diff;
	char id[32];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(id, sizeof(id), "exe:/%d", i % 300);
		add(after, id, (uint8_t)i, 1, i % 2 ? de : cn);
	}
	diff = make(before, after);
	assert_int_equal(diff->news[EG_NEWS_APP].count, 300);
	assert_int_equal(diff->news[EG_NEWS_DESTINATION].count, 0);
	assert_int_equal(diff->news[EG_NEWS_COUNTRY].count, 2);
	assert_int_equal(diff->news[EG_NEWS_COUNTRY].items[0].counters.connections, 500);
	eg_diff_free(diff);
	eg_summary_free(before);
	eg_summary_free(after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_is_new),
		cmocka_unit_test(knows_destinations_by_name),
		cmocka_unit_test(compares_volume_a_day),
		cmocka_unit_test(folds_many_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
