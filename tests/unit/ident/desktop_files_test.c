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
	struct desktops desktops = {};
	const struct eg_entries *entries = desktops_entries(&desktops, 0, 10 * NSEC_PER_SEC);

	(void)state;
	assert_non_null(entries);
	assert_ptr_equal(desktops_entries(&desktops, 0, 11 * NSEC_PER_SEC), entries);
	/* Nothing has changed: no file is read again. */
	assert_ptr_equal(desktops_entries(&desktops, 0, 20 * NSEC_PER_SEC), entries);
	assert_ptr_not_equal(desktops_entries(&desktops, 1, 20 * NSEC_PER_SEC), entries);
	assert_ptr_equal(desktops_entries(&desktops, 0, 21 * NSEC_PER_SEC), entries);
	desktops_clear(&desktops);
	assert_null(desktops.of[0].entries);
}

/* Who was looked at longest ago makes room. */
static void a_few_users_are_kept(void **state)
{
	struct desktops desktops = {};

	(void)state;
	for (uint32_t uid = 0; uid <= USERS_MAX; uid++)
		assert_non_null(desktops_entries(&desktops, uid, (10 + uid) * NSEC_PER_SEC));
	assert_int_equal(desktops.of[0].uid, USERS_MAX);
	for (uint32_t uid = 1; uid < USERS_MAX; uid++)
		assert_int_equal(desktops.of[uid].uid, uid);
	desktops_clear(&desktops);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(homes_of_users),
		cmocka_unit_test(entries_are_kept_for_a_while),
		cmocka_unit_test(a_few_users_are_kept),
	};

	return cmocka_run_group_tests_name("ident/desktop_files", tests, NULL, NULL);
}
