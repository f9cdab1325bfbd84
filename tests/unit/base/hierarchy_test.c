/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whose a control group is; given away ones are tested live (tests/net/impostors.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include <egret/hierarchy.h>

static void nothing_strange_is_a_users(void **state)
{
	static const char *const paths[] = {
		"", "/", "relative", "/../..", "/../../etc", "/not/there", "//",
	};
	int hierarchy = eg_hierarchy_open();

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		assert_false(eg_hierarchy_is_users(hierarchy, paths[i]));
		assert_false(eg_hierarchy_is_users(-1, paths[i]));
	}
	if (hierarchy >= 0)
		close(hierarchy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_strange_is_a_users),
	};

	return cmocka_run_group_tests_name("base/hierarchy", tests, NULL, NULL);
}
