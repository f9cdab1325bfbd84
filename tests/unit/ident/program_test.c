/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs, helpers, stores, applets. */
#include "question.h"

static void programs(void **state)
{
	static const struct question questions[] = {
		{ .facts = SESSION ", 'exe': '/usr/bin/python3.11', 'desktop_entries': "
				   "{'python3.11.desktop': {'Exec': '/usr/bin/python3.11'}}",
		  .id = "exe:/usr/bin/python3.11" },
		{ .facts = SESSION ", 'exe': '/usr/bin/curl'",
		  .id = "exe:/usr/bin/curl",
		  .name = "curl",
		  .component = "curl",
		  .trust = "kernel",
		  .via = "",
		  .flag = "" },
		{ .facts = SESSION ", 'exe': '/usr/lib/firefox/firefox (deleted)', "
				   "'desktop_entries': {'firefox.desktop': {'Name': 'Firefox', "
				   "'Exec': '/usr/lib/firefox/firefox %u'}}",
		  .id = "desktop:firefox",
		  .name = "Firefox",
		  .component = "firefox",
		  .trust = "heuristic",
		  .via = "",
		  .flag = "exe-deleted" },
		{ .facts = SESSION ", 'exe': '/tmp/firefox', "
				   "'desktop_entries': {'firefox.desktop': {'Exec': 'firefox %u'}}",
		  .id = "exe:/tmp/firefox",
		  .trust = "kernel" },
		{ .facts = SESSION ", 'exe': '/opt/google/chrome/chrome', "
				   "'desktop_entries': {'google-chrome.desktop': {'Name': 'Google "
				   "Chrome', 'Exec': '/usr/bin/google-chrome-stable %U'}}",
		  .id = "desktop:google-chrome",
		  .name = "Google Chrome" },
		{ .facts = "'exe': '/usr/bin/conmon', "
			   "'cgroup': '0::/machine.slice/libpod-conmon-" ID_A ".scope', 'uid': 0",
		  .id = "exe:/usr/bin/conmon" },
		{ .facts = SESSION ", 'exe': '/memfd:x y (deleted)', 'cmdline': ['[kworker]']",
		  .id = "exe:memfd:x%20y",
		  .name = "memfd:x y",
		  .component = "x y",
		  .trust = "kernel",
		  .via = "",
		  .flag = "memfd" },
		{ .facts = SESSION, .id = "unknown:pid" },
	};

	(void)state;
	question_ask_all(questions);
}

static void helpers(void **state)
{
	static const struct question questions[] = {
		{ .facts = SESSION ", 'exe': '/usr/lib/git-core/git-remote-https', "
				   "'ppid_exe': ['/usr/bin/sh', '/usr/bin/git', '/usr/bin/zsh']",
		  .id = "exe:/usr/bin/git",
		  .name = "git",
		  .component = "git-remote-https",
		  .trust = "heuristic" },
		{ .facts = SESSION ", 'exe': '/usr/lib/apt/methods/https', "
				   "'ppid_exe': ['/usr/bin/apt-get']",
		  .id = "exe:/usr/bin/apt-get" },
		{ .facts = SESSION ", 'exe': '/usr/bin/ssh', 'ppid_exe': ['/usr/bin/git']",
		  .id = "exe:/usr/bin/git" },
		{ .facts = SESSION ", 'exe': '/usr/bin/ssh', 'ppid_exe': ['/usr/bin/bash']",
		  .id = "exe:/usr/bin/ssh",
		  .trust = "kernel" },
		{ .facts = SESSION ", 'exe': '/usr/libexec/webkit2gtk-4.1/WebKitNetworkProcess', "
				   "'ppid_exe': ['/usr/lib/firefox/firefox'], "
				   "'desktop_entries': {'firefox.desktop': {'Name': 'Firefox', "
				   "'Exec': '/usr/lib/firefox/firefox %u'}}",
		  .id = "desktop:firefox",
		  .name = "Firefox",
		  .component = "WebKitNetworkProcess",
		  .trust = "heuristic" },
		{ .facts = SESSION ", 'exe': '/usr/libexec/webkit2gtk-4.1/WebKitNetworkProcess', "
				   "'ppid_exe': ['/usr/lib/systemd/systemd']",
		  .id = "exe:/usr/libexec/webkit2gtk-4.1/WebKitNetworkProcess" },
		{ .facts = SESSION ", 'exe': '/usr/bin/curl', 'ppid_exe': ['/usr/bin/bash', "
				   "'/usr/bin/git']",
		  .id = "exe:/usr/bin/curl" },
	};

	(void)state;
	question_ask_all(questions);
}

static void stores(void **state)
{
	static const struct question questions[] = {
		{ .facts = SESSION ", 'exe': '/nix/store/"
				   "f5xq5bvklh7ms02cxsba8xv9wqszwinw-evolution-3.56.2/bin/"
				   "..evolution-wrapped-wrapped'",
		  .id = "exe:nix:evolution/bin/evolution",
		  .name = "evolution",
		  .component = "..evolution-wrapped-wrapped",
		  .trust = "kernel" },
		{ .facts = SESSION ", 'exe': '/gnu/store/"
				   "f5xq5bvklh7ms02cxsba8xv9wqszwinw-gimp-2.10/bin/.gimp-real'",
		  .id = "exe:guix:gimp/bin/gimp",
		  .name = "gimp" },
		{ .facts = SESSION ", 'exe': '/nix/store/short-x/bin/y'",
		  .id = "exe:/nix/store/short-x/bin/y" },
		{ .facts = SESSION ", 'exe': '/nix/store/f5xq5bvklh7ms02cxsba8xv9wqszwinw-x/'",
		  .id = "exe:/nix/store/f5xq5bvklh7ms02cxsba8xv9wqszwinw-x/" },
	};

	(void)state;
	question_ask_all(questions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs),
		cmocka_unit_test(helpers),
		cmocka_unit_test(stores),
	};

	return cmocka_run_group_tests_name("ident/program", tests, NULL, NULL);
}
