/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sums change nothing that is read; what is too old or too much goes, not more. */
#include "history.h"

#include "user/store/private.h"

static void tidy(struct eg_store *store, const struct eg_store_keep *keep, int64_t now)
{
	int r = eg_store_tidy(store, keep, now);

	if (r < 0)
		fail_msg("%d: %s", r, eg_store_reason(store));
}

static int64_t count(struct eg_store *store, const char *text)
{
	struct eg_query query = eg_query(store, text);
	int64_t number = 0;

	assert_true(eg_query_number(&query, &number) >= 0);
	return number;
}

/* One interval per hour, of 1 byte each. */
static void fill(struct eg_store *store, int hours)
{
	for (int i = 0; i < hours; i++)
		history_interval(store, DAY_ONE + HOURS(i) + SECONDS(30), 1);
}

static void sums_up_hours_that_are_over(void **state)
{
	static const struct eg_store_keep all;
	struct eg_store *store = history_record();

	(void)state;
	fill(store, 3);
	tidy(store, &all, DAY_ONE + HOURS(2) + MINUTES(5));
	assert_int_equal(count(store, "SELECT count(*) FROM period WHERE level = 1"), 2);
	assert_int_equal(count(store, "SELECT count(*) FROM period WHERE level = 2"), 1);
	assert_int_equal(count(store, "SELECT count(*) FROM period WHERE rolled = 0"), 1);
	assert_int_equal(history_sent(store, DAY_ONE, DAY_ONE + DAYS(1)), 3);
	/* One that comes late, since the clock was set, is added to its sum. */
	history_interval(store, DAY_ONE + MINUTES(40), 10);
	tidy(store, &all, DAY_ONE + HOURS(3));
	assert_int_equal(count(store, "SELECT count(*) FROM period WHERE level = 1"), 3);
	assert_int_equal(history_sent(store, DAY_ONE, DAY_ONE + DAYS(1)), 13);
	assert_int_equal(history_sent(store, DAY_ONE, DAY_ONE + HOURS(1)), 11);
	eg_store_close(store);
}

static void forgets_intervals_before_sums(void **state)
{
	const struct eg_store_keep keep = { .intervals = HOURS(6), .hours = DAYS(2) };
	struct eg_store *store = history_record();

	(void)state;
	for (int i = 0; i < 96; i++) {
		history_interval(store, DAY_ONE + HOURS(i), 1);
		tidy(store, &keep, DAY_ONE + HOURS(i + 1));
	}
	assert_int_equal(count(store, "SELECT count(*) FROM period WHERE level = 0"), 6);
	assert_int_equal(count(store, "SELECT count(*) FROM period WHERE level = 1"), 48);
	assert_int_equal(count(store, "SELECT count(*) FROM period WHERE level = 2"), 4);
	assert_int_equal(count(store, "SELECT count(*) FROM flow"), 58);
	assert_int_equal(history_sent(store, DAY_ONE, DAY_ONE + DAYS(4)), 96);
	assert_int_equal(history_sent(store, DAY_ONE + DAYS(3) + HOURS(4), DAY_ONE + DAYS(4)), 20);
	eg_store_close(store);
}

static void forgets_what_nothing_refers_to(void **state)
{
	const struct eg_store_keep keep = { .intervals = HOURS(1),
					    .hours = HOURS(1),
					    .days = DAYS(2) };
	struct eg_store *store = history_record();
	struct eg_summary *summary = history_summary(DAY_ONE, DAY_ONE + SECONDS(10));
	struct eg_destination *row = history_row(summary, "exe:/old", 7, 1);
	struct eg_process_info process = { .pid = 1, .start = 2 };

	(void)state;
	eg_destination_detail(row)->domain = strdup("old.example");
	assert_int_equal(eg_app_add_process(model_app(summary, "exe:/old"), &process), 0);
	history_add(store, summary);
	eg_summary_free(summary);
	for (int i = 1; i < 24 * 8; i++) {
		history_interval(store, DAY_ONE + HOURS(i), 1);
		tidy(store, &keep, DAY_ONE + HOURS(i + 1));
	}
	assert_int_equal(count(store, "SELECT count(*) FROM app"), 1);
	assert_int_equal(count(store, "SELECT count(*) FROM destination"), 1);
	assert_int_equal(count(store, "SELECT count(*) FROM domain"), 0);
	assert_int_equal(count(store, "SELECT count(*) FROM process"), 0);
	assert_int_equal(count(store, "SELECT count(*) FROM used"), 0);
	/* and what comes again is written again */
	history_interval(store, DAY_ONE + DAYS(8), 1);
	eg_store_close(store);
}

/* What comes again in the very hour in which it would be forgotten. */
static void keeps_what_is_not_summed_up(void **state)
{
	const struct eg_store_keep keep = { .intervals = HOURS(1),
					    .hours = HOURS(1),
					    .days = HOURS(1) };
	struct eg_store *store = history_record();
	struct eg_summary *summary;

	(void)state;
	for (int i = 0; i <= 24; i++) {
		int64_t start = DAY_ONE + HOURS(i) + MINUTES(1);

		summary = history_summary(start, start + SECONDS(10));
		history_row(summary, "exe:/a", 1, 1);
		if (i == 0 || i == 24)
			history_row(summary, "exe:/rare", 2, 5);
		history_add(store, summary);
		eg_summary_free(summary);
		tidy(store, &keep, start + SECONDS(10));
	}
	assert_int_equal(history_sent(store, DAY_ONE + DAYS(1), DAY_ONE + DAYS(2)), 6);
	eg_store_close(store);
}

static void keeps_most_when_the_clock_jumps(void **state)
{
	const struct eg_store_keep keep = { .intervals = DAYS(3),
					    .hours = DAYS(3),
					    .days = DAYS(3) };
	struct eg_store *store = history_record();

	(void)state;
	fill(store, 72);
	tidy(store, &keep, DAY_ONE + HOURS(72));
	assert_int_equal(history_sent(store, DAY_ONE, DAY_ONE + DAYS(3)), 72);
	/* a year ahead and back */
	history_interval(store, DAY_ONE + DAYS(365), 1);
	tidy(store, &keep, DAY_ONE + DAYS(365));
	history_interval(store, DAY_ONE + DAYS(3), 1);
	tidy(store, &keep, DAY_ONE + HOURS(73));
	assert_int_equal(history_sent(store, DAY_ONE, DAY_ONE + DAYS(3)), 48);
	/* a year back and ahead */
	history_interval(store, DAY_ONE - DAYS(365), 1);
	tidy(store, &keep, DAY_ONE - DAYS(365));
	history_interval(store, DAY_ONE + HOURS(73), 1);
	tidy(store, &keep, DAY_ONE + HOURS(74));
	assert_int_equal(history_sent(store, DAY_ONE, DAY_ONE + DAYS(3)), 48);
	eg_store_close(store);
}

/* What the file takes when all of it is in there. */
static int64_t file_size(struct eg_store *store)
{
	struct stat status;

	assert_int_equal(eg_store_execute(store, "PRAGMA wal_checkpoint(TRUNCATE)"), 0);
	assert_int_equal(stat(history_path, &status), 0);
	return status.st_size;
}

static void keeps_within_its_bound(void **state)
{
	const struct eg_store_keep keep = { .bytes = 600000 };
	struct eg_store *store = history_record();
	int64_t largest = 0;

	(void)state;
	for (int i = 0; i < 120; i++) {
		struct eg_summary *summary =
			history_summary(DAY_ONE + HOURS(i), DAY_ONE + HOURS(i) + 1);

		for (int j = 0; j < 250; j++)
			history_row(summary, "exe:/a", (uint8_t)j, 1);
		history_add(store, summary);
		eg_summary_free(summary);
		tidy(store, &keep, DAY_ONE + HOURS(i + 1));
		assert_true(eg_store_size(store) <= keep.bytes);
		if (file_size(store) > largest)
			largest = file_size(store);
	}
	assert_in_range(largest, keep.bytes / 2, keep.bytes);
	/* The sums of the days say the most in the least room. */
	assert_int_equal(history_sent(store, DAY_ONE, DAY_ONE + DAYS(5)), 120 * 250);
	eg_store_close(store);
}

/* Destinations that never come again take more room than what was sent to them. */
static void keeps_texts_within_its_bound(void **state)
{
	const struct eg_store_keep keep = { .bytes = 600000 };
	struct eg_store *store = history_record();

	(void)state;
	for (int i = 0; i < 24 * 20; i++) {
		int64_t start = DAY_ONE + HOURS(i);
		struct eg_summary *summary = history_summary(start, start + SECONDS(10));

		for (int j = 0; j < 20; j++) {
			struct eg_destination *row = history_row(summary, "exe:/a", (uint8_t)j, 1);
			char domain[64];

			snprintf(domain, sizeof(domain), "a-long-name-%d-%d.example.com", i, j);
			eg_destination_detail(row)->domain = strdup(domain);
		}
		history_add(store, summary);
		eg_summary_free(summary);
		tidy(store, &keep, start + HOURS(1));
	}
	assert_in_range(file_size(store), keep.bytes / 4, keep.bytes);
	assert_true(history_sent(store, DAY_ONE + DAYS(19), DAY_ONE + DAYS(20)) > 0);
	eg_store_close(store);
}

static void lists_64_processes_of_an_hour(void **state)
{
	static const struct eg_store_keep all;
	struct eg_store *store = history_record();
	struct eg_summary *found;

	(void)state;
	for (int i = 0; i < 100; i++) {
		int64_t start = DAY_ONE + SECONDS(10) * i;
		struct eg_summary *summary = history_summary(start, start + SECONDS(10));
		struct eg_process_info process = { .pid = (uint32_t)(1000 - i), .start = i };

		history_row(summary, "exe:/a", 1, 1);
		assert_int_equal(eg_app_add_process(model_app(summary, "exe:/a"), &process), 0);
		history_add(store, summary);
		eg_summary_free(summary);
	}
	tidy(store, &all, DAY_ONE + HOURS(1));
	assert_int_equal(count(store, "SELECT count(*) FROM used"), 100 + 64 + 64);
	found = history_read(store, DAY_ONE, DAY_ONE + HOURS(1));
	assert_int_equal(model_app(found, "exe:/a")->processes_count, 64);
	assert_int_equal(model_app(found, "exe:/a")->processes[63].pid, 936);
	assert_int_equal(model_app(found, "exe:/a")->processes_omitted, 36);
	eg_summary_free(found);
	eg_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(sums_up_hours_that_are_over),
		HISTORY_TEST(forgets_intervals_before_sums),
		HISTORY_TEST(forgets_what_nothing_refers_to),
		HISTORY_TEST(keeps_what_is_not_summed_up),
		HISTORY_TEST(keeps_most_when_the_clock_jumps),
		HISTORY_TEST(keeps_within_its_bound),
		HISTORY_TEST(keeps_texts_within_its_bound),
		HISTORY_TEST(lists_64_processes_of_an_hour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
