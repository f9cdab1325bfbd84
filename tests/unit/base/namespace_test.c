/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Our own network namespace, as the kernel's link to it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include <egret/base.h>

static void own_network_is_the_one_linked_to(void **state)
{
	char link[64] = "";
	unsigned number = 0;

	(void)state;
	assert_true(readlink("/proc/self/ns/net", link, sizeof(link) - 1) > 0);
	assert_int_equal(sscanf(link, "net:[%u]", &number), 1);
	assert_int_equal(eg_own_net_ns(), number);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_network_is_the_one_linked_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
