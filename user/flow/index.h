/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A hash index of numbered things that lie elsewhere: four bytes a slot. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * What the hash of foreign keys (addresses, app ids) starts from, so that nobody
 * can choose keys that collide. Random for each summary; no order depends on it.
 */
struct eg_seed {
	uint64_t start, secret;
};

struct eg_seed eg_seed_new(void);
uint64_t eg_hash(const struct eg_seed *seed, const void *data, size_t size);

/*
 * malloc() that asks for huge pages where they pay: what is read at random takes
 * half the time then. Free with free(). NULL: out of memory.
 */
void *eg_alloc_large(size_t size);

/*
 * The things are numbered 0, 1, 2, ... in the order of their adding, and are
 * never removed one by one. A slot holds a thing's number + 1 in its low `bits`
 * bits and a part of its hash above them, so that a look-up hardly ever touches
 * a thing with another key. Zeroed, it is an empty index.
 */
struct eg_index {
	uint32_t *slots;
	uint32_t count;
	uint8_t bits; /* there are 1 << bits slots */
};

#define EG_INDEX_NONE UINT32_MAX

/* One look-up; its members belong to index.c. */
struct eg_probe {
	uint32_t slot, tag;
};

/*
 * Candidates for a hash, one after the other, until EG_INDEX_NONE; the caller
 * compares keys.
 */
uint32_t eg_index_first(const struct eg_index *index, uint64_t hash, struct eg_probe *probe);
uint32_t eg_index_next(const struct eg_index *index, struct eg_probe *probe);

/* The hash of thing `number`, for when the index grows. */
typedef uint64_t eg_index_hash(const void *things, uint32_t number);

/* Makes room for one more. 0 or -ENOMEM (then nothing has changed). */
int eg_index_reserve(struct eg_index *index, eg_index_hash *hash_of, const void *things);
/* Adds thing number index->count; there must be room. */
void eg_index_add(struct eg_index *index, uint64_t hash);
/* Indexes `count` things anew, of which there are not more than before. */
void eg_index_rebuild(struct eg_index *index, uint32_t count, eg_index_hash *hash_of,
		      const void *things);
void eg_index_free(struct eg_index *index);
