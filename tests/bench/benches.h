/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The benchmarks: each is a case of the live test harness that adds lines to the report. */
#pragma once

#include <harness/test.h>

/* BENCH_QUICK=1: a look at everything in a minute and a half. */
bool bench_quick(void);

void bench_programs(struct test *test); /* run time of our programs, for each kind of traffic */
void bench_names(struct test *test); /* the same while names are looked for */
void bench_parsers(struct test *test); /* reading names and places, in user space */
void bench_apps(struct test *test); /* telling which app a process is, in user space */
void bench_flood(struct test *test); /* a million names */
void bench_connect(struct test *test); /* the connect loop with and without egret */
void bench_storm(struct test *test); /* as many connections as the machine can make */
void bench_start(struct test *test); /* from exec until egret traces */
void bench_idle(struct test *test); /* egret while little happens */
void bench_scanner(struct test *test); /* a million destinations of one program */
void bench_crowd(struct test *test); /* thousands of short processes a minute */
void bench_model(struct test *test); /* user space's model alone: rows that arrive in order */
void bench_model_sorted(struct test *test); /* and rows that have to be sorted */
void bench_history(struct test *test); /* a million rows into the history */
void bench_history_room(struct test *test); /* how it grows */
void bench_history_month(struct test *test); /* ten million rows in it: its report */
void bench_recorder(struct test *test); /* egret record while connections are made */
