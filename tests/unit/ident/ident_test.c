/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The order of the kinds, and facts that contradict each other. */
#include "question.h"

static void first_kind_wins(void **state)
{
	static const struct question questions[] = {
		{ .facts = "'cgroup': '0::/system.slice/docker-" ID_A
			   ".scope', 'uid': 0, 'exe': '/snap/x/1/y', "
			   "'lsm_label': 'snap.x.y'",
		  .id = "container:docker/0123456789ab" },
		{ .unit = "/app.slice/app-flatpak-org.x.App-1.scope",
		  .facts = "'exe': '/app/x', 'lsm_label': 'snap.x.y'",
		  .id = "snap:x" },
		{ .unit = "/app.slice/mybot.service",
		  .facts = "'exe': '/usr/bin/python3', 'cmdline': ['python3', '/x/a.py']",
		  .id = "user-unit:mybot.service",
		  .component = "a.py" },
		{ .facts = "'cgroup': '0::/system.slice/docker.service', 'uid': 0, "
			   "'exe': '/memfd:runc_cloned:/proc/self/exe (deleted)'",
		  .id = "unit:docker.service",
		  .component = "runc",
		  .via = "",
		  .flag = "" },
		{ .facts = SESSION ", 'exe': '/memfd:runc_cloned:evil (deleted)'",
		  .id = "exe:memfd:runc_cloned:evil",
		  .component = "runc_cloned:evil",
		  .flag = "memfd" },
	};

	(void)state;
	question_ask_all(questions);
}

static void another_process_in_proc(void **state)
{
	static const struct question questions[] = {
		{ .facts = SESSION ", 'start_boottime_ns': 901000000000, "
				   "'proc_starttime_ticks': 91234, 'clk_tck': 100, "
				   "'exe_from_proc': '/usr/bin/ls', "
				   "'exe_from_bpf': '/usr/bin/curl', 'cmdline': ['ls']",
		  .id = "exe:/usr/bin/curl",
		  .component = "curl",
		  .trust = "kernel",
		  .via = "",
		  .flag = "" },
		{ .facts = SESSION ", 'start_boottime_ns': 901000000000, "
				   "'proc_starttime_ticks': 91234, 'clk_tck': 100, "
				   "'exe_from_proc': '/usr/bin/ls'",
		  .id = "unknown:pid",
		  .via = "",
		  .flag = "starttime-mismatch" },
		{ .facts = SESSION ", 'start_boottime_ns': 901009999999, "
				   "'proc_starttime_ticks': 90100, 'clk_tck': 100, "
				   "'exe_from_proc': '/usr/bin/ls'",
		  .id = "exe:/usr/bin/ls" },
	};

	(void)state;
	question_ask_all(questions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_kind_wins),
		cmocka_unit_test(another_process_in_proc),
	};

	return cmocka_run_group_tests_name("ident/ident", tests, NULL, NULL);
}
