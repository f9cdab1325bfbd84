/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Android containers among doctor's checks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "user/cmd/androids.h"

static void containers_are_checks(void **state)
{
	static const struct eg_android running = { .container = "waydroid", .packages = 321 },
				       unreadable = { .container = "other" },
				       stopped = { .container = "waydroid",
						   .packages = 5,
						   .stopped = true },
				       bare = { .container = "tiny", .packages = 1 },
				       never_used = { .container = "waydroid", .stopped = true };
	struct android_checks checks = { 0 };

	(void)state;
	assert_int_equal(android_checks_add(&running, &checks), 0);
	assert_int_equal(android_checks_add(&unreadable, &checks), 0);
	assert_int_equal(android_checks_add(&stopped, &checks), 0);
	assert_int_equal(android_checks_add(&never_used, &checks), 0);
	assert_int_equal(android_checks_add(&bare, &checks), 0);
	assert_int_equal(checks.count, 5);
	assert_string_equal(checks.checks[0].name, "Android container waydroid");
	assert_int_equal(checks.checks[0].status, EG_CHECK_OK);
	assert_string_equal(checks.checks[0].detail, "321 packages");
	assert_null(checks.checks[0].affects);
	assert_int_equal(checks.checks[1].status, EG_CHECK_DEGRADED);
	assert_non_null(checks.checks[1].affects);
	assert_int_equal(checks.checks[2].status, EG_CHECK_OK);
	assert_string_equal(checks.checks[2].detail, "5 packages, stopped");
	assert_int_equal(checks.checks[3].status, EG_CHECK_OK);
	assert_string_equal(checks.checks[3].detail, "stopped");
	assert_string_equal(checks.checks[4].detail, "1 package");
	android_checks_free(&checks);
	assert_int_equal(checks.count, 0);
}

static void without_root_nothing_is_tried(void **state)
{
	struct android_checks checks;

	(void)state;
	assert_int_equal(android_checks_make(false, &checks), 0);
	assert_int_equal(checks.count, 1);
	assert_string_equal(checks.checks[0].detail, "not tried: only root can");
	android_checks_free(&checks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(containers_are_checks),
		cmocka_unit_test(without_root_nothing_is_tried),
	};

	return cmocka_run_group_tests_name("cmd/androids", tests, NULL, NULL);
}
