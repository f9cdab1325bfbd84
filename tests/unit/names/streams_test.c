/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Streams that come in pieces, and the protocols on them. */
#include <errno.h>
#include <stdlib.h>

#include "tests/unit/names/hello.h"

#include "user/names/streams.h"

static void protocols_are_told_apart(void **state)
{
	static const struct {
		const char *file, *name;
		enum eg_name_source source;
	} files[] = {
		{ "tls/curl", "log.example.com", EG_NAME_TLS_SNI },
		{ "http/curl", "plain.example.com", EG_NAME_HTTP_HOST },
		{ "http/curl-connect", "tunnel.example.com", EG_NAME_TLS_SNI },
		{ "starttls/smtp", "mail.example.com", EG_NAME_TLS_SNI },
	};
	struct eg_stream_name name;
	struct bytes bytes;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		bytes_read(&bytes, files[i].file);
		assert_int_equal(eg_stream_name(bytes.data, bytes.size, &name), 0);
		assert_string_equal(name.name, files[i].name);
		assert_int_equal(name.source, files[i].source);
	}
	assert_int_equal(eg_stream_name(BYTES("SSH-2.0-x\r\n\0\0"), &name), -EBADMSG);
}

static void a_tunnel_is_known_before_its_content(void **state)
{
	static const char head[] = "CONNECT a.example:443 HTTP/1.1\r\n\r\n";
	struct bytes bytes = { .size = 0 }, hello = { .size = 0 };
	struct eg_stream_name name;

	(void)state;
	bytes_text(&bytes, head);
	assert_int_equal(eg_stream_name(bytes.data, bytes.size, &name), -EAGAIN);
	assert_string_equal(name.name, "a.example");
	assert_int_equal(name.source, EG_NAME_HTTP_HOST);
	hello_make(&hello, &(struct hello_options){ .name = "b.example" });
	hello_records(&bytes, &hello, 100);
	assert_int_equal(eg_stream_name(bytes.data, bytes.size, &name), 0);
	assert_string_equal(name.name, "b.example");
	bytes.size = 0;
	bytes_text(&bytes, head);
	bytes_text(&bytes, "SSH-2.0-x\r\n");
	assert_int_equal(eg_stream_name(bytes.data, bytes.size, &name), 0);
	assert_string_equal(name.name, "a.example");
}

static struct eg_payload payload_of(uint64_t sk, uint32_t offset, const char *text)
{
	struct eg_payload payload = {
		.socket = { .sk = sk, .born_ns = 1 },
		.flags = EG_PAYLOAD_SENT,
		.offset = offset,
		.size = (uint16_t)strlen(text),
	};

	memcpy(payload.data, text, payload.size);
	return payload;
}

static int add(struct eg_streams *streams, uint64_t sk, uint32_t offset, const char *text,
	       const char *expected)
{
	struct eg_payload payload = payload_of(sk, offset, text);
	const uint8_t *bytes;
	size_t size;
	int r = eg_streams_add(streams, &payload, &bytes, &size);

	if (r < 0)
		return r;
	assert_int_equal(size, strlen(expected));
	assert_memory_equal(bytes, expected, size);
	return eg_streams_keep(streams, payload.socket.sk == 1, &payload, bytes, size);
}

static void pieces_are_put_together(void **state)
{
	struct eg_streams *streams = eg_streams_new();
	struct eg_payload payload = payload_of(1, 0, "");

	(void)state;
	assert_int_equal(add(streams, 1, 0, "abc", "abc"), 0);
	assert_int_equal(add(streams, 2, 0, "xyz", "xyz"), 0);
	assert_int_equal(add(streams, 1, 3, "def", "abcdef"), 0);
	assert_int_equal(add(streams, 1, 0, "abcd", "abcdef"), 0); /* sent again */
	assert_int_equal(add(streams, 1, 5, "fghi", "abcdefghi"), 0);
	assert_int_equal(add(streams, 1, 10, "k", NULL), -ENOENT); /* a gap */
	assert_int_equal(add(streams, 1, 9, "j", NULL), -ENOENT); /* given up */
	assert_int_equal(add(streams, 3, 9, "j", NULL), -ENOENT); /* never begun */
	payload.socket.sk = 2;
	eg_streams_end(streams, &payload);
	assert_int_equal(add(streams, 2, 3, "a", NULL), -ENOENT);
	eg_streams_free(streams);
}

static void memory_is_bounded(void **state)
{
	struct eg_streams *streams = eg_streams_new();
	struct eg_payload payload = payload_of(1, 0, "");
	const uint8_t *bytes;
	size_t size;
	int r = 0;

	(void)state;
	payload.size = EG_PAYLOAD_LARGE;
	for (int i = 0; r == 0 && i < 100; i++) {
		r = eg_streams_add(streams, &payload, &bytes, &size);
		if (r == 0)
			assert_int_equal(eg_streams_keep(streams, payload.socket.sk == 1, &payload,
							 bytes, size),
					 0);
		payload.offset += EG_PAYLOAD_LARGE;
	}
	assert_int_equal(r, -ENOENT);
	assert_int_equal(size, EG_STREAM_MAX);
	eg_streams_free(streams);
}

/* Of somebody who begins many streams and ends none, all others keep theirs. */
static void a_flood_is_its_makers_affair(void **state)
{
	struct eg_streams *streams = eg_streams_new();

	(void)state;
	assert_int_equal(add(streams, 1, 0, "abc", "abc"), 0);
	for (uint64_t sk = 2; sk < 1000000; sk++)
		assert_int_equal(add(streams, sk, 0, "xyz", "xyz"), 0);
	assert_int_equal(add(streams, 1, 3, "def", "abcdef"), 0);
	assert_int_equal(add(streams, 2, 3, "xyz", NULL), -ENOENT);
	eg_streams_free(streams);
}

/* A request that is not finished is not kept for ever, nor once its connection has ended. */
static void what_is_unfinished_is_not_kept(void **state)
{
	const uint64_t begun_ns = 1000;
	struct eg_streams *streams = eg_streams_new();
	struct eg_payload payload = payload_of(1, 0, "POST / HTTP/1.1\r\nCookie: SECRET");

	(void)state;
	payload.header.time_ns = begun_ns;
	assert_int_equal(eg_streams_keep(streams, 1, &payload, payload.data, payload.size), 0);
	payload.socket.sk = 2;
	assert_int_equal(eg_streams_keep(streams, 1, &payload, payload.data, payload.size), 0);
	eg_streams_forget(streams, &(struct eg_sample_key){ .sk = 1, .born_ns = 1 });
	assert_int_equal(eg_streams_count(streams), 1);
	eg_streams_expire(streams, begun_ns + EG_STREAM_IDLE_NS);
	assert_int_equal(eg_streams_count(streams), 1);
	eg_streams_expire(streams, begun_ns + EG_STREAM_IDLE_NS + 1);
	assert_int_equal(eg_streams_count(streams), 0);
	eg_streams_free(streams);
}

/* What was read is let go of, and where the stream goes on stays known, idle or not. */
static void only_the_tail_is_kept(void **state)
{
	struct eg_streams *streams = eg_streams_new();
	struct eg_payload payload = payload_of(1, 0, "abcdef");
	const uint8_t *bytes;
	size_t size;

	(void)state;
	assert_int_equal(eg_streams_add(streams, &payload, &bytes, &size), 0);
	assert_int_equal(eg_streams_keep(streams, 1, &payload, bytes + 4, 2), 0);
	assert_int_equal(add(streams, 1, 2, "cd", NULL), -ENOENT); /* sent again */
	payload = payload_of(1, 3, "defghi");
	assert_int_equal(eg_streams_add(streams, &payload, &bytes, &size), 0);
	assert_int_equal(size, 5);
	assert_memory_equal(bytes, "efghi", 5);
	assert_int_equal(eg_streams_keep(streams, 1, &payload, bytes + 3, 2), 0);
	assert_int_equal(add(streams, 1, 9, "j", "hij"), 0);
	payload = payload_of(1, 10, "k");
	assert_int_equal(eg_streams_add(streams, &payload, &bytes, &size), 0);
	assert_int_equal(eg_streams_keep(streams, 1, &payload, bytes + size, 0), 0);
	eg_streams_expire(streams, 10 * EG_STREAM_IDLE_NS);
	assert_int_equal(add(streams, 1, 11, "l", "l"), 0);
	eg_streams_free(streams);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(protocols_are_told_apart),
		cmocka_unit_test(a_tunnel_is_known_before_its_content),
		cmocka_unit_test(pieces_are_put_together),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(a_flood_is_its_makers_affair),
		cmocka_unit_test(what_is_unfinished_is_not_kept),
		cmocka_unit_test(only_the_tail_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
