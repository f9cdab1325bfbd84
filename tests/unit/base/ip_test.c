/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Addresses are read as they are written. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <egret/base.h>
#include <egret/ip.h>

/* RFC 5952 section 4 */
static void texts_are_canonical(void **state)
{
	static const struct {
		const char *given, *text;
	} cases[] = {
		{ .given = "203.0.113.27", .text = "203.0.113.27" },
		{ .given = "::ffff:203.0.113.27", .text = "203.0.113.27" },
		{ .given = "::ffff:0.0.0.0", .text = "0.0.0.0" },
		{ .given = "2001:0DB8:0000:0000:0001:0000:0000:0001", .text = "2001:db8::1:0:0:1" },
		{ .given = "2001:db8:0:1:1:1:1:1", .text = "2001:db8:0:1:1:1:1:1" },
		{ .given = "2001:0:0:1:0:0:0:1", .text = "2001:0:0:1::1" },
		{ .given = "::", .text = "::" },
		{ .given = "::1", .text = "::1" },
		{ .given = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		  .text = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t ip[16];
		char buffer[46];

		assert_int_equal(eg_ip_parse(cases[i].given, ip), 0);
		assert_string_equal(eg_ip_text(ip, buffer), cases[i].text);
	}
}

static void no_address_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "1.2.3", "1.2.3.256", "1.2.3.4 ", "::1%lo", "10.0.0.0/8", "example.com",
	};
	uint8_t ip[16], before[16];

	(void)state;
	memset(ip, 7, sizeof(ip));
	memcpy(before, ip, sizeof(ip));
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_int_equal(eg_ip_parse(texts[i], ip), -EINVAL);
		assert_memory_equal(ip, before, sizeof(ip));
	}
}

static void kinds_are_told(void **state)
{
	static const struct {
		const char *text;
		bool ipv4, loopback;
	} cases[] = {
		{ .text = "0.0.0.0", .ipv4 = true },
		{ .text = "126.255.255.255", .ipv4 = true },
		{ .text = "127.0.0.0", .ipv4 = true, .loopback = true },
		{ .text = "127.255.255.255", .ipv4 = true, .loopback = true },
		{ .text = "128.0.0.0", .ipv4 = true },
		{ .text = "::1", .loopback = true },
		{ .text = "::" },
		{ .text = "::2" },
		{ .text = "::127.0.0.1" },
		{ .text = "0:0:0:0:0:fffe:7f00:1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t ip[16];

		assert_int_equal(eg_ip_parse(cases[i].text, ip), 0);
		assert_int_equal(eg_ip_is_ipv4(ip), cases[i].ipv4);
		assert_int_equal(eg_ip_is_loopback(ip), cases[i].loopback);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_canonical),
		cmocka_unit_test(no_address_is_refused),
		cmocka_unit_test(kinds_are_told),
	};

	return cmocka_run_group_tests_name("base/ip", tests, NULL, NULL);
}
