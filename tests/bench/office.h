/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A made-up desktop's traffic, interval by interval: the same on each run. */
#pragma once

#include <egret/flow.h>

/*
 * 50 apps, each with 400 destinations that have names, operators and countries; few
 * of both make most of the rows, and an app talks with one for six intervals on average.
 */
#define OFFICE_INTERVAL_NS (10 * 1000000000LL)
/* Rows in an interval: 10,000,000 in 30 days. */
#define OFFICE_ROWS 39U

#define OFFICE_ROWS_MAX 1000U

struct office {
	int64_t interval; /* ns */
	uint64_t chance;
	unsigned talks[OFFICE_ROWS_MAX]; /* each row's destination + 1, counted through all apps */
};

/* The interval that begins at `start`, of so many rows or a few less; NULL: no memory. */
struct eg_summary *office_interval(struct office *office, int64_t start, unsigned rows);
