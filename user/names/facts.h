/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What addresses are called: who was told so, when, and for how long. */
#pragma once

#include <egret/names.h>

struct eg_facts;

/* One thing that an app was told. Texts are copied. Times: CLOCK_BOOTTIME ns. */
struct eg_fact {
	const char *app;
	const char *name;
	uint32_t net_ns;
	uint8_t ip[16];
	uint64_t learnt_ns;
	uint32_t ttl; /* seconds */
	bool trusted; /* of a trusted resolver */
};

/* How long after its end a name still counts: programs keep answers. */
#define EG_FACTS_GRACE_NS (300ULL * 1000000000)

#define EG_FACTS_APPS 16384 /* apps that anything is remembered of */

struct eg_facts *eg_facts_new(void); /* NULL: no memory */
void eg_facts_free(struct eg_facts *facts);
size_t eg_facts_count(const struct eg_facts *facts);

/*
 * Notes a fact, or renews it. An app with EG_NAMES_PER_APP of them loses its
 * oldest. Where all apps together have EG_NAMES_TOTAL, so does one that has its
 * share of them; for one that has less, the app with most does. Of more than
 * EG_FACTS_APPS apps the one is forgotten whose facts have ended first. 0 or
 * -ENOMEM.
 */
int eg_facts_learn(struct eg_facts *facts, const struct eg_fact *fact);

/* What this app was told of the address; else, what others were (eg_names_of_address()). */
size_t eg_facts_find(const struct eg_facts *facts, const struct eg_names_question *question,
		     struct eg_known_name ret_names[static EG_NAMES_CANDIDATES]);

/* Did a trusted resolver tell this app that name of the address, in time? Looks at all of them. */
bool eg_facts_told(const struct eg_facts *facts, const struct eg_names_question *question,
		   const char *name);
