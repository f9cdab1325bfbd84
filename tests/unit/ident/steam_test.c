/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Steam and Wine. */
#include "question.h"

static void games(void **state)
{
	static const struct question questions[] = {
		{ .facts = SESSION ", 'exe': '/home/u/.local/share/Steam/steamapps/common/Team "
				   "Fortress 2/hl2_linux', "
				   "'ancestors': [{'exe': '/home/u/.local/share/Steam/"
				   "ubuntu12_32/"
				   "reaper', "
				   "'cmdline': ['/home/u/.local/share/Steam/ubuntu12_32/reaper', "
				   "'SteamLaunch', 'AppId=440', '--', 'x']}]",
		  .id = "steam:440",
		  .name = "Team Fortress 2",
		  .component = "hl2_linux",
		  .trust = "heuristic" },
		{ .facts = SESSION ", 'exe': '/home/u/Steam/steamapps/common/G/g', "
				   "'files': {'/home/u/Steam/steamapps/appmanifest_999.acf': "
				   "'\\'AppState\\'\\n{\\n\\t\\'appid"
				   "\\'\\t\\t\\'999\\'\\n\\t\\'name\\'\\t\\t\\'A Game"
				   "\\'\\n}\\n'}, 'ancestor_cmdline': ['reaper', 'SteamLaunch', "
				   "'AppId=999', '--', 'x']",
		  .id = "steam:999",
		  .name = "A Game" },
		{ .facts = SESSION ", 'exe': '/home/u/Steam/steamapps/common/G/g', "
				   "'ancestor_cmdline': ['reaper', 'SteamLaunch', 'AppId=440', "
				   "'Install=1', '--', 'y']",
		  .id = "exe:/home/u/Steam/steamapps/common/G/g" },
		{ .unit = "/app.slice/app-steam-unknown-77.scope",
		  .facts = "'exe': '/usr/bin/x'",
		  .id = "exe:/usr/bin/x" },
		{ .unit = "/app.slice/app-steam-app0-77.scope",
		  .facts = "'exe': '/usr/bin/x'",
		  .id = "exe:/usr/bin/x" },
	};

	(void)state;
	question_ask_all(questions);
}

static void windows_programs(void **state)
{
	static const struct question questions[] = {
		{ .facts = SESSION ", 'exe': '/usr/bin/wine64-preloader', "
				   "'cmdline': ['C:\\\\windows\\\\system32\\\\explorer.exe', "
				   "'/desktop']",
		  .id = "wine:explorer.exe",
		  .name = "explorer.exe",
		  .component = "explorer.exe",
		  .trust = "user" },
		{ .facts = SESSION ", 'exe': '/usr/bin/wine-preloader', "
				   "'cmdline': ['/usr/bin/wine', 'Z:\\\\x\\\\Setup.EXE']",
		  .id = "wine:Setup.EXE" },
		{ .facts = SESSION ", 'exe': '/usr/bin/wine-preloader', 'cmdline': ['wine']",
		  .id = "exe:/usr/bin/wine-preloader" },
		{ .facts = SESSION ", 'exe': '/usr/bin/wineserver', 'cmdline': ['wineserver']",
		  .id = "exe:/usr/bin/wineserver" },
	};

	(void)state;
	question_ask_all(questions);
}

static void scopes_of_games_are_no_disguise(void **state)
{
	static const struct question questions[] = {
		{ .unit = "/app.slice/app-steam-app440-9.scope",
		  .facts = "'exe': '/usr/bin/python3', 'cmdline': ['python3', '-c', 'evil()']",
		  .id = "exe:/usr/bin/python3",
		  DISGUISED("kernel") },
		{ .unit = "/app.slice/app-steam-app440-9.scope",
		  .facts = "'exe': '/usr/bin/curl'",
		  .id = "exe:/usr/bin/curl",
		  DISGUISED("kernel") },
		{ .unit = "/app.slice/app-steam-app440-9.scope",
		  .facts = "'exe': '/usr/bin/rclone'",
		  .id = "exe:/usr/bin/rclone",
		  DISGUISED("kernel") },
		{ .unit = "/app.slice/app-steam-app440-9.scope",
		  .facts = "'exe': '/usr/games/quake', 'mntns': 'own', 'userns': 'own', "
			   "'mntns_userns': 'own'",
		  .id = "exe:/usr/games/quake",
		  DISGUISED("user") },
		{ .unit = "/app.slice/app-steam-app3000000000-9.scope",
		  .facts = "'exe': '/home/u/evil'",
		  .id = "exe:/home/u/evil",
		  DISGUISED("kernel") },
		{ .unit = "/app.slice/app-steam-app3000000000-9.scope",
		  .facts = "'exe': '/home/u/game', 'ancestors': [{'exe': "
			   "'/home/u/.local/share/Steam/ubuntu12_32/reaper'}]",
		  .id = "steam:3000000000",
		  GENUINE },
		{ .unit = "/app.slice/app-steam-app440-9.scope",
		  .facts = "'exe': '/usr/bin/curl', 'ancestors': [{'exe': "
			   "'/home/u/.local/share/Steam/ubuntu12_32/reaper'}]",
		  .id = "steam:440",
		  GENUINE },
		{ .unit = "/app.slice/app-steam-app440-9.scope",
		  .facts = "'exe': '/usr/bin/python3', 'cmdline': ['python3', "
			   "'/home/u/Steam/steamapps/common/Proton/proton']",
		  .id = "steam:440",
		  GENUINE },
		{ .unit = "/app.slice/app-steam-app440-9.scope",
		  .facts = "'exe': '/usr/games/quake'",
		  .id = "steam:440",
		  GENUINE },
	};

	(void)state;
	question_ask_all(questions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(games),
		cmocka_unit_test(windows_programs),
		cmocka_unit_test(scopes_of_games_are_no_disguise),
	};

	return cmocka_run_group_tests_name("ident/steam", tests, NULL, NULL);
}
