/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A picture's steps: not too many, each app's adds up to its rows, and only to those. */
#include "tests/unit/store/history.h"

#include "user/cmd/timeline.h"

/* Every quarter of an hour exe:/a sends 100 bytes to .1 and 1 to .2, exe:/b 5 to .3. */
static struct eg_store *record_days(int days)
{
	static const struct eg_store_keep all;
	struct eg_store *store = history_record();

	for (int i = 0; i < days * 96; i++) {
		int64_t start = DAY_ONE + MINUTES(15) * i;
		struct eg_summary *summary = history_summary(start, start + SECONDS(10));

		history_row(summary, "exe:/a", 1, 100);
		history_row(summary, "exe:/a", 2, 1);
		history_row(summary, "exe:/b", 3, 5);
		history_add(store, summary);
		eg_summary_free(summary);
	}
	assert_int_equal(eg_store_tidy(store, &all, DAY_ONE + DAYS(days)), 0);
	return store;
}

static uint64_t sum_of(const struct eg_timeline *timeline, const char *app)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < timeline->series_count; i++) {
		const struct eg_series *series = &timeline->series[i];

		for (size_t j = 0;
		     strcmp(series->app, app) == 0 && series->bytes && j < timeline->steps; j++)
			sum += series->bytes[j].sent;
	}
	return sum;
}

static void adds_up_in_steps_that_fit(void **state)
{
	static const int64_t lengths[] = { MINUTES(50), HOURS(6), DAYS(1), DAYS(3) };
	struct eg_store *store = record_days(3);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		const struct eg_period period = { .start = DAY_ONE, .end = DAY_ONE + lengths[i] };
		struct eg_summary *summary = history_read(store, period.start, period.end);
		struct eg_timeline timeline;

		assert_int_equal(timeline_read(store, &period, summary, &timeline), 0);
		assert_in_range(timeline.steps, 2, 400);
		assert_true(timeline.start <= period.start);
		assert_true(timeline.start + (int64_t)timeline.steps * timeline.step >= period.end);
		assert_int_equal(timeline.series_count, 2);
		assert_int_equal(sum_of(&timeline, "exe:/a") + sum_of(&timeline, "exe:/b"),
				 eg_summary_totals(summary).bytes.sent);
		timeline_free(&timeline);
		eg_summary_free(summary);
	}
	eg_store_close(store);
}

/* What a filter has left out of the summary is not in the picture either. */
static void leaves_out_what_the_summary_does(void **state)
{
	static const char *patterns[] = { "exe:/a", NULL };
	const struct eg_filter filter = { .patterns = { [EG_FILTER_APP] = patterns } };
	const struct eg_period period = { .start = DAY_ONE, .end = DAY_ONE + DAYS(1) };
	struct eg_store *store = record_days(1);
	struct eg_summary *summary = history_read(store, period.start, period.end);
	struct eg_timeline timeline;

	(void)state;
	assert_int_equal(eg_summary_exclude(summary, true, &filter), 0);
	assert_int_equal(timeline_read(store, &period, summary, &timeline), 0);
	assert_int_equal(timeline.series_count, 1);
	assert_int_equal(sum_of(&timeline, "exe:/a"), 96 * 101);
	timeline_free(&timeline);
	eg_summary_free(summary);
	eg_store_close(store);
}

/* Intervals that were forgotten are in the sums of their hours, of which a picture is made then. */
static void takes_the_sums_that_are_left(void **state)
{
	static const struct eg_store_keep keep = { .intervals = MINUTES(1) };
	const struct eg_period period = { .start = DAY_ONE + HOURS(1), .end = DAY_ONE + HOURS(5) };
	struct eg_store *store = record_days(1);
	struct eg_summary *summary;
	struct eg_timeline timeline;

	(void)state;
	assert_int_equal(eg_store_tidy(store, &keep, DAY_ONE + HOURS(30)), 0);
	summary = history_read(store, period.start, period.end);
	assert_int_equal(timeline_read(store, &period, summary, &timeline), 0);
	assert_int_equal(timeline.step, HOURS(1));
	assert_int_equal(sum_of(&timeline, "exe:/b"), 4 * 4 * 5);
	timeline_free(&timeline);
	eg_summary_free(summary);
	eg_store_close(store);
}

/* Of a period whose older part is kept in hours only, nothing is left out. */
static void takes_one_step_for_all_ages(void **state)
{
	static const struct eg_store_keep keep = { .intervals = HOURS(12) };
	const struct eg_period period = { .start = DAY_ONE, .end = DAY_ONE + DAYS(1) };
	struct eg_store *store = record_days(1);
	struct eg_summary *summary;
	struct eg_timeline timeline;

	(void)state;
	assert_int_equal(eg_store_tidy(store, &keep, DAY_ONE + HOURS(25)), 0);
	summary = history_read(store, period.start, period.end);
	assert_int_equal(timeline_read(store, &period, summary, &timeline), 0);
	assert_int_equal(timeline.step, HOURS(1));
	assert_int_equal(sum_of(&timeline, "exe:/a"), 96 * 101);
	timeline_free(&timeline);
	eg_summary_free(summary);
	eg_store_close(store);
}

static void has_no_steps_where_nothing_was(void **state)
{
	const struct eg_period period = { .start = DAY_ONE + DAYS(9), .end = DAY_ONE + DAYS(10) };
	struct eg_store *store = record_days(1);
	struct eg_summary *summary = history_read(store, period.start, period.end);
	struct eg_timeline timeline;

	(void)state;
	assert_int_equal(timeline_read(store, &period, summary, &timeline), 0);
	assert_int_equal(timeline.series_count, 0);
	assert_int_equal(timeline.steps, 0);
	timeline_free(&timeline);
	eg_summary_free(summary);
	eg_store_close(store);
}

static void is_redacted_as_its_summary_is(void **state)
{
	const struct eg_period period = { .start = DAY_ONE, .end = DAY_ONE + HOURS(1) };
	struct eg_redactor *redactor = eg_redactor_new();
	struct eg_store *store = history_record();
	struct eg_summary *summary = history_summary(DAY_ONE, DAY_ONE + SECONDS(10));
	struct eg_timeline timeline;

	(void)state;
	history_row(summary, "exe:/home/alice/bin/a", 1, 7);
	history_add(store, summary);
	assert_int_equal(timeline_read(store, &period, summary, &timeline), 0);
	assert_int_equal(eg_redactor_add_user(redactor, "alice"), 0);
	assert_int_equal(timeline_redact(&timeline, redactor), 0);
	assert_null(strstr(timeline.series[0].app, "alice"));
	assert_int_equal(timeline.series[0].bytes[0].sent, 7);
	timeline_free(&timeline);
	eg_redactor_free(redactor);
	eg_summary_free(summary);
	eg_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(adds_up_in_steps_that_fit),
		HISTORY_TEST(leaves_out_what_the_summary_does),
		HISTORY_TEST(takes_the_sums_that_are_left),
		HISTORY_TEST(takes_one_step_for_all_ages),
		HISTORY_TEST(has_no_steps_where_nothing_was),
		HISTORY_TEST(is_redacted_as_its_summary_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
