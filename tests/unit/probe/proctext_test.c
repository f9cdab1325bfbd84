/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lines of /proc, also such as a process would write to deceive. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "user/probe/proctext.h"

#define FIELDS_3_TO_21 " S 1 2 3 0 -1 4194560 5 6 7 8 9 10 11 12 20 0 1 0"

static void assert_start(const char *text, uint64_t expected)
{
	uint64_t ticks = 42;

	assert_true(proc_stat_start(text, &ticks));
	assert_int_equal(ticks, expected);
}

static void assert_no_start(const char *text)
{
	uint64_t ticks = 42;

	assert_false(proc_stat_start(text, &ticks));
	assert_int_equal(ticks, 42);
}

static void start_is_field_22(void **state)
{
	(void)state;
	assert_start("4242 (curl)" FIELDS_3_TO_21 " 123456 0 0\n", 123456);
	assert_start("1 (a) b) 7 (c)" FIELDS_3_TO_21 " 18446744073709551615 0\n", UINT64_MAX);
	assert_start("1 (\n)" FIELDS_3_TO_21 " 0 0\n", 0);
}

static void no_start_is_refused(void **state)
{
	(void)state;
	assert_no_start("");
	assert_no_start(")");
	assert_no_start("1 curl" FIELDS_3_TO_21 " 123456 0\n");
	assert_no_start("1 (curl)" FIELDS_3_TO_21);
	assert_no_start("1 (curl)" FIELDS_3_TO_21 " ");
	assert_no_start("1 (curl)" FIELDS_3_TO_21 " 123456"); /* cut in the middle of it? */
	assert_no_start("1 (curl)" FIELDS_3_TO_21 " -1 0\n");
	assert_no_start("1 (curl)" FIELDS_3_TO_21 " 18446744073709551616 0\n");
}

static void path_of_cgroup2_is_found(void **state)
{
	char path[16];

	(void)state;
	assert_int_equal(proc_cgroup_path("0::/user.slice\n", path, sizeof(path)), 0);
	assert_string_equal(path, "./user.slice");
	assert_int_equal(proc_cgroup_path("0::/", path, sizeof(path)), 0);
	assert_string_equal(path, "./");
	assert_int_equal(proc_cgroup_path("0::/0123456789012", path, sizeof(path)), 0);
	assert_string_equal(path, "./0123456789012");
	assert_int_equal(proc_cgroup_path("0::/01234567890123", path, sizeof(path)), -ENAMETOOLONG);
}

static void other_hierarchies_are_not(void **state)
{
	char path[16] = "as before";

	(void)state;
	assert_int_equal(proc_cgroup_path("1:name=systemd:/0::/", path, sizeof(path)), -ENOENT);
	assert_int_equal(proc_cgroup_path("10::/", path, sizeof(path)), -ENOENT);
	assert_int_equal(proc_cgroup_path("0::", path, sizeof(path)), -ENOENT);
	assert_int_equal(proc_cgroup_path("", path, sizeof(path)), -ENOENT);
	assert_string_equal(path, "as before");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(start_is_field_22),
		cmocka_unit_test(no_start_is_refused),
		cmocka_unit_test(path_of_cgroup2_is_found),
		cmocka_unit_test(other_hierarchies_are_not),
	};

	return cmocka_run_group_tests_name("probe/proctext", tests, NULL, NULL);
}
