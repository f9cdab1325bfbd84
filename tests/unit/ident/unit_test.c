/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Services of the system and of users. */
#include "question.h"

static void units(void **state)
{
	static const struct question questions[] = {
		{ .facts = "'cgroup': '0::/system.slice/systemd-udevd.service/udev', "
			   "'exe': '/usr/bin/udevadm', 'uid': 0",
		  .id = "unit:systemd-udevd.service",
		  .name = "systemd-udevd",
		  .component = "udevadm",
		  .trust = "root" },
		{ .unit = "/background.slice/syncthing.service",
		  .facts = "'exe': '/usr/bin/syncthing'",
		  .id = "user-unit:syncthing.service",
		  .name = "syncthing",
		  .component = "syncthing",
		  .trust = "user" },
		{ .unit = "/init.scope",
		  .facts = "'exe': '/usr/lib/systemd/systemd'",
		  .id = "user-unit:init.scope",
		  .name = "systemd (user manager)" },
		{ .unit = "/app.slice/ssh-agent.scope",
		  .facts = "'exe': '/usr/bin/ssh-agent'",
		  .id = "user-unit:ssh-agent.scope",
		  .name = "ssh-agent" },
		{ .facts = "'cgroup': '0::/system.slice/foo@a\\\\x2db.service', "
			   "'exe': '/usr/bin/x', 'uid': 0",
		  .id = "unit:foo@a%5Cx2db.service",
		  .name = "foo (a-b)" },
		{ .facts = "'cgroup': '0::/system.slice/nginx.service (deleted)', "
			   "'exe': '/usr/bin/x', 'uid': 0",
		  .id = "unit:nginx.service" },
		{ .facts = "'cgroup': '0::/system.slice/waydroid-container.service', "
			   "'exe': '/usr/sbin/dnsmasq', 'uid': 113, 'dport': 53",
		  .id = "unit:waydroid-container.service",
		  .name = "Waydroid container manager",
		  .component = "dnsmasq",
		  .trust = "root",
		  .via = "resolver" },
		{ .facts = "'cgroup': '0::/system.slice/cron.service', "
			   "'exe': '/usr/bin/python3.12', 'cmdline': ['python3', "
			   "'/opt/backup.py'], 'uid': 0",
		  .id = "unit:cron.service",
		  .name = "cron",
		  .component = "backup.py" },
		{ .facts = "'cgroup': '0::/', "
			   "'cgroup_v1': {'pids': '/system.slice/cron.service'}, "
			   "'exe': '/usr/sbin/cron', 'uid': 0",
		  .id = "unit:cron.service" },
		{ .facts = "'cgroup': '0::/lxc.monitor.waydroid', "
			   "'exe': '/usr/bin/lxc-start', 'uid': 0",
		  .id = "unit:waydroid-container.service" },
		{ .facts = "'cgroup': '0::/lxc.monitor.web', "
			   "'exe': '/usr/bin/lxc-start', 'uid': 0",
		  .id = "exe:/usr/bin/lxc-start" },
	};

	(void)state;
	question_ask_all(questions);
}

static void what_a_user_calls_like_the_systems_is_not_it(void **state)
{
	static const struct question questions[] = {
		{ .facts = "'cgroup':'" MANAGER "/app.slice/systemd-resolved.service','uid':1000,"
			   "'exe': '/home/u/x'",
		  .id = "user-unit:systemd-resolved.service",
		  .name = "systemd-resolved",
		  .trust = "user" },
		{ .unit = "/app.slice/waydroid-container.service",
		  .facts = "'exe': '/home/u/x'",
		  .id = "user-unit:waydroid-container.service",
		  .name = "waydroid-container",
		  .trust = "user" },
	};

	(void)state;
	question_ask_all(questions);
}

static void sessions_and_chance_names_are_none(void **state)
{
	static const struct question questions[] = {
		{ .facts = "'cgroup': '0::/user.slice/user-1000.slice/session-c1.scope', "
			   "'exe': '/usr/bin/ssh', 'uid': 1000",
		  .id = "exe:/usr/bin/ssh" },
		{ .unit = "/app.slice/run-r0123456789abcdef0123456789abcdef.scope",
		  .facts = "'exe': '/usr/bin/x'",
		  .id = "exe:/usr/bin/x" },
		{ .unit = "/session.slice/org.gnome.Shell@wayland.service",
		  .facts = "'exe': '/usr/bin/gjs'",
		  .id = "exe:/usr/bin/gjs" },
		{ .unit = "/session.slice/plasma-plasmashell.service",
		  .facts = "'exe': '/usr/lib/firefox/firefox', "
			   "'desktop_entries': {'firefox.desktop': {'Name': 'Firefox', "
			   "'Exec': '/usr/lib/firefox/firefox %u'}}",
		  .id = "desktop:firefox" },
		{ .unit = "/user.slice/podman-pause-1.scope",
		  .facts = "'exe': '/usr/bin/catatonit'",
		  .id = "exe:/usr/bin/catatonit" },
		{ .facts = "'cgroup': '0::/system.slice', 'exe': '/usr/bin/x', 'uid': 0",
		  .id = "exe:/usr/bin/x" },
	};

	(void)state;
	question_ask_all(questions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units),
		cmocka_unit_test(what_a_user_calls_like_the_systems_is_not_it),
		cmocka_unit_test(sessions_and_chance_names_are_none),
	};

	return cmocka_run_group_tests_name("ident/unit", tests, NULL, NULL);
}
