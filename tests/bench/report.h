/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table of results: each benchmark adds its lines, main() prints it. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include <cjson/cJSON.h>

#include "interval.h"

/*
 * The benchmarks run in processes of their own, so the table is in memory that
 * is shared with them, once for the whole program. Opened before the first one
 * starts; 0 or -ENOMEM.
 */
int report_open(void);

/* Where a figure is missing: no goal, or nothing to compare with. */
#define NONE __builtin_nan("")

/* One line. A goal is an upper limit, met if the figure's interval reaches below it. */
struct metric {
	char name[80];
	char unit[16]; /* of without and with, and of a goal that is no ratio */
	double without, with;
	struct interval interval; /* of the ratio, or of `with` */
	bool is_ratio; /* what the goal is about is the ratio of with to without */
	double goal;
	char missing[200]; /* why there are no figures */
};

/* A figure that was measured once, or is exact. */
void report_value(const char *name, const char *unit, double value, double goal);
void report_interval(const char *name, const char *unit, struct interval value, double goal);
void report_ratio(const char *name, const char *unit, double without, double with,
		  struct interval ratio, double goal);
/* The figures could not be taken. */
void report_missing(const char *name, const char *reason);

void report_print(FILE *stream);
/* Of the goals, those that are missed. */
unsigned report_missed(void);
/* An array of objects, a line each; the caller's. NULL: no memory. */
cJSON *report_json(void);
