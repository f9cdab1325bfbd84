/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Flatpaks: scope and file, and what contradicts them. */
#include "question.h"

static void scope_and_file(void **state)
{
	static const struct question questions[] = {
		{ .facts = "'cgroup':'" MANAGER
			   "/app.slice/app-flatpak-org.x.App-1.scope','uid':1000, "
			   "'exe': '/app/bin/app', "
			   "'root_files': {'/.flatpak-info': "
			   "'[Application]\\nname=org.x.App\\n'}",
		  .id = "flatpak:org.x.App",
		  .name = "org.x.App",
		  .component = "app",
		  .trust = "user",
		  .via = "",
		  .flag = "" },
		{ .facts = "'cgroup':'" MANAGER
			   "/app.slice/app-flatpak-org.x.App@12.service','uid':1000, "
			   "'exe': '/app/bin/app', 'exited': true",
		  .id = "flatpak:org.x.App" },
		{ .facts = "'cgroup':'" MANAGER
			   "/app.slice/app-flatpak-org.freedesktop.Platform-2351381583.sco"
			   "pe','uid':1000, 'exe': '/usr/bin/bash', "
			   "'root_files': {'/.flatpak-info': '[Runtime]\\nruntime=runtime/"
			   "org.freedesktop.Platform/x86_64/23.08\\n'}",
		  .id = "flatpak:org.freedesktop.Platform" },
		{ .facts = SESSION ", 'exe': '/usr/bin/python3', "
				   "'root_files': {'/.flatpak-info': "
				   "'[Application]\\nname=org.x.App\\n'}",
		  .id = "flatpak:org.x.App" },
		{ .facts = "'cgroup':'" MANAGER
			   "/app.slice/app-flatpak-org.x.App-1.scope','uid':1000, "
			   "'exe': '/usr/bin/bwrap', 'root_files': {}",
		  .id = "flatpak:org.x.App",
		  .component = "bwrap" },
	};

	(void)state;
	question_ask_all(questions);
}

static void contradictions(void **state)
{
	static const struct question questions[] = {
		{ .facts = "'cgroup':'" MANAGER
			   "/app.slice/app-flatpak-org.x.Other-1.scope','uid':1000, "
			   "'exe': '/app/bin/app', "
			   "'root_files': {'/.flatpak-info': "
			   "'[Application]\\nname=org.x.App\\n'}",
		  .id = "exe:/app/bin/app",
		  .trust = "kernel",
		  .via = "",
		  .flag = "cgroup-mismatch" },
		{ .facts = SESSION ", 'exe': '/tmp/evil', "
				   "'root_files': {'/.flatpak-info': "
				   "'[Application]\\nname=org.x.App\\n'}",
		  .id = "exe:/tmp/evil",
		  .trust = "kernel",
		  .via = "",
		  .flag = "cgroup-mismatch" },
		{ .facts = "'cgroup':'" MANAGER
			   "/app.slice/app-flatpak-org.x.App-1.scope','uid':1000, "
			   "'exe': '/usr/bin/curl', 'mntns': 'init'",
		  .id = "exe:/usr/bin/curl",
		  .trust = "kernel",
		  .via = "",
		  .flag = "cgroup-mismatch" },
		{ .facts = "'cgroup':'" MANAGER
			   "/app.slice/app-flatpak-org.x.App-1.scope','uid':1000, "
			   "'exe': '/tmp/evil', 'exited': true",
		  .id = "exe:/tmp/evil",
		  .trust = "kernel",
		  .via = "",
		  .flag = "cgroup-mismatch" },
		{ .facts = "'cgroup':'" MANAGER
			   "/app.slice/app-flatpak-org.x.App-1.scope','uid':1000, "
			   "'exe': '/tmp/xdg-dbus-proxy', 'root_files': {}",
		  .id = "exe:/tmp/xdg-dbus-proxy",
		  .trust = "kernel",
		  .via = "",
		  .flag = "cgroup-mismatch" },
	};

	(void)state;
	question_ask_all(questions);
}

static void malformed_files(void **state)
{
	static const struct question questions[] = {
		{ .facts = SESSION ", 'exe': '/usr/bin/x', 'root_files': {'/.flatpak-info': ''}",
		  .id = "exe:/usr/bin/x" },
		{ .facts = SESSION ", 'exe': '/usr/bin/x', "
				   "'root_files': {'/.flatpak-info': 'name=org.x.App\\n'}",
		  .id = "exe:/usr/bin/x" },
		{ .facts = SESSION ", 'exe': '/usr/bin/x', "
				   "'root_files': {'/.flatpak-info': '[Application]\\nname=../../"
				   "x y\\n'}",
		  .id = "exe:/usr/bin/x" },
		{ .facts = SESSION ", 'exe': '/usr/bin/x', "
				   "'root_files': {'/.flatpak-info': '[Application]\\nname='}",
		  .id = "exe:/usr/bin/x" },
	};

	(void)state;
	question_ask_all(questions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scope_and_file),
		cmocka_unit_test(contradictions),
		cmocka_unit_test(malformed_files),
	};

	return cmocka_run_group_tests_name("ident/flatpak", tests, NULL, NULL);
}
