/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Apps on a shared Electron. */
#include "question.h"

static void shared(void **state)
{
	static const struct question questions[] = {
		{ .facts = SESSION ", 'exe': '/usr/lib/electron36/electron', "
				   "'cmdline': ['/usr/lib/electron36/electron', "
				   "'/usr/lib/bitwarden/app.asar']",
		  .id = "electron:/usr/lib/bitwarden/app.asar",
		  .name = "bitwarden",
		  .component = "electron",
		  .trust = "heuristic" },
		{ .facts = SESSION ", 'exe': '/usr/lib/electron36/electron', "
				   "'cmdline': ['/usr/lib/electron36/electron', '--ozone', "
				   "'/usr/lib/bitwarden/app.asar'], "
				   "'desktop_entries': {'bitwarden.desktop': {'Name': "
				   "'Bitwarden'}}",
		  .id = "electron:/usr/lib/bitwarden/app.asar",
		  .name = "Bitwarden" },
		{ .facts = SESSION ", 'exe': '/usr/lib/electron36/electron', "
				   "'cmdline': ['electron', '--type=gpu-process', "
				   "'--user-data-dir=/home/u/.config/Signal']",
		  .id = "electron:Signal",
		  .name = "Signal",
		  .component = "gpu process" },
		{ .facts = SESSION ", 'exe': '/usr/lib/electron36/electron', "
				   "'cmdline': ['electron']",
		  .id = "exe:/usr/lib/electron36/electron" },
		{ .facts = SESSION ", 'exe': '/opt/app/electron', 'cmdline': ['electron', "
				   "'/x/app.asar']",
		  .id = "exe:/opt/app/electron" },
	};

	(void)state;
	question_ask_all(questions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shared),
	};

	return cmocka_run_group_tests_name("ident/electron", tests, NULL, NULL);
}
