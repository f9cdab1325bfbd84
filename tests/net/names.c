/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names of destinations: real resolvers, servers and clients, and who says what. */
#include <string.h>

#include <harness/egret.h>
#include <harness/names.h>
#include <harness/net.h>
#include <harness/suites.h>

#define SITE_IPV6 "2001:db8::7"
#define SITE_ROW                                                                                   \
	&(struct row)                                                                              \
	{                                                                                          \
		OUT("tcp|mptcp", SITE, 443)                                                        \
	}

/* openssl's server, which has one certificate for any name. */
static void serve_tls(struct test *test, const char *at)
{
	struct certificate certificate = names_certify(test);
	struct program *server =
		names_start(test, ARGV(program_find(test, "openssl"), "s_server", "-accept", at,
				       "-cert", certificate.file, "-key", certificate.key, "-www"));

	program_expect(server, PROGRAM_OUT, "ACCEPT");
}

/* a.example and b.example are one address. */
static void prepare(struct test *test)
{
	names_site(test);
	names_serve_dns(test, "127.0.0.1",
			ARGV("--address=/a.example/" SITE, "--address=/b.example/" SITE));
	names_configure(test, "nameserver 127.0.0.1\n");
	serve_tls(test, SITE ":443");
}

static void fetch(struct test *test, const char *curl, const char *host)
{
	names_run(test, ARGV(curl, "-sk", "--noproxy", "*", "-o", "/dev/null",
			     test_text(test, "https://%s/", host)));
}

/* A row's entry of this name; NULL: there is none. */
static const cJSON *name_entry(const cJSON *row, const char *name)
{
	const cJSON *entry;

	cJSON_ArrayForEach(entry, json_get(row, "names")) {
		if (!strcmp(json_text(entry, "name"), name))
			return entry;
	}
	return NULL;
}

/* Two apps at one address keep their own names; a third shows two, and their bytes apart. */
static void one_address_many_names(struct test *test)
{
	const char *first = names_copy(test, "curl", "first"),
		   *second = names_copy(test, "curl", "second");
	const char *both = names_copy(test, "curl", "both");
	const cJSON *row, *a, *b;
	struct result *result;
	struct egret *egret;

	prepare(test);
	egret = egret_start(test, NULL);
	fetch(test, first, "a.example");
	fetch(test, second, "b.example");
	fetch(test, both, "a.example");
	fetch(test, both, "a.example");
	fetch(test, both, "b.example");
	result = egret_stop(egret);
	expect_domain(result, SITE_ROW, first, "a.example", "tls_sni", "corroborated");
	expect_domain(result, SITE_ROW, second, "b.example", "tls_sni", "corroborated");
	expect_domain(result, SITE_ROW, both, "a.example", "tls_sni", "corroborated");
	row = result_row(result, both, SITE_ROW);
	a = name_entry(row, "a.example");
	b = name_entry(row, "b.example");
	require(test, a && b);
	expect_equal(test, json_number(a, "connections"), 2);
	expect_equal(test, json_number(b, "connections"), 1);
	expect_equal(test, json_number(a, "bytes_sent") + json_number(b, "bytes_sent"),
		     json_number(row, "bytes_sent"));
}

/* A name that nobody has asked for is only what the program says. */
static void a_lie_is_claimed(struct test *test)
{
	const char *curl = names_copy(test, "curl", "liar");
	struct egret *egret;

	prepare(test);
	egret = egret_start(test, NULL);
	names_run(test, ARGV(curl, "-sk", "--noproxy", "*", "-o", "/dev/null", "--resolve",
			     "bank.example:443:" SITE, "https://bank.example/"));
	expect_domain(egret_stop(egret), SITE_ROW, curl, "bank.example", "tls_sni", "claimed");
}

/* Without a name of its own a connection has that of its address: as told to it, or to others. */
static void answers_name_connections(struct test *test)
{
	const char *asks = names_copy(test, "curl", "asks"),
		   *other = names_copy(test, "curl", "other");
	struct result *result;
	struct egret *egret;

	prepare(test);
	egret = egret_start(test, NULL);
	/* Not TLS, and nothing that shows a name: curl has asked for one all the same. */
	names_run(test, ARGV(asks, "-s", "--max-time", "2", "telnet://a.example:443"));
	names_run(test, ARGV(other, "-s", "--max-time", "2", "telnet://" SITE ":443"));
	result = egret_stop(egret);
	expect_domain(result, SITE_ROW, asks, "a.example", "dns", "observed");
	expect_domain(result, SITE_ROW, other, "a.example", "dns_other_app", "inferred");
}

static void over_ipv6(struct test *test)
{
	const char *curl = names_copy(test, "curl", "six");
	struct egret *egret;

	egret_needed(test);
	net_ip(test, 0, "addr add " SITE_IPV6 "/128 dev lo nodad");
	names_serve_dns(test, "::1", ARGV("--host-record=six.example," SITE_IPV6));
	names_configure(test, "nameserver ::1\n");
	serve_tls(test, "[" SITE_IPV6 "]:443");
	egret = egret_start(test, NULL);
	fetch(test, curl, "six.example");
	expect_domain(egret_stop(egret), &(struct row){ OUT("tcp|mptcp", SITE_IPV6, 443) }, curl,
		      "six.example", "tls_sni", "corroborated");
}

static void nothing_is_sampled_without_names(struct test *test)
{
	const char *curl = names_copy(test, "curl", "unnamed");
	struct result *result;
	struct egret *egret;
	const cJSON *row;

	prepare(test);
	egret = egret_start(test, ARGV("--no-names"));
	fetch(test, curl, "a.example");
	result = egret_stop(egret);
	row = result_row(result, curl, SITE_ROW);
	require(test, row);
	if (json_text(row, "domain"))
		test_wrong(test, "a name without samples: %s", json_text(row, "domain"));
}

const struct test_case name_cases[] = {
	CASE("names/one-address", one_address_many_names),    CASE("names/lie", a_lie_is_claimed),
	CASE("names/answers", answers_name_connections),      CASE("names/over-ipv6", over_ipv6),
	CASE("names/none", nothing_is_sampled_without_names), {},
};
