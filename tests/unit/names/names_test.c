/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From samples to names: questions, answers and what connections say, in one order and another. */
#include <netinet/in.h>
#include <stdlib.h>

#include "tests/unit/names/heard.h"

static size_t ask(const char *app, struct eg_known_name *found)
{
	const struct eg_networks network = { .ids = { 1 }, .count = 1 };
	uint8_t ip[16];
	const struct eg_names_question question = {
		.app = app,
		.networks = &network,
		.ip = ip,
		.first_ns = 1000,
		.last_ns = 2000,
	};

	set_ip(ip, IP_SITE);
	return eg_names_of_address(names, &question, found);
}

static void answers_belong_to_their_questions(void **state)
{
	struct eg_known_name found[EG_NAMES_CANDIDATES];

	(void)state;
	trust_server();
	add_dns(1, "dns/a-answer", false); /* nobody asked */
	add_dns(1, "dns/a-query", true);
	add_dns(2, "dns/a-answer", false); /* another socket asked */
	assert_heard("");
	add_dns(1, "dns/a-answer", false);
	add_dns(1, "dns/a-answer", false); /* once is enough */
	assert_heard("www.example.com dns observed\n");
	assert_int_equal(ask(curl.id, found), 1);
	assert_string_equal(found[0].name, "www.example.com");
	assert_int_equal(ask("other", found), 1);
	assert_int_equal(found[0].source, EG_NAME_DNS_OTHER_APP);
}

/* A program that answers itself, or asks a server of its own. */
static void answers_of_anybody_are_claimed(void **state)
{
	struct eg_known_name found[EG_NAMES_CANDIDATES];

	(void)state;
	add_dns(1, "dns/a-query", true);
	add_dns(1, "dns/a-answer", false);
	assert_heard("www.example.com dns claimed\n");
	assert_int_equal(ask("other", found), 0);
	hello(5, "www.example.com", false);
	assert_heard("www.example.com tls_sni claimed\n");
}

static void a_name_that_was_told_is_corroborated(void **state)
{
	struct eg_sample_key socket = { .sk = 5, .born_ns = 1 };
	struct eg_known_name name;
	uint8_t ip[16];

	(void)state;
	set_ip(ip, IP_SITE);
	trust_server();
	add_dns(1, "dns/chain-query", true);
	add_dns(1, "dns/chain-answer", false);
	hello(5, "alias.example.com", false);
	hello(6, "www.example.com", false); /* at the end of the chain, but not what was asked */
	assert_heard("alias.example.com dns observed\nalias.example.com tls_sni corroborated\n"
		     "www.example.com tls_sni claimed\n");
	assert_true(eg_names_of_socket(names, &socket, ip, &name));
	assert_string_equal(name.name, "alias.example.com");
	set_ip(ip, IP_SERVER);
	assert_false(eg_names_of_socket(names, &socket, ip, &name));
	set_ip(ip, IP_SITE);
	eg_names_forget(names, &socket, ip);
	assert_false(eg_names_of_socket(names, &socket, ip, &name));
}

/* Over TCP messages have their length in front, and come in any pieces. */
static void dns_over_tcp_is_read(void **state)
{
	static const char *const files[] = { "dns/chain-query", "dns/chain-answer" };
	struct eg_payload payload;
	struct bytes message, bytes;

	(void)state;
	trust_server();
	for (int i = 0; i < 2; i++) {
		bytes_read(&message, files[i]);
		bytes.size = 0;
		bytes_counted(&bytes, 2, &message);
		for (size_t at = 0; at < bytes.size; at += 10) {
			size_t size = bytes.size - at < 10 ? bytes.size - at : 10;

			payload = payload_of(1, 53, i == 0, bytes.data + at, size);
			payload.offset = (uint32_t)at;
			set_ip(payload.ip, IP_SERVER);
			add(&payload);
		}
	}
	assert_heard("alias.example.com dns observed\n");
}

/* A connection to a resolver lasts: no name on it comes too late to be read. */
static void a_lasting_connection_is_read_on(void **state)
{
	enum { MESSAGES = 2000 };
	static const char *const files[] = { "dns/a-query", "dns/a-answer" };
	struct eg_payload payload;
	struct bytes message, bytes;
	uint32_t at[2] = { 0, 0 };
	char told[64];

	(void)state;
	trust_server();
	for (int i = 0; i < 2 * MESSAGES; i++) {
		bytes_read(&message, files[i % 2]);
		bytes.size = 0;
		bytes_counted(&bytes, 2, &message);
		payload = payload_of(1, 53, i % 2 == 0, bytes.data, bytes.size);
		payload.offset = at[i % 2];
		at[i % 2] += (uint32_t)bytes.size;
		set_ip(payload.ip, IP_SERVER);
		add(&payload);
		snprintf(told, sizeof(told), "%s", i % 2 ? "www.example.com dns observed\n" : "");
		assert_heard(told);
	}
	assert_true(at[1] > 100000);
}

static void nothing_unfinished_is_kept(void **state)
{
	static const char secret[] = "POST / HTTP/1.1\r\nCookie: SECRET";
	struct eg_payload payload = payload_of(1, 80, true, (const uint8_t *)secret,
					       sizeof(secret) - 1),
			  part;

	(void)state;
	add(&payload);
	assert_int_equal(eg_names_unfinished(names), 1);
	eg_names_forget(names, &payload.socket, payload.ip);
	assert_int_equal(eg_names_unfinished(names), 0);
	/* A socket that is known by number. */
	payload.speaker = 7;
	add(&payload);
	eg_names_end(names, &payload.socket);
	assert_int_equal(eg_names_unfinished(names), 1);
	eg_names_end(names, &(struct eg_sample_key){ .born_ns = 7 });
	assert_int_equal(eg_names_unfinished(names), 0);
	add(&payload);
	part = payload_of(2, 53, true, (const uint8_t *)secret, sizeof(secret) - 1);
	part.transport = IPPROTO_UDP;
	part.total = 100;
	add(&part);
	assert_int_equal(eg_names_unfinished(names), 2);
	eg_names_expire(names, 11000000000);
	assert_int_equal(eg_names_unfinished(names), 0);
}

static void a_hello_in_pieces_is_read(void **state)
{
	struct bytes message = { .size = 0 }, bytes = { .size = 0 };
	struct eg_payload payload;

	(void)state;
	hello_make(&message, &(struct hello_options){ .name = "big.example", .padding = 9000 });
	hello_records(&bytes, &message, 4000);
	for (size_t at = 0; at < bytes.size; at += 1400) {
		size_t size = bytes.size - at < 1400 ? bytes.size - at : 1400;

		payload = payload_of(1, 8443, true, bytes.data + at, size);
		payload.offset = (uint32_t)at;
		add(&payload);
	}
	assert_heard("big.example tls_sni claimed\n");
}

static void quic_is_read(void **state)
{
	struct eg_payload payload;
	struct bytes bytes;

	(void)state;
	if (eg_names_degraded(names))
		skip();
	bytes_read(&bytes, "quic/rfc9001-a2");
	payload = payload_of(1, 4433, true, bytes.data, bytes.size);
	payload.transport = IPPROTO_UDP;
	payload.total = payload.size;
	add(&payload);
	assert_heard("example.com quic_sni claimed\n");
	/* The same as the second of two segments, in two records. */
	payload.socket.sk = 2;
	payload.segment = 1200;
	payload.total = 2400;
	memset(payload.data, 0, 1200);
	memcpy(payload.data + 1200, bytes.data, 800);
	payload.size = 2000;
	add(&payload);
	assert_heard("");
	payload.offset = 2000;
	payload.size = 400;
	memcpy(payload.data, bytes.data + 800, 400);
	add(&payload);
	assert_heard("example.com quic_sni claimed\n");
}

/* A client of QUIC talks to several servers through one socket. */
static void each_peer_of_a_socket_keeps_its_name(void **state)
{
	const struct eg_sample_key speaker = { .born_ns = 3 };
	struct eg_payload payload;
	struct eg_known_name name;
	struct bytes bytes;
	uint8_t ip[16];

	(void)state;
	if (eg_names_degraded(names))
		skip();
	bytes_read(&bytes, "quic/rfc9001-a2");
	payload = payload_of(1, 443, true, bytes.data, bytes.size);
	payload.transport = IPPROTO_UDP;
	payload.total = payload.size;
	add(&payload);
	set_ip(payload.ip, IP_SERVER);
	add(&payload);
	/* The kernel knows it by a number when it has spoken to more than one. */
	payload.speaker = 3;
	set_ip(payload.ip, 198, 51, 100, 9);
	add(&payload);
	assert_heard("example.com quic_sni claimed\nexample.com quic_sni claimed\n"
		     "example.com quic_sni claimed\n");
	assert_false(eg_names_of_socket(names, &payload.socket, payload.ip, &name));
	assert_true(eg_names_of_socket(names, &speaker, payload.ip, &name));
	set_ip(payload.ip, IP_SERVER);
	assert_true(eg_names_of_socket(names, &payload.socket, payload.ip, &name));
	set_ip(ip, IP_SITE);
	assert_true(eg_names_of_socket(names, &payload.socket, ip, &name));
	eg_names_forget(names, &payload.socket, payload.ip);
	assert_true(eg_names_of_socket(names, &payload.socket, ip, &name));
	assert_string_equal(name.name, "example.com");
}

/* What begins as a ClientHello or an Initial is one, also where DNS is expected. */
static void no_port_is_kept_for_dns(void **state)
{
	struct bytes message = { .size = 0 }, bytes = { .size = 0 };
	struct eg_payload payload;

	(void)state;
	hello_make(&message, &(struct hello_options){ .name = "big.example", .padding = 900 });
	hello_records(&bytes, &message, 4000);
	for (size_t at = 0; at < bytes.size; at += at ? 500 : 1) {
		size_t size = !at ? 1 : bytes.size - at < 500 ? bytes.size - at : 500;

		payload = payload_of(1, 53, true, bytes.data + at, size);
		payload.offset = (uint32_t)at;
		add(&payload);
	}
	assert_heard("big.example tls_sni claimed\n");
	if (eg_names_degraded(names))
		skip();
	bytes_read(&bytes, "quic/rfc9001-a2");
	payload = payload_of(2, 53, true, bytes.data, bytes.size);
	payload.transport = IPPROTO_UDP;
	payload.total = payload.size;
	add(&payload);
	assert_heard("example.com quic_sni claimed\n");
}

/* Anything at all, in any order, does no harm. */
static void noise_does_no_harm(void **state)
{
	struct eg_payload payload = payload_of(0, 0, true, NULL, 0);

	(void)state;
	srand(7);
	for (int i = 0; i < 20000; i++) {
		for (size_t at = 0; at < 64; at++)
			payload.data[at] = (uint8_t)rand();
		payload.data[0] = i % 3 ? payload.data[0] : 0x16;
		payload.socket.sk = (uint64_t)(rand() % 700);
		payload.port = i % 2 ? 53 : 443;
		payload.transport = i % 5 ? IPPROTO_TCP : IPPROTO_UDP;
		payload.flags = (uint8_t)(rand() % 4);
		payload.offset = (uint32_t)(rand() % 3) * 64;
		payload.size = (uint16_t)(rand() % 65);
		payload.total = (uint32_t)rand() % 200;
		payload.segment = (uint16_t)(rand() % 3 * 16);
		add(&payload);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(answers_belong_to_their_questions, setup, teardown),
		cmocka_unit_test_setup_teardown(answers_of_anybody_are_claimed, setup, teardown),
		cmocka_unit_test_setup_teardown(a_name_that_was_told_is_corroborated, setup,
						teardown),
		cmocka_unit_test_setup_teardown(dns_over_tcp_is_read, setup, teardown),
		cmocka_unit_test_setup_teardown(a_lasting_connection_is_read_on, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_unfinished_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(a_hello_in_pieces_is_read, setup, teardown),
		cmocka_unit_test_setup_teardown(quic_is_read, setup, teardown),
		cmocka_unit_test_setup_teardown(each_peer_of_a_socket_keeps_its_name, setup,
						teardown),
		cmocka_unit_test_setup_teardown(no_port_is_kept_for_dns, setup, teardown),
		cmocka_unit_test_setup_teardown(noise_does_no_harm, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
