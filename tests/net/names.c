/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names of destinations: real resolvers, servers and clients, and who says what. */
#include <stdio.h>
#include <string.h>

#include <harness/egret.h>
#include <harness/net.h>
#include <harness/suites.h>

#define ARGV(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define SITE "198.51.100.7"

static struct program *start(struct test *test, const char *const *argv)
{
	return program_start(test, &(struct program_options){ .argv = argv });
}

static void run(struct test *test, const char *const *argv)
{
	program_run(test, &(struct program_options){ .argv = argv });
}

/* dnsmasq at 127.0.0.1: a.example and b.example are one address. */
static void serve_dns(struct test *test)
{
	const char *user = test_text(test, "--user=root");
	struct program *dnsmasq = start(
		test,
		ARGV(program_find(test, "dnsmasq"), "--keep-in-foreground", "--conf-file=/dev/null",
		     "--no-resolv", "--no-hosts", "--listen-address=127.0.0.1", "--bind-interfaces",
		     "--log-facility=-", user, "--pid-file=", "--address=/a.example/" SITE,
		     "--address=/b.example/" SITE));

	program_expect(dnsmasq, PROGRAM_ERR, "started");
	require(test, file_write(test_path(test, "resolv.conf"), "nameserver 127.0.0.1\n") == 0);
	run(test, ARGV(program_find(test, "mount"), "--bind", test_path(test, "resolv.conf"),
		       "/etc/resolv.conf"));
}

/* openssl's server, which has one certificate for any name. */
static void serve_tls(struct test *test)
{
	const char *openssl = program_find(test, "openssl"), *key = test_path(test, "key.pem");
	const char *certificate = test_path(test, "certificate.pem");
	struct program *server;

	run(test, ARGV(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key,
		       "-out", certificate, "-subj", "/CN=any", "-days", "30"));
	server = start(test, ARGV(openssl, "s_server", "-accept", SITE ":443", "-cert", certificate,
				  "-key", key, "-www"));
	program_expect(server, PROGRAM_OUT, "ACCEPT");
}

static void prepare(struct test *test)
{
	egret_needed(test);
	net_ip(test, 0, "addr add " SITE "/32 dev lo");
	serve_dns(test);
	serve_tls(test);
}

/* A copy of curl, so that each is an app of its own. */
static const char *own_curl(struct test *test, const char *name)
{
	const char *to = test_path(test, name);

	require(test, file_copy(program_find(test, "curl"), to) == 0);
	return to;
}

static void fetch(struct test *test, const char *curl, const char *host)
{
	run(test, ARGV(curl, "-sk", "--noproxy", "*", "-o", "/dev/null",
		       test_text(test, "https://%s/", host)));
}

static const cJSON *site_row(struct result *result, const char *exe)
{
	return result_row(result, exe, &(struct row){ OUT("tcp|mptcp", SITE, 443) });
}

static void expect_text(struct test *test, const cJSON *object, const char *path,
			const char *expected)
{
	const char *text = object ? json_text(object, path) : NULL;

	if (!text || strcmp(text, expected) != 0)
		test_wrong(test, "%s is %s, not %s", path, text ? text : "null", expected);
}

static void expect_domain(struct result *result, const char *exe, const char *domain,
			  const char *source, const char *confidence)
{
	const cJSON *row = site_row(result, exe);

	if (!result)
		return;
	expect_text(result->test, row, "domain", domain);
	expect_text(result->test, row, "domain_source", source);
	expect_text(result->test, row, "domain_confidence", confidence);
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
	const char *first = own_curl(test, "first"), *second = own_curl(test, "second");
	const char *both = own_curl(test, "both");
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
	expect_domain(result, first, "a.example", "tls_sni", "corroborated");
	expect_domain(result, second, "b.example", "tls_sni", "corroborated");
	expect_domain(result, both, "a.example", "tls_sni", "corroborated");
	row = site_row(result, both);
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
	const char *curl = own_curl(test, "liar");
	struct egret *egret;

	prepare(test);
	egret = egret_start(test, NULL);
	run(test, ARGV(curl, "-sk", "--noproxy", "*", "-o", "/dev/null", "--resolve",
		       "bank.example:443:" SITE, "https://bank.example/"));
	expect_domain(egret_stop(egret), curl, "bank.example", "tls_sni", "claimed");
}

/* Without a name of its own a connection has that of its address: as told to it, or to others. */
static void answers_name_connections(struct test *test)
{
	const char *asks = own_curl(test, "asks"), *other = own_curl(test, "other");
	struct result *result;
	struct egret *egret;

	prepare(test);
	egret = egret_start(test, NULL);
	/* Not TLS, and nothing that shows a name: curl has asked for one all the same. */
	run(test, ARGV(asks, "-s", "--max-time", "2", "telnet://a.example:443"));
	run(test, ARGV(other, "-s", "--max-time", "2", "telnet://" SITE ":443"));
	result = egret_stop(egret);
	expect_domain(result, asks, "a.example", "dns", "observed");
	expect_domain(result, other, "a.example", "dns_other_app", "inferred");
}

static void nothing_is_sampled_without_names(struct test *test)
{
	const char *curl = own_curl(test, "unnamed");
	struct result *result;
	struct egret *egret;
	const cJSON *row;

	prepare(test);
	egret = egret_start(test, ARGV("--no-names"));
	fetch(test, curl, "a.example");
	result = egret_stop(egret);
	row = site_row(result, curl);
	require(test, row);
	if (json_text(row, "domain"))
		test_wrong(test, "a name without samples: %s", json_text(row, "domain"));
}

const struct test_case name_cases[] = {
	CASE("names/one-address", one_address_many_names),
	CASE("names/lie", a_lie_is_claimed),
	CASE("names/answers", answers_name_connections),
	CASE("names/none", nothing_is_sampled_without_names),
	{},
};
