/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The index against an array that knows the truth; the hash against chosen keys. */
#include "model.h"

#include <errno.h>

#include "user/flow/index.h"

#define THINGS 20000

/* Things are numbers; their hashes are what a test wants to see. */
struct things {
	uint64_t hashes[THINGS];
};

static uint64_t hash_of(const void *things, uint32_t number)
{
	return ((const struct things *)things)->hashes[number];
}

static bool finds(const struct eg_index *index, uint64_t hash, uint32_t number)
{
	struct eg_probe probe;
	uint32_t found = eg_index_first(index, hash, &probe);

	while (found != EG_INDEX_NONE && found != number)
		found = eg_index_next(index, &probe);
	return found == number;
}

static void fill(struct eg_index *index, struct things *things, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		assert_int_equal(eg_index_reserve(index, hash_of, things), 0);
		eg_index_add(index, things->hashes[i]);
	}
}

static struct things *things_new(uint64_t (*hash)(uint32_t number))
{
	struct things *things = malloc(sizeof(*things));

	assert_non_null(things);
	for (uint32_t i = 0; i < THINGS; i++)
		things->hashes[i] = hash(i);
	return things;
}

static uint64_t scattered(uint32_t number)
{
	return (number + 1) * 0x9e3779b97f4a7c15;
}

static uint64_t all_equal(uint32_t number)
{
	(void)number;
	return 0xabcdef0123456789;
}

static uint64_t same_slot(uint32_t number)
{
	return (uint64_t)number << 32;
}

static void an_empty_index_has_nothing(void **state)
{
	struct eg_index index = { 0 };
	struct eg_probe probe;

	(void)state;
	assert_int_equal(eg_index_first(&index, 0, &probe), EG_INDEX_NONE);
	eg_index_rebuild(&index, 0, hash_of, NULL);
	eg_index_free(&index);
}

static void everything_is_found_while_it_grows(void **state)
{
	struct things *things = things_new(scattered);
	struct eg_index index = { 0 };

	(void)state;
	for (uint32_t i = 0; i < THINGS; i++) {
		assert_false(finds(&index, things->hashes[i], i));
		assert_int_equal(eg_index_reserve(&index, hash_of, things), 0);
		eg_index_add(&index, things->hashes[i]);
		assert_true(finds(&index, things->hashes[i], i));
	}
	for (uint32_t i = 0; i < THINGS; i++)
		assert_true(finds(&index, things->hashes[i], i));
	assert_int_equal(index.count, THINGS);
	eg_index_free(&index);
	free(things);
}

static void equal_hashes_are_all_candidates(void **state)
{
	struct things *things = things_new(all_equal);
	struct eg_index index = { 0 };

	(void)state;
	fill(&index, things, 300);
	for (uint32_t i = 0; i < 300; i++)
		assert_true(finds(&index, things->hashes[i], i));
	assert_false(finds(&index, things->hashes[0], 300));
	eg_index_free(&index);
	free(things);
}

/* Things in one slot differ in their tags, so that a look-up offers one of them. */
static void tags_tell_apart_what_shares_a_slot(void **state)
{
	struct things *things = things_new(same_slot);
	struct eg_index index = { 0 };
	unsigned offered = 0;

	(void)state;
	fill(&index, things, 100);
	for (uint32_t i = 0; i < 100; i++) {
		struct eg_probe probe;
		uint32_t found = eg_index_first(&index, things->hashes[i], &probe);

		for (; found != EG_INDEX_NONE; found = eg_index_next(&index, &probe))
			offered++;
	}
	/* The index has 256 slots: bits 8 to 31 of the upper half are tags, 0 to 99 share one. */
	assert_int_equal(offered, 100 * 100);
	eg_index_free(&index);
	for (uint32_t i = 0; i < THINGS; i++)
		things->hashes[i] <<= 8;
	fill(&index, things, 100);
	offered = 0;
	for (uint32_t i = 0; i < 100; i++) {
		struct eg_probe probe;
		uint32_t found = eg_index_first(&index, things->hashes[i], &probe);

		for (; found != EG_INDEX_NONE; found = eg_index_next(&index, &probe))
			offered++;
	}
	assert_int_equal(offered, 100);
	eg_index_free(&index);
	free(things);
}

static void rebuilding_keeps_what_is_left(void **state)
{
	struct things *things = things_new(scattered);
	struct eg_index index = { 0 };

	(void)state;
	fill(&index, things, 1000);
	for (uint32_t i = 0; i < 500; i++)
		things->hashes[i] = things->hashes[2 * i];
	eg_index_rebuild(&index, 500, hash_of, things);
	assert_int_equal(index.count, 500);
	for (uint32_t i = 0; i < 500; i++)
		assert_true(finds(&index, things->hashes[i], i));
	assert_false(finds(&index, things->hashes[500], 500));
	eg_index_free(&index);
	free(things);
}

/* --- the hash --- */

static void hash_depends_on_each_bit_and_the_size(void **state)
{
	struct eg_seed seed = { .start = 0x0123456789abcdef, .secret = 0xfeedfacecafebeef };
	char data[40] = { 0 };

	(void)state;
	for (size_t size = 0; size < sizeof(data); size++) {
		uint64_t hash = eg_hash(&seed, data, size);

		if (size)
			assert_true(hash != eg_hash(&seed, data, size - 1));
		for (size_t bit = 0; bit < 8 * size; bit++) {
			data[bit / 8] ^= (char)(1 << bit % 8);
			assert_true(hash != eg_hash(&seed, data, size));
			data[bit / 8] ^= (char)(1 << bit % 8);
		}
	}
}

static void seeds_differ(void **state)
{
	struct eg_seed a = eg_seed_new(), b = eg_seed_new();

	(void)state;
	assert_true(a.start != b.start && a.secret != b.secret);
	assert_true(eg_hash(&a, "text", 4) != eg_hash(&b, "text", 4));
}

/* How many of 2^16 keys that count up in one byte place share their low 17 bits. */
static unsigned collisions(const struct eg_seed *seed, size_t place)
{
	uint8_t *seen = calloc(1 << 17, 1);
	uint8_t key[24] = { [10] = 0xff, [11] = 0xff };
	unsigned count = 0;

	assert_non_null(seen);
	for (unsigned i = 0; i < 1 << 16; i++) {
		uint64_t hash;

		key[place] = (uint8_t)i;
		key[place + 1] = (uint8_t)(i >> 8);
		hash = eg_hash(seed, key, sizeof(key));
		count += seen[hash & 0x1ffff]++ > 0;
	}
	free(seen);
	return count;
}

/* A fair hash has 13,963 of them; scans through a subnet or all ports are no worse. */
static void counting_keys_scatter(void **state)
{
	(void)state;
	for (size_t place = 0; place < 23; place++) {
		struct eg_seed seed = eg_seed_new();

		assert_in_range(collisions(&seed, place), 0, 15500);
	}
}

static void large_memory_is_aligned_and_writable(void **state)
{
	char *memory = eg_alloc_large((size_t)5 << 20);

	(void)state;
	assert_non_null(memory);
	memset(memory, 1, (size_t)5 << 20);
	free(memory);
	memory = eg_alloc_large(100);
	assert_non_null(memory);
	memset(memory, 1, 100);
	free(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_index_has_nothing),
		cmocka_unit_test(everything_is_found_while_it_grows),
		cmocka_unit_test(equal_hashes_are_all_candidates),
		cmocka_unit_test(tags_tell_apart_what_shares_a_slot),
		cmocka_unit_test(rebuilding_keeps_what_is_left),
		cmocka_unit_test(hash_depends_on_each_bit_and_the_size),
		cmocka_unit_test(seeds_differ),
		cmocka_unit_test(counting_keys_scatter),
		cmocka_unit_test(large_memory_is_aligned_and_writable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
