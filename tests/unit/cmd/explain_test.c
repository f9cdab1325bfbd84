/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret explain, from its options to what it prints. */
#include "capture.h"

#include "tests/unit/place/fixture.h"

#include "user/cmd/cmd.h"

#define SUMMARY "tests/golden/ordinary.json"

/* What it prints as compact text of JSON; the caller frees. */
static char *explain(const char *destination, const char *summary, const char **geo,
		     const char *owners, int expected)
{
	char *operands[] = { (char *)(uintptr_t)destination, NULL };
	struct eg_options options = {
		.of = &eg_command_explain,
		.format = EG_FORMAT_JSON,
		.color = "never",
		.summary = summary,
		.geo = geo,
		.owners = owners,
		.operands = operands,
		.operands_count = 1,
	};
	struct capture capture = capture_begin(STDOUT_FILENO);
	int status = eg_command_explain.run(&options);
	char *printed = capture_end(&capture);

	assert_int_equal(status, expected);
	return printed;
}

static void assert_says(const char *printed, const char *claim)
{
	if (!strstr(printed, claim))
		fail_msg("no %s in %s", claim, printed);
}

static void an_address_has_scope_and_place(void **state)
{
	char path[FIXTURE_PATH_MAX], *printed;
	const char *geo[] = { path, NULL };

	(void)state;
#ifndef EG_HAVE_LIBMAXMINDDB
	skip();
#endif
	fixture_mmdb("made.mmdb", "country_code,asn,as_name",
		     "5.5.5.0,5.5.5.255,SG,20940,Example Pte\n", FIXTURE_BUILT, path);
	printed = explain("5.5.5.5", NULL, geo, NULL, 0);
	assert_says(printed, "\"claim\":\"scope\",\"value\":\"internet\"");
	assert_says(printed, "\"claim\":\"country\",\"value\":\"SG\",\"source\":\"database made\","
			     "\"certainty\":\"geolocation\",\"as_of\":\"2026-09-21T");
	assert_says(printed, "\"claim\":\"anycast\",\"value\":null");
	assert_says(printed, "\"claim\":\"operator\",\"value\":\"AS20940 Example Pte\"");
	/* Nobody has asked the registry. */
	assert_says(printed, "\"claim\":\"operator country\",\"value\":\"NL\","
			     "\"source\":\"egret:owners.tsv\",\"certainty\":\"name\"");
	assert_says(printed, ", AS20940 Akamai ");
	assert_says(printed, ", see https://rdap");
	assert_says(printed, "\"rows\": null");
	free(printed);
	/* What the database itself says goes before the table. */
	fixture_mmdb("made.mmdb", "country_code,asn,as_name,as_country_code",
		     "5.5.5.0,5.5.5.255,SG,20940,Example Pte,FR\n", FIXTURE_BUILT, path);
	printed = explain("5.5.5.5", NULL, geo, NULL, 0);
	assert_says(printed, "\"claim\":\"operator country\",\"value\":\"FR\","
			     "\"source\":\"database made\",\"certainty\":\"registry\"");
	free(printed);
	printed = explain("64:ff9b::505:505", NULL, geo, NULL, 0);
	assert_says(printed, "\"claim\":\"country\",\"value\":null");
	assert_null(strstr(printed, "operator"));
	free(printed);
	printed = explain("10.0.0.1", NULL, geo, NULL, 0);
	assert_says(printed, "\"claim\":\"scope\",\"value\":\"private\"");
	assert_null(strstr(printed, "country"));
	free(printed);
}

static void a_name_has_an_owner_by_its_line(void **state)
{
	static const char table[] = "# mine\nexample.com\tExample Holdings\tCN\tfile:contract\n";
	char path[FIXTURE_PATH_MAX], *printed;
	const char *geo[] = { "/nowhere", NULL };
	struct capture capture = capture_begin(STDERR_FILENO);

	(void)state;
	fixture_write("my.tsv", table, strlen(table), path);
	printed = explain("LOG.Example.com.", NULL, geo, path, 0);
	free(capture_end(&capture));
	assert_says(printed, "\"about\":\"log.example.com\",\"claim\":\"owner\","
			     "\"value\":\"Example Holdings\"");
	assert_says(printed, "\"certainty\":\"table\"");
	assert_says(printed, "line 2, example.com, by file:contract");
	assert_says(printed, "\"claim\":\"owner country\",\"value\":\"CN\"");
	free(printed);
}

/* The domain by one page and the country by another, each as sure as that is. */
static void an_owner_and_its_country_have_each_a_source(void **state)
{
	const char *geo[] = { "/nowhere", NULL };
	struct capture capture = capture_begin(STDERR_FILENO);
	char *read = explain("e1.dscb.akamaiedge.net", NULL, geo, NULL, 0);
	char *named = explain("your-server.de", NULL, geo, NULL, 0);

	(void)state;
	free(capture_end(&capture));
	assert_says(read, "\"claim\":\"owner\",\"value\":\"Akamai\","
			  "\"source\":\"egret:owners.tsv\",\"certainty\":\"read\"");
	assert_says(read, "akamaiedge.net, by https://");
	assert_says(read, "\"claim\":\"owner country\",\"value\":\"US\","
			  "\"source\":\"egret:owners.tsv\",\"certainty\":\"read\","
			  "\"as_of\":\"2026-11-30T");
	assert_says(read, ", * Akamai, by https://standards-oui.ieee.org/");
	assert_says(named, "\"claim\":\"owner country\",\"value\":\"DE\","
			   "\"source\":\"egret:owners.tsv\",\"certainty\":\"name\"");
	assert_says(named, ", * Hetzner, see https://rdap");
	free(read);
	free(named);
}

/* What a page about the domain has not been asked. */
static void a_country_can_be_without_a_source(void **state)
{
	static const char table[] = "a.example\tA\tDE\thttps://a.example/\tread\n"
				    "b.example\tB\tFR\n"
				    "*\tB\tFR\tfile:register\n"
				    "c.example\tC\n";
	char path[FIXTURE_PATH_MAX], *unread, *told, *unknown;
	const char *geo[] = { "/nowhere", NULL };
	struct capture capture = capture_begin(STDERR_FILENO);

	(void)state;
	fixture_write("my.tsv", table, strlen(table), path);
	unread = explain("a.example", NULL, geo, path, 0);
	told = explain("b.example", NULL, geo, path, 0);
	unknown = explain("c.example", NULL, geo, path, 0);
	free(capture_end(&capture));
	assert_says(unread, "\"claim\":\"owner country\",\"value\":\"DE\"");
	assert_says(unread, "\"certainty\":\"unread\"");
	assert_says(unread, "line 1, a.example: no source read");
	assert_says(told, "\"claim\":\"owner country\",\"value\":\"FR\"");
	assert_says(told, "line 3, * B, by file:register");
	assert_null(strstr(unknown, "owner country"));
	free(unread);
	free(told);
	free(unknown);
}

static void a_summary_says_who_and_how_it_is_called(void **state)
{
	char *printed = explain("203.0.113.27", SUMMARY, NULL, NULL, 0);

	(void)state;
	assert_says(printed, "\"rows\": 1");
	assert_says(printed, "\"claim\":\"name\",\"value\":\"log.example.com\","
			     "\"source\":\"tls_sni\",\"certainty\":\"corroborated\"");
	assert_says(printed, "\"claim\":\"country\",\"value\":\"SG\",\"source\":\"" SUMMARY "\"");
	assert_says(printed, "\"claim\":\"operator\",\"value\":\"AS64500 Example Pte\","
			     "\"source\":\"" SUMMARY "\"");
	assert_says(printed, "\"claim\":\"operator country\",\"value\":\"SG\","
			     "\"source\":\"" SUMMARY "\"");
	assert_says(printed, "\"claim\":\"owner country\",\"value\":\"CN\","
			     "\"source\":\"" SUMMARY "\"");
	assert_says(printed, "\"value\":\"android:waydroid/com.example.video\"");
	assert_says(printed, "443/tcp outbound: 812331 bytes sent, 15204110 received");
	assert_says(printed, "\"about\":\"log.example.com\",\"claim\":\"owner\"");
	free(printed);
}

static void one_is_not_counted_in_the_plural(void **state)
{
	char *printed = explain("192.168.1.9", SUMMARY, NULL, NULL, 0);

	(void)state;
	assert_says(printed, "22/tcp inbound: 4096 bytes sent, 1234 received, 1 connection, ");
	free(printed);
}

static void a_name_finds_its_addresses(void **state)
{
	char *printed = explain("example.com", SUMMARY, NULL, NULL, 0);

	(void)state;
	assert_says(printed, "\"about\":\"203.0.113.27\",\"claim\":\"scope\","
			     "\"value\":\"documentation\"");
	assert_says(printed, "\"rows\": 1");
	free(printed);
	printed = explain("*.example.com", SUMMARY, NULL, NULL, 0);
	assert_says(printed, "\"rows\": 1");
	assert_says(printed, "\"about\":\"example.com\"");
	free(printed);
	printed = explain("ample.com", SUMMARY, NULL, NULL, 0);
	assert_says(printed, "\"rows\": 0");
	free(printed);
}

static int run_since(const char *summary)
{
	char *operands[] = { (char *)(uintptr_t) "a.com", NULL };
	const struct eg_options options = { .of = &eg_command_explain,
					    .operands = operands,
					    .operands_count = 1,
					    .summary = summary,
					    .database = "/nowhere.db",
					    .since = 1 };

	return eg_command_explain.run(&options);
}

static void what_is_neither_is_a_usage_error(void **state)
{
	struct capture capture = capture_begin(STDERR_FILENO);
	char *said;

	(void)state;
	free(explain("", NULL, NULL, NULL, EG_EXIT_USAGE));
	free(explain(".", NULL, NULL, NULL, EG_EXIT_USAGE));
	free(explain("*.", NULL, NULL, NULL, EG_EXIT_USAGE));
	free(explain("http://example.com", NULL, NULL, NULL, EG_EXIT_USAGE));
	free(explain("192.0.2.0/24", NULL, NULL, NULL, EG_EXIT_USAGE));
	free(explain("a.com", "/nowhere.json", NULL, NULL, EG_EXIT_USAGE));
	assert_int_equal(run_since(NULL), EG_EXIT_USAGE);
	assert_int_equal(run_since(SUMMARY), EG_EXIT_USAGE);
	said = capture_end(&capture);
	assert_non_null(strstr(said, "cannot read /nowhere.db"));
	assert_non_null(strstr(said, "either --summary or --since"));
	assert_non_null(strstr(said, "neither an address nor a name"));
	assert_non_null(strstr(said, "cannot read /nowhere.json"));
	free(said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_has_scope_and_place),
		cmocka_unit_test(a_name_has_an_owner_by_its_line),
		cmocka_unit_test(an_owner_and_its_country_have_each_a_source),
		cmocka_unit_test(a_country_can_be_without_a_source),
		cmocka_unit_test(a_summary_says_who_and_how_it_is_called),
		cmocka_unit_test(one_is_not_counted_in_the_plural),
		cmocka_unit_test(a_name_finds_its_addresses),
		cmocka_unit_test(what_is_neither_is_a_usage_error),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
