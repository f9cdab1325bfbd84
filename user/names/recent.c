/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A table that remembers its latest entries only, so that nobody can make it grow. */
#include "recent.h"

#include <stdlib.h>
#include <string.h>

#include <egret/table.h>

/* In place of a number: places and owners are numbered from 1. */
#define NONE 0

/* Where an entry's key stands, among those of its owner. */
struct place {
	uint32_t owner;
	uint32_t older, newer; /* a free place: older is the next that is free */
};

struct owner {
	uint64_t id;
	uint32_t oldest, newest; /* places */
	uint32_t count;
	uint32_t before, after; /* owners of as many; a free number: after is the next */
};

/* Owners are listed by how many entries they have: who has most is found at once. */
struct eg_recent {
	struct eg_table *table; /* key -> place (uint64_t), value */
	struct eg_table *numbers; /* id of an owner -> uint32_t */
	struct place *places;
	struct owner *owners;
	uint32_t *with; /* how many entries -> the first owner of as many */
	char *keys; /* by place */
	size_t key_size;
	uint32_t max, most; /* entries: of all, of the owner with most */
	uint32_t places_made, places_free, owners_made, owners_free;
	void (*release)(void *value);
};

struct eg_recent *eg_recent_new(size_t key_size, size_t value_size, uint32_t max,
				void (*release)(void *value))
{
	struct eg_recent *recent = calloc(1, sizeof(*recent));

	if (!recent)
		return NULL;
	recent->table = eg_table_new(key_size, sizeof(uint64_t) + value_size);
	recent->numbers = eg_table_new(sizeof(uint64_t), sizeof(uint32_t));
	recent->places = calloc(max + 1, sizeof(*recent->places));
	recent->owners = calloc(max + 1, sizeof(*recent->owners));
	recent->with = calloc(max + 1, sizeof(*recent->with));
	recent->keys = calloc(max + 1, key_size);
	recent->key_size = key_size;
	recent->max = max;
	recent->release = release;
	if (recent->table && recent->numbers && recent->places && recent->owners && recent->with &&
	    recent->keys)
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
	eg_table_free(recent->numbers);
	free(recent->places);
	free(recent->owners);
	free(recent->with);
	free(recent->keys);
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

/* --- owners --- */

static uint32_t find_owner(const struct eg_recent *recent, uint64_t id)
{
	const uint32_t *number = eg_table_find(recent->numbers, &id);

	return number ? *number : NONE;
}

static uint32_t take_number(struct eg_recent *recent)
{
	uint32_t number = recent->owners_free;

	if (!number)
		return ++recent->owners_made;
	recent->owners_free = recent->owners[number].after;
	return number;
}

/* NONE: no memory. */
static uint32_t make_owner(struct eg_recent *recent, uint64_t id)
{
	uint32_t *number = eg_table_add(recent->numbers, &id);

	if (!number)
		return NONE;
	if (!*number) {
		*number = take_number(recent);
		recent->owners[*number] = (struct owner){ .id = id };
	}
	return *number;
}

static void forget_owner(struct eg_recent *recent, uint32_t number)
{
	struct owner *owner = &recent->owners[number];

	eg_table_remove(recent->numbers, &owner->id);
	owner->after = recent->owners_free;
	recent->owners_free = number;
}

static void unlist(struct eg_recent *recent, const struct owner *owner)
{
	*(owner->before ? &recent->owners[owner->before].after : &recent->with[owner->count]) =
		owner->after;
	if (owner->after)
		recent->owners[owner->after].before = owner->before;
}

static void enlist(struct eg_recent *recent, uint32_t number)
{
	struct owner *owner = &recent->owners[number];

	owner->before = NONE;
	owner->after = recent->with[owner->count];
	if (owner->after)
		recent->owners[owner->after].before = number;
	recent->with[owner->count] = number;
}

/* One entry more or less: so who has most has one more or less, too, or another has. */
static void recount(struct eg_recent *recent, uint32_t number, int change)
{
	struct owner *owner = &recent->owners[number];

	if (owner->count)
		unlist(recent, owner);
	owner->count += (uint32_t)change;
	if (owner->count)
		enlist(recent, number);
	if (owner->count > recent->most)
		recent->most = owner->count;
	else if (recent->most && !recent->with[recent->most])
		recent->most--;
	if (!owner->count)
		forget_owner(recent, number);
}

/* --- places --- */

static char *key_at(const struct eg_recent *recent, uint32_t place)
{
	return recent->keys + place * recent->key_size;
}

/* The newest of this owner's. */
static uint32_t take_place(struct eg_recent *recent, uint32_t number)
{
	struct owner *owner = &recent->owners[number];
	uint32_t place = recent->places_free;

	if (place)
		recent->places_free = recent->places[place].older;
	else
		place = ++recent->places_made;
	recent->places[place] = (struct place){ .owner = number, .older = owner->newest };
	*(owner->newest ? &recent->places[owner->newest].newer : &owner->oldest) = place;
	owner->newest = place;
	recount(recent, number, 1);
	return place;
}

static void leave_place(struct eg_recent *recent, uint32_t number)
{
	struct place *place = &recent->places[number];
	struct owner *owner = &recent->owners[place->owner];

	*(place->older ? &recent->places[place->older].newer : &owner->oldest) = place->newer;
	*(place->newer ? &recent->places[place->newer].older : &owner->newest) = place->older;
	recount(recent, place->owner, -1);
	place->older = recent->places_free;
	recent->places_free = number;
}

/* --- --- */

/* By the oldest entry of whoever has most: himself, if nobody has more. */
static void make_room(struct eg_recent *recent, uint64_t id)
{
	uint32_t number = find_owner(recent, id);

	if (recent->owners[number].count < recent->most)
		number = recent->with[recent->most];
	eg_recent_remove(recent, key_at(recent, recent->owners[number].oldest));
}

void *eg_recent_add(struct eg_recent *recent, uint64_t owner, const void *key)
{
	uint64_t *entry = eg_table_find(recent->table, key);
	uint32_t number;

	if (entry)
		return entry + 1;
	if (eg_table_count(recent->table) == recent->max)
		make_room(recent, owner);
	number = make_owner(recent, owner);
	entry = number ? eg_table_add(recent->table, key) : NULL;
	if (!entry) {
		if (number && !recent->owners[number].count)
			forget_owner(recent, number);
		return NULL;
	}
	*entry = take_place(recent, number);
	memcpy(key_at(recent, (uint32_t)*entry), key, recent->key_size);
	return entry + 1;
}

void eg_recent_remove(struct eg_recent *recent, const void *key)
{
	uint64_t *entry = eg_table_find(recent->table, key);

	if (!entry)
		return;
	release(recent, entry);
	leave_place(recent, (uint32_t)*entry);
	eg_table_remove(recent->table, key);
}

void eg_recent_expire(struct eg_recent *recent,
		      bool (*is_over)(const void *value, const void *data), const void *data)
{
	/* From behind: the last takes the place of what is removed. */
	for (size_t i = eg_table_count(recent->table); i > 0; i--) {
		void *entry;

		eg_table_entry(recent->table, i - 1, &entry);
		if (is_over((uint64_t *)entry + 1, data))
			eg_recent_remove(recent, key_at(recent, (uint32_t) * (uint64_t *)entry));
	}
}
