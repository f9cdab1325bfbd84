/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Rows: what few of them have is there, and what can't be true is refused. */
#include "history.h"

#include "user/store/private.h"

static struct eg_destination *first_row(struct eg_summary *summary)
{
	struct eg_destination *row;
	const struct eg_counters none = { 0 };
	struct eg_destination_key key = model_key(1);

	assert_int_equal(eg_app_add(model_app(summary, "exe:/a"), &key, &none, 0, &row), 0);
	return row;
}

static void gives_back_errors_and_names(void **state)
{
	const struct eg_bytes part = { .sent = 3, .received = 1 };
	struct eg_store *store = history_record();
	struct eg_summary *summary = history_summary(DAY_ONE, DAY_ONE + SECONDS(10)), *found;
	struct eg_destination *row = history_row(summary, "exe:/a", 1, 10);

	(void)state;
	assert_int_equal(eg_destination_add_error(row, 111, 4), 0);
	assert_int_equal(eg_destination_add_error(row, 0, 2), 0);
	assert_int_equal(eg_destination_add_name(row, "a.example", "dns", "observed", 1, &part), 0);
	assert_int_equal(eg_destination_add_name(row, "b.example", "dns", "claimed", 0, &part), 0);
	history_add(store, summary);
	eg_summary_free(summary);
	found = history_read(store, DAY_ONE, DAY_ONE + 1);
	row = first_row(found);
	assert_int_equal(row->detail->errors_count, 2);
	assert_int_equal(row->detail->names_count, 2);
	for (size_t i = 0; i < 2; i++) {
		bool refused = row->detail->errors[i].number == 111;

		assert_int_equal(row->detail->errors[i].count, refused ? 4 : 2);
		assert_int_equal(row->detail->names[i].bytes.sent, 3);
	}
	eg_summary_free(found);
	eg_store_close(store);
}

/* A file from elsewhere can hold anything. */
static void refuses_what_cannot_be(void **state)
{
	static const char *const damages[] = {
		"UPDATE flow SET sent = -1",	       "UPDATE flow SET rtt_min_us = 4294967296",
		"UPDATE destination SET port = 65536", "UPDATE destination SET ip = x'00'",
		"UPDATE destination SET scope = 99",   "UPDATE app SET users = 'root'",
		"UPDATE app SET users = '4294967296'", "UPDATE flow_error SET number = -1",
	};
	const struct eg_period all = { .start = DAY_ONE, .end = DAY_ONE + DAYS(1) };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
		struct eg_store *store = history_record();
		struct eg_summary *summary = history_summary(DAY_ONE, DAY_ONE + SECONDS(10));
		struct eg_summary *found = NULL;

		assert_int_equal(
			eg_destination_add_error(history_row(summary, "exe:/a", 1, 1), 111, 1), 0);
		history_add(store, summary);
		eg_summary_free(summary);
		assert_int_equal(eg_store_execute(store, damages[i]), 0);
		if (eg_store_read(store, &all, &found) != -EBADMSG)
			fail_msg("%s is believed", damages[i]);
		assert_null(found);
		eg_store_close(store);
		assert_int_equal(unlink(history_path), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(gives_back_errors_and_names),
		HISTORY_TEST(refuses_what_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
