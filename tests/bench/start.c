/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How long it takes until egret sees something, and what that costs. */
#include <time.h>

#include <egret/base.h>
#include <harness/egret.h>

#include "benches.h"
#include "process.h"
#include "report.h"

#define STARTS 40
#define STARTS_QUICK 8

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / NSEC_PER_SEC;
}

/* From fork and exec to the line "egret: tracing". */
void bench_start(struct test *test)
{
	unsigned starts = bench_quick() ? STARTS_QUICK : STARTS;
	double wall[STARTS], cpu[STARTS];

	for (unsigned i = 0; i < starts; i++) {
		double begin = seconds();
		struct egret *egret = egret_start(test, NULL);

		wall[i] = (seconds() - begin) * 1000;
		cpu[i] = process_cpu(test, egret->program->pid) * 1000;
		egret_stop(egret);
	}
	report_interval("start, until egret traces", "ms", interval_of(wall, starts), NONE);
	report_interval("  CPU time of it", "ms", interval_of(cpu, starts), NONE);
}
