/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is replaced, by what, and what is left alone. */
#include "model.h"

#include "user/flow/redactor.h"

static struct eg_redactor *make(void)
{
	struct eg_redactor *redactor = eg_redactor_new();

	assert_non_null(redactor);
	assert_int_equal(eg_redactor_add_user(redactor, "alice"), 0);
	assert_int_equal(eg_redactor_add_host(redactor, "ws1.example.com"), 0);
	return redactor;
}

static void expect(struct eg_redactor *redactor, const char *text, const char *expected)
{
	_cleanup_(eg_freep) char *redacted = NULL;

	assert_int_equal(eg_redact_text(redactor, text, &redacted), 0);
	assert_string_equal(redacted, expected);
}

static void replaces_words(void **state)
{
	struct eg_redactor *redactor = make();

	(void)state;
	expect(redactor, "alice", "user-1");
	expect(redactor, "of alice, Alice's and malice", "of user-1, user-1's and malice");
	expect(redactor, "alices alice_b", "alices alice_b");
	expect(redactor, "ws1.example.com", "host-1");
	expect(redactor, "backup-of-WS1.service", "backup-of-host-2.service");
	expect(redactor, "", "");
	eg_redactor_free(redactor);
}

static void replaces_paths(void **state)
{
	struct eg_redactor *redactor = make();

	(void)state;
	expect(redactor, "exe:/usr/bin/curl", "exe:path-1/curl");
	expect(redactor, "/usr/bin/wget", "path-1/wget");
	expect(redactor, "exe:/home/alice/bin/secret", "exe:path-2");
	expect(redactor, "run /home/alice/bin/secret, now", "run path-2, now");
	expect(redactor, "/usr/local/bin/secret", "path-3");
	expect(redactor, "/usr/bin/alice-tool", "path-1/user-1-tool");
	expect(redactor, "/opt/", "path-4");
	/* These are none. */
	expect(redactor, "1/2 and a / b, https://example.org/x",
	       "1/2 and a / b, https://example.org/x");
	expect(redactor, "unit:ssh.service", "unit:ssh.service");
	eg_redactor_free(redactor);
}

static void tells_private_names(void **state)
{
	(void)state;
	assert_true(eg_redact_is_private("nas"));
	assert_true(eg_redact_is_private("nas.LAN"));
	assert_true(eg_redact_is_private("a.b.home.arpa"));
	assert_false(eg_redact_is_private("example.com"));
	assert_false(eg_redact_is_private("local.example.com"));
}

static void expect_address(struct eg_redactor *redactor, const char *text, const char *expected)
{
	uint8_t ip[16];
	char found[46];

	assert_int_equal(eg_ip_parse(text, ip), 0);
	assert_int_equal(eg_redact_address(redactor, eg_scope_of(ip), ip), 0);
	assert_string_equal(eg_ip_text(ip, found), expected);
	assert_int_equal(eg_ip_parse(text, ip), 0);
	enum eg_scope scope = eg_scope_of(ip);
	assert_int_equal(eg_redact_address(redactor, scope, ip), 0);
	assert_int_equal(eg_scope_of(ip), scope);
}

static void keeps_the_kind_of_an_address(void **state)
{
	struct eg_redactor *redactor = make();

	(void)state;
	expect_address(redactor, "192.168.17.4", "10.0.0.1");
	expect_address(redactor, "10.0.0.1", "10.0.0.2");
	expect_address(redactor, "192.168.17.4", "10.0.0.1");
	expect_address(redactor, "100.64.3.2", "100.64.0.3");
	expect_address(redactor, "169.254.9.9", "169.254.0.4");
	expect_address(redactor, "fe80::1234:5678", "fe80::5");
	expect_address(redactor, "fd12:3456::1", "fd00::6");
	expect_address(redactor, "8.8.8.8", "8.8.8.8");
	expect_address(redactor, "255.255.255.255", "255.255.255.255");
	eg_redactor_free(redactor);
}

static void does_no_harm_to_any_text(void **state)
{
	struct eg_redactor *redactor = make();

	(void)state;
	expect(redactor, "\xff\xfe/\x01", "\xff\xfe/\x01");
	expect(redactor, "/", "/");
	expect(redactor, "//", "//");
	expect(redactor, "=/=/=/", "=path-1");
	assert_int_equal(eg_redactor_add_user(redactor, ""), 0);
	assert_int_equal(eg_redactor_add_host(redactor, NULL), 0);
	expect(redactor, "x", "x");
	eg_redactor_free(redactor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replaces_words),
		cmocka_unit_test(replaces_paths),
		cmocka_unit_test(tells_private_names),
		cmocka_unit_test(keeps_the_kind_of_an_address),
		cmocka_unit_test(does_no_harm_to_any_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
