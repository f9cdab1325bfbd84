/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which name gets the bytes of a row, and which is its domain. */
#include <netinet/in.h>

#include "tests/unit/names/hello.h"

#include "tests/unit/flow/model.h"

#include "user/cmd/naming.h"

#define APP "exe:/usr/bin/curl"
#define SERVER 198, 51, 100, 53
#define SITE 198, 51, 100, 7
#define SECOND 1000000000ULL

static struct eg_names *names;
static struct eg_summary *summary;
static struct eg_destination *row; /* with the site */

static const struct eg_networks network = { .ids = { 1 }, .count = 1 };

static const struct eg_names_app app = { .id = APP, .executable = "/usr/bin/curl" };

static int setup(void **state)
{
	const struct eg_destination_key key = { .ip = { [10] = 0xff, 0xff, SITE },
						.transport = IPPROTO_TCP,
						.has_ip = true };
	static const struct eg_names_sink sink = { .learnt = NULL };

	(void)state;
	summary = model_new();
	row = model_add(model_app(summary, APP), key, model_counters(0, 0));
	return eg_names_new("/nowhere", &sink, &names);
}

static int teardown(void **state)
{
	(void)state;
	eg_names_free(names);
	eg_summary_free(summary);
	return 0;
}

/* --- what happens --- */

static void add_payload(struct eg_payload *payload, const struct bytes *bytes)
{
	payload->header.time_ns = SECOND;
	payload->net_ns = network.ids[0];
	payload->size = (uint16_t)bytes->size;
	memcpy(payload->data, bytes->data, bytes->size);
	assert_int_equal(eg_names_add(names, payload, &app), 0);
}

/* A connection shows a name. */
static void show(uint64_t sk, const char *name, bool ech)
{
	struct eg_payload payload = {
		.socket = { .sk = sk, .born_ns = 1 },
		.ip = { [10] = 0xff, 0xff, SITE },
		.port = 443,
		.transport = IPPROTO_TCP,
		.flags = EG_PAYLOAD_SENT,
	};
	struct bytes message = { .size = 0 }, bytes = { .size = 0 };

	hello_make(&message, &(struct hello_options){ .name = name, .ech = ech });
	hello_records(&bytes, &message, 16384);
	add_payload(&payload, &bytes);
}

/* The app asks a server that it has chosen itself, and is told the site's address. */
static void ask(const char *query, const char *answer)
{
	struct eg_payload payload = {
		.socket = { .sk = 99, .born_ns = 1 },
		.ip = { [10] = 0xff, 0xff, SERVER },
		.port = 53,
		.transport = IPPROTO_UDP,
		.flags = EG_PAYLOAD_SENT,
	};
	struct bytes bytes;

	bytes_read(&bytes, query);
	payload.total = (uint32_t)bytes.size;
	add_payload(&payload, &bytes);
	bytes_read(&bytes, answer);
	payload.total = (uint32_t)bytes.size;
	payload.flags = 0;
	add_payload(&payload, &bytes);
}

static struct eg_gain gain_of(uint64_t sk, uint64_t sent)
{
	return (struct eg_gain){
		.row = { .ip = { [10] = 0xff, 0xff, SITE }, .port = 443, .transport = IPPROTO_TCP },
		.delta = { .bytes_sent = sent,
			   .bytes_received = 10 * sent,
			   .connections = 1,
			   .first_ns = SECOND,
			   .last_ns = 2 * SECOND },
		.socket = { .sk = sk, .born_ns = sk ? 1 : 0 },
	};
}

static void gain(const struct eg_gain *gained)
{
	assert_int_equal(naming_add(names, gained, APP, &network, row), 0);
}

static void gain_on(uint64_t sk, uint64_t sent)
{
	const struct eg_gain gained = gain_of(sk, sent);

	gain(&gained);
}

/* --- what must come of it --- */

static void assert_domain(const char *domain, const char *source, const char *confidence)
{
	assert_non_null(row->detail);
	assert_string_equal(model_text(row->detail->domain), domain);
	assert_string_equal(model_text(row->detail->domain_source), source);
	assert_string_equal(model_text(row->detail->domain_confidence), confidence);
}

static void assert_name(const char *text, const char *source, uint64_t connections, uint64_t sent)
{
	for (size_t i = 0; row->detail && i < row->detail->names_count; i++) {
		const struct eg_name *name = &row->detail->names[i];

		if (strcmp(name->name, text) != 0 || strcmp(name->source, source) != 0)
			continue;
		assert_int_equal(name->connections, connections);
		assert_int_equal(name->bytes.sent, sent);
		assert_int_equal(name->bytes.received, 10 * sent);
		return;
	}
	fail_msg("no name %s from %s", text, source);
}

static size_t names_count(void)
{
	return row->detail ? row->detail->names_count : 0;
}

static void each_connection_has_its_own(void **state)
{
	(void)state;
	show(1, "a.example", false);
	show(2, "b.example", false);
	gain_on(1, 100);
	assert_domain("a.example", "tls_sni", "claimed");
	gain_on(2, 40);
	assert_domain("a.example", "tls_sni", "claimed");
	gain_on(2, 80);
	/* That of the most bytes. */
	assert_domain("b.example", "tls_sni", "claimed");
	/* What shows none, of a program that is told none, is the remainder. */
	gain_on(3, 1000);
	gain_on(0, 1000);
	assert_int_equal(names_count(), 2);
	assert_name("a.example", "tls_sni", 1, 100);
	assert_name("b.example", "tls_sni", 2, 120);
	assert_domain("b.example", "tls_sni", "claimed");
}

static void an_outer_name_is_never_the_domain(void **state)
{
	(void)state;
	show(1, "outer.example", true);
	gain_on(1, 100);
	assert_name("outer.example", "tls_sni", 1, 100);
	assert_domain("-", "-", "-");
	/* What DNS said is, though the bytes are not known to be its. */
	ask("dns/a-query", "dns/a-answer");
	gain_on(1, 50);
	assert_domain("www.example.com", "dns", "claimed");
	assert_name("outer.example", "tls_sni", 2, 150);
	assert_name("www.example.com", "dns", 0, 0);
}

static void the_only_name_of_an_address_has_the_bytes(void **state)
{
	(void)state;
	ask("dns/a-query", "dns/a-answer");
	gain_on(1, 100);
	assert_name("www.example.com", "dns", 1, 100);
	assert_domain("www.example.com", "dns", "claimed");
	/* Of two names nobody can tell. */
	ask("dns/chain-query", "dns/chain-answer");
	gain_on(2, 1000);
	assert_int_equal(names_count(), 2);
	assert_name("www.example.com", "dns", 1, 100);
	assert_name("alias.example.com", "dns", 0, 0);
	assert_domain("www.example.com", "dns", "claimed");
	/* What a connection shows goes before what DNS says. */
	show(3, "c.example", false);
	gain_on(3, 1);
	assert_domain("c.example", "tls_sni", "claimed");
}

/* The newest is shown, and that it is one of several. */
static void one_of_several_names_is_less_sure(void **state)
{
	(void)state;
	ask("dns/a-query", "dns/a-answer");
	ask("dns/chain-query", "dns/chain-answer");
	gain_on(1, 100);
	assert_int_equal(names_count(), 2);
	assert_name("www.example.com", "dns", 0, 0);
	assert_name("alias.example.com", "dns", 0, 0);
	assert_non_null(row->detail->domain);
	assert_domain(row->detail->domain, "dns", "inferred");
}

/* Long after its end an answer would be a guess only: what was noted stays as sure as it was. */
static void how_sure_it_is_was_decided_then(void **state)
{
	struct eg_gain late = gain_of(1, 100);

	(void)state;
	ask("dns/a-query", "dns/a-answer");
	gain_on(1, 100);
	late.delta.first_ns = late.delta.last_ns = 1000000 * SECOND;
	gain(&late);
	assert_int_equal(names_count(), 1);
	assert_name("www.example.com", "dns", 2, 200);
	assert_domain("www.example.com", "dns", "claimed");
}

static void assert_entry(size_t place, const char *confidence, uint64_t sent)
{
	assert_true(place < names_count());
	assert_string_equal(row->detail->names[place].name, "www.example.com");
	assert_string_equal(row->detail->names[place].confidence, confidence);
	assert_int_equal(row->detail->names[place].bytes.sent, sent);
}

/* Before the program was told, its name was a guess; what it exchanges from then on is surer. */
static void told_again_is_surer_from_then_on(void **state)
{
	struct eg_gain early = gain_of(1, 100);

	(void)state;
	ask("dns/a-query", "dns/a-answer");
	early.delta.first_ns = early.delta.last_ns = 1;
	gain(&early);
	assert_domain("www.example.com", "dns", "inferred");
	gain_on(2, 40);
	assert_int_equal(names_count(), 2);
	assert_entry(0, "claimed", 40);
	assert_entry(1, "inferred", 100);
	/* That of the most bytes. */
	assert_domain("www.example.com", "dns", "inferred");
	gain_on(2, 400);
	assert_domain("www.example.com", "dns", "claimed");
	/* And it stays so. */
	gain(&early);
	assert_int_equal(names_count(), 2);
	assert_entry(0, "claimed", 540);
	assert_entry(1, "inferred", 100);
}

static void a_socket_that_speaks_to_many_is_known_by_number(void **state)
{
	struct eg_payload payload = {
		.socket = { .sk = 1, .born_ns = 7 },
		.speaker = 7,
		.ip = { [10] = 0xff, 0xff, SITE },
		.port = 443,
		.transport = IPPROTO_UDP,
		.flags = EG_PAYLOAD_SENT,
	};
	struct eg_gain gained = gain_of(0, 100);
	struct eg_known_name name;
	struct bytes bytes;

	(void)state;
	if (eg_names_degraded(names))
		skip();
	bytes_read(&bytes, "quic/rfc9001-a2");
	payload.total = (uint32_t)bytes.size;
	add_payload(&payload, &bytes);
	gain(&gained);
	assert_int_equal(names_count(), 0);
	gained.row.speaker = 7;
	gained.socket = (struct eg_sample_key){ .born_ns = 7 };
	gain(&gained);
	assert_domain("example.com", "quic_sni", "claimed");
	assert_name("example.com", "quic_sni", 1, 100);
	/* The last that was heard of it. */
	gained.ended = true;
	gain(&gained);
	assert_name("example.com", "quic_sni", 2, 200);
	assert_false(eg_names_of_socket(names, &gained.socket, payload.ip, &name));
}

static void what_is_no_destination_has_no_name(void **state)
{
	struct eg_gain inbound = gain_of(1, 100), overflow = gain_of(1, 100);

	(void)state;
	show(1, "a.example", false);
	ask("dns/a-query", "dns/a-answer");
	inbound.row.direction = EG_INBOUND;
	gain(&inbound);
	overflow.row.flags = EG_FLOW_OVERFLOW | EG_FLOW_NO_IP;
	gain(&overflow);
	assert_int_equal(names_count(), 0);
}

/* A program that shows another name each time does not make the row grow without end. */
static void names_of_a_row_are_bounded(void **state)
{
	char name[32];

	(void)state;
	for (uint64_t sk = 1; sk <= 2 * NAMES_PER_ROW; sk++) {
		snprintf(name, sizeof(name), "n%lu.example", (unsigned long)sk);
		show(sk, name, false);
		gain_on(sk, 10);
	}
	assert_int_equal(names_count(), NAMES_PER_ROW);
	assert_name("n1.example", "tls_sni", 1, 10);
	gain_on(1, 10);
	assert_name("n1.example", "tls_sni", 2, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_connection_has_its_own, setup, teardown),
		cmocka_unit_test_setup_teardown(an_outer_name_is_never_the_domain, setup, teardown),
		cmocka_unit_test_setup_teardown(the_only_name_of_an_address_has_the_bytes, setup,
						teardown),
		cmocka_unit_test_setup_teardown(one_of_several_names_is_less_sure, setup, teardown),
		cmocka_unit_test_setup_teardown(how_sure_it_is_was_decided_then, setup, teardown),
		cmocka_unit_test_setup_teardown(told_again_is_surer_from_then_on, setup, teardown),
		cmocka_unit_test_setup_teardown(a_socket_that_speaks_to_many_is_known_by_number,
						setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_destination_has_no_name, setup,
						teardown),
		cmocka_unit_test_setup_teardown(names_of_a_row_are_bounded, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
