/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What egret costs while little happens. Whatever else the machine does counts, too. */
#include <harness/egret.h>

#include "benches.h"
#include "process.h"
#include "report.h"

#define WATCH_MS 30000
#define WATCH_QUICK_MS 6000

void bench_idle(struct test *test)
{
	long long ms = bench_quick() ? WATCH_QUICK_MS : WATCH_MS;
	struct egret *egret = egret_start(test, NULL);
	pid_t pid = egret->program->pid;
	double cpu = process_cpu(test, pid);

	process_watch(ms);
	cpu = process_cpu(test, pid) - cpu;
	report_value("idle, share of a core", "%", cpu / ((double)ms / 1000) * 100, 0.1);
	report_value("idle, resident memory", "MB", process_resident(test, pid), 20);
	report_value("  maps in the kernel", "MB", process_maps(test, pid), NONE);
	egret_stop(egret);
}
