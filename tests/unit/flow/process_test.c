/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Process lists: sorted, at most 64, the rest counted once each. */
#include "model.h"

#include "user/flow/process.h"

static struct eg_process_info process_of(int64_t start, uint32_t pid, const char *comm)
{
	return (struct eg_process_info){
		.start = start,
		.pid = pid,
		.comm = comm ? strdup(comm) : NULL,
	};
}

static void add(struct eg_app *app, int64_t start, uint32_t pid)
{
	struct eg_process_info process = process_of(start, pid, "comm");

	assert_int_equal(eg_app_add_process(app, &process), 0);
	assert_null(process.comm);
}

static void processes_are_sorted(void **state)
{
	struct eg_summary *summary = model_new();
	struct eg_app *app = model_app(summary, "exe:/a");

	(void)state;
	add(app, 30, 1);
	add(app, 10, 2);
	add(app, 0, 9);
	add(app, 20, 3);
	add(app, 10, 1);
	assert_int_equal(app->processes_count, 5);
	assert_int_equal(app->processes[0].pid, 1);
	assert_int_equal(app->processes[1].pid, 2);
	assert_int_equal(app->processes[2].pid, 3);
	assert_int_equal(app->processes[3].start, 30);
	assert_int_equal(app->processes[4].start, 0);
	assert_int_equal(app->processes_omitted, 0);
	eg_summary_free(summary);
}

static void later_texts_win_but_not_over_known_ones_by_being_unknown(void **state)
{
	struct eg_summary *summary = model_new();
	struct eg_app *app = model_app(summary, "exe:/a");
	struct eg_process_info first = process_of(1, 1, "old");
	struct eg_process_info second = process_of(1, 1, "new");

	(void)state;
	first.executable = strdup("/a");
	first.uid = 5;
	first.has_uid = true;
	second.executable = strdup("");
	second.command_line = calloc(2, sizeof(char *));
	second.command_line[0] = strdup("a");
	second.ppid = 7;
	second.has_ppid = true;
	assert_int_equal(eg_app_add_process(app, &first), 0);
	assert_int_equal(eg_app_add_process(app, &second), 0);
	assert_int_equal(app->processes_count, 1);
	assert_string_equal(app->processes[0].comm, "new");
	assert_string_equal(app->processes[0].executable, "/a");
	assert_string_equal(app->processes[0].command_line[0], "a");
	assert_true(app->processes[0].has_uid && app->processes[0].uid == 5);
	assert_true(app->processes[0].has_ppid && app->processes[0].ppid == 7);
	eg_summary_free(summary);
}

static void empty_texts_are_unknown(void **state)
{
	struct eg_summary *summary = model_new();
	struct eg_app *app = model_app(summary, "exe:/a");
	struct eg_process_info process = process_of(1, 1, "");

	(void)state;
	process.cgroup = strdup("");
	assert_int_equal(eg_app_add_process(app, &process), 0);
	assert_null(app->processes[0].comm);
	assert_null(app->processes[0].cgroup);
	eg_summary_free(summary);
}

static void only_the_first_64_are_listed(void **state)
{
	struct eg_summary *summary = model_new();
	struct eg_app *app = model_app(summary, "exe:/a");

	(void)state;
	/* backwards, so that each new one pushes another out */
	for (uint32_t i = 100; i > 0; i--)
		add(app, i, i);
	assert_int_equal(app->processes_count, EG_PROCESSES_MAX);
	assert_int_equal(app->processes_omitted, 100 - EG_PROCESSES_MAX);
	for (uint32_t i = 0; i < EG_PROCESSES_MAX; i++)
		assert_int_equal(app->processes[i].pid, i + 1);
	eg_summary_free(summary);
}

static void omitted_processes_are_counted_once(void **state)
{
	struct eg_summary *summary = model_new();
	struct eg_app *app = model_app(summary, "exe:/a");

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (uint32_t i = 1; i <= 200; i++)
			add(app, i, i);
	}
	assert_int_equal(app->processes_omitted, 200 - EG_PROCESSES_MAX);
	/* a recycled pid is another process */
	add(app, 1000, 200);
	assert_int_equal(app->processes_omitted, 201 - EG_PROCESSES_MAX);
	eg_summary_free(summary);
}

/* --- merging --- */

static void list(struct eg_app *app, uint32_t first, uint32_t last)
{
	for (uint32_t i = first; i <= last; i++)
		add(app, i, i);
}

static void merged_lists_hold_the_first_of_both(void **state)
{
	struct eg_summary *a = model_new(), *b = model_new();
	struct eg_app *app_a = model_app(a, "exe:/a"), *app_b = model_app(b, "exe:/a");

	(void)state;
	list(app_a, 41, 80);
	list(app_b, 1, 40);
	assert_int_equal(eg_app_merge_processes(app_a, app_b), 0);
	assert_int_equal(app_a->processes_count, EG_PROCESSES_MAX);
	assert_int_equal(app_a->processes_omitted, 16);
	assert_int_equal(app_a->processes[0].pid, 1);
	assert_int_equal(app_a->processes[63].pid, 64);
	assert_int_equal(app_b->processes_count, 40);
	eg_summary_free(a);
	eg_summary_free(b);
}

static void a_copy_shares_nothing(void **state)
{
	struct eg_process_info process = process_of(3, 4, "comm"), copied;

	(void)state;
	process.component = strdup("main");
	process.command_line = calloc(3, sizeof(char *));
	process.command_line[0] = strdup("a");
	process.command_line[1] = strdup("");
	assert_int_equal(eg_process_copy(&process, &copied), 0);
	eg_process_free(&process);
	assert_int_equal(copied.start, 3);
	assert_int_equal(copied.pid, 4);
	assert_string_equal(copied.comm, "comm");
	assert_string_equal(copied.component, "main");
	assert_string_equal(copied.command_line[0], "a");
	assert_string_equal(copied.command_line[1], "");
	assert_null(copied.command_line[2]);
	eg_process_free(&copied);
}

static void what_both_list_is_one_process(void **state)
{
	struct eg_summary *a = model_new(), *b = model_new();
	struct eg_app *app_a = model_app(a, "exe:/a"), *app_b = model_app(b, "exe:/a");

	(void)state;
	list(app_a, 1, 60);
	list(app_b, 1, 60);
	assert_int_equal(eg_app_merge_processes(app_a, app_b), 0);
	assert_int_equal(app_a->processes_count, 60);
	assert_int_equal(app_a->processes_omitted, 0);
	assert_int_equal(app_a->processes[0].summaries, 2);
	/* and falls off as two */
	for (uint32_t i = 1; i <= 5; i++) {
		struct eg_process_info process = process_of(-(int64_t)i, i, NULL);

		assert_int_equal(app_a->processes_omitted, 0);
		assert_int_equal(eg_app_merge_process(app_a, &process), 0);
	}
	assert_int_equal(app_a->processes_count, EG_PROCESSES_MAX);
	assert_int_equal(app_a->processes_omitted, 2);
	eg_summary_free(a);
	eg_summary_free(b);
}

static void of_two_records_the_smaller_stays(void **state)
{
	struct eg_summary *summary = model_new();
	struct eg_app *app = model_app(summary, "exe:/a");
	static const char *const comms[] = { "b", NULL, "a", "c" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(comms); i++) {
		struct eg_process_info process = process_of(1, 1, comms[i]);

		process.uid = (uint32_t)i;
		process.has_uid = true;
		assert_int_equal(eg_app_merge_process(app, &process), 0);
	}
	assert_string_equal(app->processes[0].comm, "a");
	assert_int_equal(app->processes[0].uid, 2);
	assert_int_equal(app->processes[0].summaries, 4);
	eg_summary_free(summary);
}

static void omitted_ones_are_added(void **state)
{
	struct eg_summary *a = model_new(), *b = model_new();
	struct eg_app *app_a = model_app(a, "exe:/a"), *app_b = model_app(b, "exe:/a");

	(void)state;
	app_a->processes_omitted = 5;
	app_b->processes_omitted = UINT64_MAX;
	assert_int_equal(eg_app_merge_processes(app_a, app_b), 0);
	assert_true(app_a->processes_omitted == UINT64_MAX);
	eg_summary_free(a);
	eg_summary_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(processes_are_sorted),
		cmocka_unit_test(later_texts_win_but_not_over_known_ones_by_being_unknown),
		cmocka_unit_test(empty_texts_are_unknown),
		cmocka_unit_test(only_the_first_64_are_listed),
		cmocka_unit_test(omitted_processes_are_counted_once),
		cmocka_unit_test(merged_lists_hold_the_first_of_both),
		cmocka_unit_test(a_copy_shares_nothing),
		cmocka_unit_test(what_both_list_is_one_process),
		cmocka_unit_test(of_two_records_the_smaller_stays),
		cmocka_unit_test(omitted_ones_are_added),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
