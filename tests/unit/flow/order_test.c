/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The order of the contract, section 3, and its ties. */
#include "model.h"

#include "user/flow/order.h"

static void assert_rows(const struct eg_destination *first, const struct eg_destination *second)
{
	assert_true(eg_order_destinations(first, second) < 0);
	assert_true(eg_order_destinations(second, first) > 0);
	assert_int_equal(eg_order_destinations(first, first), 0);
	assert_int_equal(eg_order_destinations(second, second), 0);
}

static struct eg_destination row_of(const char *ip)
{
	struct eg_destination row = { .key = model_key(0) };

	assert_int_equal(eg_ip_parse(ip, row.key.ip), 0);
	return row;
}

static void apps_by_bytes_then_id(void **state)
{
	char a_id[] = "a", b_id[] = "b";
	struct eg_app a = { .id = a_id }, b = { .id = b_id };

	(void)state;
	assert_true(eg_order_apps(&a, &b) < 0);
	b.counters.bytes.received = 1;
	assert_true(eg_order_apps(&a, &b) > 0);
	a.counters.bytes.sent = 1;
	assert_true(eg_order_apps(&a, &b) < 0);
	b.counters.bytes.sent = UINT64_MAX;
	assert_true(eg_order_apps(&a, &b) > 0);
}

static void rows_by_bytes_first(void **state)
{
	struct eg_destination a = row_of("9.9.9.9"), b = row_of("1.1.1.1");

	(void)state;
	assert_rows(&b, &a);
	a.counters.bytes.received = 5;
	assert_rows(&a, &b);
	b.counters.bytes.sent = 1;
	assert_rows(&b, &a);
}

static void addresses_are_numeric_and_ipv4_first(void **state)
{
	static const char *const ips[] = { "0.0.0.0",	"9.0.0.0",   "10.0.0.1", "10.0.0.2",
					   "100.0.0.0", "255.0.0.1", "::",	 "::1",
					   "2001::9",	"2001::10",  "fe80::1",	 "ff02::1" };
	struct eg_destination none = row_of("::");

	(void)state;
	for (size_t i = 0; i + 1 < ARRAY_SIZE(ips); i++) {
		struct eg_destination a = row_of(ips[i]), b = row_of(ips[i + 1]);

		assert_rows(&a, &b);
	}
	none.key.has_ip = false;
	for (size_t i = 0; i < ARRAY_SIZE(ips); i++) {
		struct eg_destination row = row_of(ips[i]);

		assert_rows(&row, &none);
	}
}

static void then_port_transport_direction(void **state)
{
	struct eg_destination a = row_of("1.1.1.1"), b = a;

	(void)state;
	a.key.port = 80;
	assert_rows(&a, &b);
	b.key.has_port = false;
	b.key.port = 0;
	assert_rows(&a, &b);
	b = a;
	b.key.transport = IPPROTO_UDP;
	assert_rows(&a, &b);
	/* as the texts that are printed, not as numbers: icmpv6, ip-proto-47, tcp */
	b.key.transport = IPPROTO_ICMPV6;
	assert_rows(&b, &a);
	a.key.transport = 47;
	assert_rows(&b, &a);
	a = b;
	a.key.direction = EG_INBOUND;
	assert_rows(&a, &b);
}

static void overflow_comes_after_all_addresses(void **state)
{
	struct eg_destination overflow = { .key = { .overflow = true } };
	struct eg_destination packet = { .key = { .transport = EG_TRANSPORT_PACKET } };
	struct eg_destination row = row_of("ff02::1");

	(void)state;
	assert_rows(&row, &overflow);
	assert_rows(&packet, &overflow);
}

static void processes_by_start_and_pid(void **state)
{
	struct eg_process_info a = { .start = -5, .pid = 9 }, b = { .start = 5, .pid = 1 };

	(void)state;
	assert_true(eg_order_processes(&a, &b) < 0);
	b.start = -5;
	assert_true(eg_order_processes(&a, &b) > 0);
	a.pid = 1;
	assert_int_equal(eg_order_processes(&a, &b), 0);
	/* unknown last */
	b.start = 0;
	assert_true(eg_order_processes(&a, &b) < 0);
}

static void names_by_confidence_then_name(void **state)
{
	static const char *const ranks[] = { "corroborated", "observed", "claimed", "inferred",
					     "outer",	     "another",	 NULL };
	char a_name[] = "a", b_name[] = "b", dns[] = "dns", sni[] = "tls_sni";

	(void)state;
	for (size_t i = 0; i + 1 < ARRAY_SIZE(ranks); i++) {
		char *better = strdup(ranks[i]),
		     *worse = ranks[i + 1] ? strdup(ranks[i + 1]) : NULL;
		struct eg_name a = { .name = b_name, .confidence = better };
		struct eg_name b = { .name = a_name, .confidence = worse };

		if (worse)
			assert_true(eg_order_names(&a, &b) < 0);
		b.confidence = better;
		assert_true(eg_order_names(&a, &b) > 0);
		b.name = b_name;
		assert_int_equal(eg_order_names(&a, &b), 0);
		a.source = dns;
		b.source = sni;
		assert_true(eg_order_names(&a, &b) < 0);
		free(better);
		free(worse);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(apps_by_bytes_then_id),
		cmocka_unit_test(rows_by_bytes_first),
		cmocka_unit_test(addresses_are_numeric_and_ipv4_first),
		cmocka_unit_test(then_port_transport_direction),
		cmocka_unit_test(overflow_comes_after_all_addresses),
		cmocka_unit_test(processes_by_start_and_pid),
		cmocka_unit_test(names_by_confidence_then_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
