/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One egret that many cases share, where a start costs more than a case: on an
 * emulated machine the verifier takes seconds. A case reads a snapshot of it.
 */
#pragma once

#include <sys/types.h>

#include <harness/test.h>

struct shared {
	pid_t pid;
	int errors_fd; /* what it writes to stderr */
	char dir[PATH_ROOM]; /* where its file is, and nothing else */
	char file[PATH_ROOM + 16]; /* its -o */
};

/* Starts it in a directory of its own; returns when it says that it traces. 0 or -errno. */
int shared_start(const char *program, const char *dir, struct shared *ret_shared);
/* Ends it by SIGINT. Its exit status; above 0, what it said is printed as TAP's comments. */
int shared_stop(struct shared *shared);

/* The text of a snapshot that has all that happened before the call. */
char *shared_snapshot(const struct shared *shared, struct test *test);
