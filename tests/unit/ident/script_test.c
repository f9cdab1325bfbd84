/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Interpreters: what they run. */
#include "question.h"

static void arguments_of_each(void **state)
{
	static const struct question questions[] = {
		{ .facts = SESSION ", 'exe': '/usr/bin/python3.12', 'cmdline': ['python3', '-W', "
				   "'ignore', '-u', '/x/a.py']",
		  .id = "script:/x/a.py",
		  .name = "a.py",
		  .component = "python3",
		  .trust = "user" },
		{ .facts = SESSION ", 'exe': '/usr/bin/python3.12', 'cmdline': ['python3', '-c', "
				   "'import x', '/x/a.py']",
		  .id = "exe:/usr/bin/python3.12",
		  .name = "python3.12",
		  .component = "python3.12",
		  .trust = "kernel" },
		{ .facts = SESSION ", 'exe': '/usr/bin/python3.12', 'cmdline': ['python3', "
				   "'-um', 'http.server']" },
		{ .facts = SESSION ", 'exe': '/usr/bin/python3.12', 'cmdline': ['python3', '-']",
		  .id = "exe:/usr/bin/python3.12" },
		{ .facts = SESSION ", 'exe': '/usr/bin/node', 'cmdline': ['node', '--require', "
				   "'x', '--inspect', '/srv/s.js']",
		  .id = "script:/srv/s.js" },
		{ .facts = SESSION ", 'exe': '/usr/bin/node', 'cmdline': ['node', '-e', '1', "
				   "'/srv/s.js']",
		  .id = "exe:/usr/bin/node" },
		{ .facts = SESSION ", 'exe': '/usr/bin/deno', 'cmdline': ['deno', 'run', "
				   "'--allow-net', '/srv/s.ts']",
		  .id = "script:/srv/s.ts" },
		{ .facts = SESSION ", 'exe': '/usr/bin/java', 'cmdline': ['java', '-cp', "
				   "'/a:/b', '-Xmx2g', 'com.example.Main', 'x.jar']",
		  .id = "script:com.example.Main",
		  .name = "com.example.Main",
		  .component = "java" },
		{ .facts = SESSION ", 'exe': '/usr/bin/java', 'cmdline': ['java', '-jar', "
				   "'/opt/s.jar']",
		  .id = "script:/opt/s.jar" },
		{ .facts = SESSION ", 'exe': '/usr/bin/java', 'cmdline': ['java', '-m', "
				   "'mod/com.x.Main']",
		  .id = "script:mod/com.x.Main" },
		{ .facts = SESSION ", 'exe': '/usr/bin/java', 'cmdline': ['java', '@args', "
				   "'-jar', 's.jar'], 'cwd': '/opt'",
		  .id = "script:/opt/s.jar" },
		{ .facts = SESSION ", 'exe': '/usr/bin/perl', 'cmdline': ['perl', '-I', 'lib', "
				   "'-w', '/x/y.pl']",
		  .id = "script:/x/y.pl" },
		{ .facts = SESSION ", 'exe': '/usr/bin/perl', 'cmdline': ['perl', '-e', 'print']",
		  .id = "exe:/usr/bin/perl" },
		{ .facts = SESSION ", 'exe': '/usr/bin/ruby', 'cmdline': ['ruby', '-r', 'json', "
				   "'/x/y.rb']",
		  .id = "script:/x/y.rb" },
		{ .facts = SESSION ", 'exe': '/usr/bin/bash', 'cmdline': ['bash', '-o', "
				   "'errexit', '/x/y.sh', '-c']",
		  .id = "script:/x/y.sh" },
		{ .facts = SESSION ", 'exe': '/usr/bin/bash', 'cmdline': ['bash', '-lc', "
				   "'/x/y.sh']",
		  .id = "exe:/usr/bin/bash" },
		{ .facts = SESSION ", 'exe': '/usr/bin/bash', 'cmdline': ['-bash']",
		  .id = "exe:/usr/bin/bash" },
		{ .facts = SESSION ", 'exe': '/usr/bin/php', 'cmdline': ['php', '-d', 'a=b', "
				   "'-f', '/x/y.php']",
		  .id = "script:/x/y.php" },
		{ .facts = SESSION ", 'exe': '/usr/bin/php', 'cmdline': ['php', '-S', '0:80', "
				   "'/x/y.php']",
		  .id = "exe:/usr/bin/php" },
		{ .facts = SESSION ", 'exe': '/usr/bin/dotnet', 'cmdline': ['dotnet', 'exec', "
				   "'--x', '/x/app.dll', 'y']",
		  .id = "script:/x/app.dll" },
		{ .facts = SESSION ", 'exe': '/usr/bin/lua5.4', 'cmdline': ['lua5.4', '/x/y.lua']",
		  .id = "script:/x/y.lua" },
		{ .facts = SESSION ", 'exe': '/usr/bin/gjs-console', 'cmdline': ['gjs-console', "
				   "'-m', '/usr/share/a/main.js']",
		  .id = "script:/usr/share/a/main.js" },
		{ .facts = SESSION ", 'exe': '/usr/bin/pythonista', 'cmdline': ['pythonista', "
				   "'/x']",
		  .id = "exe:/usr/bin/pythonista" },
		{ .facts = SESSION ", 'exe': '/usr/bin/python3', 'cmdline': ['python3']",
		  .id = "exe:/usr/bin/python3" },
	};

	(void)state;
	question_ask_all(questions);
}

static void kernel_knows_better(void **state)
{
	static const struct question questions[] = {
		{ .facts = SESSION ", 'exe': '/usr/bin/python3.12', "
				   "'cmdline': ['/usr/bin/python3', '/usr/bin/other'], "
				   "'bprm_filename': '/usr/bin/yt-dlp', "
				   "'bprm_interp': '/usr/bin/python3'",
		  .id = "script:/usr/bin/yt-dlp",
		  .name = "yt-dlp",
		  .component = "python3.12",
		  .trust = "kernel" },
		{ .facts = SESSION ", 'exe': '/usr/sbin/nft', 'cmdline': ['x'], "
				   "'bprm_filename': './rules.nft', "
				   "'bprm_interp': '/usr/sbin/nft', 'cwd': '/etc'",
		  .id = "script:/etc/rules.nft",
		  .component = "nft",
		  .trust = "kernel" },
		{ .facts = SESSION ", 'exe': '/usr/bin/python3.12', 'cmdline': ['python3', "
				   "'/x/a.py'], 'bprm_filename': '/usr/bin/python3', "
				   "'bprm_interp': '/usr/bin/python3'",
		  .id = "script:/x/a.py",
		  .trust = "user" },
		{ .facts = SESSION ", 'exe': '/usr/bin/python3.12', 'cmdline': ['python3', "
				   "'/x/a.py'], 'bprm_filename': '/dev/fd/3', "
				   "'bprm_interp': '/usr/bin/python3'",
		  .id = "script:/x/a.py" },
		{ .facts = SESSION ", 'exe': '/usr/bin/vim.basic', 'cmdline': ['vi'], "
				   "'bprm_filename': '/usr/bin/vi'",
		  .id = "exe:/usr/bin/vim.basic" },
	};

	(void)state;
	question_ask_all(questions);
}

static void packages_have_names(void **state)
{
	static const struct question questions[] = {
		{ .facts = SESSION ", 'exe': '/usr/bin/node', 'cmdline': ['node', "
				   "'/srv/app/bin/server.js'], "
				   "'files': {'/srv/app/package.json': "
				   "'{\\'name\\':\\'shop-api\\'}'}",
		  .id = "script:/srv/app/bin/server.js",
		  .name = "shop-api" },
		{ .facts = SESSION ", 'exe': '/usr/bin/node', 'cmdline': ['node', "
				   "'/srv/app/server.js'], "
				   "'files': {'/srv/app/package.json': '{\\'name\\':5}'}",
		  .name = "server.js" },
		{ .facts = SESSION ", 'exe': '/usr/bin/node', 'cmdline': ['node', "
				   "'/srv/app/server.js'], "
				   "'files': {'/srv/app/package.json': '[]'}",
		  .name = "server.js" },
		{ .facts = SESSION ", 'exe': '/usr/bin/node', 'cmdline': ['node', 'server.js']",
		  .id = "script:server.js",
		  .name = "server.js" },
	};

	(void)state;
	question_ask_all(questions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments_of_each),
		cmocka_unit_test(kernel_knows_better),
		cmocka_unit_test(packages_have_names),
	};

	return cmocka_run_group_tests_name("ident/script", tests, NULL, NULL);
}
