/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Runs one case in a process and namespaces of its own, and cleans up after it. */
#pragma once

#include <signal.h>

#include <harness/test.h>

/* Set by a signal handler: give up the running case, and run no other. */
extern volatile sig_atomic_t runner_stop;

enum verdict { VERDICT_PASSED, VERDICT_FAILED, VERDICT_SKIPPED };

/* How a case ended; in memory shared between the runner and the case. */
struct outcome {
	enum verdict verdict;
	char reason[512]; /* why it was skipped */
};

struct runner {
	const char *egret; /* as in struct test */
	char dir[PATH_ROOM]; /* holds the cases' directories */
	char cgroup[PATH_ROOM]; /* holds the cases' cgroups; "": there is no cgroup2 */
	char cgroup_path[PATH_ROOM];
	unsigned count; /* of cases run, for the names of their directories */
	unsigned timeout_s; /* per case */
	bool keep; /* leave the cases' directories */
	struct outcome *outcome;
};

/* Makes directory and cgroup; 0 or -errno. runner_close() undoes it, in any case. */
int runner_open(struct runner *runner);
void runner_close(struct runner *runner);

/*
 * Runs a case; what it printed is in *ret_report, malloc'ed, to be freed by the
 * caller.
 */
enum verdict runner_run(struct runner *runner, const struct test_case *test_case,
			char **ret_report);
