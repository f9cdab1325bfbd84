/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Adding: what is taken, what is refused, and how little room a row takes. */
#include "history.h"

#include "user/store/private.h"

static void takes_one_host_by_app(void **state)
{
	struct eg_store *store = history_record();
	struct eg_summary *summary = eg_summary_new(EG_BY_USER);

	(void)state;
	assert_int_equal(eg_store_add(store, summary, NULL, true), -EINVAL);
	eg_summary_free(summary);
	summary = model_new();
	summary->hosts = calloc(2, sizeof(*summary->hosts));
	summary->hosts_count = 2;
	assert_int_equal(eg_store_add(store, summary, NULL, true), -EINVAL);
	assert_string_equal(eg_store_reason(store), "takes summaries of one host, by app");
	eg_summary_free(summary);
	eg_store_close(store);
}

/* As many rows as it takes for the sums and texts to count as much as they do in a day. */
static void takes_little_room(void **state)
{
	static const struct eg_store_keep all;
	enum { INTERVALS = 720, ROWS = 100 };
	struct eg_store *store = history_record();
	uint64_t size;

	(void)state;
	for (int i = 0; i < INTERVALS; i++) {
		int64_t start = DAY_ONE + SECONDS(10) * i;
		struct eg_summary *summary = history_summary(start, start + SECONDS(10));

		for (int j = 0; j < ROWS; j++) {
			struct eg_destination *row =
				history_row(summary, "exe:/a", (uint8_t)j, 3000 + (uint64_t)j);

			row->rtt_min_us = 9000;
			eg_destination_detail(row)->domain = strdup("log.example.com");
			assert_int_equal(eg_destination_add_name(row, "log.example.com", "tls_sni",
								 "observed", 1,
								 &row->counters.bytes),
					 0);
		}
		history_add(store, summary);
		eg_summary_free(summary);
	}
	assert_int_equal(eg_store_tidy(store, &all, DAY_ONE + HOURS(2)), 0);
	size = eg_store_size(store) / (INTERVALS * ROWS);
	print_message("%d bytes for a row\n", (int)size);
	assert_true(size <= 60);
	eg_store_close(store);
}

/* --- gaps --- */

struct gaps {
	struct eg_period list[8];
	size_t count;
};

static int note_gap(const struct eg_gap *gap, void *data)
{
	struct gaps *gaps = data;

	assert_true(gaps->count < ARRAY_SIZE(gaps->list));
	gaps->list[gaps->count++] = gap->period;
	return 0;
}

/* All gaps are these, in minutes since the first day began, in pairs. */
static void assert_gaps(struct eg_store *store, const int *minutes, size_t count)
{
	const struct eg_period all = { .start = 0, .end = INT64_MAX };
	struct gaps gaps = { .count = 0 };

	assert_int_equal(eg_store_gaps(store, &all, note_gap, &gaps), 0);
	assert_int_equal(gaps.count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(gaps.list[i].start, DAY_ONE + MINUTES(minutes[2 * i]));
		assert_int_equal(gaps.list[i].end, DAY_ONE + MINUTES(minutes[2 * i + 1]));
	}
}

static void add_minute(struct eg_store *store, int minute)
{
	struct eg_summary *summary =
		history_summary(DAY_ONE + MINUTES(minute), DAY_ONE + MINUTES(minute + 1));

	history_add(store, summary);
	eg_summary_free(summary);
}

#define YEAR (365 * 24 * 60)

/* The clock is set a year ahead, and back. */
static void tells_gaps_of_a_clock_ahead(void **state)
{
	struct eg_store *store = history_record();

	(void)state;
	add_minute(store, 0);
	add_minute(store, YEAR);
	assert_gaps(store, (const int[]){ 1, YEAR }, 1);
	add_minute(store, YEAR + 1);
	/* Two minutes went by meanwhile, and are missed by the right clock. */
	add_minute(store, 3);
	assert_gaps(store, (const int[]){ 1, 3, 4, YEAR }, 2);
	add_minute(store, 4);
	add_minute(store, 6);
	assert_gaps(store, (const int[]){ 1, 3, 5, 6, 7, YEAR }, 3);
	/* The year goes by. */
	for (int minute = YEAR - 2; minute < YEAR + 4; minute++)
		add_minute(store, minute);
	assert_gaps(store, (const int[]){ 1, 3, 5, 6, 7, YEAR - 2 }, 3);
	eg_store_close(store);
}

/* The clock is set a year back, and ahead again: what was recorded is no gap. */
static void tells_gaps_of_a_clock_behind(void **state)
{
	struct eg_store *store = history_record();

	(void)state;
	add_minute(store, 0);
	add_minute(store, 5);
	assert_gaps(store, (const int[]){ 1, 5 }, 1);
	add_minute(store, -YEAR);
	add_minute(store, -YEAR + 1);
	assert_gaps(store, (const int[]){ 1, 5 }, 1);
	add_minute(store, 8);
	assert_gaps(store, (const int[]){ 1, 5, 6, 8 }, 2);
	/* Set back by less than a gap: it is in two parts then. */
	add_minute(store, 3);
	assert_gaps(store, (const int[]){ 1, 3, 4, 5, 6, 8 }, 3);
	eg_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(takes_one_host_by_app),
		HISTORY_TEST(takes_little_room),
		HISTORY_TEST(tells_gaps_of_a_clock_ahead),
		HISTORY_TEST(tells_gaps_of_a_clock_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
