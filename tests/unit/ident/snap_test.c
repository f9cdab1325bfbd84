/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Snaps: label, cgroup, freezer, mount. */
#include "question.h"

static void label_is_the_kernels_word(void **state)
{
	static const struct question questions[] = {
		{ .facts = SESSION ", 'lsm_label': 'snap.firefox.firefox (enforce)\\n', "
				   "'exe': '/snap/firefox/1/usr/lib/firefox/firefox', "
				   "'desktop_entries': {'firefox_firefox.desktop': {'Name': "
				   "'Firefox'}}",
		  .id = "snap:firefox",
		  .name = "Firefox",
		  .component = "firefox",
		  .trust = "kernel" },
		{ .unit = "/app.slice/app-gnome-x-1.scope",
		  .facts = "'lsm_label': 'snap.chromium.hook.configure (complain)'",
		  .id = "snap:chromium",
		  .name = "chromium",
		  .component = "hook:configure",
		  .trust = "kernel" },
		{ .facts = SESSION ", 'lsm_label': 'snap.a+comp.hook.install (enforce)', "
				   "'exe': '/bin/x'",
		  .id = "snap:a",
		  .component = "hook:install" },
		{ .facts = SESSION ", 'lsm_label': 'snap.firefox.firefox//child (enforce)', "
				   "'exe': '/bin/x'",
		  .id = "snap:firefox" },
		{ .facts = SESSION ", 'lsm_label': 'unconfined', 'exe': '/usr/bin/x'",
		  .id = "exe:/usr/bin/x" },
		{ .facts = SESSION ", 'lsm_label': 'snap.', 'exe': '/usr/bin/x'",
		  .id = "exe:/usr/bin/x" },
	};

	(void)state;
	question_ask_all(questions);
}

static void cgroup_and_mount(void **state)
{
	static const struct question questions[] = {
		{ .facts = "'cgroup': '0::/system.slice/snap.lxd.daemon.service', "
			   "'exe': '/snap/lxd/1/bin/lxd', 'uid': 0",
		  .id = "snap:lxd",
		  .name = "lxd",
		  .component = "daemon",
		  .trust = "root" },
		{ .unit = "/app.slice/snap.a\\\\x2bc.hook.x-54b38acc-3ba2-4c6d-b284-"
			  "7ac07e1159e5.scope",
		  .facts = "'exe': '/snap/a/1/x'",
		  .id = "snap:a",
		  .component = "hook:x" },
		{ .facts = SESSION ", 'exe': '/snap/foo/x1/bin/bar'",
		  .id = "snap:foo",
		  .name = "foo",
		  .component = "bar",
		  .trust = "root" },
		{ .facts = SESSION ", 'exe': '/snap/core22/1/bin/bash'",
		  .id = "exe:/snap/core22/1/bin/bash" },
		{ .unit = "/app.slice/snap.UPPER.x-54b38acc-3ba2-4c6d-b284-7ac07e1159e5.scope",
		  .facts = "'exe': '/usr/bin/x'",
		  .id = "exe:/usr/bin/x" },
		{ .unit = "/app.slice/snap.service",
		  .facts = "'exe': '/usr/bin/x'",
		  .id = "user-unit:snap.service" },
	};

	(void)state;
	question_ask_all(questions);
}

static void scope_of_others_is_no_disguise(void **state)
{
	static const struct question questions[] = {
		{ .unit = "/app.slice/snap.firefox.firefox-54b38acc-3ba2-4c6d-b284-"
			  "7ac07e1159e5.scope",
		  .facts = "'exe': '/tmp/evil'",
		  .id = "exe:/tmp/evil",
		  DISGUISED("kernel") },
		{ .unit = "/app.slice/snap.firefox.firefox-54b38acc-3ba2-4c6d-b284-"
			  "7ac07e1159e5.scope",
		  .facts = "'exe': '/usr/bin/curl', 'mntns': 'init'",
		  .id = "exe:/usr/bin/curl",
		  DISGUISED("kernel") },
		{ .unit = "/app.slice/snap.firefox.firefox-54b38acc-3ba2-4c6d-b284-"
			  "7ac07e1159e5.scope",
		  .facts = "'exe': '/usr/bin/bash', 'mntns': 'container'",
		  .id = "snap:firefox",
		  .trust = "user" },
	};

	(void)state;
	question_ask_all(questions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(label_is_the_kernels_word),
		cmocka_unit_test(cgroup_and_mount),
		cmocka_unit_test(scope_of_others_is_no_disguise),
	};

	return cmocka_run_group_tests_name("ident/snap", tests, NULL, NULL);
}
