/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lists of packages that are kept, for a few containers at most. */
#include "listed.h"

#include <stdlib.h>
#include <string.h>

struct listed *listed_find(struct listings *listings, const char *container)
{
	for (size_t i = 0; i < LISTED_MAX; i++) {
		struct listed *listed = &listings->places[i];

		if (listed->container && strcmp(listed->container, container) == 0)
			return listed;
	}
	return NULL;
}

static void clear(struct listed *listed)
{
	free(listed->container);
	eg_packages_free(listed->packages);
	*listed = (struct listed){};
}

struct listed *listed_add(struct listings *listings, const char *container)
{
	struct listed *listed = listed_find(listings, container);

	if (listed)
		return listed;
	listed = &listings->places[listings->next];
	listings->next = (listings->next + 1) % LISTED_MAX;
	clear(listed);
	listed->container = strdup(container);
	return listed->container ? listed : NULL;
}

void listings_clear(struct listings *listings)
{
	for (size_t i = 0; i < LISTED_MAX; i++)
		clear(&listings->places[i]);
}
