/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a simulated host does in any interval: the same whenever and in whichever order one asks. */
#pragma once

#include <stdint.h>

#include <egret/flow.h>

#include "world.h"

struct fleet_host {
	char id[33], name[32];
	const char *kernel;
	uint64_t seed; /* all that it does follows from this */
	enum persona persona;
	enum region region;
	int hours_east; /* its clock, of UTC */
	uint8_t *installed; /* numbers of programs, installed_count of them */
	size_t installed_count;
	double load; /* how many times the usual number of contacts */
};

/*
 * The host number `number` of the fleet that follows from the seed; `id` NULL:
 * one that follows from both. Free it with fleet_host_free(). 0 or -ENOMEM.
 */
int fleet_host_make(uint64_t seed, unsigned number, const char *id, double load,
		    struct fleet_host *ret_host);
void fleet_host_free(struct fleet_host *host);

/*
 * What `egret` would have summed up there in the period, CLOCK_REALTIME ns. 0 or
 * -ENOMEM; the caller frees *ret_summary.
 */
int fleet_interval(const struct fleet_host *host, const struct eg_period *period,
		   struct eg_summary **ret_summary);
