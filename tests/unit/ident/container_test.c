/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Containers in cgroup paths: the innermost, and never a monitor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <egret/ident.h>

#define ID_A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID_B "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

static void expect(const char *cgroup, const char *container)
{
	const char *id = NULL;
	size_t size = 0;

	assert_int_equal(eg_container_of(cgroup, &id, &size), container != NULL);
	if (!container)
		return;
	assert_int_equal(size, strlen(container));
	assert_memory_equal(id, container, size);
}

static void runtimes_are_recognised(void **state)
{
	(void)state;
	expect("/system.slice/docker-" ID_A ".scope", ID_A);
	expect("/docker/" ID_A, ID_A);
	expect("/machine.slice/libpod-" ID_A ".scope/container", ID_A);
	expect("/kubepods/pod1/" ID_A, ID_A);
	expect("/lxc.payload.waydroid", "waydroid");
	expect("/lxc.payload.waydroid/sub/deeper", "waydroid");
}

static void innermost_wins(void **state)
{
	(void)state;
	expect("/docker/" ID_A "/docker/" ID_B, ID_B);
	expect("/lxc.payload.outer/docker/" ID_B, ID_B);
}

static void host_is_no_container(void **state)
{
	(void)state;
	expect("", NULL);
	expect("/", NULL);
	expect("/user.slice/user-1000.slice/session-2.scope", NULL);
	expect("/system.slice/ssh.service", NULL);
	expect("/lxc.payload.", NULL);
	expect("/lxc.monitor.waydroid", NULL);
	expect("/machine.slice/libpod-conmon-" ID_A ".scope", NULL);
}

static void other_digits_are_no_id(void **state)
{
	(void)state;
	expect("/docker/" ID_A "0", NULL);
	expect("/docker/0123", NULL);
	expect("/docker/0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runtimes_are_recognised),
		cmocka_unit_test(innermost_wins),
		cmocka_unit_test(host_is_no_container),
		cmocka_unit_test(other_digits_are_no_id),
	};

	return cmocka_run_group_tests_name("ident/container", tests, NULL, NULL);
}
