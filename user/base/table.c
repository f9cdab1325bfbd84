/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The hash table: an index of slots over dense blocks of entries. */
#include <egret/table.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define BLOCK_ENTRIES 1024
#define SLOTS_FIRST 64
#define SLOT_FREE UINT32_MAX
#define SLOT_REMOVED (UINT32_MAX - 1)

struct eg_table {
	size_t key_size, value_size, entry_size;
	size_t count;
	size_t used_slots; /* taken or removed */
	size_t slots_count; /* a power of two */
	uint32_t *slots; /* numbers of entries */
	char **blocks;
	size_t blocks_count;
	uint64_t seed;
};

/* Folded 64x64 multiplication, as in wyhash; keys are whole words. */
static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash(const struct eg_table *table, const void *key)
{
	uint64_t state = table->seed, word;

	for (size_t i = 0; i < table->key_size; i += sizeof(word)) {
		memcpy(&word, (const char *)key + i, sizeof(word));
		state = mix(state ^ word, 0x9e3779b97f4a7c15ULL + i);
	}
	return mix(state, 0xd6e8feb86659fd93ULL);
}

uint64_t eg_table_hash(const struct eg_table *table, const void *bytes, size_t size)
{
	uint64_t state = table->seed ^ size, word;
	const char *next = bytes;

	for (; size > sizeof(word); next += sizeof(word), size -= sizeof(word)) {
		memcpy(&word, next, sizeof(word));
		state = mix(state ^ word, 0x9e3779b97f4a7c15ULL);
	}
	word = 0;
	memcpy(&word, next, size);
	return mix(state ^ word, 0xd6e8feb86659fd93ULL);
}

static char *entry_at(const struct eg_table *table, size_t number)
{
	return table->blocks[number / BLOCK_ENTRIES] + number % BLOCK_ENTRIES * table->entry_size;
}

struct eg_table *eg_table_new(size_t key_size, size_t value_size)
{
	struct eg_table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->key_size = key_size;
	table->value_size = value_size;
	table->entry_size = key_size + ((value_size + 7) & ~(size_t)7);
	if (getrandom(&table->seed, sizeof(table->seed), GRND_NONBLOCK) != sizeof(table->seed))
		table->seed = (uintptr_t)table;
	return table;
}

void eg_table_free(struct eg_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->blocks_count; i++)
		free(table->blocks[i]);
	free(table->blocks);
	free(table->slots);
	free(table);
}

size_t eg_table_count(const struct eg_table *table)
{
	return table->count;
}

/* The slot of a key; or, if the key is new, the first slot that it may take. */
static size_t probe(const struct eg_table *table, const void *key, bool *ret_found)
{
	size_t mask = table->slots_count - 1, slot = hash(table, key) & mask, gap = SIZE_MAX;

	for (;; slot = (slot + 1) & mask) {
		uint32_t number = table->slots[slot];

		*ret_found = false;
		if (number == SLOT_FREE)
			return gap == SIZE_MAX ? slot : gap;
		if (number == SLOT_REMOVED) {
			if (gap == SIZE_MAX)
				gap = slot;
			continue;
		}
		*ret_found = true;
		if (!memcmp(entry_at(table, number), key, table->key_size))
			return slot;
	}
}

void *eg_table_find(const struct eg_table *table, const void *key)
{
	bool found;
	size_t slot;

	if (!table->slots_count)
		return NULL;
	slot = probe(table, key, &found);
	return found ? entry_at(table, table->slots[slot]) + table->key_size : NULL;
}

/* Makes the index anew, with room for one entry more; removed slots go. */
static bool rebuild(struct eg_table *table)
{
	size_t slots_count = table->slots_count ? table->slots_count : SLOTS_FIRST;
	uint32_t *slots, *old = table->slots;
	bool found;

	while ((table->count + 1) * 3 > slots_count * 2)
		slots_count *= 2;
	slots = malloc(slots_count * sizeof(*slots));
	if (!slots)
		return false;
	memset(slots, 0xff, slots_count * sizeof(*slots));
	table->slots = slots;
	table->slots_count = slots_count;
	table->used_slots = table->count;
	for (size_t i = 0; i < table->count; i++)
		slots[probe(table, entry_at(table, i), &found)] = (uint32_t)i;
	free(old);
	return true;
}

static bool add_block(struct eg_table *table)
{
	char **blocks = realloc(table->blocks, (table->blocks_count + 1) * sizeof(*blocks));

	if (!blocks)
		return false;
	table->blocks = blocks;
	blocks[table->blocks_count] = malloc(BLOCK_ENTRIES * table->entry_size);
	if (!blocks[table->blocks_count])
		return false;
	table->blocks_count++;
	return true;
}

void *eg_table_add(struct eg_table *table, const void *key)
{
	void *value = eg_table_find(table, key);
	bool found;
	size_t slot;
	char *entry;

	if (value)
		return value;
	if (table->count >= SLOT_REMOVED - 1)
		return NULL;
	if ((table->used_slots + 1) * 4 > table->slots_count * 3 && !rebuild(table))
		return NULL;
	if (table->count == table->blocks_count * BLOCK_ENTRIES && !add_block(table))
		return NULL;
	slot = probe(table, key, &found);
	if (table->slots[slot] == SLOT_FREE)
		table->used_slots++;
	table->slots[slot] = (uint32_t)table->count;
	entry = entry_at(table, table->count++);
	memcpy(entry, key, table->key_size);
	memset(entry + table->key_size, 0, table->entry_size - table->key_size);
	return entry + table->key_size;
}

void eg_table_remove(struct eg_table *table, const void *key)
{
	size_t slot, last_slot, gap, last = table->count - 1;
	bool found;

	if (!table->count)
		return;
	slot = probe(table, key, &found);
	if (!found)
		return;
	gap = table->slots[slot];
	last_slot = probe(table, entry_at(table, last), &found);
	table->slots[slot] = SLOT_REMOVED;
	if (gap != last) {
		memcpy(entry_at(table, gap), entry_at(table, last), table->entry_size);
		table->slots[last_slot] = (uint32_t)gap;
	}
	table->count--;
}

const void *eg_table_entry(const struct eg_table *table, size_t index, void **ret_value)
{
	char *entry = entry_at(table, index);

	*ret_value = entry + table->key_size;
	return entry;
}
