/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names that ECH shows instead of the one that is meant: to whom they are known as such. */
#include "tests/unit/names/heard.h"

/* ECH hides a name, or keeps others company: what was told is the name, else nobody knows. */
static void with_ech_a_name_may_be_outer(void **state)
{
	(void)state;
	hello(5, "public.example", true);
	assert_heard("public.example tls_sni outer\n");
	trust_server();
	add_dns(1, "dns/a-query", true);
	add_dns(1, "dns/a-answer", false);
	hello(6, "www.example.com", true);
	assert_heard("www.example.com dns observed\nwww.example.com tls_sni corroborated\n");
}

/* A list of one ECH configuration with this public name. */
static void ech_list(struct bytes *list, const char *name)
{
	struct bytes contents = { .size = 0 }, config = { .size = 0 };

	bytes_add(&contents, BYTES("\7\0\x20\0\1k\0\4sute\x40"));
	bytes_number(&contents, 1, strlen(name));
	bytes_text(&contents, name);
	bytes_number(&contents, 2, 0);
	bytes_number(&config, 2, 0xfe0d);
	bytes_counted(&config, 2, &contents);
	bytes_counted(list, 2, &config);
}

static void add_message(const struct eg_names_app *app, uint64_t sk, const struct bytes *message,
			bool sent)
{
	struct eg_payload payload = payload_of(sk, 53, sent, message->data, message->size);

	payload.transport = IPPROTO_UDP;
	payload.total = payload.size;
	assert_int_equal(eg_names_add(names, &payload, app), 0);
}

static void ask_for_service(struct bytes *message)
{
	message->size = 0;
	bytes_add(message, BYTES("\0\7\1\0\0\1\0\0\0\0\0\0\1x\7example\0\0\x41\0\1"));
}

/* This app asks for the service of x.example, and is told such a list. */
static void ask_service(const struct eg_names_app *app, uint64_t sk, const char *public_name)
{
	struct bytes message, data = { .size = 0 }, list = { .size = 0 };

	ask_for_service(&message);
	add_message(app, sk, &message, true);
	ech_list(&list, public_name);
	bytes_add(&data, BYTES("\0\1\0\0\5"));
	bytes_counted(&data, 2, &list);
	bytes_add(&message, BYTES("\xc0\x0c\0\x41\0\1\0\0\1\0"));
	bytes_counted(&message, 2, &data);
	message.data[2] |= 0x80;
	message.data[7] = 1;
	add_message(app, sk, &message, false);
}

/* Who looks up a service with ECH learns what is an outer name to himself, not to others. */
static void an_outer_name_is_one_to_its_app(void **state)
{
	static const struct eg_names_app other = { .id = "other" };

	(void)state;
	trust_server();
	add_dns(1, "dns/a-query", true);
	add_dns(1, "dns/a-answer", false);
	ask_service(&other, 20, "www.example.com");
	hello(5, "www.example.com", true);
	ask_service(&curl, 20, "www.example.com");
	hello(6, "www.example.com", true);
	assert_heard("www.example.com dns observed\nwww.example.com tls_sni corroborated\n"
		     "www.example.com tls_sni outer\n");
}

/* Half a ClientHello: it is kept until the rest comes. */
static void begin_hello(const struct eg_names_app *app, uint64_t sk)
{
	struct eg_payload payload = payload_of(sk, 443, true, BYTES("\x16\3\1\x10\0\1\0\x0f"));

	assert_int_equal(eg_names_add(names, &payload, app), 0);
}

/*
 * One app asks a million questions that nobody answers, is told outer names and
 * begins handshakes without end; what another waits for and knows stays.
 */
static void a_flood_hides_nothing_of_others(void **state)
{
	static const struct eg_names_app flood = { .id = "flood" };
	struct bytes question;
	char name[32];

	(void)state;
	trust_server();
	ask_service(&curl, 20, "www.example.com");
	add_dns(1, "dns/a-query", true);
	begin_hello(&curl, 2);
	ask_for_service(&question);
	for (uint64_t i = 0; i < 1000000; i++) {
		add_message(&flood, 1000 + i, &question, true);
		if (i % 20)
			continue;
		snprintf(name, sizeof(name), "n%lu.example", (unsigned long)i);
		ask_service(&flood, 2000000 + i, name);
		begin_hello(&flood, 4000000 + i);
	}
	assert_heard("");
	add_dns(1, "dns/a-answer", false);
	hello(5, "www.example.com", true);
	assert_heard("www.example.com dns observed\nwww.example.com tls_sni outer\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(with_ech_a_name_may_be_outer, setup, teardown),
		cmocka_unit_test_setup_teardown(an_outer_name_is_one_to_its_app, setup, teardown),
		cmocka_unit_test_setup_teardown(a_flood_hides_nothing_of_others, setup, teardown),
	};

	return cmocka_run_group_tests_name("names/outer", tests, NULL, NULL);
}
