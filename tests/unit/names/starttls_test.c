/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where TLS begins in what `openssl s_client -starttls` sends, in each protocol it has. */
#include <errno.h>

#include "tests/unit/names/bytes.h"

#include "user/names/starttls.h"
#include "user/names/tls.h"

static void each_protocol_is_understood(void **state)
{
	static const char *const files[] = {
		"starttls/smtp", "starttls/imap",     "starttls/pop3",	"starttls/ftp",
		"starttls/xmpp", "starttls/postgres", "starttls/mysql", "starttls/ldap",
		"starttls/nntp", "starttls/sieve",    "starttls/irc",
	};
	struct eg_tls_hello hello;
	struct bytes bytes;
	size_t offset;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		bytes_read(&bytes, files[i]);
		assert_int_equal(eg_starttls_find(bytes.data, bytes.size, &offset), 0);
		assert_true(offset > 0);
		assert_int_equal(
			eg_tls_parse_records(bytes.data + offset, bytes.size - offset, &hello), 0);
		assert_string_equal(hello.name, "mail.example.com");
		for (size_t size = 0; size < offset; size++)
			assert_int_equal(eg_starttls_find(bytes.data, size, &offset), -EAGAIN);
	}
}

/* Bytes that look like a ClientHello where nobody asked for one are data. */
static void a_hello_must_be_asked_for(void **state)
{
	static const char hello[] = "\x16\x03\x01\x01\x3c\x01\x00\x01\x38\x03\x03";
	static const char *const plain[] = {
		"SSH-2.0-OpenSSH_9.2\r\n", "DATA\r\n",	"NOSTARTTLS\r\n", "STARTTLS",
		"STARTTLS\r\nQUIT\r\n",	   "<message>",
	};
	size_t offset = 77;

	(void)state;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		struct bytes bytes = { .size = 0 };

		bytes_text(&bytes, plain[i]);
		bytes_add(&bytes, hello, sizeof(hello) - 1);
		assert_int_equal(eg_starttls_find(bytes.data, bytes.size, &offset), -EBADMSG);
	}
	assert_int_equal(offset, 77);
}

static void plain_text_is_not_read_for_ever(void **state)
{
	struct bytes bytes = { .size = 8192 };
	size_t offset;

	(void)state;
	memset(bytes.data, 'a', bytes.size);
	assert_int_equal(eg_starttls_find(bytes.data, 1000, &offset), -EAGAIN);
	assert_int_equal(eg_starttls_find(bytes.data, bytes.size, &offset), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_protocol_is_understood),
		cmocka_unit_test(a_hello_must_be_asked_for),
		cmocka_unit_test(plain_text_is_not_read_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
