/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Processes: each once, as it was described, whichever way it has gone. */
#include "history.h"

static void add_process(struct eg_summary *summary, int number)
{
	struct eg_process_info process = {
		.pid = (uint32_t)(100 + number),
		.start = DAY_ONE + number,
		.has_uid = true,
		.uid = 1000,
		.comm = strdup("a"),
		.command_line = calloc(3, sizeof(char *)),
	};
	struct eg_app *app = model_app(summary, "exe:/a");

	process.command_line[0] = strdup("/bin/a\n12:,");
	process.command_line[1] = strdup("");
	assert_int_equal(eg_app_add_process(app, &process), 0);
	assert_int_equal(eg_app_add_user(app, 1000), 0);
}

static void stores_no_arguments_unasked(void **state)
{
	struct eg_store *store = history_record();
	struct eg_summary *summary = history_summary(DAY_ONE, DAY_ONE + SECONDS(10)), *found;

	(void)state;
	history_row(summary, "exe:/a", 1, 1);
	add_process(summary, 1);
	assert_int_equal(eg_store_add(store, summary, NULL, false), 0);
	found = history_read(store, DAY_ONE, DAY_ONE + 1);
	assert_int_equal(model_app(found, "exe:/a")->processes_count, 1);
	assert_null(model_app(found, "exe:/a")->processes[0].command_line);
	eg_summary_free(found);
	eg_summary_free(summary);
	eg_store_close(store);
}

static void lists_processes(void **state)
{
	static const struct eg_store_keep all;
	struct eg_store *store = history_record();
	struct eg_summary *found;
	struct eg_app *app;

	(void)state;
	for (int i = 0; i < 100; i++) {
		int64_t start = DAY_ONE + MINUTES(10) * i;
		struct eg_summary *summary = history_summary(start, start + SECONDS(10));

		history_row(summary, "exe:/a", 1, 1);
		add_process(summary, i / 2); /* each is seen twice */
		history_add(store, summary);
		eg_summary_free(summary);
		if (i == 60)
			assert_int_equal(eg_store_tidy(store, &all, start), 0);
	}
	found = history_read(store, DAY_ONE, DAY_ONE + DAYS(2));
	app = model_app(found, "exe:/a");
	assert_int_equal(app->processes_count, 50);
	assert_int_equal(app->processes_omitted, 0);
	assert_int_equal(app->users_count, 1);
	assert_int_equal(app->processes[7].pid, 107);
	assert_string_equal(app->processes[7].command_line[0], "/bin/a\n12:,");
	assert_string_equal(app->processes[7].command_line[1], "");
	assert_null(app->processes[7].command_line[2]);
	assert_null(app->processes[7].executable);
	assert_true(app->processes[7].has_uid);
	assert_false(app->processes[7].has_ppid);
	eg_summary_free(found);
	eg_store_close(store);
}

/* Two descriptions of one process: the later one wins, as when summaries are merged. */
static void describes_a_process_as_it_was_last(void **state)
{
	static const char *const names[] = { "sh", "curl" };
	struct eg_store *store = history_record();
	struct eg_summary *found;
	struct eg_app *app;

	(void)state;
	for (int i = 0; i < 2; i++) {
		int64_t start = DAY_ONE + SECONDS(10) * i;
		struct eg_summary *summary = history_summary(start, start + SECONDS(10));
		struct eg_process_info process = { .pid = 7, .start = DAY_ONE };

		process.comm = strdup(names[i]);
		history_row(summary, "exe:/a", 1, 1);
		assert_int_equal(eg_app_add_process(model_app(summary, "exe:/a"), &process), 0);
		history_add(store, summary);
		eg_summary_free(summary);
	}
	found = history_read(store, DAY_ONE, DAY_ONE + MINUTES(1));
	app = model_app(found, "exe:/a");
	assert_int_equal(app->processes_count, 1);
	assert_string_equal(app->processes[0].comm, "curl");
	eg_summary_free(found);
	eg_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(stores_no_arguments_unasked),
		HISTORY_TEST(lists_processes),
		HISTORY_TEST(describes_a_process_as_it_was_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
