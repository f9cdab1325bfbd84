/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Requests of real programs, and what is wrong with others. */
#include <errno.h>

#include "tests/unit/names/bytes.h"

#include "user/names/http.h"

static int parse(const char *text, struct eg_http_request *ret_request)
{
	return eg_http_parse((const uint8_t *)text, strlen(text), ret_request);
}

static void programs_are_understood(void **state)
{
	static const struct {
		const char *file, *name;
		bool connect;
	} files[] = {
		{ "http/curl", "plain.example.com", false },
		{ "http/curl-proxy", "via.example.com", false },
		{ "http/curl-connect", "tunnel.example.com", true },
		{ "http/python3", "py.example.org", false },
	};
	struct eg_http_request request;
	struct bytes bytes;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		bytes_read(&bytes, files[i].file);
		assert_int_equal(eg_http_parse(bytes.data, bytes.size, &request), 0);
		assert_string_equal(request.name, files[i].name);
		assert_int_equal(request.connect, files[i].connect);
		assert_memory_equal(bytes.data + request.head_size - 4, "\r\n\r\n", 4);
		for (size_t size = 0; size < request.head_size; size++)
			assert_int_equal(eg_http_parse(bytes.data, size, &request), -EAGAIN);
	}
}

static void hosts_are_found(void **state)
{
	static const char *const requests[][2] = {
		{ "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", "a.example" },
		{ "GET / HTTP/1.1\nhOsT:\t A.Example:8080 \n\n", "a.example" },
		{ "GET / HTTP/1.0\r\n\r\n", "" },
		{ "GET / HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n", "" },
		{ "GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n", "" },
		{ "GET / HTTP/1.1\r\nHost:\r\n\r\n", "" },
		{ "GET / HTTP/1.1\r\nHost: <script>\r\n\r\n", "" },
		{ "GET / HTTP/1.1\r\nHostile: b.example\r\nHost: a.example\r\n\r\n", "a.example" },
		/* RFC 9112 section 3.2.2: the target goes before the field. */
		{ "GET http://u@a.example:1/b HTTP/1.1\r\nHost: b.example\r\n\r\n", "a.example" },
		{ "CONNECT a.example:443 HTTP/1.1\r\nHost: b.example\r\n\r\n", "a.example" },
		{ "OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n", "a.example" },
		{ "GET /?u=http://b.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n", "a.example" },
		{ "GET / HTTP/1.1\r\nHost: a.example\r\n\r\nHost: b.example\r\n\r\n", "a.example" },
	};
	struct eg_http_request request;

	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		assert_int_equal(parse(requests[i][0], &request), 0);
		assert_string_equal(request.name, requests[i][1]);
	}
}

static void other_texts_are_refused(void **state)
{
	static const char *const texts[] = {
		"get / HTTP/1.1\r\n",
		"EHLO mail.example.com\r\n",
		"PRI * HTTP/2.0\r\n\r\n",
		"GET /\r\n",
		"\r\n",
		"AVERYLONGMETHODTHATNOBODYHASEVERHEARDOF",
		"GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n",
		"SSH-2.0-OpenSSH_9.2\r\n",
	};
	struct eg_http_request request;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(parse(texts[i], &request), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_are_understood),
		cmocka_unit_test(hosts_are_found),
		cmocka_unit_test(other_texts_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
