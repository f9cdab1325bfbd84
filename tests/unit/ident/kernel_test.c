/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's own traffic by transport and port. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <egret/abi.h>
#include <egret/ident.h>

static void expect(uint16_t transport, uint16_t port, const char *id)
{
	struct eg_identity identity;

	assert_int_equal(eg_identify_kernel(transport, port, &identity), 0);
	assert_string_equal(identity.id, id);
	assert_string_equal(identity.kind, "kernel");
	assert_string_equal(identity.trust, "kernel");
	eg_identity_clear(&identity);
	assert_null(identity.id);
}

static void port_decides_before_transport(void **state)
{
	(void)state;
	expect(IPPROTO_TCP, 2049, "kernel:nfs");
	expect(IPPROTO_TCP, 445, "kernel:cifs");
	expect(IPPROTO_UDP, 51820, "kernel:wireguard");
	expect(IPPROTO_TCP, 12345, "kernel:tcp");
	expect(IPPROTO_UDP, 2049, "kernel:udp");
}

static void transport_without_ports(void **state)
{
	(void)state;
	expect(IPPROTO_ICMP, 0, "kernel:icmp");
	expect(IPPROTO_ICMPV6, 0, "kernel:icmpv6");
	expect(EG_TRANSPORT_RAW | IPPROTO_IGMP, 0, "kernel:igmp");
	expect(EG_TRANSPORT_RAW | 253, 0, "kernel:other");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(port_decides_before_transport),
		cmocka_unit_test(transport_without_ports),
	};

	return cmocka_run_group_tests_name("ident/kernel", tests, NULL, NULL);
}
