/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which of the names of an address are shown, and in which order. */
#include "ranking.h"

#include <string.h>

/* What is surer goes first, then what is newer. */
static int compare(const struct eg_known_name *a, uint64_t a_ns, const struct eg_known_name *b,
		   uint64_t b_ns)
{
	if (a->confidence != b->confidence)
		return a->confidence < b->confidence ? -1 : 1;
	return a_ns > b_ns ? -1 : a_ns < b_ns;
}

/* A name that is told twice counts once, as the better of both. */
static void drop(struct eg_ranking *ranking, size_t place)
{
	ranking->count--;
	for (size_t i = place; i < ranking->count; i++) {
		ranking->names[i] = ranking->names[i + 1];
		ranking->told_ns[i] = ranking->told_ns[i + 1];
	}
}

void eg_ranking_add(struct eg_ranking *ranking, const struct eg_known_name *name, uint64_t told_ns)
{
	size_t place = 0;

	while (place < ranking->count &&
	       compare(&ranking->names[place], ranking->told_ns[place], name, told_ns) <= 0) {
		if (!strcmp(ranking->names[place].name, name->name))
			return;
		place++;
	}
	for (size_t i = place; i < ranking->count; i++)
		if (!strcmp(ranking->names[i].name, name->name))
			drop(ranking, i);
	if (place == EG_NAMES_CANDIDATES)
		return;
	if (ranking->count == EG_NAMES_CANDIDATES)
		ranking->count--;
	for (size_t i = ranking->count; i > place; i--) {
		ranking->names[i] = ranking->names[i - 1];
		ranking->told_ns[i] = ranking->told_ns[i - 1];
	}
	ranking->names[place] = *name;
	ranking->told_ns[place] = told_ns;
	ranking->count++;
}
