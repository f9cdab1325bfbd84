/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Flatpaks: scope and file, and what contradicts them. */
#include "question.h"

static void scope_and_file(void **state)
{
	static const struct question questions[] = {
		{ .unit = "/app.slice/app-flatpak-org.x.App-1.scope",
		  .facts = "'exe': '/app/bin/app', 'root_files': {'/.flatpak-info': "
			   "'[Application]\\nname=org.x.App\\n'}",
		  .id = "flatpak:org.x.App",
		  .name = "org.x.App",
		  .component = "app",
		  GENUINE },
		{ .unit = "/app.slice/app-flatpak-org.x.App@12.service",
		  .facts = "'exe': '/app/bin/app', 'exited': true",
		  .id = "flatpak:org.x.App" },
		{ .unit = "/app.slice/app-flatpak-org.freedesktop.Platform-2351381583.scope",
		  .facts = "'exe': '/usr/bin/bash', 'root_files': {'/.flatpak-info': "
			   "'[Runtime]\\nruntime=runtime/org.freedesktop.Platform/x86_64/"
			   "23.08\\n'}",
		  .id = "flatpak:org.freedesktop.Platform" },
		{ .facts = SESSION ", 'exe': '/usr/bin/python3', "
				   "'root_files': {'/.flatpak-info': "
				   "'[Application]\\nname=org.x.App\\n'}",
		  .id = "flatpak:org.x.App" },
		{ .unit = "/app.slice/app-flatpak-org.x.App-1.scope",
		  .facts = "'exe': '/usr/bin/bwrap', 'root_files': {}",
		  .id = "flatpak:org.x.App",
		  .component = "bwrap" },
	};

	(void)state;
	question_ask_all(questions);
}

static void contradictions(void **state)
{
	static const struct question questions[] = {
		{ .unit = "/app.slice/app-flatpak-org.x.Other-1.scope",
		  .facts = "'exe': '/app/bin/app', 'root_files': {'/.flatpak-info': "
			   "'[Application]\\nname=org.x.App\\n'}",
		  .id = "exe:/app/bin/app",
		  DISGUISED("kernel") },
		{ .facts = SESSION ", 'exe': '/tmp/evil', "
				   "'root_files': {'/.flatpak-info': "
				   "'[Application]\\nname=org.x.App\\n'}",
		  .id = "exe:/tmp/evil",
		  DISGUISED("kernel") },
		{ .unit = "/app.slice/app-flatpak-org.x.App-1.scope",
		  .facts = "'exe': '/usr/bin/curl', 'mntns': 'init'",
		  .id = "exe:/usr/bin/curl",
		  DISGUISED("kernel") },
		{ .unit = "/app.slice/app-flatpak-org.x.App-1.scope",
		  .facts = "'exe': '/tmp/evil', 'exited': true",
		  .id = "exe:/tmp/evil",
		  DISGUISED("kernel") },
		{ .unit = "/app.slice/app-flatpak-org.x.App-1.scope",
		  .facts = "'exe': '/tmp/xdg-dbus-proxy', 'root_files': {}",
		  .id = "exe:/tmp/xdg-dbus-proxy",
		  DISGUISED("kernel") },
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

/* Anybody can mount a directory at /app, or call one "runtime". */
static void files_of_no_installation(void **state)
{
	static const struct question questions[] = {
		{ .facts = SESSION
		  ", 'exe': '/app/bin/app', "
		  "'root_files': {'/.flatpak-info': '[Application]\\nname=org.x.App\\n'}, "
		  "'mountinfo': ['60 22 8:1 /var/lib/flatpak/app/org.x.App/x86_64/stable/"
		  "c0ffee/files /app ro - ext4 /dev/sda1 rw']",
		  .id = "flatpak:org.x.App",
		  GENUINE },
		{ .facts = SESSION
		  ", 'exe': '/app/bin/app', "
		  "'root_files': {'/.flatpak-info': '[Application]\\nname=org.x.App\\n'}, "
		  "'mountinfo': ['60 22 8:1 /app/org.x.App/x86_64/stable/c0ffee/files /app ro "
		  "- ext4 /dev/sda1 rw']",
		  .id = "flatpak:org.x.App",
		  .trust = "user",
		  .flag = "mount-mismatch" },
		{ .facts = SESSION
		  ", 'exe': '/app/bin/app', "
		  "'root_files': {'/.flatpak-info': '[Application]\\nname=org.x.App\\n'}, "
		  "'mountinfo': ['60 22 8:1 /home/u/app/org.x.App/evil /app ro - ext4 /dev/"
		  "sda1 rw']",
		  .id = "flatpak:org.x.App",
		  .trust = "user",
		  .flag = "mount-mismatch" },
		{ .facts = SESSION
		  ", 'exe': '/app/bin/app', "
		  "'root_files': {'/.flatpak-info': '[Application]\\nname=org.x.App\\n'}, "
		  "'mountinfo': ['60 22 8:1 /home/u/runtime/evil /app ro - ext4 /dev/sda1 rw']",
		  .id = "flatpak:org.x.App",
		  .trust = "user",
		  .flag = "mount-mismatch" },
		{ .facts = SESSION
		  ", 'exe': '/app/bin/app', "
		  "'root_files': {'/.flatpak-info': '[Application]\\nname=org.x.App\\n'}, "
		  "'mountinfo': ['60 22 8:1 /home/u/flatpak/app/org.x.App/evil /app ro - ext4 "
		  "/dev/sda1 rw']",
		  .id = "flatpak:org.x.App",
		  .trust = "user",
		  .flag = "mount-mismatch" },
		{ .facts = SESSION
		  ", 'exe': '/app/bin/app', "
		  "'root_files': {'/.flatpak-info': '[Application]\\nname=org.x.App\\n'}, "
		  "'mountinfo': ['60 22 8:1 /app/u/flatpak/app/org.x.App/x86_64/stable/c0ffee/"
		  "files /app ro - ext4 /dev/sda1 rw']",
		  .id = "flatpak:org.x.App",
		  GENUINE },
		{ .facts = SESSION
		  ", 'exe': '/usr/bin/python3', "
		  "'root_files': {'/.flatpak-info': '[Application]\\nname=org.x.App\\n'}, "
		  "'mountinfo': ['60 22 8:1 /var/lib/flatpak/runtime/org.x.Platform/x86_64/1/"
		  "c0ffee/files /usr ro - ext4 /dev/sda1 rw', '60 22 8:1 /var/lib/flatpak/app/"
		  "org.x.App/x86_64/stable/c0ffee/files /app ro - ext4 /dev/sda1 rw']",
		  .id = "flatpak:org.x.App",
		  GENUINE },
		{ .facts = SESSION
		  ", 'exe': '/usr/bin/python3', "
		  "'root_files': {'/.flatpak-info': '[Application]\\nname=org.x.App\\n'}, "
		  "'mountinfo': ['60 22 8:1 /var/lib/flatpak/runtime/org.x.Platform/x86_64/1/"
		  "c0ffee/files /usr ro - ext4 /dev/sda1 rw', '60 22 8:1 /home/u/evil /app ro - "
		  "ext4 /dev/sda1 rw']",
		  .id = "flatpak:org.x.App",
		  .trust = "user",
		  .flag = "mount-mismatch" },
		{ .facts = SESSION
		  ", 'exe': '/usr/bin/python3', "
		  "'root_files': {'/.flatpak-info': '[Application]\\nname=org.x.App\\n'}, "
		  "'mountinfo': ['60 22 8:1 /home/u/runtime/evil /usr ro - ext4 /dev/sda1 rw',"
		  " '60 22 8:1 /var/lib/flatpak/app/org.x.App/x86_64/stable/c0ffee/files /app "
		  "ro - ext4 /dev/sda1 rw']",
		  .id = "flatpak:org.x.App",
		  .trust = "user",
		  .flag = "mount-mismatch" },
		{ .facts = SESSION
		  ", 'exe': '/usr/bin/bash', "
		  "'root_files': {'/.flatpak-info': '[Runtime]\\nname=org.x.App\\n'}, "
		  "'mountinfo': ['60 22 8:1 /var/lib/flatpak/runtime/org.x.Platform/x86_64/1/"
		  "c0ffee/files /usr ro - ext4 /dev/sda1 rw']",
		  .id = "flatpak:org.x.App",
		  GENUINE },
		{ .facts = SESSION
		  ", 'exe': '/usr/bin/bash', "
		  "'root_files': {'/.flatpak-info': '[Runtime]\\nname=org.x.App\\n'}, "
		  "'mountinfo': ['60 22 8:1 /home/u/runtime/evil /usr ro - ext4 /dev/sda1 rw']",
		  .id = "flatpak:org.x.App",
		  .trust = "user",
		  .flag = "mount-mismatch" },
		{ .facts = SESSION
		  ", 'exe': '/app/bin/app', "
		  "'root_files': {'/.flatpak-info': '[Application]\\nname=org.x.App\\n'}, "
		  "'mountinfo': ['60 22 8:1 /srv/apps/app/org.x.App/x86_64/stable/c0ffee/"
		  "files /app ro - ext4 /dev/sda1 rw'], 'files': {'/etc/flatpak/installations.d/"
		  "extra.conf': '[Installation \\'extra\\']\\nPath=/srv/apps/\\n'}",
		  .id = "flatpak:org.x.App",
		  GENUINE },
		{ .facts = SESSION
		  ", 'exe': '/app/bin/app', "
		  "'root_files': {'/.flatpak-info': '[Application]\\nname=org.x.App\\n'}, "
		  "'mountinfo': ['60 22 8:1 /apps/app/org.x.App/x86_64/stable/c0ffee/files /"
		  "app ro - ext4 /dev/sda1 rw'], 'files': {'/etc/flatpak/installations.d/"
		  "extra.conf': '[Installation \\'extra\\']\\nPath=/srv/apps/\\n'}",
		  .id = "flatpak:org.x.App",
		  GENUINE },
		{ .facts = SESSION
		  ", 'exe': '/app/bin/app', "
		  "'root_files': {'/.flatpak-info': '[Application]\\nname=org.x.App\\n'}, "
		  "'mountinfo': ['60 22 8:1 /home/u/app/org.x.App/x86_64/stable/c0ffee/files /"
		  "app ro - ext4 /dev/sda1 rw'], 'files': {'/etc/flatpak/installations.d/"
		  "extra.conf': '[Installation \\'extra\\']\\nPath=/srv/apps/\\n'}",
		  .id = "flatpak:org.x.App",
		  .trust = "user",
		  .flag = "mount-mismatch" },
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
		cmocka_unit_test(files_of_no_installation),
	};

	return cmocka_run_group_tests_name("ident/flatpak", tests, NULL, NULL);
}
