/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Scopes at the first and last address of each block, and just outside. */
#include "model.h"

static void assert_scope(const char *text, enum eg_scope expected)
{
	uint8_t ip[16];
	enum eg_scope scope;

	if (eg_ip_parse(text, ip) < 0)
		fail_msg("%s is no address", text);
	scope = eg_scope_of(ip);
	if (scope != expected)
		fail_msg("%s is %s, not %s", text, model_text(eg_scope_name(scope)),
			 eg_scope_name(expected));
}

static const struct {
	const char *first, *last;
	enum eg_scope scope;
} blocks[] = {
	{ .first = "0.0.0.0", .last = "0.0.0.0", .scope = EG_SCOPE_LOOPBACK },
	{ .first = "0.0.0.1", .last = "0.255.255.255", .scope = EG_SCOPE_LINK_LOCAL },
	{ .first = "1.0.0.0", .last = "9.255.255.255", .scope = EG_SCOPE_INTERNET },
	{ .first = "10.0.0.0", .last = "10.255.255.255", .scope = EG_SCOPE_PRIVATE },
	{ .first = "11.0.0.0", .last = "100.63.255.255", .scope = EG_SCOPE_INTERNET },
	{ .first = "100.64.0.0", .last = "100.127.255.255", .scope = EG_SCOPE_CGNAT },
	{ .first = "100.128.0.0", .last = "126.255.255.255", .scope = EG_SCOPE_INTERNET },
	{ .first = "127.0.0.0", .last = "127.255.255.255", .scope = EG_SCOPE_LOOPBACK },
	{ .first = "128.0.0.0", .last = "169.253.255.255", .scope = EG_SCOPE_INTERNET },
	{ .first = "169.254.0.0", .last = "169.254.255.255", .scope = EG_SCOPE_LINK_LOCAL },
	{ .first = "169.255.0.0", .last = "172.15.255.255", .scope = EG_SCOPE_INTERNET },
	{ .first = "172.16.0.0", .last = "172.31.255.255", .scope = EG_SCOPE_PRIVATE },
	{ .first = "172.32.0.0", .last = "191.255.255.255", .scope = EG_SCOPE_INTERNET },
	{ .first = "192.0.0.0", .last = "192.0.0.8", .scope = EG_SCOPE_PRIVATE },
	{ .first = "192.0.0.9", .last = "192.0.0.10", .scope = EG_SCOPE_INTERNET },
	{ .first = "192.0.0.11", .last = "192.0.0.255", .scope = EG_SCOPE_PRIVATE },
	{ .first = "192.0.1.0", .last = "192.0.1.255", .scope = EG_SCOPE_INTERNET },
	{ .first = "192.0.2.0", .last = "192.0.2.255", .scope = EG_SCOPE_DOCUMENTATION },
	{ .first = "192.0.3.0", .last = "192.167.255.255", .scope = EG_SCOPE_INTERNET },
	{ .first = "192.168.0.0", .last = "192.168.255.255", .scope = EG_SCOPE_PRIVATE },
	{ .first = "192.169.0.0", .last = "198.17.255.255", .scope = EG_SCOPE_INTERNET },
	{ .first = "198.18.0.0", .last = "198.19.255.255", .scope = EG_SCOPE_PRIVATE },
	{ .first = "198.20.0.0", .last = "198.51.99.255", .scope = EG_SCOPE_INTERNET },
	{ .first = "198.51.100.0", .last = "198.51.100.255", .scope = EG_SCOPE_DOCUMENTATION },
	{ .first = "198.51.101.0", .last = "203.0.112.255", .scope = EG_SCOPE_INTERNET },
	{ .first = "203.0.113.0", .last = "203.0.113.255", .scope = EG_SCOPE_DOCUMENTATION },
	{ .first = "203.0.114.0", .last = "223.255.255.255", .scope = EG_SCOPE_INTERNET },
	{ .first = "224.0.0.0", .last = "239.255.255.255", .scope = EG_SCOPE_MULTICAST },
	{ .first = "240.0.0.0", .last = "255.255.255.254", .scope = EG_SCOPE_PRIVATE },
	{ .first = "255.255.255.255", .last = "255.255.255.255", .scope = EG_SCOPE_BROADCAST },

	{ .first = "::", .last = "::1", .scope = EG_SCOPE_LOOPBACK },
	{ .first = "::2", .last = "::fffe:ffff:ffff", .scope = EG_SCOPE_INTERNET },
	{ .first = "64:ff9b:1::",
	  .last = "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
	  .scope = EG_SCOPE_PRIVATE },
	{ .first = "64:ff9b:2::", .last = "ff:ffff::", .scope = EG_SCOPE_INTERNET },
	{ .first = "100::", .last = "100:0:0:1:ffff:ffff:ffff:ffff", .scope = EG_SCOPE_PRIVATE },
	{ .first = "100:0:0:2::", .last = "2000:ffff::", .scope = EG_SCOPE_INTERNET },
	{ .first = "2001::",
	  .last = "2001:0:ffff:ffff:ffff:ffff:ffff:ffff",
	  .scope = EG_SCOPE_INTERNET },
	{ .first = "2001:1::", .last = "2001:1::", .scope = EG_SCOPE_PRIVATE },
	{ .first = "2001:1::1", .last = "2001:1::3", .scope = EG_SCOPE_INTERNET },
	{ .first = "2001:1::4", .last = "2001:2:ffff:ffff::", .scope = EG_SCOPE_PRIVATE },
	{ .first = "2001:3::",
	  .last = "2001:3:ffff:ffff:ffff:ffff:ffff:ffff",
	  .scope = EG_SCOPE_INTERNET },
	{ .first = "2001:4::", .last = "2001:4:111:ffff::", .scope = EG_SCOPE_PRIVATE },
	{ .first = "2001:4:112::", .last = "2001:4:112:ffff:ffff::", .scope = EG_SCOPE_INTERNET },
	{ .first = "2001:4:113::", .last = "2001:1f:ffff::", .scope = EG_SCOPE_PRIVATE },
	{ .first = "2001:20::", .last = "2001:3f:ffff::", .scope = EG_SCOPE_INTERNET },
	{ .first = "2001:40::", .last = "2001:1ff:ffff::", .scope = EG_SCOPE_PRIVATE },
	{ .first = "2001:200::", .last = "2001:db7:ffff::", .scope = EG_SCOPE_INTERNET },
	{ .first = "2001:db8::",
	  .last = "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
	  .scope = EG_SCOPE_DOCUMENTATION },
	{ .first = "2001:db9::", .last = "2001:ffff::", .scope = EG_SCOPE_INTERNET },
	{ .first = "2003::", .last = "3ffe:ffff::", .scope = EG_SCOPE_INTERNET },
	{ .first = "3fff::",
	  .last = "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
	  .scope = EG_SCOPE_DOCUMENTATION },
	{ .first = "3fff:1000::", .last = "5eff:ffff::", .scope = EG_SCOPE_INTERNET },
	{ .first = "5f00::", .last = "5f00:ffff:ffff::", .scope = EG_SCOPE_PRIVATE },
	{ .first = "5f01::", .last = "fbff:ffff::", .scope = EG_SCOPE_INTERNET },
	{ .first = "fc00::",
	  .last = "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	  .scope = EG_SCOPE_PRIVATE },
	{ .first = "fe00::", .last = "fe7f:ffff::", .scope = EG_SCOPE_INTERNET },
	{ .first = "fe80::",
	  .last = "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	  .scope = EG_SCOPE_LINK_LOCAL },
	{ .first = "fec0::",
	  .last = "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	  .scope = EG_SCOPE_PRIVATE },
	{ .first = "ff00::",
	  .last = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	  .scope = EG_SCOPE_MULTICAST },
};

static void blocks_begin_and_end_where_the_registries_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		assert_scope(blocks[i].first, blocks[i].scope);
		assert_scope(blocks[i].last, blocks[i].scope);
	}
}

static void embedded_ipv4_decides_where_it_says_something(void **state)
{
	(void)state;
	assert_scope("64:ff9b::8.8.8.8", EG_SCOPE_INTERNET);
	assert_scope("64:ff9b::10.1.2.3", EG_SCOPE_PRIVATE);
	assert_scope("64:ff9b::100.64.0.1", EG_SCOPE_CGNAT);
	assert_scope("64:ff9b::192.0.2.1", EG_SCOPE_DOCUMENTATION);
	assert_scope("2002:808:808::1", EG_SCOPE_INTERNET);
	assert_scope("2002:a01:203::1", EG_SCOPE_PRIVATE);
	assert_scope("2002:c000:201::", EG_SCOPE_DOCUMENTATION);
}

/* A packet to a translator leaves the host, so that it must not look as if it didn't. */
static void embedded_loopback_does_not_hide(void **state)
{
	(void)state;
	assert_scope("64:ff9b::127.0.0.1", EG_SCOPE_INTERNET);
	assert_scope("64:ff9b::0.0.0.0", EG_SCOPE_INTERNET);
	assert_scope("64:ff9b::224.0.0.1", EG_SCOPE_INTERNET);
	assert_scope("2002:7f00:1::", EG_SCOPE_INTERNET);
	assert_scope("::127.0.0.1", EG_SCOPE_INTERNET);
}

static void only_addresses_of_their_own_are_located(void **state)
{
	static const struct {
		const char *address;
		bool located;
	} cases[] = {
		{ .address = "5.5.5.5", .located = true },
		{ .address = "2a05::1", .located = true },
		{ .address = "2001:4:112::1", .located = true },
		{ .address = "64:ff9b::505:505" },
		{ .address = "2002:505:505::1" },
		{ .address = "2001:0:505:505::1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t ip[16];

		assert_int_equal(eg_ip_parse(cases[i].address, ip), 0);
		assert_int_equal(eg_scope_is_located(ip), cases[i].located);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_begin_and_end_where_the_registries_say),
		cmocka_unit_test(embedded_ipv4_decides_where_it_says_something),
		cmocka_unit_test(embedded_loopback_does_not_hide),
		cmocka_unit_test(only_addresses_of_their_own_are_located),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
