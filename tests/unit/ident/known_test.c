/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names without files. */
#include "question.h"

static void known(void **state)
{
	static const struct question questions[] = {
		{ .unit = "/app.slice/app-flatpak-org.mozilla.firefox-1.scope",
		  .facts = "'exe': '/app/bin/x', 'exited': true",
		  .name = "Firefox" },
		{ .unit = "/app.slice/app-steam-app570-1.scope",
		  .facts = "'exe': '/usr/lib/game/x'",
		  .name = "Dota 2" },
		{ .unit = "/app.slice/app-steam-app571-1.scope",
		  .facts = "'exe': '/usr/lib/game/x'",
		  .name = "Steam app 571" },
		{ .facts = "'cgroup': '0::/init.scope', 'uid': 0, "
			   "'exe': '/usr/lib/systemd/systemd'",
		  .name = "systemd (PID 1)" },
	};

	(void)state;
	question_ask_all(questions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known),
	};

	return cmocka_run_group_tests_name("ident/known", tests, NULL, NULL);
}
