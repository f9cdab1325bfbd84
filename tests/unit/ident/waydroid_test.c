/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Waydroid's files on the host, and the packages of a container that is gone. */
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cmocka.h>

#include <egret/ident.h>

#include "user/ident/waydroid.h"

#define DATA "/var/lib/waydroid/some data"
#define LIST "org.example.video 10123 0 /data/user/0/org.example.video default none\n"

static void expect_data(const char *config, const char *expected)
{
	char *path = waydroid_data(config);

	if (expected)
		assert_string_equal(path, expected);
	else
		assert_null(path);
	free(path);
}

static void data_is_where_the_session_mounts_it(void **state)
{
	(void)state;
	expect_data("lxc.mount.entry = /run/user/1000/wayland-0 run/x none bind 0 0\n"
		    "lxc.mount.entry = /home/u/.local/share/waydroid/data data none rbind 0 0\n",
		    "/home/u/.local/share/waydroid/data");
	expect_data("lxc.mount.entry=/a\\040b data none rbind 0 0", "/a b");
	expect_data("", NULL);
	expect_data("lxc.mount.entry", NULL);
	expect_data("lxc.mount.entry = ", NULL);
	expect_data("lxc.mount.entry = data data none", NULL);
	expect_data("lxc.mount.entry = /x\ndata data none", NULL);
	expect_data("lxc.mount.entry = /x database none", NULL);
}

static void the_session_has_a_user(void **state)
{
	uint32_t uid = 7;

	(void)state;
	assert_false(waydroid_user("", &uid));
	assert_false(waydroid_user("not.waydroid.host.uid=5\n", &uid));
	assert_int_equal(uid, 7);
	assert_true(waydroid_user("a=b\nwaydroid.host.uid=1001\n", &uid));
	assert_int_equal(uid, 1001);
}

static void write_file(const char *path, const char *text)
{
	FILE *stream = fopen(path, "we");

	assert_non_null(stream);
	assert_true(fputs(text, stream) >= 0);
	assert_int_equal(fclose(stream), 0);
}

/* Its processes have ended before anybody looked: the host still has the list. */
static void a_stopped_container_has_its_packages(void **state)
{
	static const char *const directories[] = { "/var/lib/waydroid", "/var/lib/waydroid/lxc",
						   "/var/lib/waydroid/lxc/waydroid", DATA,
						   DATA "/system" };
	struct eg_process_facts facts = { .pid = 1, .exited = true };
	const struct eg_packages *packages;
	const struct eg_lookup *lookup;
	struct eg_machine *machine;

	(void)state;
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", "/var/lib", "tmpfs", 0, NULL) < 0)
		skip();
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++)
		assert_int_equal(mkdir(directories[i], 0755), 0);
	write_file("/var/lib/waydroid/lxc/waydroid/config_session",
		   "lxc.mount.entry = /var/lib/waydroid/some\\040data data none rbind 0 0\n");
	write_file(DATA "/system/packages.list", LIST LIST);
	assert_int_equal(eg_machine_new(&machine), 0);
	lookup = eg_machine_lookup(machine, &facts);
	assert_null(lookup->packages(lookup->data, "another", NULL));
	packages = lookup->packages(lookup->data, "waydroid", NULL);
	assert_non_null(packages);
	assert_true(eg_packages_has(packages, "org.example.video", 10123));
	eg_machine_free(machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_is_where_the_session_mounts_it),
		cmocka_unit_test(the_session_has_a_user),
		cmocka_unit_test(a_stopped_container_has_its_packages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
