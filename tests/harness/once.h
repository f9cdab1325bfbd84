/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A program that sends once and ends: `net_test --once IP PORT TYPE SIZE [WORD]...`. */
#pragma once

#include <harness/actor.h>
#include <harness/net.h>
#include <harness/result.h>

/* Opens a socket of that type, connects (a stream) and sends; 0 or -errno. */
int once_send(const struct address *to, int type, long size);

/*
 * Runs in an actor: so many children, each of which does once_send() and ends.
 * arg: how many, size, socket type. Returns 0 or -errno.
 */
#define ONCE_AT_A_TIME 8 /* children that live at the same time */
long once_storm(struct call *call);
/* Waits until no more than so many of `living` children live; 0 or -errno. */
long once_reap(long *living, long until);

/* Runs in an actor, as their server; the bytes they brought. arg: listener, how many. */
long once_accept(struct call *call);

/* The words of such a command line. */
void once_arguments(const struct address *to, int type, long size, char ip[static 64],
		    char port[static 16], char type_text[static 16], char size_text[static 16]);

/* main() of it: argv[2] is IP. The exit status. */
int once_main(int argc, char **argv);

/*
 * Each process that an app lists was started with the last word of its command
 * line a number of its own, and all else the same.
 */
void once_check_processes(struct result *result, const char *exe);
