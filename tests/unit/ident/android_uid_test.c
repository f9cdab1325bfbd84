/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Android's uids and names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "user/ident/android.h"

static void expect_class(uint32_t uid, enum android_class class, uint32_t owner)
{
	uint32_t got;

	assert_int_equal(android_class_of(uid, &got), class);
	assert_int_equal(got, owner);
}

static void ranges(void **state)
{
	(void)state;
	expect_class(0, ANDROID_NATIVE, 0);
	expect_class(1000, ANDROID_NATIVE, 1000);
	expect_class(9999, ANDROID_NATIVE, 9999);
	expect_class(10000, ANDROID_APP, 10000);
	expect_class(19999, ANDROID_APP, 19999);
	expect_class(20000, ANDROID_SDK_SANDBOX, 10000);
	expect_class(30005, ANDROID_PRIVATE_COMPUTE, 10005);
	expect_class(40000, ANDROID_NATIVE, 40000);
	expect_class(50005, ANDROID_APP, 10005);
	expect_class(90000, ANDROID_ISOLATED, 90000);
	expect_class(99999, ANDROID_ISOLATED, 99999);
	expect_class(1010123, ANDROID_APP, 10123);
	expect_class(UINT32_MAX, ANDROID_NATIVE, UINT32_MAX % ANDROID_USER);
}

static void names_of_packages(void **state)
{
	static const char *const good[] = { "a.b", "com.android.chrome", "A.b_c.D9" };
	static const char *const bad[] = { "",	   "a",	    "a.",    ".a",   "a..b",
					   "9a.b", "a.b-c", "a b.c", "<a.b>" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(android_is_package(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(android_is_package(bad[i], strlen(bad[i])));
}

static void system_processes(void **state)
{
	(void)state;
	assert_string_equal(android_system_process(0, "usap32", "app_process32"), "zygote");
	assert_string_equal(android_system_process(1000, "system_server", "app_process64"),
			    "system_server");
	/* An app may call itself so, but its uid is no system's. */
	assert_null(android_system_process(10123, "zygote", "app_process64"));
	assert_null(android_system_process(10123, "system_server", "app_process64"));
	assert_null(android_system_process(0, "zygote", "sh"));
	assert_null(android_system_process(0, NULL, "app_process64"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges),
		cmocka_unit_test(names_of_packages),
		cmocka_unit_test(system_processes),
	};

	return cmocka_run_group_tests_name("ident/android_uid", tests, NULL, NULL);
}
