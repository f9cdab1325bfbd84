/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What happened when adds up to what happened. */
#include "history.h"

#define INTERVALS 100

struct seen {
	int64_t step;
	uint64_t sent;
	unsigned moments;
	int error; /* to stop with */
};

static int see(const struct eg_moment *moment, void *data)
{
	struct seen *seen = data;

	assert_string_equal(moment->app, "exe:/a");
	assert_int_equal(moment->key.ip[15], 1);
	assert_int_equal(moment->key.port, 443);
	assert_true(seen->step < HOURS(1) || moment->time % HOURS(1) == 0 ||
		    moment->time >= DAY_ONE + DAYS(1));
	seen->sent += moment->bytes.sent;
	seen->moments++;
	return seen->error;
}

/* 100 intervals, a quarter of an hour apart; what is over is summed up. */
static struct eg_store *record_a_day(void)
{
	static const struct eg_store_keep all;
	struct eg_store *store = history_record();

	for (int i = 0; i < INTERVALS; i++) {
		int64_t start = DAY_ONE + MINUTES(15) * i;
		struct eg_summary *summary = history_summary(start, start + SECONDS(10));

		history_row(summary, "exe:/a", 1, 100);
		history_add(store, summary);
		assert_int_equal(eg_store_tidy(store, &all, start + SECONDS(10)), 0);
		eg_summary_free(summary);
	}
	return store;
}

static void adds_up_in_any_step(void **state)
{
	static const struct {
		int64_t step;
		unsigned moments;
	} steps[] = {
		{ .step = MINUTES(10), .moments = INTERVALS },
		{ .step = HOURS(1), .moments = 25 },
		{ .step = DAYS(1), .moments = 2 },
	};
	const struct eg_period period = { .start = DAY_ONE, .end = DAY_ONE + DAYS(2) };
	struct eg_store *store = record_a_day();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct seen seen = { .step = steps[i].step };

		assert_int_equal(eg_store_timeline(store, &period, seen.step, see, &seen), 0);
		assert_int_equal(seen.sent, 100 * INTERVALS);
		/* The last hour is not over: its intervals are in no sum. */
		assert_in_range(seen.moments, steps[i].moments, steps[i].moments + 4);
	}
	eg_store_close(store);
}

static void stops_when_told(void **state)
{
	const struct eg_period period = { .start = DAY_ONE, .end = DAY_ONE + DAYS(2) };
	struct eg_store *store = record_a_day();
	struct seen seen = { .error = -ENOMEM };

	(void)state;
	assert_int_equal(eg_store_timeline(store, &period, HOURS(1), see, &seen), -ENOMEM);
	assert_int_equal(seen.moments, 1);
	eg_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(adds_up_in_any_step),
		HISTORY_TEST(stops_when_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
