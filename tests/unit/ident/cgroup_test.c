/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Cgroup paths, versions, units, escapes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "user/ident/cgroup.h"

static void expect_path(const char *path, const char *version1, const char *expected)
{
	struct scratch scratch = {};
	struct cgroup cgroup;

	cgroup_parse(&scratch, path, version1, &cgroup);
	if (expected)
		assert_string_equal(cgroup.path, expected);
	else
		assert_null(cgroup.path);
	scratch_free(&scratch);
}

static void path_that_says_most(void **state)
{
	static const char lines[] =
		"3:cpu,cpuacct:/c\n2:pids:/p (deleted)\n1:name=systemd:/s\n0::/\n";

	(void)state;
	expect_path("/a", lines, "/a");
	expect_path("/", lines, "/s");
	expect_path("/", "2:pids:/p (deleted)\n3:memory:/m", "/p");
	expect_path("/", "2:pids:/\n3:memory:/m", "/m");
	expect_path("/", "malformed\n::\n:", "/");
	expect_path("/a (deleted)", NULL, "/a");
	expect_path("/a (deleted) (deleted)", NULL, "/a (deleted)");
	expect_path(NULL, NULL, NULL);
}

static void expect_unit(const char *path, const char *name, bool user, const char *slice)
{
	struct scratch scratch = {};
	struct cgroup cgroup;
	struct unit unit;

	cgroup_parse(&scratch, path, NULL, &cgroup);
	unit_find(&cgroup, &unit);
	if (!name) {
		assert_null(unit.name);
	} else {
		assert_string_equal(unit.name, name);
		assert_int_equal(unit.user, user);
		assert_int_equal(slice != NULL, unit.slice != NULL);
		if (slice)
			assert_string_equal(unit.slice, slice);
	}
	scratch_free(&scratch);
}

static void units_of_paths(void **state)
{
	(void)state;
	expect_unit("/system.slice/a.service", "a.service", false, "system.slice");
	expect_unit("/system.slice/system-x.slice/_cpu.service/sub", "cpu.service", false,
		    "system-x.slice");
	expect_unit("/user.slice/user-1.slice/user@1.service/app.slice/a.scope", "a.scope", true,
		    "app.slice");
	expect_unit("/user.slice/user-1.slice/user@1.service/a.scope/x", "a.scope", true, NULL);
	expect_unit("/capsule.slice/capsule@x.service/app.slice/a.service", "a.service", true,
		    "app.slice");
	expect_unit("/user.slice/user-1.slice/session-2.scope", "session-2.scope", false,
		    "user-1.slice");
	expect_unit("/user.slice/user-1.slice/user@evil.service/x.service", "user@evil.service",
		    false, "user-1.slice");
	expect_unit("/a/b.service", NULL, false, NULL);
	expect_unit("/", NULL, false, NULL);
	expect_unit("/system.slice/.service", NULL, false, NULL);
	expect_unit("/system.slice/a b.service", NULL, false, NULL);
}

static void below_a_manager_users_name(void **state)
{
	struct scratch scratch = {};
	struct cgroup cgroup;

	(void)state;
	cgroup_parse(&scratch, "/user.slice/user-1.slice/user@1.service/app.slice/x", NULL,
		     &cgroup);
	assert_int_equal(cgroup.count, 5);
	assert_false(cgroup_owned(&cgroup, 2));
	assert_true(cgroup_owned(&cgroup, 3));
	cgroup_parse(&scratch, "/system.slice/x.service", NULL, &cgroup);
	assert_false(cgroup_owned(&cgroup, 1));
	scratch_free(&scratch);
}

static void depth_is_bounded(void **state)
{
	struct scratch scratch = {};
	struct cgroup cgroup;
	char path[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(path); i++)
		path[i] = i % 2 ? 'a' : '/';
	path[sizeof(path) - 1] = '\0';
	cgroup_parse(&scratch, path, NULL, &cgroup);
	assert_int_equal(cgroup.count, CGROUP_DEPTH);
	scratch_free(&scratch);
}

static void escapes(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "a\\x2db", "a-b" }, { "\\x2d", "-" },	    { "\\x2", "\\x2" },
		{ "\\x", "\\x" },     { "\\xzz", "\\xzz" }, { "a\\x00b", "a\\x00b" },
		{ "", "" },
	};
	struct scratch scratch = {};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(unit_unescape(&scratch, cases[i].text, strlen(cases[i].text)),
				    cases[i].expected);
	assert_string_equal(unit_unescape(&scratch, "a\\x2db", 3), "a\\x");
	scratch_free(&scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_that_says_most),
		cmocka_unit_test(units_of_paths),
		cmocka_unit_test(below_a_manager_users_name),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(escapes),
	};

	return cmocka_run_group_tests_name("ident/cgroup", tests, NULL, NULL);
}
