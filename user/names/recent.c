/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A table that remembers its latest entries only, so that nobody can make it grow. */
#include "recent.h"

#include <stdlib.h>
#include <string.h>

#include <egret/table.h>

/*
 * The keys stand in a ring in the order in which they were added. A key that
 * was removed stays there until its turn comes; so that it doesn't take a later
 * entry of the same key with it, each entry knows its turn.
 */
struct eg_recent {
	struct eg_table *table; /* key -> turn, value */
	char *ring;
	size_t key_size;
	uint32_t max;
	uint64_t turn; /* entries that were added so far */
	void (*release)(void *value);
};

struct eg_recent *eg_recent_new(size_t key_size, size_t value_size, uint32_t max,
				void (*release)(void *value))
{
	struct eg_recent *recent = calloc(1, sizeof(*recent));

	if (!recent)
		return NULL;
	recent->table = eg_table_new(key_size, sizeof(recent->turn) + value_size);
	recent->ring = calloc(max, key_size);
	recent->key_size = key_size;
	recent->max = max;
	recent->release = release;
	if (recent->table && recent->ring)
		return recent;
	eg_recent_free(recent);
	return NULL;
}

static void release(struct eg_recent *recent, uint64_t *entry)
{
	if (recent->release)
		recent->release(entry + 1);
}

void eg_recent_free(struct eg_recent *recent)
{
	void *entry;

	if (!recent)
		return;
	for (size_t i = 0; recent->table && i < eg_table_count(recent->table); i++) {
		eg_table_entry(recent->table, i, &entry);
		release(recent, entry);
	}
	eg_table_free(recent->table);
	free(recent->ring);
	free(recent);
}

size_t eg_recent_count(const struct eg_recent *recent)
{
	return eg_table_count(recent->table);
}

uint64_t eg_recent_hash(const struct eg_recent *recent, const void *bytes, size_t size)
{
	return eg_table_hash(recent->table, bytes, size);
}

void *eg_recent_find(const struct eg_recent *recent, const void *key)
{
	uint64_t *entry = eg_table_find(recent->table, key);

	return entry ? entry + 1 : NULL;
}

static void evict(struct eg_recent *recent, const void *key, uint64_t turn)
{
	const uint64_t *entry = eg_table_find(recent->table, key);

	if (entry && *entry == turn)
		eg_recent_remove(recent, key);
}

void *eg_recent_add(struct eg_recent *recent, const void *key)
{
	char *place = recent->ring + recent->turn % recent->max * recent->key_size;
	uint64_t *entry = eg_table_find(recent->table, key);

	if (entry)
		return entry + 1;
	if (recent->turn >= recent->max)
		evict(recent, place, recent->turn - recent->max);
	entry = eg_table_add(recent->table, key);
	if (!entry)
		return NULL;
	memcpy(place, key, recent->key_size);
	*entry = recent->turn++;
	return entry + 1;
}

void eg_recent_remove(struct eg_recent *recent, const void *key)
{
	uint64_t *entry = eg_table_find(recent->table, key);

	if (!entry)
		return;
	release(recent, entry);
	eg_table_remove(recent->table, key);
}
