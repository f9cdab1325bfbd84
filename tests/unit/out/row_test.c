/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A row in the contract's words, and its id. */
#include "sample.h"

#include "user/out/row.h"

static void names_errors(void **state)
{
	(void)state;
	assert_string_equal(eg_row_error(ECONNREFUSED), "ECONNREFUSED");
	assert_string_equal(eg_row_error(0), "unknown");
	assert_string_equal(eg_row_error(-1), "unknown");
	assert_string_equal(eg_row_error(99999), "unknown");
}

static void says_nothing_of_a_lost_address(void **state)
{
	struct eg_destination_key key = sample_key("192.0.2.1", 1, IPPROTO_TCP);
	char ip[46], transport[16];

	(void)state;
	assert_string_equal(eg_row_ip(&key, ip), "192.0.2.1");
	assert_true(eg_row_has_port(&key));
	assert_string_equal(eg_row_transport(&key, transport), "tcp");
	assert_string_equal(eg_row_direction(&key), "outbound");
	key.direction = EG_INBOUND;
	assert_string_equal(eg_row_direction(&key), "inbound");
	key.overflow = true;
	assert_null(eg_row_ip(&key, ip));
	assert_false(eg_row_has_port(&key));
	assert_null(eg_row_transport(&key, transport));
	assert_null(eg_row_direction(&key));
}

static void knows_the_one_user(void **state)
{
	uint32_t users[2] = { 4294967294, 1 };
	struct eg_app app = { .users = users };
	char text[EG_USER_TEXT_SIZE];

	(void)state;
	assert_null(eg_row_user(&app, text));
	app.users_count = 1;
	assert_string_equal(eg_row_user(&app, text), "4294967294");
	app.users_count = 2;
	assert_null(eg_row_user(&app, text));
}

static void reads_when_a_database_was_built(void **state)
{
	char date[] = "2026-11-23", time[] = "2026-11-23T10:00:00Z", nonsense[] = "yesterday!";
	struct eg_database database = { .built = date };
	int64_t built;

	(void)state;
	assert_int_equal(eg_row_built(&database, &built), 0);
	assert_int_equal(built, SAMPLE_START - 10 * 3600 * NSEC_PER_SEC);
	database.built = time;
	assert_int_equal(eg_row_built(&database, &built), 0);
	assert_int_equal(built, SAMPLE_START);
	database.built = nonsense;
	assert_int_equal(eg_row_built(&database, &built), -EINVAL);
	database.built = NULL;
	assert_int_equal(eg_row_built(&database, &built), -EINVAL);
}

/* FNV-1a 128 of the bytes that event.id is made of, computed elsewhere. */
static void hashes_with_fnv_1a(void **state)
{
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);
	char id[EG_EVENT_ID_SIZE];

	(void)state;
	/* eight zero bytes: no host, the epoch */
	assert_string_equal(eg_row_event_id(summary, NULL, NULL, id),
			    "9d30c1f78465995be47dda5e4e4e77ed");
	eg_summary_free(summary);
}

static void gives_each_row_its_own_id(void **state)
{
	struct eg_summary *summary = sample_empty();
	struct eg_app *app = sample_app(summary, "exe:/a", "program", "a");
	struct eg_app *other = sample_app(summary, "exe:/b", "program", "b");
	struct eg_destination_key keys[8];
	char ids[12][EG_EVENT_ID_SIZE], again[EG_EVENT_ID_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		keys[i] = sample_key("192.0.2.1", 443, IPPROTO_TCP);
	keys[1].ip[15] = 2;
	keys[2].port = 444;
	keys[3].transport = IPPROTO_UDP;
	keys[4].direction = EG_INBOUND;
	keys[5].overflow = true;
	keys[6].has_port = false;
	keys[7].has_ip = false;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		eg_row_event_id(summary, app, &keys[i], ids[i]);
	eg_row_event_id(summary, app, &keys[0], again);
	assert_string_equal(ids[0], again);
	eg_row_event_id(summary, other, &keys[0], ids[8]);
	summary->period.start++;
	eg_row_event_id(summary, app, &keys[0], ids[9]);
	summary->period.start--;
	summary->hosts[0].id[0] = '7';
	eg_row_event_id(summary, app, &keys[0], ids[10]);
	eg_row_event_id(summary, NULL, NULL, ids[11]);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		assert_int_equal(strspn(ids[i], "0123456789abcdef"), 32);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(ids[i], ids[j]);
	}
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_errors),
		cmocka_unit_test(says_nothing_of_a_lost_address),
		cmocka_unit_test(knows_the_one_user),
		cmocka_unit_test(reads_when_a_database_was_built),
		cmocka_unit_test(hashes_with_fnv_1a),
		cmocka_unit_test(gives_each_row_its_own_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
