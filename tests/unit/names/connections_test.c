/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What connections have said themselves. */
#include <stdlib.h>

#include "tests/unit/names/bytes.h"

#include "user/names/connections.h"

static struct eg_connections *connections;

static int setup(void **state)
{
	(void)state;
	connections = eg_connections_new();
	return connections ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	eg_connections_free(connections);
	return 0;
}

static void set(uint64_t owner, uint64_t sk, uint8_t ip, const char *text)
{
	const struct eg_sample_key socket = { .sk = sk, .born_ns = 1 };
	const uint8_t address[16] = { [15] = ip };
	const struct eg_known_name name = { .name = text,
					    .source = EG_NAME_QUIC_SNI,
					    .confidence = EG_NAME_CLAIMED };

	assert_int_equal(eg_connections_set(connections, owner, &socket, address, &name), 0);
}

static const char *find(uint64_t sk, uint8_t ip)
{
	const struct eg_sample_key socket = { .sk = sk, .born_ns = 1 };
	const uint8_t address[16] = { [15] = ip };
	struct eg_known_name name;

	if (!eg_connections_find(connections, &socket, address, &name))
		return NULL;
	assert_int_equal(name.source, EG_NAME_QUIC_SNI);
	assert_int_equal(name.confidence, EG_NAME_CLAIMED);
	return name.name;
}

static void each_peer_has_the_last_name(void **state)
{
	const struct eg_sample_key socket = { .sk = 1, .born_ns = 1 };
	const uint8_t address[16] = { [15] = 7 };

	(void)state;
	assert_null(find(1, 7));
	set(1, 1, 7, "a.example");
	set(1, 1, 8, "b.example");
	set(1, 1, 7, "c.example");
	assert_string_equal(find(1, 7), "c.example");
	assert_string_equal(find(1, 8), "b.example");
	assert_null(find(2, 7));
	eg_connections_forget(connections, &socket, address);
	assert_null(find(1, 7));
	assert_string_equal(find(1, 8), "b.example");
}

static void a_flood_is_its_makers_affair(void **state)
{
	(void)state;
	set(1, 1, 7, "a.example");
	for (uint64_t sk = 2; sk < 1000000; sk++)
		set(2, sk, 7, "flood.example");
	assert_string_equal(find(1, 7), "a.example");
	assert_string_equal(find(999999, 7), "flood.example");
	assert_null(find(2, 7));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_peer_has_the_last_name, setup, teardown),
		cmocka_unit_test_setup_teardown(a_flood_is_its_makers_affair, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
