/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* ClientHellos over several datagrams, of many clients at a time. */
#include <errno.h>
#include <stdlib.h>

#include "tests/unit/names/hello.h"
#include "tests/unit/names/initial.h"

#include "user/names/quic_flows.h"

static struct eg_quic_flows *flows;
static struct bytes parts[2]; /* datagrams that have one ClientHello between them */

static int setup(void **state)
{
	struct bytes message = { .size = 0 }, frames[2] = { { .size = 0 }, { .size = 0 } };

	(void)state;
	flows = eg_quic_flows_new();
	if (!flows)
		return -1;
	hello_make(&message, &(struct hello_options){ .name = "two.example", .padding = 900 });
	initial_crypto(&frames[0], 0, message.data, 600);
	initial_crypto(&frames[1], 600, message.data + 600, message.size - 600);
	for (size_t i = 0; i < 2; i++) {
		parts[i].size = 0;
		initial_make(&parts[i], &(struct initial_options){ .id = "12345678",
								   .number = i,
								   .frames = &frames[i] });
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	eg_quic_flows_free(flows);
	return 0;
}

static int add(uint64_t owner, uint64_t sk, uint16_t port, size_t part)
{
	const struct eg_payload payload = { .socket = { .sk = sk }, .port = port };
	struct eg_tls_hello hello;
	int r = eg_quic_flows_add(flows, owner, &payload, parts[part].data, parts[part].size,
				  &hello);

	if (r == 0)
		assert_string_equal(hello.name, "two.example");
	return r;
}

static void each_is_put_together_apart(void **state)
{
	(void)state;
	if (!eg_quic_flows_readable(flows))
		skip();
	assert_int_equal(add(1, 1, 443, 0), -EAGAIN);
	assert_int_equal(add(1, 1, 444, 1), -EAGAIN);
	assert_int_equal(add(1, 2, 443, 1), -EAGAIN);
	assert_int_equal(add(1, 1, 443, 1), 0);
	assert_int_equal(add(1, 1, 444, 0), 0);
	/* What is complete is forgotten. */
	assert_int_equal(add(1, 1, 443, 1), -EAGAIN);
}

static void what_is_unfinished_is_not_kept(void **state)
{
	const struct eg_sample_key socket = { .sk = 1 };

	(void)state;
	if (!eg_quic_flows_readable(flows))
		skip();
	assert_int_equal(add(1, 1, 443, 0), -EAGAIN);
	eg_quic_flows_expire(flows, EG_QUIC_IDLE_NS);
	assert_int_equal(eg_quic_flows_count(flows), 1);
	eg_quic_flows_expire(flows, EG_QUIC_IDLE_NS + 1);
	assert_int_equal(eg_quic_flows_count(flows), 0);
	/* Nor that of a socket that was closed, whomever it spoke to. */
	assert_int_equal(add(1, 1, 443, 0), -EAGAIN);
	assert_int_equal(add(1, 1, 444, 0), -EAGAIN);
	assert_int_equal(add(1, 2, 443, 0), -EAGAIN);
	eg_quic_flows_forget(flows, &socket);
	assert_int_equal(eg_quic_flows_count(flows), 1);
}

static void a_flood_is_its_makers_affair(void **state)
{
	(void)state;
	if (!eg_quic_flows_readable(flows))
		skip();
	assert_int_equal(add(1, 1, 443, 0), -EAGAIN);
	for (uint64_t sk = 2; sk < 20000; sk++)
		assert_int_equal(add(2, sk, 443, 0), -EAGAIN);
	assert_int_equal(add(1, 1, 443, 1), 0);
	assert_int_equal(add(2, 2, 443, 1), -EAGAIN);
	assert_int_equal(add(2, 19999, 443, 1), 0);
}

static void without_libcrypto_nothing_is_read(void **state)
{
	(void)state;
	if (eg_quic_flows_readable(flows))
		skip();
	assert_int_equal(add(1, 1, 443, 0), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_is_put_together_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_unfinished_is_not_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(a_flood_is_its_makers_affair, setup, teardown),
		cmocka_unit_test_setup_teardown(without_libcrypto_nothing_is_read, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
