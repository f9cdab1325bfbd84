/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Roles and applets. */
#include "question.h"

static void roles(void **state)
{
	static const struct question questions[] = {
		{ .facts = SESSION ", 'exe': '/usr/bin/x', 'cmdline': ['x', '--type=utility', "
				   "'--utility-sub-type=storage.mojom.StorageService']",
		  .component = "storage service" },
		{ .facts = SESSION ", 'exe': '/usr/bin/x', "
				   "'cmdline': ['x --type=renderer --lang=en']",
		  .component = "renderer" },
		{ .facts = SESSION ", 'exe': '/usr/bin/x', 'cmdline': ['x', '--type=utility']",
		  .component = "utility" },
		{ .facts = SESSION ", 'exe': '/usr/bin/x', 'cmdline': ['x', 'a--type=y']",
		  .component = "x" },
		{ .facts = SESSION ", 'exe': '/usr/lib/firefox/firefox', 'cmdline': ['firefox', "
				   "'-contentproc', '{uuid}', '77', 'socket']",
		  .component = "socket" },
		{ .facts = SESSION ", 'exe': '/usr/lib/firefox/firefox', 'cmdline': ['firefox', "
				   "'-contentproc']",
		  .component = "firefox" },
		{ .facts = SESSION ", 'comm': 'worker'", .id = "unknown:pid" },
	};

	(void)state;
	question_ask_all(questions);
}

static void applets(void **state)
{
	static const struct question questions[] = {
		{ .facts = SESSION ", 'exe': '/bin/busybox', 'cmdline': ['wget', 'x']",
		  .id = "exe:/bin/busybox#wget",
		  .name = "wget (busybox)",
		  .component = "wget",
		  .trust = "user" },
		{ .facts = SESSION ", 'exe': '/bin/busybox', 'cmdline': ['busybox', 'wget']",
		  .id = "exe:/bin/busybox#wget" },
		{ .facts = SESSION ", 'exe': '/bin/busybox', 'cmdline': ['-sh']",
		  .id = "exe:/bin/busybox#sh" },
		{ .facts = SESSION ", 'exe': '/bin/busybox', 'cmdline': ['busybox']",
		  .id = "exe:/bin/busybox" },
		{ .facts = SESSION ", 'exe': '/bin/busybox', 'cmdline': []",
		  .id = "exe:/bin/busybox" },
	};

	(void)state;
	question_ask_all(questions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roles),
		cmocka_unit_test(applets),
	};

	return cmocka_run_group_tests_name("ident/component", tests, NULL, NULL);
}
