/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What several JSON documents have in common. */
#include "sample.h"

#include "user/out/parts.h"

static char *text;
static size_t size;

static void begin(struct eg_writer *writer)
{
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	eg_writer_init(writer, stream, true);
	eg_writer_object(writer, NULL, EG_LINES);
}

static void assert_written(struct eg_writer *writer, const char *expected)
{
	eg_writer_end(writer);
	assert_int_equal(fclose(writer->stream), 0);
	assert_string_equal(text, expected);
	free(text);
}

static void writes_errors_without_zeros(void **state)
{
	struct eg_error_count errors[] = {
		{ .number = 0, .count = 2 },
		{ .number = ECONNREFUSED, .count = 3 },
		{ .number = ETIMEDOUT, .count = 0 },
		{ .number = 99999, .count = 1 },
	};
	struct eg_detail detail = { .errors = errors, .errors_count = ARRAY_SIZE(errors) };
	struct eg_detail nothing = { 0 };
	struct eg_writer writer;

	(void)state;
	begin(&writer);
	eg_parts_errors(&writer, &detail);
	assert_written(&writer, "{\"errors\":{\"ECONNREFUSED\":3,\"unknown\":3}}\n");
	begin(&writer);
	eg_parts_errors(&writer, &nothing);
	assert_written(&writer, "{\"errors\":{}}\n");
}

/* Root and the kernel are believed; what is worth less must be known. */
static void tells_what_names_are_worth(void **state)
{
	static const struct {
		const char *trust, *via, *flag, *expected;
	} cases[] = {
		{ "kernel", NULL, NULL, "" },
		{ "root", "resolver", NULL, "  via resolver" },
		{ "user", NULL, NULL, "  trust user" },
		{ "heuristic", "netd", "memfd", "  via netd  trust heuristic  flag memfd" },
		{ NULL, NULL, "cgroup-mismatch", "  flag cgroup-mismatch" },
	};
	struct eg_writer writer;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *standing = eg_standing_text(cases[i].trust, cases[i].via, cases[i].flag);

		assert_string_equal(standing, cases[i].expected);
		free(standing);
	}
	begin(&writer);
	eg_parts_standing(&writer, "user", NULL, "memfd");
	assert_written(&writer, "{\"trust\":\"user\",\"via\":null,\"flag\":\"memfd\"}\n");
}

static void writes_unknowns_as_null(void **state)
{
	struct eg_process_info process = { .pid = 1 };
	struct eg_writer writer;

	(void)state;
	begin(&writer);
	eg_parts_process(&writer, "p", &process, true);
	eg_parts_host(&writer, "h", NULL);
	assert_written(&writer, "{\"p\":{\"pid\":1,\"ppid\":null,\"start\":null,\"comm\":null,"
				"\"executable\":null,\"command_line\":null,\"uid\":null,"
				"\"cgroup\":null,\"component\":null},"
				"\"h\":{\"id\":null,\"name\":null,\"kernel\":null}}\n");
}

static void leaves_command_lines_out(void **state)
{
	char secret[] = "--password=x";
	char *arguments[] = { secret, NULL };
	struct eg_process_info process = { .pid = 1, .command_line = arguments, .summaries = 2 };
	struct eg_writer writer;

	(void)state;
	begin(&writer);
	eg_parts_process(&writer, "p", &process, true);
	eg_writer_end(&writer);
	assert_int_equal(fclose(writer.stream), 0);
	assert_non_null(strstr(text, "\"command_line\":[\"--password=x\"]"));
	assert_non_null(strstr(text, "\"summaries\":2"));
	free(text);
	begin(&writer);
	eg_parts_process(&writer, "p", &process, false);
	eg_writer_end(&writer);
	assert_int_equal(fclose(writer.stream), 0);
	assert_null(strstr(text, "password"));
	assert_non_null(strstr(text, "\"command_line\":null"));
	free(text);
}

struct seen {
	char text[256];
};

static void remember(const char *reason, uint64_t count, void *data)
{
	struct seen *seen = data;
	size_t used = strlen(seen->text);

	snprintf(seen->text + used, sizeof(seen->text) - used, "%s=%d ", reason, (int)count);
}

static void names_every_loss(void **state)
{
	struct eg_ledger ledger = { 0 };
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);
	struct seen seen = { 0 };

	(void)state;
	eg_parts_each_lost(&ledger, remember, &seen);
	assert_string_equal(seen.text, "ring_full=0 flow_map_full=0 process_map_full=0 "
				       "storage_failed=0 program_skipped=0 names_skipped=0 ");
	assert_int_equal(eg_ledger_add_lost(&summary->ledger, "another", 1), 0);
	assert_int_equal(eg_ledger_add_lost(&summary->ledger, "storage_failed", 2), 0);
	seen = (struct seen){ 0 };
	eg_parts_each_lost(&summary->ledger, remember, &seen);
	assert_string_equal(seen.text,
			    "ring_full=0 flow_map_full=0 process_map_full=0 "
			    "storage_failed=2 program_skipped=0 names_skipped=0 another=1 ");
	eg_summary_free(summary);
}

static void writes_the_ledger(void **state)
{
	struct eg_summary *summary = sample_ordinary();
	struct eg_totals totals = eg_summary_totals(summary);
	struct eg_writer writer;

	(void)state;
	begin(&writer);
	eg_parts_totals(&writer, &totals);
	eg_parts_ledger(&writer, &summary->ledger, &totals);
	eg_parts_databases(&writer, summary);
	assert_written(&writer,
		       "{\"totals\":{\"bytes_sent\":816648,\"bytes_received\":15205921,"
		       "\"via_bytes_sent\":0,\"via_bytes_received\":0,\"connections\":60,"
		       "\"failed\":28,\"apps\":3,\"destinations\":18},"
		       "\"ledger\":{\"complete\":true,"
		       "\"bytes_sent\":{\"attributed\":816507,\"kernel\":64,\"unattributed\":0,"
		       "\"overflow\":77},"
		       "\"bytes_received\":{\"attributed\":15205856,\"kernel\":64,"
		       "\"unattributed\":0,\"overflow\":1},"
		       "\"excluded\":{\"loopback\":{\"bytes_sent\":1000,\"bytes_received\":2000},"
		       "\"host\":{\"bytes_sent\":0,\"bytes_received\":0},"
		       "\"filter\":{\"bytes_sent\":0,\"bytes_received\":0}},"
		       "\"lost\":{\"ring_full\":0,\"flow_map_full\":0,\"process_map_full\":0,"
		       "\"storage_failed\":0,\"program_skipped\":0,\"names_skipped\":3},"
		       "\"degraded\":[\"packet sockets with qdisc bypass are not seen\"]},"
		       "\"databases\":[{\"name\":\"origin-asn\",\"built\":\"2026-11-01\","
		       "\"license\":\"PDDL-1.0\",\"fields\":[\"as\"]}]}\n");
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_errors_without_zeros),
		cmocka_unit_test(tells_what_names_are_worth),
		cmocka_unit_test(writes_unknowns_as_null),
		cmocka_unit_test(leaves_command_lines_out),
		cmocka_unit_test(names_every_loss),
		cmocka_unit_test(writes_the_ledger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
