/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading documents: what the printer writes, and what nobody should. */
#include "document.h"

/* The example of the contract, section 3. */
static const char sample[] =
	"{\"schema\":\"egret.summary/1\",\n"
	" \"generator\":{\"name\":\"egret\",\"version\":\"9.9.9\"},\n"
	" \"host\":{\"id\":\"6f1d9c0e5b7a4c1f8d2e3b4a5c6d7e8f\",\"name\":\"ws1\","
	"\"kernel\":\"6.12.117\"},\n"
	" \"period\":{\"start\":\"2026-11-23T10:00:00.000000000Z\","
	"\"end\":\"2026-11-23T10:00:30.000000000Z\"},\n"
	" \"by\":\"app\",\n"
	" \"databases\":[{\"name\":\"origin-asn\",\"built\":\"2026-11-01\","
	"\"license\":\"PDDL-1.0\",\"fields\":[\"as\"]}],\n"
	" \"totals\":{\"bytes_sent\":1,\"bytes_received\":1,\"via_bytes_sent\":0,"
	"\"via_bytes_received\":0,\"connections\":1,\"failed\":0,\"apps\":1,\"destinations\":1},\n"
	" \"apps\":[{\"id\":\"android:waydroid/com.example.video\",\"kind\":\"android\","
	"\"name\":\"Video\",\"trust\":\"root\",\"via\":null,\"flag\":null,\"users\":[10123],"
	"\"bytes_sent\":1,\"bytes_received\":1,\"connections\":1,\"failed\":0,"
	"\"first_seen\":\"2026-11-23T10:00:01Z\",\"last_seen\":\"2026-11-23T10:00:02Z\","
	"\"processes\":[{\"pid\":4242,\"ppid\":1,\"start\":\"2026-11-23T09:00:00Z\","
	"\"comm\":\"example.video\",\"executable\":\"/system/bin/app_process64\","
	"\"command_line\":[\"com.example.video\"],\"uid\":10123,"
	"\"cgroup\":\"/lxc.payload.waydroid\",\"component\":\"main\"}],\"processes_omitted\":0,"
	"\"destinations\":[{\"ip\":\"203.0.113.27\",\"port\":443,\"transport\":\"tcp\","
	"\"direction\":\"outbound\",\"scope\":\"internet\",\"overflow\":false,"
	"\"domain\":\"log.example.com\",\"domain_source\":\"tls_sni\","
	"\"domain_confidence\":\"corroborated\",\"registered_domain\":\"example.com\","
	"\"names\":[{\"name\":\"log.example.com\",\"source\":\"tls_sni\","
	"\"confidence\":\"corroborated\",\"connections\":1,\"bytes_sent\":1,"
	"\"bytes_received\":1}],\"country\":\"SG\",\"country_basis\":\"registry\","
	"\"anycast\":false,\"as\":{\"number\":64500,\"organization\":\"Example Pte\","
	"\"country\":\"SG\"},\"owner\":{\"name\":\"Example Holdings\",\"country\":\"CN\","
	"\"source\":\"owners.tsv\"},\"bytes_sent\":1,\"bytes_received\":1,\"connections\":1,"
	"\"failed\":0,\"errors\":{},\"rtt_min_us\":9123,"
	"\"first_seen\":\"2026-11-23T10:00:01Z\",\"last_seen\":\"2026-11-23T10:00:02Z\"}]}],\n"
	" \"ledger\":{\"complete\":true,"
	"\"bytes_sent\":{\"attributed\":1,\"kernel\":0,\"unattributed\":0,\"overflow\":0},"
	"\"bytes_received\":{\"attributed\":1,\"kernel\":0,\"unattributed\":0,\"overflow\":0},"
	"\"excluded\":{\"loopback\":{\"bytes_sent\":5,\"bytes_received\":6},"
	"\"host\":{\"bytes_sent\":0,\"bytes_received\":0},"
	"\"filter\":{\"bytes_sent\":0,\"bytes_received\":7}},"
	"\"lost\":{\"ring_full\":0,\"names_skipped\":3},"
	"\"degraded\":[\"packet sockets not visible: \xe2\x80\xa6\"]}}\n";

static void the_contracts_example_is_read(void **state)
{
	struct eg_summary *summary = document_good(sample);
	struct eg_totals totals = eg_summary_totals(summary);

	(void)state;
	assert_int_equal(summary->by, EG_BY_APP);
	assert_false(summary->merged);
	assert_int_equal(summary->hosts_count, 1);
	assert_string_equal(summary->hosts[0].name, "ws1");
	assert_true(summary->period.start == 1795428000 * NSEC_PER_SEC);
	assert_true(summary->period.end == 1795428030 * NSEC_PER_SEC);
	assert_int_equal(summary->databases_count, 1);
	assert_string_equal(summary->databases[0].license, "PDDL-1.0");
	assert_string_equal(summary->databases[0].fields[0], "as");
	assert_int_equal(totals.bytes.sent, 1);
	assert_int_equal(totals.destinations, 1);
	assert_true(totals.complete);
	assert_int_equal(summary->ledger.excluded[EG_EXCLUDED_LOOPBACK].received, 6);
	assert_int_equal(summary->ledger.excluded[EG_EXCLUDED_FILTER].received, 7);
	assert_int_equal(summary->ledger.lost_count, 2);
	assert_string_equal(summary->ledger.degraded[0],
			    "packet sockets not visible: \xe2\x80\xa6");
	eg_summary_free(summary);
}

/* --- what the printer writes is read, and printed again, as it was --- */

static void assert_round_trip(const struct eg_summary *summary, bool compact)
{
	char *text = document_print(summary, compact), *again;
	struct eg_summary *read = document_good(text);

	model_assert_equal(summary, read);
	again = document_print(read, compact);
	assert_string_equal(text, again);
	free(text);
	free(again);
	eg_summary_free(read);
}

static struct eg_summary *merge(const struct eg_summary *a, const struct eg_summary *b)
{
	struct eg_summary *merged = model_new();

	assert_int_equal(eg_summary_merge(merged, a), 0);
	assert_int_equal(eg_summary_merge(merged, b), 0);
	return merged;
}

static void merged_summaries_come_back(void **state)
{
	struct model_random random = { .state = 11 };

	(void)state;
	for (int i = 0; i < 500; i++) {
		struct eg_summary *a = model_any_summary(&random);
		struct eg_summary *b = model_any_summary(&random), *ab = merge(a, b);

		assert_true(ab->merged);
		assert_round_trip(ab, i % 2);
		eg_summary_free(a);
		eg_summary_free(b);
		eg_summary_free(ab);
	}
}

static struct eg_summary *through_a_file(struct eg_summary *summary)
{
	char *text = document_print(summary, true);
	struct eg_summary *read = document_good(text);

	free(text);
	eg_summary_free(summary);
	return read;
}

/* As `egret merge` does it, whose input and output are files. */
static void merging_files_is_associative(void **state)
{
	struct model_random random = { .state = 12 };

	(void)state;
	for (int i = 0; i < 300; i++) {
		struct eg_summary *a = through_a_file(model_any_summary(&random));
		struct eg_summary *b = through_a_file(model_any_summary(&random));
		struct eg_summary *c = through_a_file(model_any_summary(&random));
		struct eg_summary *ab = through_a_file(merge(a, b));
		struct eg_summary *bc = through_a_file(merge(b, c));
		struct eg_summary *ab_c = merge(ab, c), *a_bc = merge(a, bc);

		model_assert_equal(ab_c, a_bc);
		eg_summary_free(a);
		eg_summary_free(b);
		eg_summary_free(c);
		eg_summary_free(ab);
		eg_summary_free(bc);
		eg_summary_free(ab_c);
		eg_summary_free(a_bc);
	}
}

static void hostile_texts_come_back_escaped(void **state)
{
	struct eg_summary *summary = model_new(), *read, *again;
	struct eg_app *app = model_app(summary, "exe:/a");
	char *text, *second;

	(void)state;
	assert_int_equal(eg_app_describe(app, NULL, "\x1b[2J\xff\\\"\u202e\n", NULL, NULL, NULL),
			 0);
	text = document_print(summary, true);
	read = document_good(text);
	assert_string_equal(model_app(read, "exe:/a")->name,
			    "\\x1b[2J\\xff\\\"\\xe2\\x80\\xae\\x0a");
	second = document_print(read, true);
	assert_string_equal(text, second);
	again = document_good(second);
	model_assert_equal(read, again);
	free(text);
	free(second);
	eg_summary_free(summary);
	eg_summary_free(read);
	eg_summary_free(again);
}

/* --- wrong documents --- */

static void what_is_no_json_is_refused(void **state)
{
	(void)state;
	document_bad("", "", "the text ends too early");
	document_bad("\n", "", "the text ends too early");
	document_bad("hello", "hello", "no JSON value");
	document_bad(DOCUMENT_HEAD DOCUMENT_NO_APPS "}", "}", "more text after the end");
	document_bad(DOCUMENT_APP("\"name\":\"\\u0000\""), "\\u0000", "a NUL character");
	document_bad(DOCUMENT_APP("\"name\":\"\xff\""), "\xff", "a byte that is not UTF-8");
	document_bad(DOCUMENT_APP("\"name\":\"\x1b\""), "\x1b", "a control byte in a string");
	document_bad("[]", "[]", "not an object");
	document_bad("null", "null", "not an object");
	document_bad("7", "7", "not an object");
}

static void deep_nesting_is_refused(void **state)
{
	static const char head[] = DOCUMENT_HEAD "\"apps\":[],\"x\":";
	size_t size = 200000;
	char *text = malloc(sizeof(head) + size);

	(void)state;
	assert_non_null(text);
	memcpy(text, head, sizeof(head) - 1);
	memset(text + sizeof(head) - 1, '[', size);
	text[sizeof(head) - 1 + size] = '\0';
	document_bad(text, "[", "nested too deeply");
	free(text);
}

static void each_prefix_is_refused(void **state)
{
	(void)state;
	for (size_t size = 0; size < sizeof(sample) - 2; size++) {
		struct eg_summary *summary = NULL;
		struct eg_read_error error;

		assert_int_equal(document_read(sample, size, &summary, &error), -EINVAL);
		assert_null(summary);
		assert_true(error.offset <= size);
		/* or in the middle of a character */
		if (strcmp(error.reason, "a byte that is not UTF-8") != 0)
			assert_string_equal(error.reason, "the text ends too early");
	}
}

static void another_schema_is_refused(void **state)
{
	(void)state;
	document_bad("{}", "{}", "schema: missing");
	document_bad("{\"schema\":null}", "null", "schema: not egret.summary/1");
	document_bad("{\"schema\":1}", "1", "schema: not a string");
	document_bad("{\"schema\":\"egret.row/1\"}", "\"egret.row/1\"",
		     "schema: not egret.summary/1");
	document_bad("{\"by\":\"app\",\"schema\":\"egret.summary/2\"}", "\"egret.summary/2\"",
		     "schema: another version: only egret.summary/1 is known");
	document_bad("{\"schema\":\"egret.summary/11\"}", "\"egret",
		     "schema: another version: only egret.summary/1 is known");
}

#define DOCUMENT_WITH(member) DOCUMENT_HEAD member "," DOCUMENT_NO_APPS

static void wrong_heads_are_refused(void **state)
{
	(void)state;
	document_bad("{\"schema\":\"egret.summary/1\"}", "{", "by: missing");
	document_bad("{\"schema\":\"egret.summary/1\",\"by\":\"app\"}", "{", "apps: missing");
	document_bad("{\"schema\":\"egret.summary/1\",\"by\":\"app\",\"apps\":[]}", "{",
		     "ledger: missing");
	document_bad("{\"schema\":\"egret.summary/1\",\"by\":\"week\"}", "\"week\"",
		     "by: not a grouping");
	document_bad("{\"schema\":\"egret.summary/1\",\"by\":null}", "null", "by: not a string");
	document_bad(DOCUMENT_HEAD "\"apps\":{}}", "{}", "apps: not an array");
	document_bad(DOCUMENT_WITH("\"by\":\"app\""), "\"app\"", "by: given twice");
	document_bad(DOCUMENT_WITH("\"generator\":1"), "1", "generator: not an object");
	document_bad(DOCUMENT_WITH("\"totals\":[]"), "[]", "totals: not an object");
	document_bad(DOCUMENT_WITH("\"host\":[]"), "[]", "host: not an object");
	document_bad(DOCUMENT_WITH("\"host\":{\"id\":1}"), "1", "host.id: not a string");
	document_bad(DOCUMENT_WITH("\"hosts\":{}"), "{}", "hosts: not an array");
	document_bad(DOCUMENT_WITH("\"hosts\":[{},{\"name\":false}]"), "false",
		     "hosts[1].name: not a string");
	document_bad(DOCUMENT_WITH("\"period\":7"), "7", "period: not an object");
	document_bad(DOCUMENT_WITH("\"period\":{\"end\":\"2026-02-30T00:00:00Z\"}"), "\"2026",
		     "period.end: not an RFC 3339 time");
	document_bad(DOCUMENT_WITH("\"periods\":[{\"start\":\"9999-01-01T00:00:00Z\"}]"), "\"9999",
		     "periods[0].start: not an RFC 3339 time");
	document_bad(DOCUMENT_WITH("\"databases\":[{\"fields\":[1]}]"), "1]",
		     "databases[0].fields[0]: not a string");
}

#define DOCUMENT_LEDGER(members)                                                                   \
	"{\"schema\":\"egret.summary/1\",\"by\":\"app\",\"apps\":[],\"ledger\":{" members "}}"

static void wrong_ledgers_are_refused(void **state)
{
	(void)state;
	document_bad(DOCUMENT_LEDGER(""), "{}", "ledger.lost: missing");
	document_bad(DOCUMENT_LEDGER("\"lost\":[]"), "[]", "ledger.lost: not an object");
	document_bad(DOCUMENT_LEDGER("\"lost\":{\"ring_full\":-1}"), "-1",
		     "ledger.lost.ring_full: negative");
	document_bad(DOCUMENT_LEDGER("\"lost\":{},\"excluded\":{\"host\":{\"bytes_sent\":0}}"),
		     "{\"bytes_sent\"", "ledger.excluded.host.bytes_received: missing");
	document_bad(DOCUMENT_LEDGER("\"lost\":{},\"degraded\":\"a\""), "\"a\"",
		     "ledger.degraded: not an array");
}

static void foreign_keys_in_reasons_are_short_and_harmless(void **state)
{
	struct eg_summary *summary = NULL;
	struct eg_read_error error;
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	fputs("{\"schema\":\"egret.summary/1\",\"by\":\"app\",\"apps\":[],\"ledger\":{\"lost\":{\"",
	      stream);
	for (int i = 0; i < 100; i++)
		fputs("\\u001b\xc3\xbc", stream);
	fputs("\":-1}}}", stream);
	fclose(stream);
	assert_int_equal(document_read(text, strlen(text), &summary, &error), -EINVAL);
	assert_true(strlen(error.reason) < sizeof(error.reason) - 1);
	assert_non_null(strstr(error.reason, ": negative"));
	for (const char *c = error.reason; *c; c++)
		assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
	free(text);
}

static void losses_given_twice_are_added(void **state)
{
	struct eg_summary *summary = document_good(DOCUMENT_LEDGER(
		"\"lost\":{\"b\":1,\"a\":2,\"b\":4},\"degraded\":[\"y\",\"x\",\"y\"]"));

	(void)state;
	assert_int_equal(summary->ledger.lost_count, 2);
	assert_string_equal(summary->ledger.lost[0].reason, "a");
	assert_int_equal(summary->ledger.lost[1].count, 5);
	assert_string_equal(summary->ledger.degraded[0], "x");
	assert_string_equal(summary->ledger.degraded[1], "y");
	assert_null(summary->ledger.degraded[2]);
	assert_false(eg_summary_totals(summary).complete);
	eg_summary_free(summary);
}

/* --- chance --- */

/* One byte, or some, of a good document changed: read or refused, never worse. */
static void mutations_are_read_or_refused(void **state)
{
	static const char bytes[] = "{}[]\",:\\u0-.19eEtfn \n\x1b\xff\0";
	struct model_random random = { .state = 13 };
	char *text = strdup(sample);
	unsigned good = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct eg_summary *summary = NULL;
		struct eg_read_error error;
		unsigned changes = 1 + model_below(&random, 3);

		memcpy(text, sample, sizeof(sample));
		while (changes--)
			text[model_below(&random, sizeof(sample) - 1)] =
				bytes[model_below(&random, sizeof(bytes))];
		if (document_read(text, sizeof(sample) - 1, &summary, &error) == 0) {
			good++;
			eg_summary_free(summary);
		} else {
			assert_true(error.offset <= sizeof(sample) - 1);
			assert_true(*error.reason);
		}
	}
	assert_true(good > 100);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_contracts_example_is_read),
		cmocka_unit_test(merged_summaries_come_back),
		cmocka_unit_test(merging_files_is_associative),
		cmocka_unit_test(hostile_texts_come_back_escaped),
		cmocka_unit_test(what_is_no_json_is_refused),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(each_prefix_is_refused),
		cmocka_unit_test(another_schema_is_refused),
		cmocka_unit_test(wrong_heads_are_refused),
		cmocka_unit_test(wrong_ledgers_are_refused),
		cmocka_unit_test(foreign_keys_in_reasons_are_short_and_harmless),
		cmocka_unit_test(losses_given_twice_are_added),
		cmocka_unit_test(mutations_are_read_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
