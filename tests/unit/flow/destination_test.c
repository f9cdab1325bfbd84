/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table of an app's rows: one for each key, at one address, however many. */
#include "model.h"

#include "user/flow/destination.h"

/* --- keys --- */

static struct eg_app *new_app(struct eg_summary **ret_summary)
{
	*ret_summary = model_new();
	return model_app(*ret_summary, "exe:/a");
}

static void rows_add_up(void **state)
{
	struct eg_summary *summary;
	struct eg_app *app = new_app(&summary);
	struct eg_destination_key key = model_key(1);
	struct eg_counters first = { .bytes = { .sent = 1, .received = 2 },
				     .connections = 3,
				     .failed = 4,
				     .first_seen = 100,
				     .last_seen = 200 };
	struct eg_counters second = { .bytes = { .sent = 10, .received = 20 },
				      .connections = 30,
				      .failed = 40,
				      .first_seen = 50,
				      .last_seen = 150 };
	struct eg_destination *row, *same;

	(void)state;
	assert_int_equal(eg_app_add(app, &key, &first, 7, &row), 0);
	assert_int_equal(eg_app_add(app, &key, &second, 5, &same), 0);
	assert_ptr_equal(row, same);
	assert_int_equal(eg_app_add(app, &key, &(struct eg_counters){ 0 }, 0, NULL), 0);
	assert_int_equal(row->counters.bytes.sent, 11);
	assert_int_equal(row->counters.bytes.received, 22);
	assert_int_equal(row->counters.connections, 33);
	assert_int_equal(row->counters.failed, 44);
	assert_int_equal(row->counters.first_seen, 50);
	assert_int_equal(row->counters.last_seen, 200);
	assert_int_equal(row->rtt_min_us, 5);
	assert_memory_equal(&row->counters, &app->counters, sizeof(app->counters));
	eg_summary_free(summary);
}

/* Bytes may lose their address, they never vanish. */
static void takes_no_more_rows_than_it_may(void **state)
{
	struct eg_summary *summary, *other;
	struct eg_app *app = new_app(&summary), *from = new_app(&other);
	struct eg_destination *row = NULL;

	(void)state;
	eg_summary_limit_rows(summary, 2);
	for (uint8_t i = 1; i <= 5; i++) {
		struct eg_destination_key key = model_key(i);
		struct eg_counters counters = model_counters(i, 1);

		assert_int_equal(eg_app_add(app, &key, &counters, 0, &row), 0);
		assert_int_equal(row->key.overflow, i > 2);
	}
	assert_int_equal(row->counters.bytes.sent, 3 + 4 + 5);
	/* Rows that are there go on, whether counted or merged. */
	row = model_add(from, model_key(2), model_counters(100, 0));
	row = model_add(from, model_key(9), model_counters(1000, 0));
	assert_non_null(eg_destination_detail(row));
	row->detail->domain = strdup("nine.example");
	assert_int_equal(eg_summary_merge(summary, other), 0);
	assert_int_equal(eg_summary_totals(summary).destinations, 2);
	assert_int_equal(eg_summary_totals(summary).bytes.sent, 15 + 1100);
	assert_int_equal(eg_summary_totals(summary).overflow.sent, 12 + 1000);
	assert_null(eg_app_row(app, &(struct eg_destination_key){ .overflow = true })->detail);
	eg_summary_free(other);
	eg_summary_free(summary);
}

static void each_part_of_the_key_makes_a_row(void **state)
{
	struct eg_summary *summary;
	struct eg_app *app = new_app(&summary);
	struct eg_destination_key keys[10];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		keys[i] = model_key(1);
	keys[1].ip[15] = 2;
	keys[2].ip[0] = 1;
	keys[3].port = 80;
	keys[4].transport = IPPROTO_UDP;
	keys[5].direction = EG_INBOUND;
	keys[6].has_ip = false;
	keys[7].has_port = false;
	keys[8].overflow = true;
	keys[9].transport = EG_TRANSPORT_RAW | IPPROTO_TCP;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		model_add(app, keys[i], model_counters(1, 0));
	assert_int_equal(eg_destination_table_count(app->destinations), ARRAY_SIZE(keys));
	eg_summary_free(summary);
}

/* What a key says is unknown is not looked at. */
static void unknown_parts_do_not_matter(void **state)
{
	struct eg_summary *summary;
	struct eg_app *app = new_app(&summary);
	struct eg_destination_key a = model_key(1), b = model_key(2);

	(void)state;
	a.has_ip = b.has_ip = false;
	b.has_port = a.has_port = false;
	b.port = 99;
	assert_ptr_equal(model_add(app, a, model_counters(1, 0)),
			 model_add(app, b, model_counters(1, 0)));
	a.overflow = b.overflow = true;
	b.transport = IPPROTO_UDP;
	b.direction = EG_INBOUND;
	assert_ptr_equal(model_add(app, a, model_counters(1, 0)),
			 model_add(app, b, model_counters(1, 0)));
	/* one name, one row: a raw socket's GRE is GRE */
	a = b = model_key(1);
	a.transport = 47;
	b.transport = EG_TRANSPORT_RAW | 47;
	assert_ptr_equal(model_add(app, a, model_counters(1, 0)),
			 model_add(app, b, model_counters(1, 0)));
	assert_int_equal(eg_destination_table_count(app->destinations), 3);
	eg_summary_free(summary);
}

static void unknown_times_and_rtts_are_no_minimum(void **state)
{
	struct eg_summary *summary;
	struct eg_app *app = new_app(&summary);
	struct eg_destination_key key = model_key(1);
	struct eg_counters counters = { .first_seen = 5, .last_seen = -5 };
	struct eg_destination *row;

	(void)state;
	assert_int_equal(eg_app_add(app, &key, &(struct eg_counters){ 0 }, 0, &row), 0);
	assert_int_equal(eg_app_add(app, &key, &counters, 9, NULL), 0);
	assert_int_equal(eg_app_add(app, &key, &(struct eg_counters){ 0 }, 0, NULL), 0);
	assert_int_equal(row->counters.first_seen, 5);
	assert_true(row->counters.last_seen == -5);
	assert_int_equal(row->rtt_min_us, 9);
	eg_summary_free(summary);
}

static void sums_stop_at_the_largest_number(void **state)
{
	struct eg_summary *summary;
	struct eg_app *app = new_app(&summary);
	struct eg_counters huge = { .bytes = { .sent = UINT64_MAX - 1, .received = 1 } };
	struct eg_destination *row = model_add(app, model_key(1), huge);

	(void)state;
	model_add(app, model_key(1), huge);
	assert_true(row->counters.bytes.sent == UINT64_MAX);
	assert_true(app->counters.bytes.sent == UINT64_MAX);
	assert_int_equal(row->counters.bytes.received, 2);
	eg_summary_free(summary);
}

/* --- many --- */

#define ROWS 100000U

static struct eg_destination_key numbered(uint32_t number)
{
	struct eg_destination_key key = model_key(0);

	memcpy(key.ip, &number, sizeof(number));
	return key;
}

static void many_rows_keep_their_addresses(void **state)
{
	struct eg_summary *summary;
	struct eg_app *app = new_app(&summary);
	struct eg_destination **rows = calloc(ROWS, sizeof(struct eg_destination *));

	(void)state;
	assert_non_null(rows);
	for (uint32_t i = 0; i < ROWS; i++)
		rows[i] = model_add(app, numbered(i), model_counters(i, 1));
	for (uint32_t i = 0; i < ROWS; i++) {
		assert_ptr_equal(model_add(app, numbered(i), model_counters(1, 0)), rows[i]);
		assert_ptr_equal(eg_destination_at(app->destinations, i), rows[i]);
		assert_int_equal(rows[i]->counters.bytes.sent, i + 1);
	}
	assert_int_equal(eg_destination_table_size(app->destinations), ROWS);
	assert_int_equal(app->counters.bytes.received, ROWS);
	free(rows);
	eg_summary_free(summary);
}

static void a_row_is_small(void **state)
{
	(void)state;
	assert_in_range(sizeof(struct eg_destination), 0, 96);
}

/* --- looking, and taking out --- */

static void looking_makes_no_row(void **state)
{
	struct eg_summary *summary;
	struct eg_app *app = new_app(&summary);
	struct eg_destination_key key = model_key(1);

	(void)state;
	assert_false(eg_app_has_row(app, &key));
	assert_int_equal(eg_destination_table_count(app->destinations), 0);
	model_add(app, key, model_counters(1, 1));
	assert_true(eg_app_has_row(app, &key));
	eg_summary_free(summary);
}

static void an_excluded_row_begins_anew(void **state)
{
	struct eg_summary *summary;
	struct eg_app *app = new_app(&summary);
	struct eg_destination_key key = model_key(1);
	struct eg_destination *row = model_add(app, key, model_counters(5, 5));

	(void)state;
	assert_non_null(eg_destination_detail(row));
	row->scope = EG_SCOPE_HOST;
	eg_destination_exclude(app->destinations, row);
	assert_int_equal(eg_destination_table_count(app->destinations), 0);
	assert_false(eg_app_has_row(app, &key));
	assert_ptr_equal(model_add(app, key, model_counters(1, 1)), row);
	assert_int_equal(row->counters.bytes.sent, 1);
	assert_int_equal(row->scope, EG_SCOPE_UNKNOWN);
	assert_null(row->detail);
	assert_int_equal(eg_destination_table_count(app->destinations), 1);
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_add_up),
		cmocka_unit_test(takes_no_more_rows_than_it_may),
		cmocka_unit_test(each_part_of_the_key_makes_a_row),
		cmocka_unit_test(unknown_parts_do_not_matter),
		cmocka_unit_test(unknown_times_and_rtts_are_no_minimum),
		cmocka_unit_test(sums_stop_at_the_largest_number),
		cmocka_unit_test(many_rows_keep_their_addresses),
		cmocka_unit_test(a_row_is_small),
		cmocka_unit_test(looking_makes_no_row),
		cmocka_unit_test(an_excluded_row_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
