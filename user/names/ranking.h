/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which of the names of an address are shown, and in which order. */
#pragma once

#include <egret/names.h>

/* The best that were added so far: the surest first, and of these the newest. */
struct eg_ranking {
	struct eg_known_name *names; /* the caller's, EG_NAMES_CANDIDATES of them */
	uint64_t told_ns[EG_NAMES_CANDIDATES]; /* when each was told, CLOCK_BOOTTIME ns */
	size_t count;
};

/* Adds a name at its place, if it has one. What is there already counts once, as the better one. */
void eg_ranking_add(struct eg_ranking *ranking, const struct eg_known_name *name, uint64_t told_ns);
