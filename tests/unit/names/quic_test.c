/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Initial packets: the standards' own, those of a real client, and what a network does to them. */
#include <errno.h>
#include <stdlib.h>

#include "tests/unit/names/hello.h"
#include "tests/unit/names/initial.h"

#include "user/names/quic.h"

static struct eg_quic_flow flow;

static int setup(void **state)
{
	struct eg_quic_crypto *crypto = NULL;

	if (eg_quic_crypto_new(&crypto) == 0)
		*state = crypto;
	return 0;
}

static int teardown(void **state)
{
	eg_quic_crypto_free(*state);
	return 0;
}

/* A build without libcrypto reads no QUIC, and says so. */
static struct eg_quic_crypto *crypto_of(void **state)
{
	if (!*state)
		skip();
	memset(&flow, 0, sizeof(flow));
	return *state;
}

static void standards_and_programs_are_understood(void **state)
{
	static const char *const files[][2] = {
		{ "quic/rfc9001-a2", "example.com" }, /* RFC 9001 appendix A.2 */
		{ "quic/rfc9369-a2", "example.com" }, /* RFC 9369 appendix A.2 */
		{ "quic/gtlsclient", "localhost" },
	};
	struct eg_quic_crypto *crypto;
	struct eg_tls_hello hello;
	struct bytes bytes;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		crypto = crypto_of(state);
		bytes_read(&bytes, files[i][0]);
		assert_true(eg_quic_begins(bytes.data, bytes.size));
		assert_int_equal(eg_quic_add(crypto, &flow, bytes.data, bytes.size, &hello), 0);
		assert_string_equal(hello.name, files[i][1]);
	}
}

static void what_is_cut_or_changed_is_refused(void **state)
{
	struct eg_quic_crypto *crypto = crypto_of(state);
	struct eg_tls_hello hello;
	struct bytes bytes;

	bytes_read(&bytes, "quic/rfc9001-a2");
	for (size_t size = 0; size < bytes.size; size++)
		assert_int_equal(eg_quic_add(crypto, &flow, bytes.data, size, &hello), -EBADMSG);
	for (size_t i = 0; i < bytes.size; i++) {
		bytes.data[i] ^= 1;
		assert_int_equal(eg_quic_add(crypto, &flow, bytes.data, bytes.size, &hello),
				 -EBADMSG);
		bytes.data[i] ^= 1;
	}
}

static int add(struct eg_quic_crypto *crypto, const struct initial_options *options,
	       struct eg_tls_hello *ret_hello)
{
	struct bytes packet = { .size = 0 };

	initial_make(&packet, options);
	return eg_quic_add(crypto, &flow, packet.data, packet.size, ret_hello);
}

/* Chromium sends its hello in pieces, out of order, among pings and padding. */
static void pieces_come_in_any_order(void **state)
{
	struct eg_quic_crypto *crypto = crypto_of(state);
	struct bytes message = { .size = 0 };
	struct eg_tls_hello hello;
	static const size_t order[] = { 3, 0, 5, 1, 1, 4, 2 };
	int r = -EAGAIN;

	hello_make(&message,
		   &(struct hello_options){ .name = "pieces.example.com", .padding = 1700 });
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		struct bytes frames = { .size = 0 };
		size_t begin = order[i] * 330, size = 350; /* they overlap */

		assert_int_equal(r, -EAGAIN);
		if (begin + size > message.size)
			size = message.size - begin;
		bytes_number(&frames, 1, 1); /* PING */
		initial_crypto(&frames, begin, message.data + begin, size);
		r = add(crypto,
			&(struct initial_options){
				.id = "12345678", .number = i, .frames = &frames },
			&hello);
	}
	assert_int_equal(r, 0);
	assert_string_equal(hello.name, "pieces.example.com");
}

/* The client takes the server's id at once; its keys stay those of the first one. */
static void keys_are_those_of_the_first_id(void **state)
{
	struct eg_quic_crypto *crypto = crypto_of(state);
	struct bytes message = { .size = 0 }, first = { .size = 0 }, second = { .size = 0 };
	struct eg_tls_hello hello;

	hello_make(&message, &(struct hello_options){ .name = "later.example", .padding = 900 });
	initial_crypto(&first, 0, message.data, 600);
	initial_crypto(&second, 600, message.data + 600, message.size - 600);
	assert_int_equal(add(crypto,
			     &(struct initial_options){ .id = "original", .frames = &first },
			     &hello),
			 -EAGAIN);
	assert_int_equal(add(crypto,
			     &(struct initial_options){ .id = "original",
							.shown_id = "server",
							.number = 1,
							.frames = &second },
			     &hello),
			 0);
	assert_string_equal(hello.name, "later.example");
}

/* After a Retry the client begins again, with a token and the keys of a new id. */
static void a_retry_begins_again(void **state)
{
	struct eg_quic_crypto *crypto = crypto_of(state);
	struct bytes message = { .size = 0 }, first = { .size = 0 }, all = { .size = 0 };
	struct eg_tls_hello hello;

	hello_make(&message, &(struct hello_options){ .name = "retry.example", .padding = 900 });
	initial_crypto(&first, 0, message.data, 600);
	initial_crypto(&all, 0, message.data, message.size);
	assert_int_equal(add(crypto,
			     &(struct initial_options){ .id = "first id", .frames = &first },
			     &hello),
			 -EAGAIN);
	assert_int_equal(
		add(crypto,
		    &(struct initial_options){
			    .id = "retry id", .token = "token", .number = 1, .frames = &all },
		    &hello),
		0);
	assert_string_equal(hello.name, "retry.example");
}

static void coalesced_packets_are_all_read(void **state)
{
	struct eg_quic_crypto *crypto = crypto_of(state);
	struct bytes message = { .size = 0 }, first = { .size = 0 }, second = { .size = 0 };
	struct bytes datagram = { .size = 0 };
	struct eg_tls_hello hello;

	hello_make(&message, &(struct hello_options){ .name = "two.example", .padding = 300 });
	initial_crypto(&first, 0, message.data, 200);
	initial_crypto(&second, 200, message.data + 200, message.size - 200);
	initial_make(&datagram, &(struct initial_options){ .id = "12345678", .frames = &first });
	initial_make(&datagram,
		     &(struct initial_options){
			     .id = "12345678", .type = 1, .number = 9, .frames = &first });
	initial_make(&datagram, &(struct initial_options){ .id = "12345678",
							   .number = 1,
							   .version = EG_QUIC_V1,
							   .frames = &second });
	bytes_text(&datagram, "\x40 a packet with a short header");
	assert_int_equal(eg_quic_add(crypto, &flow, datagram.data, datagram.size, &hello), 0);
	assert_string_equal(hello.name, "two.example");
}

/* The largest number of pieces that don't touch; what finds no room is not taken for there. */
static void pieces_are_bounded(void **state)
{
	struct eg_quic_crypto *crypto = crypto_of(state);
	struct bytes message = { .size = 0 };
	struct eg_tls_hello hello;

	hello_make(&message, &(struct hello_options){ .name = "many.example", .padding = 900 });
	for (size_t i = 0; i < message.size / 2; i++) {
		struct bytes frames = { .size = 0 };

		initial_crypto(&frames, 2 * i + 1, message.data + 2 * i + 1, 1);
		assert_int_equal(add(crypto,
				     &(struct initial_options){ .id = "12345678",
								.number = i % 200,
								.frames = &frames },
				     &hello),
				 -EAGAIN);
	}
	assert_int_equal(flow.ranges_count, EG_QUIC_RANGES_MAX);
}

static void frames_that_lie_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
	} lies[] = {
		{ "\x06\x00\x40\x80x", 5 }, /* longer than the packet */
		{ "\x06\x80\x00\x40\x00\x01x", 7 }, /* beyond any hello */
		{ "\x06\xff\xff\xff\xff\xff\xff\xff\xff\x01x", 11 },
		{ "\x02\x00\x00\x3f\x00\x01", 6 }, /* an ACK with 63 ranges */
		{ "\x08\x00\x01x", 4 }, /* a STREAM */
		{ "\x06\x00\x04\x02\x00\x00\x00", 7 }, /* a ServerHello */
	};
	struct eg_quic_crypto *crypto;
	struct eg_tls_hello hello;

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct bytes frames = { .size = 0 };

		crypto = crypto_of(state);
		bytes_add(&frames, lies[i].bytes, lies[i].size);
		assert_int_equal(add(crypto,
				     &(struct initial_options){
					     .id = "12345678", .frames = &frames, .bare = true },
				     &hello),
				 -EBADMSG);
	}
}

static void other_datagrams_do_not_begin_one(void **state)
{
	(void)state;
	assert_false(eg_quic_begins(BYTES("\xc0\x00\x00\x00")));
	assert_false(eg_quic_begins(BYTES("\xc0\x00\x00\x00\x02\x08")));
	assert_false(eg_quic_begins(BYTES("\x40\x00\x00\x00\x01\x08")));
	assert_false(eg_quic_begins(BYTES("\xd0\x00\x00\x00\x01\x08"))); /* 0-RTT */
	assert_false(eg_quic_begins(BYTES("\xc0\x6b\x33\x43\xcf\x08"))); /* Retry of version 2 */
	assert_true(eg_quic_begins(BYTES("\xd0\x6b\x33\x43\xcf\x08")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(standards_and_programs_are_understood),
		cmocka_unit_test(what_is_cut_or_changed_is_refused),
		cmocka_unit_test(pieces_come_in_any_order),
		cmocka_unit_test(keys_are_those_of_the_first_id),
		cmocka_unit_test(a_retry_begins_again),
		cmocka_unit_test(coalesced_packets_are_all_read),
		cmocka_unit_test(pieces_are_bounded),
		cmocka_unit_test(frames_that_lie_are_refused),
		cmocka_unit_test(other_datagrams_do_not_begin_one),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
