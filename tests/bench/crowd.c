/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Processes that send a byte and end, thousands a minute: what egret keeps of them. */
#include <sys/socket.h>

#include <harness/egret.h>
#include <harness/once.h>
#include <harness/sock.h>

#include "benches.h"
#include "process.h"
#include "report.h"

#define PROCESSES 10000
#define PROCESSES_QUICK 2500
#define ROUNDS 3

static void bench_crowd_with(struct test *test, const char *title, const char *const *arguments)
{
	struct actor *crowd = actor_start(test, "crowd");
	struct egret *egret = egret_start(test, arguments);
	int sink = sock_open(crowd, AF_INET, SOCK_DGRAM, 0);
	int port = sock_bind(crowd, sink, "127.0.0.1", 0);
	long processes = bench_quick() ? PROCESSES_QUICK : PROCESSES;
	double resident[ROUNDS];
	struct result *result;

	for (int i = 0; i < ROUNDS; i++) {
		struct call call = { .arg = { processes, 1, SOCK_DGRAM },
				     .to = address("127.0.0.1", port) };

		expect_equal(test, actor_call(crowd, once_storm, &call), 0);
		resident[i] = process_resident(test, egret->program->pid);
	}
	result = egret_stop(egret);
	report_value(title, "MB", resident[ROUNDS - 1] - resident[0], 1);
	report_value("  resident after them", "MB", resident[ROUNDS - 1], NONE);
	if (arguments)
		return;
	report_value("  bytes not counted", "",
		     (double)ROUNDS * (double)processes -
			     json_number(result_app_of(result, crowd->identity.exe), "bytes_sent"),
		     0);
}

void bench_crowd(struct test *test)
{
	static const char *const intervals[] = { "--interval", "1s", NULL };

	bench_crowd_with(test, "many more short processes, one run: egret grows by", NULL);
	bench_crowd_with(test, "many more short processes, intervals: it grows by", intervals);
}
