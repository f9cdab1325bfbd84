/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Desktop applications by the units that sessions start them in. */
#include "question.h"

static void forms_of_units(void **state)
{
	static const struct question questions[] = {
		{ .unit = "/app.slice/app-gnome-google\\\\x2dchrome-4821.scope",
		  .facts = "'exe': '/opt/google/chrome/chrome', "
			   "'desktop_entries': {'google-chrome.desktop': {'Name': 'Google "
			   "Chrome'}}",
		  .id = "desktop:google-chrome",
		  .name = "Google Chrome",
		  .component = "chrome",
		  .trust = "user" },
		{ .unit = "/app.slice/app-com.obsproject.Studio-"
			  "d70acc38b5154a3a8b4a60accc4b15f4.scope",
		  .facts = "'exe': '/usr/bin/obs', 'desktop_entries': "
			   "{'com.obsproject.Studio.desktop': {'Name': 'OBS'}}",
		  .id = "desktop:com.obsproject.Studio" },
		{ .unit = "/app.slice/app-print\\\\x2dapplet@autostart.service",
		  .facts = "'exe': '/usr/bin/python3', 'desktop_entries': "
			   "{'print-applet.desktop': {'Name': 'Print'}}",
		  .id = "desktop:print-applet" },
		{ .unit = "/app.slice/app-x@53f60796-a421-479e-b0ce-4157cb1143d3.service",
		  .facts = "'exe': '/usr/bin/x', 'desktop_entries': {'x.desktop': {}}",
		  .id = "desktop:x",
		  .name = "x" },
		{ .unit = "/app.slice/app-graphical.slice/app-Hyprland-chromium-031bdc27.scope",
		  .facts = "'exe': '/usr/lib/chromium/chromium', "
			   "'cmdline': ['/usr/lib/chromium/chromium --type=utility "
			   "--utility-sub-type=network.mojom.NetworkService --lang=en'], "
			   "'desktop_entries': {'chromium.desktop': {'Name': 'Chromium'}}",
		  .id = "desktop:chromium",
		  .name = "Chromium",
		  .component = "network service" },
		{ .unit = "/app.slice/app-foo-bar-baz-77.scope",
		  .facts = "'exe': '/usr/bin/x', 'desktop_entries': {'foo-bar-baz.desktop': {}}",
		  .id = "desktop:foo-bar-baz" },
		{ .unit = "/app.slice/app-gnome-bar-baz-77.scope",
		  .facts = "'exe': '/usr/bin/x', 'desktop_entries': {'bar-baz.desktop': {}}",
		  .id = "desktop:bar-baz" },
		{ .unit = "/app.slice/dbus-:1.2-org.x.Y@0.service",
		  .facts = "'exe': '/usr/bin/y', 'desktop_entries': {'org.x.Y.desktop': {'Name': "
			   "'Y'}}",
		  .id = "desktop:org.x.Y",
		  .name = "Y" },
	};

	(void)state;
	question_ask_all(questions);
}

static void what_is_no_unit_of_an_app(void **state)
{
	static const struct question questions[] = {
		{ .unit = "/app.slice/app-not-a-well-formed-unit-name",
		  .facts = "'exe': '/usr/bin/x'",
		  .id = "exe:/usr/bin/x" },
		{ .unit = "/app.slice/app-.scope",
		  .facts = "'exe': '/usr/bin/x'",
		  .id = "exe:/usr/bin/x" },
		{ .unit = "/app.slice/app-x.scope",
		  .facts = "'exe': '/usr/bin/x'",
		  .id = "exe:/usr/bin/x" },
		{ .unit = "/app.slice/app--1.scope",
		  .facts = "'exe': '/usr/bin/x'",
		  .id = "exe:/usr/bin/x" },
		{ .unit = "/app.slice/app-a-1.scope",
		  .facts = "'exe': '/usr/bin/x'",
		  .id = "exe:/usr/bin/x" },
		{ .unit = "/app.slice/app-Hyprland-xdg\\\\x2dopen-1a.scope",
		  .facts = "'exe': '/usr/lib/firefox/firefox', "
			   "'desktop_entries': {'firefox.desktop': {'Name': 'Firefox', "
			   "'Exec': '/usr/lib/firefox/firefox %u'}}",
		  .id = "desktop:firefox",
		  .trust = "heuristic" },
		{ .unit = "/app.slice/app-org.gnome.Terminal.slice/"
			  "vte-spawn-228ae109-a869-4533-8988-65ea4c10b492.scope",
		  .facts = "'exe': '/usr/bin/curl'",
		  .id = "exe:/usr/bin/curl",
		  .trust = "kernel",
		  .via = "desktop:org.gnome.Terminal" },
	};

	(void)state;
	question_ask_all(questions);
}

static void names_of_others_are_no_disguise(void **state)
{
	static const struct question questions[] = {
		{ .unit = "/app.slice/app-firefox-1.scope",
		  .facts = "'exe': '/tmp/evil', 'desktop_entries': {'firefox.desktop': {'Name': "
			   "'Firefox', 'Exec': '/usr/lib/firefox/firefox %u'}}",
		  .id = "exe:/tmp/evil",
		  .name = "evil",
		  .component = "evil",
		  DISGUISED("kernel") },
		{ .unit = "/app.slice/app-firefox-1.scope",
		  .facts = "'exe': '/tmp/firefox', 'desktop_entries': {'firefox.desktop': "
			   "{'Name': 'Firefox', 'Exec': '/usr/lib/firefox/firefox %u'}}",
		  .id = "exe:/tmp/firefox",
		  DISGUISED("kernel") },
		{ .unit = "/app.slice/app-firefox-1.scope",
		  .facts = "'exe': '/usr/bin/python3', 'cmdline': ['python3', '/tmp/evil.py'], "
			   "'desktop_entries': {'firefox.desktop': {'Name': 'Firefox', "
			   "'Exec': '/usr/lib/firefox/firefox %u'}}",
		  .id = "script:/tmp/evil.py",
		  DISGUISED("user") },
		{ .unit = "/app.slice/app-firefox-1.scope",
		  .facts = "'exe': '/memfd:firefox (deleted)', "
			   "'desktop_entries': {'firefox.desktop': {'Name': 'Firefox', "
			   "'Exec': '/usr/lib/firefox/firefox %u'}}",
		  .id = "exe:memfd:firefox",
		  DISGUISED("kernel") },
		{ .unit = "/app.slice/app-firefox-1.scope",
		  .facts = "'exe': '/home/u/plugin', 'ppid_exe': ['/usr/lib/firefox/firefox'], "
			   "'desktop_entries': {'firefox.desktop': {'Name': 'Firefox', "
			   "'Exec': '/usr/lib/firefox/firefox %u'}}",
		  .id = "desktop:firefox",
		  .name = "Firefox",
		  .component = "plugin",
		  GENUINE },
		{ .unit = "/app.slice/app-mine-1.scope",
		  .facts = "'exe': '/home/u/bin/mine', 'desktop_entries': {'mine.desktop': "
			   "{'Exec': '/home/u/bin/mine'}}",
		  .id = "desktop:mine",
		  GENUINE },
	};

	(void)state;
	question_ask_all(questions);
}

/* Root has installed it, but what it does is said by whoever starts it. */
static void what_does_anything_must_have_been_started(void **state)
{
	static const struct question questions[] = {
		{ .unit = "/app.slice/app-gnome-org.x.Web-1.scope",
		  .facts = "'exe': '/usr/bin/curl', 'cmdline': ['curl', 'x'], "
			   "'desktop_entries': {'org.x.Web.desktop': {'Name': 'Web', "
			   "'Exec': '/usr/bin/web %u'}}",
		  .id = "exe:/usr/bin/curl",
		  DISGUISED("kernel") },
		{ .unit = "/app.slice/app-gnome-org.x.Web-1.scope",
		  .facts = "'exe': '/usr/bin/curl', 'cmdline': ['curl', 'x'], "
			   "'desktop_entries': {'org.x.Web.desktop': {'Name': 'Web'}}",
		  .id = "exe:/usr/bin/curl",
		  DISGUISED("kernel") },
		{ .unit = "/app.slice/app-gnome-org.x.Web-1.scope",
		  .facts = "'exe': '/usr/bin/python3.12', 'cmdline': ['python3', '-c', 'evil()'], "
			   "'desktop_entries': {'org.x.Web.desktop': {'Name': 'Web', "
			   "'Exec': '/usr/bin/web %u'}}",
		  .id = "exe:/usr/bin/python3.12",
		  DISGUISED("kernel") },
		{ .unit = "/app.slice/app-gnome-org.x.Web-1.scope",
		  .facts = "'exe': '/usr/bin/bash', 'cmdline': ['bash'], "
			   "'ppid_exe': ['/usr/lib/systemd/systemd'], "
			   "'desktop_entries': {'org.x.Web.desktop': {'Name': 'Web', "
			   "'Exec': '/usr/bin/web %u'}}",
		  .id = "exe:/usr/bin/bash",
		  DISGUISED("kernel") },
		{ .unit = "/app.slice/app-gnome-org.x.Web-1.scope",
		  .facts = "'exe': '/home/u/python3', 'cmdline': ['python3', '/usr/bin/web'], "
			   "'desktop_entries': {'org.x.Web.desktop': {'Name': 'Web', "
			   "'Exec': '/usr/bin/web %u'}}",
		  .id = "script:/usr/bin/web",
		  DISGUISED("user") },
		{ .unit = "/app.slice/app-gnome-org.x.Web-1.scope",
		  .facts = "'exe': '/usr/bin/curl', 'ppid_exe': ['/usr/bin/bash', "
			   "'/usr/bin/web'], 'desktop_entries': {'org.x.Web.desktop': {'Name': "
			   "'Web', 'Exec': '/usr/bin/web %u'}}",
		  .id = "desktop:org.x.Web",
		  GENUINE },
		{ .unit = "/app.slice/app-gnome-org.x.Web-1.scope",
		  .facts = "'exe': '/usr/bin/curl', 'ancestors': [{'exe': '/usr/bin/dash', "
			   "'cmdline': ['/bin/sh', '/usr/bin/web']}], "
			   "'desktop_entries': {'org.x.Web.desktop': {'Name': 'Web', "
			   "'Exec': '/usr/bin/web %u'}}",
		  .id = "desktop:org.x.Web",
		  GENUINE },
		{ .unit = "/app.slice/app-gnome-org.x.Web-1.scope",
		  .facts = "'exe': '/usr/bin/python3.12', 'cmdline': ['python3', '/usr/bin/web'], "
			   "'desktop_entries': {'org.x.Web.desktop': {'Name': 'Web', "
			   "'Exec': '/usr/bin/web %u'}}",
		  .id = "desktop:org.x.Web",
		  GENUINE },
		{ .unit = "/app.slice/app-gnome-org.x.Web-1.scope",
		  .facts = "'exe': '/usr/bin/python3.12', 'cmdline': ['python3', "
			   "'/usr/share/web/main.py'], 'desktop_entries': {'org.x.Web.desktop': "
			   "{'Name': 'Web', 'Exec': '/usr/bin/web %u'}}",
		  .id = "desktop:org.x.Web",
		  GENUINE },
		{ .unit = "/app.slice/app-gnome-org.x.Web-1.scope",
		  .facts = "'exe': '/usr/bin/rclone', 'ppid_exe': ['/usr/lib/systemd/systemd'], "
			   "'desktop_entries': {'org.x.Web.desktop': {'Name': 'Web', "
			   "'Exec': '/usr/bin/web %u'}}",
		  .id = "exe:/usr/bin/rclone",
		  DISGUISED("kernel") },
		{ .unit = "/app.slice/app-gnome-org.x.Web-1.scope",
		  .facts = "'exe': '/usr/bin/rclone', 'ppid_exe': ['/usr/bin/web'], "
			   "'desktop_entries': {'org.x.Web.desktop': {'Name': 'Web', "
			   "'Exec': '/usr/bin/web %u'}}",
		  .id = "desktop:org.x.Web",
		  GENUINE },
		{ .unit = "/app.slice/app-gnome-org.x.Web-1.scope",
		  .facts = "'exe': '/usr/lib/web/web-bin', "
			   "'desktop_entries': {'org.x.Web.desktop': {'Name': 'Web', "
			   "'Exec': '/usr/bin/web %u'}}",
		  .id = "desktop:org.x.Web",
		  GENUINE },
		{ .unit = "/app.slice/app-gnome-org.x.Web-1.scope",
		  .facts = "'exe': '/usr/bin/python3.12', 'cmdline': ['/usr/bin/python3'], "
			   "'desktop_entries': {'org.x.Web.desktop': {'Name': 'Web'}}",
		  .id = "desktop:org.x.Web",
		  GENUINE },
	};

	(void)state;
	question_ask_all(questions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_of_units),
		cmocka_unit_test(what_is_no_unit_of_an_app),
		cmocka_unit_test(names_of_others_are_no_disguise),
		cmocka_unit_test(what_does_anything_must_have_been_started),
	};

	return cmocka_run_group_tests_name("ident/desktop", tests, NULL, NULL);
}
