/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Any number of rows is written in order; what is there already is added to; sums are exact. */
#include "history.h"

#include "user/store/flows.h"

static const char all[] = "SELECT f.destination, p.bucket, f.sent, f.received, f.connections,"
			  " f.failed, f.first_seen, f.last_seen, f.rtt_min_us"
			  " FROM period p CROSS JOIN flow f ON f.period = p.id";

/* A period for rows to be in, so that its bucket is known. */
static int64_t add_period(struct eg_store *store, int64_t start)
{
	struct eg_summary *summary = history_summary(start, start + SECONDS(10));
	struct eg_query query = eg_query(store, "SELECT max(id) FROM period");
	int64_t period = 0;

	history_add(store, summary);
	eg_summary_free(summary);
	assert_int_equal(eg_query_number(&query, &period), 1);
	return period;
}

static struct eg_flow_row row(int64_t destination, uint64_t sent, int64_t seen, int64_t rtt)
{
	return (struct eg_flow_row){
		.destination = destination,
		.sent = sent,
		.received = 2 * sent,
		.connections = 1,
		.failed = 1,
		.first_seen = seen,
		.last_seen = seen == EG_NEVER ? EG_NEVER : seen + 5,
		.rtt_min_us = rtt,
	};
}

static void write_rows(struct eg_store *store, int64_t start, struct eg_flow_row *rows,
		       size_t count)
{
	const struct eg_sum sum = { .period = add_period(store, start), .bucket = start };

	eg_flows_sort(rows, count);
	assert_int_equal(eg_flows_write(store, &sum, rows, count), 0);
}

static struct eg_flow_row *add_up(struct eg_store *store, size_t count)
{
	struct eg_flow_row *rows = NULL;
	size_t found = 0;

	assert_int_equal(eg_flows_add_up(store, all, &rows, &found), 0);
	assert_int_equal(found, count);
	return rows;
}

/* More and less than one statement takes, and just as many. */
static void writes_any_number(void **state)
{
	static const size_t counts[] = { 0, 1, 63, 64, 65, 200 };
	struct eg_store *store = history_record();
	uint64_t sent = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		struct eg_flow_row rows[200], *sums;
		uint64_t found = 0;

		for (size_t j = 0; j < counts[i]; j++) {
			rows[j] = row((int64_t)(counts[i] - j), j + 1, DAY_ONE, 0);
			sent += j + 1;
		}
		write_rows(store, DAY_ONE + SECONDS(10 * (int64_t)i), rows, counts[i]);
		sums = add_up(store, counts[i]);
		for (size_t j = 0; j < counts[i]; j++) {
			assert_int_equal(sums[j].destination, j + 1);
			found += sums[j].sent;
		}
		assert_int_equal(found, sent);
		free(sums);
	}
	eg_store_close(store);
}

static void adds_to_what_is_there(void **state)
{
	struct eg_store *store = history_record();
	struct eg_flow_row rows[] = { row(7, 10, DAY_ONE + 100, 30), row(7, 5, DAY_ONE + 50, 0),
				      row(8, 1, EG_NEVER, 0), row(7, 1, EG_NEVER, 20) };
	struct eg_flow_row *sums;

	(void)state;
	write_rows(store, DAY_ONE, rows, ARRAY_SIZE(rows));
	sums = add_up(store, 2);
	assert_int_equal(sums[0].sent, 16);
	assert_int_equal(sums[0].received, 32);
	assert_int_equal(sums[0].connections, 3);
	assert_int_equal(sums[0].failed, 3);
	assert_int_equal(sums[0].first_seen, DAY_ONE + 50);
	assert_int_equal(sums[0].last_seen, DAY_ONE + 105);
	assert_int_equal(sums[0].rtt_min_us, 20);
	assert_true(sums[1].first_seen == EG_NEVER && sums[1].last_seen == EG_NEVER);
	free(sums);
	eg_store_close(store);
}

/* The same of several periods, whose times are relative to others. */
static void adds_up_periods(void **state)
{
	struct eg_store *store = history_record();
	struct eg_flow_row *sums;

	(void)state;
	for (int i = 0; i < 3; i++) {
		int64_t start = DAY_ONE + SECONDS(10) * i;
		struct eg_flow_row one = row(3, 1, i == 1 ? EG_NEVER : start + 1, 10 - i);

		write_rows(store, start, &one, 1);
	}
	sums = add_up(store, 1);
	assert_int_equal(sums[0].sent, 3);
	assert_int_equal(sums[0].first_seen, DAY_ONE + 1);
	assert_int_equal(sums[0].last_seen, DAY_ONE + SECONDS(20) + 6);
	assert_int_equal(sums[0].rtt_min_us, 8);
	free(sums);
	eg_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(writes_any_number),
		HISTORY_TEST(adds_to_what_is_there),
		HISTORY_TEST(adds_up_periods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
