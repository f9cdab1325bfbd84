/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is said of a destination, gathered one claim after the other. */
#pragma once

#include <egret/out.h>
#include <egret/place.h>

#define CLAIMS_MAX 2000 /* more would be no explanation */

/* Owns the texts of its claims. */
struct claims {
	struct eg_claim *list;
	size_t count, capacity;
	uint64_t omitted;
};

/*
 * Adds a copy of a claim; one that is there already, as of any time, is the same
 * as of the later. Past CLAIMS_MAX all are only counted. 0 or -ENOMEM.
 */
int claims_add(struct claims *claims, const struct eg_claim *claim);
/* The same with a detail that is printed here. */
int claims_add_detail(struct claims *claims, struct eg_claim claim, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/*
 * The same out of a table of owners: "line 7, example.com NAME, by https://…", or
 * "see" what doesn't say it. `name` NULL: left out.
 */
int claims_add_owner(struct claims *claims, struct eg_claim claim, const struct eg_owner *owner,
		     const char *name);
/*
 * The owner's country, if it is known: by the company's own line, as above, or by
 * the domain's: "line 7, example.com", to which "no source read" is added unless it
 * is the word of the user's file.
 */
int claims_add_seat(struct claims *claims, struct eg_claim claim, const struct eg_owner *owner);
/* Puts claims about one thing behind each other, in the order in which they were added. */
void claims_sort(struct claims *claims);
void claims_free(struct claims *claims);
