/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Homes, and the entries that a user has on this machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "user/ident/machine.h"
#include "user/ident/resolver.h"

#include <egret/base.h>

static void homes_of_users(void **state)
{
	static const char text[] = "root:x:0:0:root:/root:/bin/sh\nshort:x:5\n"
				   "u:x:1000:1000:,,,:/home/u:/bin/sh\nv:x:12x:1::/home/v:";
	struct scratch scratch = {};

	(void)state;
	assert_string_equal(passwd_home(&scratch, text, 1000), "/home/u");
	assert_string_equal(passwd_home(&scratch, text, 0), "/root");
	assert_null(passwd_home(&scratch, text, 5));
	assert_null(passwd_home(&scratch, text, 12));
	assert_null(passwd_home(&scratch, "", 0));
	assert_null(passwd_home(&scratch, NULL, 0));
	scratch_free(&scratch);
}

static void entries_are_kept_for_a_while(void **state)
{
	struct desktop desktop = { .uid = 0 };
	const struct eg_entries *entries;

	(void)state;
	assert_int_equal(desktop_refresh(&desktop, 10 * NSEC_PER_SEC), 0);
	entries = desktop.entries;
	assert_non_null(entries);
	assert_int_equal(desktop_refresh(&desktop, 11 * NSEC_PER_SEC), 0);
	assert_ptr_equal(desktop.entries, entries);
	/* Nothing has changed: no file is read again. */
	assert_int_equal(desktop_refresh(&desktop, 20 * NSEC_PER_SEC), 0);
	assert_ptr_equal(desktop.entries, entries);
	desktop_clear(&desktop);
	assert_null(desktop.entries);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(homes_of_users),
		cmocka_unit_test(entries_are_kept_for_a_while),
	};

	return cmocka_run_group_tests_name("ident/desktop_files", tests, NULL, NULL);
}
