/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Running a user's command from a recorder that may execute nothing any more. */
#pragma once

#include <stddef.h>

struct hook;

#define HOOK_SIZE_MAX (128 * 1024) /* bytes of one input */

/*
 * Forks a process that will run `command` whenever it is given an input: the
 * program, or a JSON array of it and its arguments. No shell is involved. The
 * command has no rights beyond its user's and is killed after half a minute. To be
 * called early: what is open by then, and not to be closed on exec, it inherits. 0,
 * or an enum eg_exit after one line on standard error.
 */
int hook_start(const char *command, struct hook **ret_hook);

/*
 * Has the command run with this on its standard input, after those before it.
 * Never waits. 0; -EAGAIN: too many are waiting; -EMSGSIZE; -EPIPE: it is gone.
 */
int hook_run(struct hook *hook, const char *text, size_t size);

/* Lets it finish by itself; doesn't wait for that. */
void hook_stop(struct hook *hook);
