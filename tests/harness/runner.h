/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Runs cases, each in a process and namespaces of its own, and cleans up after them. */
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <harness/shared.h>
#include <harness/test.h>

/* Set by a signal handler: give up the running cases, and run no other. */
extern volatile sig_atomic_t runner_stop;

enum verdict { VERDICT_PASSED, VERDICT_FAILED, VERDICT_SKIPPED };

/* How a case ended; in memory shared between the runner and the case. */
#define SWEPT_MAX 4

struct outcome {
	enum verdict verdict;
	char reason[512]; /* why it was skipped */
	char cgroups[SWEPT_MAX][PATH_ROOM]; /* that the case made elsewhere; "": none */
};

struct runner {
	char *egret; /* as in struct test; malloc'ed */
	char dir[PATH_ROOM]; /* holds the cases' directories */
	char cgroup[PATH_ROOM]; /* holds the cases' cgroups; "": there is no cgroup2 */
	char cgroup_path[PATH_ROOM];
	unsigned timeout_s; /* per case */
	bool share; /* cases share an egret where they can */
	struct shared shared; /* that one; its pid is 0: there is none */
	bool keep; /* leave the cases' directories */
};

/* One case on its way. */
struct job {
	const struct test_case *self;
	unsigned number; /* from 1 on; names its directory and cgroup */
	struct outcome *outcome;
	pid_t pid; /* 0: not started, or over */
	int report_fd;
	long long began_ms, took_ms;
	char *report; /* what it printed, malloc'ed, when it is over */
	bool over;
};

/*
 * Makes directory and cgroup, and starts the shared egret; 0 or -errno. What it
 * has made, runner_close() undoes; that returns the shared egret's exit status, or 0.
 */
int runner_open(struct runner *runner);
int runner_close(struct runner *runner);

/*
 * Jobs for these cases (the table's own order, `count` of them); NULL: no
 * memory. They live as long as the program.
 */
struct job *runner_plan(const struct test_case *const *cases, unsigned count);

/* Starts a job; false: it could not be started, and is over, as failed. */
bool runner_start(struct runner *runner, struct job *job);

/* Waits until one of the started jobs is over; NULL: none is running. */
struct job *runner_wait(struct runner *runner, struct job *jobs, unsigned count);
