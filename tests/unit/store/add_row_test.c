/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Rows are written in order, their texts once, and a sole name costs nothing. */
#include "history.h"

#include "user/store/private.h"

static int64_t count(struct eg_store *store, const char *text)
{
	struct eg_query query = eg_query(store, text);
	int64_t number = 0;

	assert_true(eg_query_number(&query, &number) >= 0);
	return number;
}

static void add_named(struct eg_summary *summary, uint8_t last, const char *name)
{
	struct eg_destination *row = history_row(summary, "exe:/a", last, 5);

	eg_destination_detail(row)->domain = strdup(name);
	assert_int_equal(eg_destination_add_name(row, name, "dns", "observed",
						 row->counters.connections, &row->counters.bytes),
			 0);
}

static void writes_texts_once(void **state)
{
	const struct eg_place place = { .country = (char *)(uintptr_t) "SG", .as_number = 64500 };
	struct eg_store *store = history_record();
	struct eg_summary *summary = history_summary(DAY_ONE, DAY_ONE + SECONDS(10));
	struct eg_destination *row;

	(void)state;
	for (uint8_t i = 0; i < 100; i++)
		add_named(summary, i, "a.example");
	row = history_row(summary, "exe:/a", 7, 0);
	assert_int_equal(eg_app_set_place(model_app(summary, "exe:/a"), row, &place), 0);
	history_add(store, summary);
	eg_summary_free(summary);
	assert_int_equal(count(store, "SELECT count(*) FROM flow"), 100);
	assert_int_equal(count(store, "SELECT count(*) FROM domain"), 1);
	assert_int_equal(count(store, "SELECT count(*) FROM name"), 1);
	assert_int_equal(count(store, "SELECT count(*) FROM place"), 1);
	assert_int_equal(count(store, "SELECT as_number FROM place"), 64500);
	/* Row 7 has received more than its name has. */
	assert_int_equal(count(store, "SELECT count(*) FROM flow_name"), 1);
	eg_store_close(store);
}

/* A row that comes back is the same destination, whatever came before it this time. */
static void keeps_the_number_of_a_destination(void **state)
{
	struct eg_store *store = history_record();

	(void)state;
	for (int i = 0; i < 3; i++) {
		int64_t start = DAY_ONE + SECONDS(10) * i;
		struct eg_summary *summary = history_summary(start, start + SECONDS(10));

		/* Most bytes first: each time another order. */
		for (uint8_t j = 0; j < 50; j++)
			history_row(summary, "exe:/a", j, (uint64_t)(j * 7 + i * 31) % 50);
		history_add(store, summary);
		eg_summary_free(summary);
	}
	assert_int_equal(count(store, "SELECT count(*) FROM destination"), 50);
	assert_int_equal(count(store, "SELECT count(*) FROM flow"), 150);
	assert_int_equal(history_sent(store, DAY_ONE, DAY_ONE + 1), 49 * 50 / 2);
	eg_store_close(store);
}

static void takes_rows_without_an_address(void **state)
{
	const struct eg_destination_key nowhere = { .transport = IPPROTO_TCP };
	const struct eg_destination_key overflow = { .overflow = true };
	struct eg_store *store = history_record();
	struct eg_summary *summary = history_summary(DAY_ONE, DAY_ONE + SECONDS(10));
	struct eg_app *app = model_app(summary, "exe:/a");

	(void)state;
	model_add(app, nowhere, model_counters(1, 0));
	model_add(app, overflow, model_counters(2, 0));
	history_add(store, summary);
	eg_summary_free(summary);
	assert_int_equal(count(store, "SELECT count(*) FROM destination WHERE ip IS NULL"), 2);
	assert_int_equal(count(store, "SELECT count(*) FROM destination WHERE overflow = 1"), 1);
	assert_int_equal(history_sent(store, DAY_ONE, DAY_ONE + 1), 3);
	eg_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(writes_texts_once),
		HISTORY_TEST(keeps_the_number_of_a_destination),
		HISTORY_TEST(takes_rows_without_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
