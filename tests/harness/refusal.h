/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A kernel that refuses programs: bpf(2) of the program under test goes through the case. */
#pragma once

#include <harness/test.h>

/*
 * Programs that are refused, by the names that bpftool shows ("*": all that
 * have one of egret's), and what else: as the program is loaded, or as it is
 * attached. Everything else reaches the kernel. It is seccomp's notification
 * that asks (seccomp_unotify(2)), so that nothing in egret knows.
 */
struct refusal {
	const char *const *programs; /* NULL-terminated */
	bool attach;
	bool maps; /* and each map of egret's, as it is made */
	int error;
};

#define REFUSED_MAX 256

/* What was asked for until now. */
struct refused {
	unsigned times; /* requests refused */
	unsigned attached; /* programs that the kernel was let attach, by their ids */
	unsigned ids[REFUSED_MAX];
};

/*
 * Starts a supervisor for one program; *ret_socket is for `supervisor` in struct
 * program_options, and closed with the case. It ends with the program, or the
 * case. Skips the case where the kernel has no such notification.
 */
const struct refused *refuse(struct test *test, const struct refusal *refusal, int *ret_socket);

/* In the program to be: asks that supervisor from now on. 0 or -errno. */
int refusal_enter(int socket);
