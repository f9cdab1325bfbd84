/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Process records as text: paths from leaf to root, arguments as they lie in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <egret/probe.h>

static void expect_executable(const char *bytes, uint32_t size, const char *path)
{
	struct eg_process process = { .exe_size = size };
	char *text;

	memcpy(process.exe, bytes, size < sizeof(process.exe) ? size : sizeof(process.exe));
	text = eg_process_executable(&process);
	if (path)
		assert_string_equal(text, path);
	else
		assert_null(text);
	free(text);
}

static void path_is_turned_round(void **state)
{
	(void)state;
	expect_executable("curl\0bin\0usr", 13, "/usr/bin/curl");
	expect_executable("init", 5, "/init");
	expect_executable("", 0, NULL);
}

static void expect_script(const char *bytes, uint32_t size, const char *path)
{
	struct eg_process process = { .script_size = size };
	char *text;

	memcpy(process.script, bytes,
	       size < sizeof(process.script) ? size : sizeof(process.script));
	text = eg_process_script(&process);
	if (path)
		assert_string_equal(text, path);
	else
		assert_null(text);
	free(text);
}

/* A relative path comes with the directory that it begins in. */
static void script_begins_where_it_was_executed(void **state)
{
	(void)state;
	expect_script("/usr/bin/sync", 14, "/usr/bin/sync");
	expect_script("./sync\0u\0home", 14, "/home/u/sync");
	expect_script("bin/sync\0u\0home", 16, "/home/u/bin/sync");
	expect_script("", 0, NULL);
	expect_script("./", 2, "");
	expect_script("sync", 4, "");
}

static void cut_path_is_marked(void **state)
{
	struct eg_process process = {
		.exe = "leaf\0dir",
		.exe_size = 9,
		.flags = EG_PROCESS_EXE_CUT | EG_PROCESS_CGROUP_CUT,
		.cgroup = "a.service",
		.cgroup_size = 10,
	};
	char *executable = eg_process_executable(&process), *cgroup = eg_process_cgroup(&process);

	(void)state;
	assert_string_equal(executable, "…/dir/leaf");
	assert_string_equal(cgroup, "…/a.service");
	free(executable);
	free(cgroup);
}

/* What a kernel would never write must still not lead outside the record. */
static void broken_path_stays_inside(void **state)
{
	struct eg_process process = { .exe_size = UINT32_MAX };
	char *text;

	(void)state;
	memset(process.exe, 'x', sizeof(process.exe));
	text = eg_process_executable(&process);
	assert_non_null(text);
	assert_true(strlen(text) <= sizeof(process.exe));
	free(text);
	expect_executable("no-nul", 6, "");
}

static void root_cgroup_has_a_path(void **state)
{
	struct eg_process process = {};
	char *text = eg_process_cgroup(&process);

	(void)state;
	assert_string_equal(text, "/");
	free(text);
}

static void arguments_are_split(void **state)
{
	struct eg_process process = { .args_size = 9, .args = "a\0bc\0\0def" };
	char **list = eg_process_arguments(&process);

	(void)state;
	assert_string_equal(list[0], "a");
	assert_string_equal(list[1], "bc");
	assert_string_equal(list[2], "");
	assert_string_equal(list[3], "def");
	assert_null(list[4]);
	free(list);
	process.args_size = 0;
	assert_null(eg_process_arguments(&process));
}

static void cut_arguments_end(void **state)
{
	struct eg_process process = { .args_size = UINT32_MAX };
	char **list;

	(void)state;
	memset(process.args, 'y', sizeof(process.args));
	list = eg_process_arguments(&process);
	assert_int_equal(strlen(list[0]), sizeof(process.args));
	assert_null(list[1]);
	free(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_is_turned_round),
		cmocka_unit_test(script_begins_where_it_was_executed),
		cmocka_unit_test(cut_path_is_marked),
		cmocka_unit_test(broken_path_stays_inside),
		cmocka_unit_test(root_cgroup_has_a_path),
		cmocka_unit_test(arguments_are_split),
		cmocka_unit_test(cut_arguments_end),
	};

	return cmocka_run_group_tests_name("probe/record", tests, NULL, NULL);
}
