/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Places of a summary: each that is the same is kept once. */
#include "place.h"
#include "destination.h"
#include "index.h"
#include "list.h"
#include "texts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

struct eg_place_pool {
	struct eg_seed seed;
	struct eg_index index;
	struct eg_place **places; /* index.count of them */
};

static const struct eg_text_group *const groups[] = { &eg_country_texts, &eg_as_texts,
						      &eg_owner_texts };

struct eg_place_pool *eg_place_pool_new(void)
{
	struct eg_place_pool *pool = calloc(1, sizeof(*pool));

	if (pool)
		pool->seed = eg_seed_new();
	return pool;
}

void eg_place_clear(struct eg_place *place)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		eg_text_group_free(groups[i], place);
	*place = (struct eg_place){ 0 };
}

static void free_place(struct eg_place **place)
{
	if (*place)
		eg_place_clear(*place);
	free(*place);
}

void eg_place_pool_free(struct eg_place_pool *pool)
{
	if (!pool)
		return;
	for (uint32_t i = 0; i < pool->index.count; i++)
		free_place(&pool->places[i]);
	free(pool->places);
	eg_index_free(&pool->index);
	free(pool);
}

static bool is_same(const struct eg_place *a, const struct eg_place *b)
{
	if (a->as_number != b->as_number || a->anycast != b->anycast)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		if (eg_text_group_compare(groups[i], a, b) != 0)
			return false;
	}
	return true;
}

bool eg_place_is_empty(const struct eg_place *place)
{
	static const struct eg_place nothing;

	return is_same(place, &nothing);
}

/* --- finding --- */

static uint64_t hash_text(const struct eg_seed *seed, const char *text)
{
	return text ? eg_hash(seed, text, strlen(text)) : 0;
}

static uint64_t hash_place(const struct eg_seed *seed, const struct eg_place *place)
{
	const uint64_t words[] = {
		place->as_number,
		place->anycast,
		hash_text(seed, place->country),
		hash_text(seed, place->country_basis),
		hash_text(seed, place->as_organization),
		hash_text(seed, place->as_country),
		hash_text(seed, place->owner_name),
		hash_text(seed, place->owner_country),
		hash_text(seed, place->owner_source),
	};

	return eg_hash(seed, words, sizeof(words));
}

static uint64_t hash_number(const void *things, uint32_t number)
{
	const struct eg_place_pool *pool = things;

	return hash_place(&pool->seed, pool->places[number]);
}

static const struct eg_place *find(const struct eg_place_pool *pool, const struct eg_place *place,
				   uint64_t hash)
{
	struct eg_probe probe;
	uint32_t number = eg_index_first(&pool->index, hash, &probe);

	for (; number != EG_INDEX_NONE; number = eg_index_next(&pool->index, &probe)) {
		if (is_same(pool->places[number], place))
			return pool->places[number];
	}
	return NULL;
}

static int copy_place(const struct eg_place *place, struct eg_place **ret_copy)
{
	_cleanup_(free_place) struct eg_place *copy = calloc(1, sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	copy->as_number = place->as_number;
	copy->anycast = place->anycast;
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		if (eg_text_group_copy(groups[i], copy, place) < 0)
			return -ENOMEM;
	}
	*ret_copy = TAKE_PTR(copy);
	return 0;
}

int eg_place_pool_find(struct eg_place_pool *pool, const struct eg_place *place,
		       const struct eg_place **ret_place)
{
	uint64_t hash = hash_place(&pool->seed, place);
	const struct eg_place *known = find(pool, place, hash);
	struct eg_place *copy;

	if (!known) {
		if (eg_index_reserve(&pool->index, hash_number, pool) < 0 ||
		    eg_list_reserve(&pool->places, pool->index.count, 1, sizeof(copy)) < 0 ||
		    copy_place(place, &copy) < 0)
			return -ENOMEM;
		pool->places[pool->index.count] = copy;
		eg_index_add(&pool->index, hash);
		known = copy;
	}
	*ret_place = known;
	return 0;
}

/* --- of a row --- */

int eg_app_set_place(struct eg_app *app, struct eg_destination *row, const struct eg_place *place)
{
	return eg_place_pool_find(app->destinations->places, place, &row->place);
}

const struct eg_place *eg_destination_place(const struct eg_destination *destination)
{
	static const struct eg_place nothing;

	return destination->place ? destination->place : &nothing;
}
