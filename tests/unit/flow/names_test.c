/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names of groupings, scopes and transports. */
#include "model.h"

#include <errno.h>

#include "user/flow/destination.h"

static void groupings_and_scopes_have_names(void **state)
{
	(void)state;
	assert_string_equal(eg_by_name(EG_BY_APP), "app");
	assert_string_equal(eg_by_name(EG_BY_USER), "user");
	assert_string_equal(eg_scope_name(EG_SCOPE_INTERNET), "internet");
	assert_string_equal(eg_scope_name(EG_SCOPE_LINK_LOCAL), "link-local");
	assert_string_equal(eg_scope_name(EG_SCOPE_HOST), "host");
	assert_null(eg_scope_name(EG_SCOPE_UNKNOWN));
	for (enum eg_by by = 0; by < EG_BY_COUNT; by++)
		assert_non_null(eg_by_name(by));
	for (enum eg_scope scope = EG_SCOPE_INTERNET; scope < EG_SCOPE_COUNT; scope++)
		assert_non_null(eg_scope_name(scope));
}

static void transports_have_the_names_of_the_contract(void **state)
{
	static const struct {
		uint16_t transport;
		const char *name;
	} cases[] = {
		{ .transport = IPPROTO_TCP, .name = "tcp" },
		{ .transport = IPPROTO_UDP, .name = "udp" },
		{ .transport = IPPROTO_UDPLITE, .name = "udplite" },
		{ .transport = IPPROTO_ICMP, .name = "icmp" },
		{ .transport = IPPROTO_ICMPV6, .name = "icmpv6" },
		{ .transport = IPPROTO_SCTP, .name = "sctp" },
		{ .transport = EG_TRANSPORT_MPTCP, .name = "mptcp" },
		{ .transport = EG_TRANSPORT_PACKET, .name = "packet" },
		{ .transport = 0, .name = "ip-proto-0" },
		{ .transport = 47, .name = "ip-proto-47" },
		{ .transport = 255, .name = "ip-proto-255" },
		{ .transport = EG_TRANSPORT_RAW | IPPROTO_UDP, .name = "ip-proto-17" },
		{ .transport = EG_TRANSPORT_RAW | IPPROTO_TCP, .name = "ip-proto-6" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buffer[16];
		uint16_t parsed;

		assert_string_equal(eg_transport_name(cases[i].transport, buffer), cases[i].name);
		assert_int_equal(eg_transport_parse(cases[i].name, &parsed), 0);
		assert_int_equal(parsed, cases[i].transport);
	}
}

/* No two transports that a row can have share a name. */
static void canonical_transports_have_distinct_names(void **state)
{
	char buffer[16];
	uint16_t parsed;

	(void)state;
	for (uint16_t protocol = 0; protocol < 256; protocol++) {
		uint16_t raw = eg_transport_canonical(EG_TRANSPORT_RAW | protocol);

		assert_int_equal(eg_transport_canonical(protocol), protocol);
		assert_int_equal(eg_transport_parse(eg_transport_name(raw, buffer), &parsed), 0);
		assert_int_equal(parsed, raw);
		assert_int_equal(eg_transport_parse(eg_transport_name(protocol, buffer), &parsed),
				 0);
		assert_int_equal(parsed, protocol);
	}
	assert_int_equal(eg_transport_canonical(EG_TRANSPORT_RAW | 47), 47);
	assert_int_equal(eg_transport_canonical(EG_TRANSPORT_PACKET), EG_TRANSPORT_PACKET);
	assert_int_equal(eg_transport_canonical(EG_TRANSPORT_MPTCP), EG_TRANSPORT_MPTCP);
}

static void no_transport_is_refused(void **state)
{
	static const char *const cases[] = { "",
					     "TCP",
					     "tcp ",
					     "quic",
					     "ip-proto-",
					     "ip-proto-256",
					     "ip-proto-047",
					     "ip-proto--1",
					     "ip-proto-+1",
					     "ip-proto-1x",
					     "ip-proto- 1",
					     "ip-proto-9999",
					     "ip-proto-00",
					     "ip-proto-4294967302" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint16_t transport = 42;

		assert_int_equal(eg_transport_parse(cases[i], &transport), -EINVAL);
		assert_int_equal(transport, 42);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groupings_and_scopes_have_names),
		cmocka_unit_test(transports_have_the_names_of_the_contract),
		cmocka_unit_test(canonical_transports_have_distinct_names),
		cmocka_unit_test(no_transport_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
