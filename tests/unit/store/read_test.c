/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is read is what was added, whichever way it has gone: intervals, hours, days. */
#include "history.h"

/* One interval of anything that tracing can find: there is no app without a row. */
static struct eg_summary *any_interval(struct model_random *random, int64_t start)
{
	static const char *const ids[] = { "exe:/a", "exe:/b", "kernel:icmp", "unknown:pid" };
	struct eg_summary *summary = model_any_summary(random);

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		model_add(model_app(summary, ids[i]), model_key(9), model_counters(1, 2));
	summary->period = (struct eg_period){ .start = start, .end = start + SECONDS(10) };
	return summary;
}

/* The dump without what a history may say otherwise than merging does: see egret/store.h. */
static char *dump(const struct eg_summary *summary)
{
	char *text = model_dump(summary), *into = text, *from = text;

	while (*from) {
		char *end = strchr(from, '\n') + 1, *omitted = strstr(from, " omitted=");
		char *keep = omitted && omitted < end ? omitted : end - 1;

		if (strncmp(from, " process", 8) != 0 && strncmp(from, "period ", 7) != 0) {
			memmove(into, from, (size_t)(keep - from));
			into += keep - from;
			*into++ = '\n';
		}
		from = end;
	}
	*into = '\0';
	return text;
}

static void assert_same(const struct eg_summary *found, const struct eg_summary *expected)
{
	char *a = dump(found), *b = dump(expected);

	assert_string_equal(a, b);
	free(a);
	free(b);
}

static void gives_back_one_interval(void **state)
{
	struct model_random random = { .state = 7 };
	struct eg_store *store = history_record();

	(void)state;
	for (int i = 0; i < 40; i++) {
		int64_t start = DAY_ONE + SECONDS(10) * i;
		struct eg_summary *added = any_interval(&random, start), *found;
		struct eg_summary *expected = model_new();

		history_add(store, added);
		assert_int_equal(eg_summary_merge(expected, added), 0);
		found = history_read(store, start, start + 1);
		assert_same(found, expected);
		assert_false(found->merged);
		eg_summary_free(expected);
		eg_summary_free(added);
		eg_summary_free(found);
	}
	eg_store_close(store);
}

/* Three days of intervals; each period from any of their times to any other. */
static void merges_any_period(void **state)
{
	static const struct eg_store_keep all;
	enum { COUNT = 60 };
	struct eg_summary *added[COUNT];
	struct model_random random = { .state = 1 };
	struct eg_store *store = history_record();

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		int64_t start = DAY_ONE + MINUTES(61) * i;

		added[i] = any_interval(&random, start);
		history_add(store, added[i]);
		if (i % 5 == 0)
			assert_int_equal(eg_store_tidy(store, &all, start + SECONDS(10)), 0);
	}
	for (int i = 0; i < 60; i++) {
		int64_t since = DAY_ONE - HOURS(1) + MINUTES((int)model_below(&random, 4000));
		int64_t until = since + MINUTES((int)model_below(&random, 4000));
		struct eg_summary *found = history_read(store, since, until);
		struct eg_summary *expected = model_new();

		for (int j = 0; j < COUNT; j++) {
			if (added[j]->period.start >= since && added[j]->period.start < until)
				assert_int_equal(eg_summary_merge(expected, added[j]), 0);
		}
		assert_same(found, expected);
		eg_summary_free(expected);
		eg_summary_free(found);
	}
	for (int i = 0; i < COUNT; i++)
		eg_summary_free(added[i]);
	eg_store_close(store);
}

static int count_gap(const struct eg_gap *gap, void *data)
{
	assert_string_equal(gap->reason, "it was not running");
	*(int64_t *)data += gap->period.end - gap->period.start;
	return 0;
}

static void says_when_nothing_was_recorded(void **state)
{
	const struct eg_period day = { .start = DAY_ONE, .end = DAY_ONE + DAYS(1) };
	struct eg_store *store = history_record();
	struct eg_summary *found;
	int64_t missed = 0;

	(void)state;
	history_interval(store, DAY_ONE, 1);
	history_interval(store, DAY_ONE + SECONDS(10), 1);
	history_interval(store, DAY_ONE + SECONDS(40), 1);
	history_interval(store, DAY_ONE + SECONDS(50), 1);
	assert_int_equal(eg_store_gaps(store, &day, count_gap, &missed), 0);
	assert_int_equal(missed, SECONDS(20));
	found = history_read(store, day.start, day.end);
	assert_true(found->merged);
	assert_int_equal(found->periods_count, 2);
	assert_int_equal(found->periods[0].start, DAY_ONE);
	assert_int_equal(found->periods[0].end, DAY_ONE + SECONDS(20));
	assert_int_equal(found->periods[1].start, DAY_ONE + SECONDS(40));
	assert_int_equal(found->periods[1].end, DAY_ONE + SECONDS(60));
	eg_summary_free(found);
	eg_store_close(store);
}

static void has_nothing_where_nothing_is(void **state)
{
	struct eg_store *store = history_record();
	struct eg_summary *found = history_read(store, DAY_ONE, DAY_ONE + DAYS(400));
	struct eg_period extent = { .start = 1 };

	(void)state;
	assert_int_equal(found->apps_count, 0);
	assert_int_equal(found->period.start, 0);
	assert_int_equal(found->periods_count, 0);
	eg_summary_free(found);
	assert_int_equal(eg_store_extent(store, &extent), 0);
	assert_int_equal(extent.start, 0);
	/* the ends of time, and a period that ends before it begins */
	eg_summary_free(history_read(store, INT64_MIN, INT64_MAX));
	eg_summary_free(history_read(store, INT64_MAX, INT64_MIN));
	eg_store_close(store);
}

static void knows_the_latest(void **state)
{
	struct eg_store *store = history_record();
	struct eg_period latest = { .start = 1, .end = 1 };

	(void)state;
	assert_int_equal(eg_store_latest(store, INT64_MAX, &latest), 0);
	assert_int_equal(latest.start, 0);
	assert_int_equal(latest.end, 0);
	history_interval(store, DAY_ONE + SECONDS(50), 1);
	history_interval(store, DAY_ONE + SECONDS(70), 1);
	assert_int_equal(eg_store_latest(store, INT64_MAX, &latest), 0);
	assert_int_equal(latest.start, DAY_ONE + SECONDS(70));
	assert_int_equal(latest.end, DAY_ONE + SECONDS(80));
	eg_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(gives_back_one_interval),
		HISTORY_TEST(merges_any_period),
		HISTORY_TEST(says_when_nothing_was_recorded),
		HISTORY_TEST(has_nothing_where_nothing_is),
		HISTORY_TEST(knows_the_latest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
