/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading destinations: each member, right and wrong. */
#include "document.h"

/* The only row of the only app. */
struct only {
	struct eg_summary *summary;
	const struct eg_destination *row;
};

static int keep_row(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	(void)app;
	((struct only *)data)->row = row;
	return 0;
}

static struct only read_row(const char *text)
{
	static const struct eg_visitor visitor = { .destination = keep_row };
	struct only only = { .summary = document_good(text) };

	assert_int_equal(eg_summary_walk(only.summary, &visitor, &only), 0);
	assert_non_null(only.row);
	return only;
}

static void every_member_is_read(void **state)
{
	struct only only = read_row(DOCUMENT_ROWS(
		"{\"ip\":\"203.0.113.27\",\"port\":443,\"transport\":\"tcp\","
		"\"direction\":\"inbound\",\"scope\":\"internet\",\"overflow\":false,"
		"\"domain\":\"log.example.com\",\"domain_source\":\"tls_sni\","
		"\"domain_confidence\":\"corroborated\",\"registered_domain\":\"example.com\","
		"\"names\":[{\"name\":\"b\",\"source\":\"dns\",\"confidence\":\"claimed\","
		"\"connections\":1,\"bytes_sent\":2,\"bytes_received\":3},"
		"{\"name\":\"a\",\"source\":\"dns\",\"confidence\":\"claimed\","
		"\"connections\":4,\"bytes_sent\":5,\"bytes_received\":6}],"
		"\"country\":\"SG\",\"country_basis\":\"registry\",\"anycast\":false,"
		"\"as\":{\"number\":64500,\"organization\":\"Example Pte\",\"country\":\"SG\"},"
		"\"owner\":{\"name\":\"Example Holdings\",\"country\":\"CN\","
		"\"source\":\"owners.tsv\"},\"bytes_sent\":10,\"bytes_received\":20,"
		"\"connections\":3,\"failed\":2,\"errors\":{\"ECONNREFUSED\":1,\"unknown\":1},"
		"\"rtt_min_us\":9123,\"first_seen\":\"1970-01-01T00:00:00.000000001Z\","
		"\"last_seen\":\"1970-01-01T00:00:00.000000002Z\",\"a_new_member\":[1]}"));
	const struct eg_destination *row = only.row;
	const struct eg_detail *detail = row->detail;
	char ip[46];

	(void)state;
	assert_string_equal(eg_ip_text(row->key.ip, ip), "203.0.113.27");
	assert_true(row->key.has_ip && row->key.has_port && !row->key.overflow);
	assert_int_equal(row->key.port, 443);
	assert_int_equal(row->key.transport, IPPROTO_TCP);
	assert_int_equal(row->key.direction, EG_INBOUND);
	assert_int_equal(row->scope, EG_SCOPE_INTERNET);
	assert_string_equal(detail->domain, "log.example.com");
	assert_string_equal(detail->domain_source, "tls_sni");
	assert_string_equal(detail->domain_confidence, "corroborated");
	assert_string_equal(detail->registered_domain, "example.com");
	assert_int_equal(detail->names_count, 2);
	assert_string_equal(detail->names[0].name, "a");
	assert_int_equal(detail->names[0].connections, 4);
	assert_int_equal(detail->names[0].bytes.sent, 5);
	assert_int_equal(detail->names[0].bytes.received, 6);
	assert_string_equal(row->place->country, "SG");
	assert_string_equal(row->place->country_basis, "registry");
	assert_int_equal(row->place->anycast, EG_NO);
	assert_int_equal(row->place->as_number, 64500);
	assert_string_equal(row->place->as_organization, "Example Pte");
	assert_string_equal(row->place->as_country, "SG");
	assert_string_equal(row->place->owner_name, "Example Holdings");
	assert_string_equal(row->place->owner_country, "CN");
	assert_string_equal(row->place->owner_source, "owners.tsv");
	assert_int_equal(row->counters.bytes.sent, 10);
	assert_int_equal(row->counters.bytes.received, 20);
	assert_int_equal(row->counters.connections, 3);
	assert_int_equal(row->counters.failed, 2);
	assert_int_equal(row->counters.first_seen, 1);
	assert_int_equal(row->counters.last_seen, 2);
	assert_int_equal(row->rtt_min_us, 9123);
	assert_int_equal(detail->errors_count, 2);
	assert_int_equal(detail->errors[0].number, 0);
	assert_int_equal(detail->errors[1].number, ECONNREFUSED);
	eg_summary_free(only.summary);
}

static void null_is_unknown_everywhere(void **state)
{
	struct only only = read_row(DOCUMENT_ROWS(
		"{\"ip\":null,\"port\":null,\"transport\":\"packet\",\"direction\":\"outbound\","
		"\"scope\":null,\"overflow\":false,\"domain\":null,\"domain_source\":null,"
		"\"domain_confidence\":null,\"registered_domain\":null,\"names\":[],"
		"\"country\":null,\"country_basis\":null,\"anycast\":null,\"as\":null,"
		"\"owner\":null," DOCUMENT_SUMS ",\"errors\":{},\"rtt_min_us\":null,"
		"\"first_seen\":null,\"last_seen\":null}"));

	(void)state;
	assert_false(only.row->key.has_ip || only.row->key.has_port);
	assert_int_equal(only.row->key.transport, EG_TRANSPORT_PACKET);
	assert_int_equal(only.row->scope, EG_SCOPE_UNKNOWN);
	/* so many rows know nothing that nothing must cost nothing */
	assert_null(only.row->detail);
	assert_null(only.row->place);
	assert_int_equal(only.row->counters.first_seen, 0);
	eg_summary_free(only.summary);
	only = read_row(
		DOCUMENT_ROW("\"as\":{\"number\":null,\"organization\":null},\"domain\":\"\""));
	assert_null(only.row->detail);
	assert_null(only.row->place);
	eg_summary_free(only.summary);
}

static void overflow_rows_have_no_address(void **state)
{
	struct only only = read_row(DOCUMENT_ROWS(
		"{\"ip\":null,\"port\":null,\"transport\":null,\"direction\":null,"
		"\"overflow\":true,\"bytes_sent\":7,\"bytes_received\":0,\"connections\":0,"
		"\"failed\":0}"));

	(void)state;
	assert_true(only.row->key.overflow);
	assert_int_equal(eg_summary_totals(only.summary).overflow.sent, 7);
	eg_summary_free(only.summary);
}

static void ipv6_and_mapped_addresses(void **state)
{
	static const struct {
		const char *text, *ip;
	} cases[] = {
		{ .text = DOCUMENT_ROWS("{\"ip\":\"2001:DB8::1\",\"transport\":\"ip-proto-47\","
					"\"direction\":\"outbound\"," DOCUMENT_SUMS "}"),
		  .ip = "2001:db8::1" },
		{ .text = DOCUMENT_ROWS("{\"ip\":\"::ffff:192.0.2.9\",\"transport\":\"icmp\","
					"\"direction\":\"outbound\"," DOCUMENT_SUMS "}"),
		  .ip = "192.0.2.9" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct only only = read_row(cases[i].text);
		char ip[46];

		assert_string_equal(eg_ip_text(only.row->key.ip, ip), cases[i].ip);
		eg_summary_free(only.summary);
	}
}

/* What another architecture calls an error, this one may not know. */
static void unknown_errors_are_added_up(void **state)
{
	struct only only = read_row(
		DOCUMENT_ROW("\"errors\":{\"EMYSTERY\":2,\"\":1,\"unknown\":4,\"EPERM\":0}"));

	(void)state;
	assert_int_equal(only.row->detail->errors_count, 1);
	assert_int_equal(only.row->detail->errors[0].number, 0);
	assert_int_equal(only.row->detail->errors[0].count, 7);
	eg_summary_free(only.summary);
}

static void counts_reach_two_to_the_53(void **state)
{
	struct only only = read_row(DOCUMENT_ROWS(
		"{" DOCUMENT_KEY ",\"bytes_sent\":9007199254740992,\"bytes_received\":1e3,"
		"\"connections\":-0,\"failed\":2.0}"));

	(void)state;
	assert_true(only.row->counters.bytes.sent == 1ULL << 53);
	assert_int_equal(only.row->counters.bytes.received, 1000);
	assert_int_equal(only.row->counters.connections, 0);
	assert_int_equal(only.row->counters.failed, 2);
	eg_summary_free(only.summary);
}

#define AT "apps[0].destinations[0]"

static void wrong_keys_are_refused(void **state)
{
	static const struct {
		const char *row, *place, *reason;
	} cases[] = {
		{ .row = "\"ip\":\"192.0.2\"",
		  .place = "\"192.0.2\"",
		  .reason = ".ip: not an address" },
		{ .row = "\"ip\":\"192.0.2.01\"",
		  .place = "\"192",
		  .reason = ".ip: not an address" },
		{ .row = "\"ip\":\"fe80::1%eth0\"",
		  .place = "\"fe80",
		  .reason = ".ip: not an address" },
		{ .row = "\"ip\":\"1.2.3.4\\u000a\"",
		  .place = "\"1.2",
		  .reason = ".ip: not an address" },
		{ .row = "\"ip\":16909060", .place = "16909060", .reason = ".ip: not a string" },
		{ .row = "\"port\":65536", .place = "65536", .reason = ".port: too large" },
		{ .row = "\"port\":-1", .place = "-1", .reason = ".port: negative" },
		{ .row = "\"port\":\"443\"", .place = "\"443\"", .reason = ".port: not a number" },
		{ .row = "\"port\":443.5", .place = "443.5", .reason = ".port: not an integer" },
		{ .row = "\"transport\":\"TCP\"",
		  .place = "\"TCP\"",
		  .reason = ".transport: not a transport" },
		{ .row = "\"transport\":6", .place = "6", .reason = ".transport: not a string" },
		{ .row = "\"direction\":\"both\"",
		  .place = "\"both\"",
		  .reason = ".direction: not a direction" },
		{ .row = "\"direction\":1", .place = "1", .reason = ".direction: not a string" },
		{ .row = "\"scope\":\"lan\"", .place = "\"lan\"", .reason = ".scope: not a scope" },
		{ .row = "\"scope\":{}", .place = "{}", .reason = ".scope: not a string" },
		{ .row = "\"overflow\":null",
		  .place = "null",
		  .reason = ".overflow: neither true nor false" },
		{ .row = "\"overflow\":0",
		  .place = "0",
		  .reason = ".overflow: neither true nor false" },
		{ .row = "\"ip\":null",
		  .place = "{\"ip\"",
		  .reason = ": no transport, and no overflow row" },
		{ .row = "\"transport\":\"tcp\"",
		  .place = "{\"transport\"",
		  .reason = ": no direction, and no overflow row" },
		{ .row = "\"overflow\":true,\"port\":1",
		  .place = "{\"overflow\"",
		  .reason = ": an overflow row with an address" },
		{ .row = "\"overflow\":true,\"transport\":\"tcp\"",
		  .place = "{\"overflow\"",
		  .reason = ": an overflow row with an address" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[600], reason[200];

		snprintf(text, sizeof(text), DOCUMENT_ROWS("{%s," DOCUMENT_SUMS "}"), cases[i].row);
		snprintf(reason, sizeof(reason), AT "%s", cases[i].reason);
		document_bad(text, cases[i].place, reason);
	}
}

static void wrong_details_are_refused(void **state)
{
	(void)state;
	document_bad(DOCUMENT_ROW("\"domain\":1.5"), "1.5", AT ".domain: not a string");
	document_bad(DOCUMENT_ROW("\"names\":{}"), "{}", AT ".names: not an array");
	document_bad(DOCUMENT_ROW("\"names\":[7]"), "7", AT ".names[0]: not an object");
	document_bad(DOCUMENT_ROW("\"names\":[{\"connections\":0}]"), "{\"conn",
		     AT ".names[0].name: missing");
	document_bad(DOCUMENT_ROW("\"names\":[{\"name\":null,\"connections\":0,\"bytes_sent\":0,"
				  "\"bytes_received\":0}]"),
		     "{\"name\"", AT ".names[0]: without a name");
	document_bad(DOCUMENT_ROW("\"names\":[{\"name\":\"a\",\"connections\":0,\"bytes_sent\":0,"
				  "\"bytes_received\":0},{\"name\":\"b\",\"connections\":-1}]"),
		     "-1", AT ".names[1].connections: negative");
	document_bad(DOCUMENT_ROW("\"anycast\":\"no\""), "\"no\"",
		     AT ".anycast: neither true nor false");
	document_bad(DOCUMENT_ROW("\"as\":64500"), "64500", AT ".as: not an object");
	document_bad(DOCUMENT_ROW("\"as\":{\"number\":4294967296}"), "4294967296",
		     AT ".as.number: too large");
	document_bad(DOCUMENT_ROW("\"owner\":[]"), "[]", AT ".owner: not an object");
	document_bad(DOCUMENT_ROW("\"owner\":{\"name\":true}"), "true",
		     AT ".owner.name: not a string");
	document_bad(DOCUMENT_ROW("\"errors\":[]"), "[]", AT ".errors: not an object");
	document_bad(DOCUMENT_ROW("\"errors\":{\"EPERM\":\"1\"}"), "\"1\"",
		     AT ".errors.EPERM: not a number");
	document_bad(DOCUMENT_ROW("\"errors\":{\"a\\u001b\\n\":-1}"), "-1",
		     AT ".errors.a\\x1b\\x0a: negative");
	document_bad(DOCUMENT_ROW("\"rtt_min_us\":4294967296"), "4294967296",
		     AT ".rtt_min_us: too large");
	document_bad(DOCUMENT_ROW("\"first_seen\":\"yesterday\""), "\"yesterday\"",
		     AT ".first_seen: not an RFC 3339 time");
	document_bad(DOCUMENT_ROW("\"last_seen\":0"), "0", AT ".last_seen: not a string");
}

static void wrong_counts_are_refused(void **state)
{
	static const struct {
		const char *number, *reason;
	} cases[] = {
		{ .number = "-1", .reason = "negative" },
		{ .number = "-0.5", .reason = "negative" },
		{ .number = "0.5", .reason = "not an integer" },
		{ .number = "9007199254740993", .reason = "too large" },
		{ .number = "9007199254740992.0", .reason = "too large" },
		{ .number = "9007199254740994", .reason = "too large" },
		{ .number = "18446744073709551616", .reason = "too large" },
		{ .number = "1e308", .reason = "too large" },
		{ .number = "1e999", .reason = "too large" },
		{ .number = "\"1\"", .reason = "not a number" },
		{ .number = "null", .reason = "not a number" },
		{ .number = "true", .reason = "not a number" },
		{ .number = "[1]", .reason = "not a number" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[600], reason[200];

		snprintf(text, sizeof(text),
			 DOCUMENT_ROWS("{" DOCUMENT_KEY ",\"connections\":1,\"failed\":1,"
				       "\"bytes_received\":1,\"bytes_sent\":%s}"),
			 cases[i].number);
		snprintf(reason, sizeof(reason), AT ".bytes_sent: %s", cases[i].reason);
		document_bad(text, cases[i].number, reason);
	}
}

static void counters_are_required(void **state)
{
	(void)state;
	document_bad(DOCUMENT_ROWS("{" DOCUMENT_KEY "}"), "{\"ip\"", AT ".bytes_sent: missing");
	document_bad(DOCUMENT_ROWS("{" DOCUMENT_KEY ",\"bytes_sent\":1,\"bytes_received\":1,"
				   "\"connections\":1}"),
		     "{\"ip\"", AT ".failed: missing");
}

static void a_destination_given_twice_is_refused(void **state)
{
	(void)state;
	document_bad(DOCUMENT_ROWS("{" DOCUMENT_KEY "," DOCUMENT_SUMS
				   "},{\"scope\":null," DOCUMENT_KEY "," DOCUMENT_SUMS "}"),
		     "{\"scope\"", "apps[0].destinations[1]: this destination is given twice");
	document_bad(DOCUMENT_ROWS("7"), "7", AT ": not an object");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_is_read),
		cmocka_unit_test(null_is_unknown_everywhere),
		cmocka_unit_test(overflow_rows_have_no_address),
		cmocka_unit_test(ipv6_and_mapped_addresses),
		cmocka_unit_test(unknown_errors_are_added_up),
		cmocka_unit_test(counts_reach_two_to_the_53),
		cmocka_unit_test(wrong_keys_are_refused),
		cmocka_unit_test(wrong_details_are_refused),
		cmocka_unit_test(wrong_counts_are_refused),
		cmocka_unit_test(counters_are_required),
		cmocka_unit_test(a_destination_given_twice_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
