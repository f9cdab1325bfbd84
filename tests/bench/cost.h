/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What egret's programs cost: their run time, as the kernel measures it. */
#pragma once

#include <sys/types.h>

#include <harness/test.h>

#include "interval.h"

/*
 * How it is measured. While BPF_ENABLE_STATS is on, the kernel reads its clock
 * before and after each program, and adds up runs and nanoseconds. Reading the
 * clock takes most of 100 ns, which is in the sum; so an empty program of the
 * same type runs beside each of ours, on the same events, and what it "takes"
 * is subtracted for each run. Work is done in many small batches, whose median
 * counts: another task or an interrupt that happens inside a program spoils its
 * batch, and not the figure.
 */
struct workload {
	unsigned operations; /* in a batch */
	unsigned batches;
	void (*run)(struct test *test, void *data, unsigned operations);
	void *data;
};

#define COSTS_MAX 40

struct cost {
	char name[16]; /* of the program */
	double runs; /* per operation */
	struct interval per_run, per_operation; /* ns, net of an empty program's */
};

struct costs {
	struct cost programs[COSTS_MAX];
	unsigned count;
	struct interval all; /* ns net per operation of all together */
	struct interval share; /* of the CPU time of an operation */
	double empty_ns; /* what an empty program takes */
};

/* The programs that `egret`, a process, holds, while this process works; once to warm up. */
struct costs cost_measure(struct test *test, pid_t egret, const struct workload *workload);

/* One of them; all zero if it did not run. */
struct cost cost_of(const struct costs *costs, const char *name);

/* CPU time of this process so far, in ns; work that interrupts do meanwhile included. */
double cpu_ns(void);
