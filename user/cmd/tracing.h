/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A running trace: probe, command, signals and clock behind one place to wait. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <egret/flow.h>
#include <egret/probe.h>

#include "cmd.h"

struct tracing;

/* Why tracing_wait() came back. */
enum tracing_event {
	TRACING_RECORDS, /* the ring was read: the sink has heard what there was */
	TRACING_INTERVAL, /* an interval has ended */
	TRACING_SNAPSHOT, /* SIGUSR1: the user wants to see what there is so far */
	TRACING_INPUT, /* there is something to read where tracing_watch() was told to look */
	TRACING_RELOAD, /* SIGHUP, where the command serves: begin anew with files */
	TRACING_END, /* time, the user or the command's end */
};

/*
 * Starts everything that `options` ask for and, when it returns 0, has printed
 * "egret: tracing" and let the command go; rights that are no longer needed
 * are gone. On failure it has said why: the return value is then an enum
 * eg_exit to exit with.
 */
int tracing_start(const struct eg_options *options, const struct eg_probe_sink *sink, bool events,
		  struct tracing **ret_tracing);
/*
 * After the last reading: takes the programs out of the kernel, and gives their
 * memory back. Whoever prints may take as long as the reader wants.
 */
void tracing_unload(struct tracing *tracing);
/* Stops tracing; kills what is left of the command. */
void tracing_stop(struct tracing *tracing);

struct eg_probe *tracing_probe(const struct tracing *tracing); /* NULL: unloaded */
enum tracing_event tracing_wait(struct tracing *tracing);
/* Was there nothing to wake the last wait, for as long as records may be left to wait? */
bool tracing_is_quiet(const struct tracing *tracing);

/* From here on tracing_wait() also comes back when this descriptor is readable. */
void tracing_watch(struct tracing *tracing, int fd);

/*
 * The period of the interval that has just ended: from the end of the one
 * before to the clock's mark, or to now at the end of the trace.
 */
struct eg_period tracing_period(const struct tracing *tracing);

/* At the end, once: was there anything to trace? Not if the command could not be executed. */
bool tracing_had_subject(const struct tracing *tracing);

/* The command's status, if there is one and egret itself has not failed; else `status`. */
int tracing_status(const struct tracing *tracing, int status);
