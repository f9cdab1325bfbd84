/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An app's rows: a compact table whose rows never move. */
#include "destination.h"
#include "detail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/abi.h>

#define BLOCK_FIRST 4 /* rows in block 0; block k has that many << k */

_Static_assert(sizeof(struct eg_destination_key) == 24, "the key is hashed as bytes: no holes");
_Static_assert(sizeof(struct eg_destination) <= 96, "a million rows fit in 120 MB");

/* --- sums --- */

uint64_t eg_sum(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

void eg_bytes_add(struct eg_bytes *into, const struct eg_bytes *from)
{
	into->sent = eg_sum(into->sent, from->sent);
	into->received = eg_sum(into->received, from->received);
}

void eg_counters_add(struct eg_counters *into, const struct eg_counters *from)
{
	eg_bytes_add(&into->bytes, &from->bytes);
	into->connections = eg_sum(into->connections, from->connections);
	into->failed = eg_sum(into->failed, from->failed);
	if (from->first_seen && (!into->first_seen || from->first_seen < into->first_seen))
		into->first_seen = from->first_seen;
	if (from->last_seen && (!into->last_seen || from->last_seen > into->last_seen))
		into->last_seen = from->last_seen;
}

/* --- the table --- */

struct eg_destination_table *eg_destination_table_new(const struct eg_seed *seed,
						      struct eg_place_pool *places,
						      uint64_t *rows_left)
{
	struct eg_destination_table *table = calloc(1, sizeof(*table));

	if (table) {
		table->seed = *seed;
		table->places = places;
		table->rows_left = rows_left;
	}
	return table;
}

void eg_destination_table_free(struct eg_destination_table *table)
{
	if (!table)
		return;
	for (uint32_t i = 0; i < table->index.count; i++)
		eg_detail_free(eg_destination_at(table, i)->detail);
	for (size_t i = 0; i < EG_BLOCKS_MAX; i++)
		free(table->blocks[i]);
	eg_index_free(&table->index);
	free(table);
}

uint32_t eg_destination_table_size(const struct eg_destination_table *table)
{
	return table->index.count;
}

uint32_t eg_destination_table_count(const struct eg_destination_table *table)
{
	return table->index.count - table->excluded_count;
}

/* Which block holds row `number`, and where in it. */
static unsigned block_of(uint32_t number, uint32_t *ret_offset)
{
	unsigned block = 31 - (unsigned)__builtin_clz(number / BLOCK_FIRST + 1);

	*ret_offset = number - BLOCK_FIRST * ((1U << block) - 1);
	return block;
}

struct eg_destination *eg_destination_at(const struct eg_destination_table *table, uint32_t number)
{
	uint32_t offset;
	unsigned block = block_of(number, &offset);

	return &table->blocks[block][offset];
}

static uint64_t hash_row(const void *things, uint32_t number)
{
	const struct eg_destination_table *table = things;

	return eg_hash(&table->seed, &eg_destination_at(table, number)->key,
		       sizeof(struct eg_destination_key));
}

/* What is unknown is zero in the table, so that keys compare as bytes. */
static struct eg_destination_key canonical(const struct eg_destination_key *key)
{
	struct eg_destination_key result = {
		.transport = eg_transport_canonical(key->transport),
		.direction = key->direction == EG_INBOUND ? EG_INBOUND : EG_OUTBOUND,
		.has_ip = key->has_ip,
		.has_port = key->has_port,
	};

	if (key->overflow)
		return (struct eg_destination_key){ .overflow = true };
	if (key->has_ip)
		memcpy(result.ip, key->ip, sizeof(result.ip));
	if (key->has_port)
		result.port = key->port;
	return result;
}

static struct eg_destination *find(const struct eg_destination_table *table,
				   const struct eg_destination_key *key, uint64_t hash)
{
	struct eg_probe probe;
	uint32_t number = eg_index_first(&table->index, hash, &probe);

	for (; number != EG_INDEX_NONE; number = eg_index_next(&table->index, &probe)) {
		struct eg_destination *row = eg_destination_at(table, number);

		if (memcmp(&row->key, key, sizeof(*key)) == 0)
			return row;
	}
	return NULL;
}

/* A place for one row more: the next one, in a new block where the last is full. */
static struct eg_destination *next_place(struct eg_destination_table *table)
{
	uint32_t offset;
	unsigned block = block_of(table->index.count, &offset);

	if (block >= EG_BLOCKS_MAX || eg_index_reserve(&table->index, hash_row, table) < 0)
		return NULL;
	if (!table->blocks[block])
		table->blocks[block] = eg_alloc_large(((size_t)BLOCK_FIRST << block) *
						      sizeof(struct eg_destination));
	return table->blocks[block] ? &table->blocks[block][offset] : NULL;
}

static struct eg_destination *make(struct eg_destination_table *table,
				   const struct eg_destination_key *key, uint64_t hash)
{
	struct eg_destination *row = next_place(table);

	if (!row)
		return NULL;
	*row = (struct eg_destination){ .key = *key };
	eg_index_add(&table->index, hash);
	if (key->overflow)
		table->overflow = row;
	else if (*table->rows_left)
		--*table->rows_left;
	return row;
}

void eg_destination_exclude(struct eg_destination_table *table, struct eg_destination *destination)
{
	eg_detail_free(destination->detail);
	*destination = (struct eg_destination){ .key = destination->key, .excluded = true };
	table->excluded_count++;
}

struct eg_destination *eg_app_row(struct eg_app *app, const struct eg_destination_key *key)
{
	struct eg_destination_table *table = app->destinations;
	struct eg_destination_key wanted = canonical(key);
	uint64_t hash = eg_hash(&table->seed, &wanted, sizeof(wanted));
	struct eg_destination *row = find(table, &wanted, hash);

	if (!row && !wanted.overflow && !*table->rows_left)
		return eg_app_row(app, &(struct eg_destination_key){ .overflow = true });
	if (!row)
		return make(table, &wanted, hash);
	if (row->excluded) {
		row->excluded = false;
		table->excluded_count--;
	}
	return row;
}

bool eg_app_has_row(const struct eg_app *app, const struct eg_destination_key *key)
{
	const struct eg_destination_table *table = app->destinations;
	struct eg_destination_key wanted = canonical(key);
	const struct eg_destination *row =
		find(table, &wanted, eg_hash(&table->seed, &wanted, sizeof(wanted)));

	return row && !row->excluded;
}

void eg_app_count(struct eg_app *app, struct eg_destination *row,
		  const struct eg_counters *counters, uint32_t rtt_min_us)
{
	eg_counters_add(&row->counters, counters);
	eg_counters_add(&app->counters, counters);
	if (rtt_min_us && (!row->rtt_min_us || rtt_min_us < row->rtt_min_us))
		row->rtt_min_us = rtt_min_us;
}

int eg_app_add(struct eg_app *app, const struct eg_destination_key *key,
	       const struct eg_counters *counters, uint32_t rtt_min_us,
	       struct eg_destination **ret_destination)
{
	struct eg_destination *row = eg_app_row(app, key);

	if (!row)
		return -ENOMEM;
	eg_app_count(app, row, counters, rtt_min_us);
	if (ret_destination)
		*ret_destination = row;
	return 0;
}
