/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* ClientHellos of real programs and of the standard, whole, split and broken. */
#include <errno.h>

#include "tests/unit/names/hello.h"

#include "user/names/tls.h"

static void programs_are_understood(void **state)
{
	static const char *const files[][2] = {
		{ "tls/rfc8448-3", "server" }, /* RFC 8448 section 3 */
		{ "tls/openssl", "www.example.com" },
		{ "tls/openssl-noname", "" },
		{ "tls/openssl-tls12", "www.example.com" }, /* in records of 64 bytes */
		{ "tls/curl", "log.example.com" },
		{ "tls/python3", "py.example.org" },
	};
	struct eg_tls_hello hello;
	struct bytes bytes;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		bytes_read(&bytes, files[i][0]);
		assert_int_equal(eg_tls_parse_records(bytes.data, bytes.size, &hello), 0);
		assert_string_equal(hello.name, files[i][1]);
		assert_false(hello.ech);
		for (size_t size = 0; size < bytes.size; size++) {
			assert_true(eg_tls_begins(bytes.data, size));
			assert_int_equal(eg_tls_parse_records(bytes.data, size, &hello), -EAGAIN);
		}
	}
}

/* A key share of a post-quantum group alone is 1,200 bytes; the limit is 16 KB. */
static void any_size_and_any_split_is_understood(void **state)
{
	static const size_t paddings[] = { 0, 1700, 4000, 15000 };
	static const size_t records[] = { 1, 7, 100, 1000, 16384 };
	struct eg_tls_hello hello;
	struct bytes message, bytes;

	(void)state;
	for (size_t i = 0; i < 4 * 5; i++) {
		message.size = bytes.size = 0;
		hello_make(&message, &(struct hello_options){ .name = "big.example.com",
							      .padding = paddings[i / 5] });
		if (message.size / records[i % 5] * 5 + message.size > sizeof(bytes.data) - 5)
			continue;
		hello_records(&bytes, &message, records[i % 5]);
		assert_int_equal(eg_tls_parse_records(bytes.data, bytes.size, &hello), 0);
		assert_string_equal(hello.name, "big.example.com");
		assert_int_equal(eg_tls_parse_records(bytes.data, bytes.size - 1, &hello), -EAGAIN);
		assert_int_equal(eg_tls_parse_handshake(message.data, message.size, &hello), 0);
	}
}

/* What comes behind a hello is not looked at: early data, or anything else. */
static void what_follows_is_not_read(void **state)
{
	struct bytes message = { .size = 0 }, bytes = { .size = 0 };
	struct eg_tls_hello hello;

	(void)state;
	hello_make(&message, &(struct hello_options){ .name = "early.example.com" });
	hello_records(&bytes, &message, 50);
	bytes_text(&bytes, "\x14\x03\x03 and more");
	assert_int_equal(eg_tls_parse_records(bytes.data, bytes.size, &hello), 0);
	assert_string_equal(hello.name, "early.example.com");
}

static void what_is_too_large_is_refused(void **state)
{
	struct eg_tls_hello hello;
	struct bytes message = { .size = 0 }, bytes = { .size = 0 };

	(void)state;
	hello_make(&message, &(struct hello_options){ .name = "a.com", .padding = 16384 });
	hello_records(&bytes, &message, 16384);
	assert_int_equal(eg_tls_parse_records(bytes.data, bytes.size, &hello), -EBADMSG);
}

static void the_extension_tells_of_an_outer_name(void **state)
{
	struct bytes message = { .size = 0 };
	struct eg_tls_hello hello;

	(void)state;
	hello_make(&message, &(struct hello_options){ .name = "outer.example", .ech = true });
	assert_int_equal(eg_tls_parse_handshake(message.data, message.size, &hello), 0);
	assert_true(hello.ech);
	assert_string_equal(hello.name, "outer.example");
}

static void what_is_no_name_is_none(void **state)
{
	static const char *const names[] = { "192.0.2.1", "2001:db8::1", "a\x1b[2Jb", "" };
	struct eg_tls_hello hello;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct bytes message = { .size = 0 };

		hello_make(&message, &(struct hello_options){ .name = names[i] });
		assert_int_equal(eg_tls_parse_handshake(message.data, message.size, &hello), 0);
		assert_string_equal(hello.name, "");
	}
}

static void other_protocols_are_not_waited_for(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
	} samples[] = {
		{ "GET / HTTP/1.1\r\n", 16 },	   { "SSH-2.0-x\r\n", 11 }, { "\x16\x02\x01", 3 },
		{ "\x16\x03\x01\x00\x00", 5 }, /* an empty record */
		{ "\x16\x03\x01\x40\x01", 5 }, /* longer than a record may be */
		{ "\x16\x03\x01\x00\x05\x02", 6 }, /* a ServerHello */
		{ "\x17\x03\x03\x00\x05\x01", 6 }, /* application data */
	};
	struct eg_tls_hello hello;

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		const uint8_t *bytes = (const uint8_t *)samples[i].bytes;

		assert_false(eg_tls_begins(bytes, samples[i].size));
		assert_int_equal(eg_tls_parse_records(bytes, samples[i].size, &hello), -EBADMSG);
	}
}

/* Any byte may be wrong: nothing is read past the end, and lengths that lie are seen. */
static void wrong_bytes_do_no_harm(void **state)
{
	struct bytes bytes, wrong;
	struct eg_tls_hello hello;

	(void)state;
	bytes_read(&bytes, "tls/openssl");
	for (size_t i = 0; i < bytes.size; i++) {
		wrong = bytes;
		wrong.data[i] ^= 0xff;
		eg_tls_parse_records(wrong.data, wrong.size, &hello);
	}
	/* The length of all extensions. */
	wrong = bytes;
	wrong.data[5 + 4 + 2 + 32 + 1 + 32 + 2 + 62 + 2 + 1]++;
	assert_int_equal(eg_tls_parse_records(wrong.data, wrong.size, &hello), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_are_understood),
		cmocka_unit_test(any_size_and_any_split_is_understood),
		cmocka_unit_test(what_follows_is_not_read),
		cmocka_unit_test(what_is_too_large_is_refused),
		cmocka_unit_test(the_extension_tells_of_an_outer_name),
		cmocka_unit_test(what_is_no_name_is_none),
		cmocka_unit_test(other_protocols_are_not_waited_for),
		cmocka_unit_test(wrong_bytes_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
