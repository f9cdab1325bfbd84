/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counters of destinations, and table flow, which holds them. Private to user/store/. */
#pragma once

#include "private.h"

#define EG_NEVER INT64_MIN

/* A row's counters; times in ns since 1970, EG_NEVER: none. */
struct eg_flow_row {
	int64_t destination; /* its number, from 1 on */
	uint64_t sent, received, connections, failed;
	int64_t first_seen, last_seen;
	int64_t rtt_min_us; /* 0: unknown */
};

/* The period that they are written for. */
struct eg_sum {
	int64_t period; /* its number */
	int64_t bucket; /* what its times are relative to */
};

/* Into the order of the table's key, in which writing is cheapest and takes least room. */
void eg_flows_sort(struct eg_flow_row *flows, size_t count);
/* Writes them, in addition to what the period has of the same destinations. 0 or -errno. */
int eg_flows_write(struct eg_store *store, const struct eg_sum *sum,
		   const struct eg_flow_row *flows, size_t count);

/*
 * Adds up what a statement without values finds: destination, the period's bucket, and
 * the counters in the order of the table, from `sent` on. *ret_flows is sorted; the
 * caller frees it. 0 or -errno.
 */
int eg_flows_add_up(struct eg_store *store, const char *text, struct eg_flow_row **ret_flows,
		    size_t *ret_count);
