/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Looking for Android on a machine; what is found is tested live (tests/net/apps.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <egret/ident.h>

static int count(const struct eg_android *android, void *data)
{
	assert_non_null(android->container);
	(*(unsigned *)data)++;
	return 0;
}

static int stop(const struct eg_android *android, void *data)
{
	(void)android;
	(void)data;
	return -7;
}

static void each_is_told_of(void **state)
{
	struct eg_machine *machine;
	unsigned found = 0;

	(void)state;
	assert_int_equal(eg_machine_new(&machine), 0);
	assert_int_equal(eg_machine_androids(machine, count, &found), 0);
	assert_int_equal(eg_machine_androids(machine, stop, NULL), found ? -7 : 0);
	eg_machine_free(machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_told_of),
	};

	return cmocka_run_group_tests_name("ident/androids", tests, NULL, NULL);
}
