/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lists of packages that are kept, by container. Private to user/ident/. */
#pragma once

#include <egret/ident.h>

#define LISTED_MAX 16 /* containers whose packages are kept */

/* The packages of one container, which outlive its processes. */
struct listed {
	char *container; /* NULL: the place is free */
	struct eg_packages *packages; /* NULL: it has no list */
	uint64_t stamp; /* of the file that they were read from */
};

struct listings {
	struct listed places[LISTED_MAX];
	size_t next; /* the oldest */
};

/* NULL: nothing is kept of it. */
struct listed *listed_find(struct listings *listings, const char *container);
/* Its place, which the oldest makes room for; NULL: no memory. */
struct listed *listed_add(struct listings *listings, const char *container);
/*
 * The list of a container that this process (its directory in /proc) is in, read
 * anew if it is another one; of a process that is gone (negative), what was read
 * last, or what Waydroid has left. NULL: it has none. *ret_pid as in struct eg_lookup.
 */
const struct eg_packages *listings_ask(struct listings *listings, int process,
				       const char *container, uint32_t *ret_pid);
void listings_clear(struct listings *listings);
