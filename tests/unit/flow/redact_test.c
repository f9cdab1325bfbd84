/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A redacted summary has all numbers, and none of the names. */
#include "model.h"

#include <egret/redact.h>

static struct eg_summary *summary_of_alice(void)
{
	struct eg_summary *summary = model_new();
	struct eg_app *app = model_app(summary, "exe:/home/alice/bin/sync");
	struct eg_destination_key key = model_key(1);
	struct eg_bytes bytes = { .sent = 7 };
	struct eg_process_info process = {
		.pid = 7,
		.start = 9,
		.comm = strdup("sync"),
		.executable = strdup("/home/alice/bin/sync"),
		.cgroup = strdup("/user.slice/alice.slice"),
		.command_line = calloc(3, sizeof(char *)),
	};
	struct eg_destination *row;

	process.command_line[0] = strdup("/home/alice/bin/sync");
	process.command_line[1] = strdup("--password=hunter2");
	assert_int_equal(eg_app_add_process(app, &process), 0);
	assert_int_equal(eg_app_add_user(app, 1000), 0);
	assert_int_equal(eg_app_describe(app, "program", "sync of alice", "kernel", NULL, NULL), 0);
	memcpy(key.ip + 12, (uint8_t[]){ 192, 168, 77, 5 }, 4);
	row = model_add(app, key, model_counters(100, 200));
	row->scope = EG_SCOPE_PRIVATE;
	eg_destination_detail(row)->domain = strdup("nas.alice.example");
	assert_int_equal(
		eg_destination_add_name(row, "nas.alice.example", "dns", "observed", 1, &bytes), 0);
	row = model_add(app, model_key(2), model_counters(5, 6));
	row->scope = EG_SCOPE_INTERNET;
	eg_destination_detail(row)->domain = strdup("alice.example.com");
	assert_int_equal(eg_destination_add_error(row, 111, 3), 0);
	row = model_add(app, (struct eg_destination_key){ .overflow = true }, model_counters(1, 1));
	summary->hosts = calloc(1, sizeof(*summary->hosts));
	summary->hosts_count = 1;
	summary->hosts[0].id = strdup("6f1d9c0e5b7a4c1f");
	summary->hosts[0].name = strdup("ws1");
	assert_int_equal(eg_ledger_add_degraded(&summary->ledger, "ws1 lacks /home/alice/x"), 0);
	assert_int_equal(eg_ledger_add_lost(&summary->ledger, "ring_full", 4), 0);
	return summary;
}

static void hides_names_and_keeps_numbers(void **state)
{
	static const char *const secrets[] = { "alice", "ws1",	   "192.168", "/home",
					       "nas",	"hunter2", "6f1d",    "user.slice" };
	struct eg_redactor *redactor = eg_redactor_new();
	struct eg_summary *summary = summary_of_alice(), *redacted = NULL;
	struct eg_totals before = eg_summary_totals(summary), after;
	char *text;

	(void)state;
	assert_int_equal(eg_redactor_learn(redactor, summary), 0);
	assert_int_equal(eg_redact_summary(redactor, summary, &redacted), 0);
	after = eg_summary_totals(redacted);
	assert_memory_equal(&before, &after, sizeof(before));
	text = model_dump(redacted);
	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++) {
		if (strstr(text, secrets[i]))
			fail_msg("%s is in\n%s", secrets[i], text);
	}
	assert_non_null(strstr(text, "sync of user-"));
	assert_non_null(strstr(text, "user-1.example.com"));
	assert_non_null(strstr(text, "redacted: "));
	free(text);
	eg_redactor_free(redactor);
	eg_summary_free(summary);
	eg_summary_free(redacted);
}

/* Any summary: nothing gets lost but what is hidden. */
static void keeps_all_numbers_of_any(void **state)
{
	struct model_random random = { .state = 3 };

	(void)state;
	for (int i = 0; i < 50; i++) {
		struct eg_summary *summary = model_any_summary(&random), *redacted = NULL;
		struct eg_totals before = eg_summary_totals(summary), after;
		struct eg_redactor *redactor = eg_redactor_new();

		assert_int_equal(eg_redactor_learn(redactor, summary), 0);
		assert_int_equal(eg_redact_summary(redactor, summary, &redacted), 0);
		after = eg_summary_totals(redacted);
		assert_memory_equal(&before, &after, sizeof(before));
		eg_summary_free(summary);
		eg_summary_free(redacted);
		eg_redactor_free(redactor);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hides_names_and_keeps_numbers),
		cmocka_unit_test(keeps_all_numbers_of_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
