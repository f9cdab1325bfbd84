/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A hash index of numbered things that lie elsewhere: linear probing, tagged slots. */
#include "index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>

#define BITS_FIRST 3
#define BITS_MAX 31

/* --- hash --- */

struct eg_seed eg_seed_new(void)
{
	struct eg_seed seed;
	struct timespec now;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) == sizeof(seed))
		return seed;
	/* Early at boot there is no better than the time and where things lie in memory. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	seed.start = (uint64_t)now.tv_nsec ^ (uintptr_t)&seed;
	seed.secret = (uint64_t)now.tv_nsec * 0x9e3779b97f4a7c15 ^ (uintptr_t)malloc << 16;
	return seed;
}

/* A 64x64 multiplication folded to 64 bits: each bit in reaches each bit out. */
static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* After wyhash; both factors depend on the seed, so that nobody can make one zero. */
uint64_t eg_hash(const struct eg_seed *seed, const void *data, size_t size)
{
	uint64_t hash = seed->start ^ size, words[2];
	const char *next = data;

	for (; size > sizeof(words); next += sizeof(words), size -= sizeof(words)) {
		memcpy(words, next, sizeof(words));
		hash = mix(words[0] ^ seed->secret, words[1] ^ hash);
	}
	memset(words, 0, sizeof(words));
	memcpy(words, next, size);
	hash = mix(words[0] ^ seed->secret, words[1] ^ hash);
	return mix(hash ^ 0x9e3779b97f4a7c15, seed->secret);
}

/* --- memory --- */

#define HUGE_PAGE ((size_t)2 << 20)

void *eg_alloc_large(size_t size)
{
	void *memory;

	if (size < 2 * HUGE_PAGE)
		return malloc(size);
	memory = aligned_alloc(HUGE_PAGE, (size + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));
	if (memory)
		madvise(memory, size, MADV_HUGEPAGE); /* a wish: the kernel may not have it */
	return memory;
}

/* --- index --- */

/* What a slot holds of a hash: bits that did not choose the slot. */
static uint32_t tag_of(const struct eg_index *index, uint64_t hash)
{
	return (uint32_t)(hash >> 32) & ~0U << index->bits;
}

static uint32_t mask_of(const struct eg_index *index)
{
	return (1U << index->bits) - 1;
}

/* The thing in the first slot from here on that has the tag. */
static uint32_t scan(const struct eg_index *index, struct eg_probe *probe)
{
	uint32_t mask = mask_of(index), slot;

	for (;;) {
		slot = index->slots[probe->slot];
		if (!slot)
			return EG_INDEX_NONE;
		if ((slot & ~mask) == probe->tag)
			return (slot & mask) - 1;
		probe->slot = (probe->slot + 1) & mask;
	}
}

uint32_t eg_index_first(const struct eg_index *index, uint64_t hash, struct eg_probe *probe)
{
	if (!index->slots)
		return EG_INDEX_NONE;
	probe->slot = (uint32_t)hash & mask_of(index);
	probe->tag = tag_of(index, hash);
	return scan(index, probe);
}

uint32_t eg_index_next(const struct eg_index *index, struct eg_probe *probe)
{
	probe->slot = (probe->slot + 1) & mask_of(index);
	return scan(index, probe);
}

void eg_index_add(struct eg_index *index, uint64_t hash)
{
	uint32_t mask = mask_of(index), slot = (uint32_t)hash & mask;

	while (index->slots[slot])
		slot = (slot + 1) & mask;
	index->slots[slot] = tag_of(index, hash) | ++index->count;
}

static void add_all(struct eg_index *index, uint32_t count, eg_index_hash *hash_of,
		    const void *things)
{
	for (uint32_t number = 0; number < count; number++)
		eg_index_add(index, hash_of(things, number));
}

/* At most half of the slots are used: short probes, and a number + 1 fits into `bits` bits. */
int eg_index_reserve(struct eg_index *index, eg_index_hash *hash_of, const void *things)
{
	struct eg_index grown = { .bits = BITS_FIRST };

	if (index->slots && index->count < (mask_of(index) + 1) / 2)
		return 0;
	if (index->slots)
		grown.bits = index->bits + 1;
	if (grown.bits > BITS_MAX)
		return -ENOMEM;
	grown.slots = eg_alloc_large(sizeof(*grown.slots) << grown.bits);
	if (!grown.slots)
		return -ENOMEM;
	memset(grown.slots, 0, sizeof(*grown.slots) << grown.bits);
	add_all(&grown, index->count, hash_of, things);
	free(index->slots);
	*index = grown;
	return 0;
}

void eg_index_rebuild(struct eg_index *index, uint32_t count, eg_index_hash *hash_of,
		      const void *things)
{
	if (!index->slots)
		return;
	memset(index->slots, 0, sizeof(*index->slots) << index->bits);
	index->count = 0;
	add_all(index, count, hash_of, things);
}

void eg_index_free(struct eg_index *index)
{
	free(index->slots);
	*index = (struct eg_index){ 0 };
}
