/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The program under test: start it, stop it, read what it says. */
#pragma once

#include <harness/program.h>
#include <harness/result.h>

struct egret {
	struct test *test;
	struct program *program; /* NULL: there is no egret to test, or cases share it */
	const char *file; /* its -o */
};

/*
 * `egret summary --format json -o FILE --include-loopback` and more arguments
 * (NULL-terminated or NULL), outside the case's namespaces; returns when it says
 * that it traces: what happens from now on is seen. Without arguments it is the
 * one that cases share, where they do (shared.h): others read it at any time, so that
 * whose bytes are must not change while the case runs.
 */
struct egret *egret_start(struct test *test, const char *const *arguments);

/* The same, never shared: what is there already is older than it; its program can be looked at. */
struct egret *egret_start_own(struct test *test, const char *const *arguments);

/* The same under a supervisor (refusal.h). */
struct egret *egret_start_supervised(struct test *test, const char *const *arguments,
				     int supervisor);

/* The same in the case's namespaces: it sees the files that the case has made there. */
struct egret *egret_start_here(struct test *test, const char *const *arguments);

/*
 * Ends it by SIGINT, or takes a snapshot of a shared one; exit status 0 and a
 * complete ledger are checked.
 */
struct result *egret_stop(struct egret *egret);
/* The same for a result that may be incomplete: any exit status is fine. */
struct result *egret_stop_lossy(struct egret *egret);

/* Runs egret in the case's namespaces with these arguments until it ends by itself. */
struct output egret_run(struct test *test, const char *const *arguments);

/* Skips a case that is about egret alone when there is no egret to test. */
void egret_needed(struct test *test);

/*
 * `egret summary ... -- ACTOR`, in the case's namespaces: the command is an
 * actor of this name. Arguments as for egret_start(); environment as in struct
 * program_options.
 */
struct command {
	struct egret *egret;
	struct actor *actor;
};
struct command egret_command(struct test *test, const char *name, const char *const *arguments,
			     const char *const *environment);
/* Waits until it has ended by itself; reads the result; the exit status is not looked at. */
struct result *egret_finish(struct egret *egret);
