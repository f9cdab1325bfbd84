/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How much slower connections get: the connect loop with and without egret, interleaved. */
#include <time.h>

#include <egret/base.h>
#include <harness/egret.h>

#include "benches.h"
#include "cost.h"
#include "empty.h"
#include "loop.h"
#include "report.h"

#define ROUNDS 100
#define ROUNDS_QUICK 12
#define WARM_UP 300
#define CHUNKS 30
#define CHUNK 100 /* connections */

/* The arms of a round, each one run of the loop. */
enum arm { PLAIN, TRACED, NAMED, HOOKED, ARMS };

/* Medians of a run, in us for each connection. */
struct timing {
	double wall, cpu;
};

static double wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec * NSEC_PER_SEC + now.tv_nsec);
}

/* In chunks, of which the middle one counts: a task that interrupts spoils few of them. */
static struct timing run_loop(struct test *test, struct loop *loop)
{
	double wall[CHUNKS], cpu[CHUNKS];

	loop_run(test, loop, WARM_UP);
	for (int i = 0; i < CHUNKS; i++) {
		wall[i] = wall_ns();
		cpu[i] = cpu_ns();
		loop_run(test, loop, CHUNK);
		cpu[i] = (cpu_ns() - cpu[i]) / CHUNK / 1000;
		wall[i] = (wall_ns() - wall[i]) / CHUNK / 1000;
	}
	return (struct timing){
		.wall = interval_of(wall, CHUNKS).median,
		.cpu = interval_of(cpu, CHUNKS).median,
	};
}

/* What is attached is attached before the run, and detached after it: neither is timed. */
static struct timing run_arm(struct test *test, struct loop *loop, enum arm arm)
{
	static const char *const no_names[] = { "--no-names", NULL };
	struct egret *egret = NULL;
	struct timing timing;
	struct empty empty;

	if (arm == TRACED || arm == NAMED)
		egret = egret_start(test, arm == TRACED ? no_names : NULL);
	if (arm == HOOKED)
		empty_attach(test, &empty);
	timing = run_loop(test, loop);
	if (arm == HOOKED)
		empty_detach(&empty);
	if (egret)
		egret_stop(egret);
	return timing;
}

/* The ratios of one arm to the plain one, round by round. */
static void report_arm(const char *name, double *plain, double *arm, unsigned rounds, double goal)
{
	double ratios[ROUNDS], plain_copy[ROUNDS], arm_copy[ROUNDS];

	for (unsigned i = 0; i < rounds; i++) {
		ratios[i] = arm[i] / plain[i];
		plain_copy[i] = plain[i];
		arm_copy[i] = arm[i];
	}
	report_ratio(name, "us", interval_of(plain_copy, rounds).median,
		     interval_of(arm_copy, rounds).median, interval_of(ratios, rounds), goal);
}

/*
 * The arms of a round are neighbours in time, and every other round goes the
 * other way. The last arm has empty programs where egret has its own: what no
 * tracer on these hooks can do without.
 */
void bench_connect(struct test *test)
{
	unsigned rounds = bench_quick() ? ROUNDS_QUICK : ROUNDS;
	double wall[ARMS][ROUNDS], cpu[ARMS][ROUNDS];
	struct loop loop;

	loop_open(test, &loop);
	for (unsigned i = 0; i < rounds; i++) {
		for (unsigned j = 0; j < ARMS; j++) {
			enum arm arm = i % 2 ? ARMS - 1 - j : j;
			struct timing timing = run_arm(test, &loop, arm);

			wall[arm][i] = timing.wall;
			cpu[arm][i] = timing.cpu;
		}
	}
	report_arm("connect loop, wall time of a connection", wall[PLAIN], wall[TRACED], rounds,
		   1.05);
	report_arm("connect loop, CPU time of a connection", cpu[PLAIN], cpu[TRACED], rounds, 1.05);
	report_arm("  while names are looked for, wall", wall[PLAIN], wall[NAMED], rounds, NONE);
	report_arm("  while names are looked for, CPU", cpu[PLAIN], cpu[NAMED], rounds, NONE);
	report_arm("  with empty programs in place of egret's, wall", wall[PLAIN], wall[HOOKED],
		   rounds, NONE);
	report_arm("  with empty programs in place of egret's, CPU", cpu[PLAIN], cpu[HOOKED],
		   rounds, NONE);
}
