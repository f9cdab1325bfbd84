/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The hash table against a plain array that knows the truth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <egret/table.h>

#define KEYS 5000

struct key {
	uint64_t a, b;
};

static struct key key_of(unsigned number)
{
	return (struct key){ .a = number % 7, .b = number };
}

static void absent_key_is_not_found(void **state)
{
	struct eg_table *table = eg_table_new(sizeof(struct key), sizeof(uint32_t));
	struct key key = key_of(1);

	(void)state;
	assert_null(eg_table_find(table, &key));
	eg_table_remove(table, &key);
	assert_int_equal(eg_table_count(table), 0);
	eg_table_free(table);
}

static void new_value_is_zero_and_stays(void **state)
{
	struct eg_table *table = eg_table_new(sizeof(struct key), sizeof(uint32_t));

	(void)state;
	for (unsigned i = 0; i < KEYS; i++) {
		struct key key = key_of(i);
		uint32_t *value = eg_table_add(table, &key);

		assert_int_equal(*value, 0);
		*value = i;
		assert_ptr_equal(eg_table_add(table, &key), value);
	}
	assert_int_equal(eg_table_count(table), KEYS);
	for (unsigned i = 0; i < KEYS; i++) {
		struct key key = key_of(i);

		assert_int_equal(*(uint32_t *)eg_table_find(table, &key), i);
	}
	eg_table_free(table);
}

static void hashes_all_bytes(void **state)
{
	struct eg_table *table = eg_table_new(sizeof(uint64_t), 0);
	char text[41] = { 0 };

	(void)state;
	for (size_t size = 0; size < sizeof(text) - 1; size++) {
		uint64_t hash = eg_table_hash(table, text, size);

		assert_int_equal(eg_table_hash(table, text, size), hash);
		assert_int_not_equal(eg_table_hash(table, text, size + 1), hash);
		for (size_t i = 0; i < size; i++) {
			text[i] = 1;
			assert_int_not_equal(eg_table_hash(table, text, size), hash);
			text[i] = 0;
		}
	}
	eg_table_free(table);
}

/* Random additions and removals: the table holds what the array says. */
static void churn_matches_array(void **state)
{
	struct eg_table *table = eg_table_new(sizeof(struct key), sizeof(uint32_t));
	static uint32_t truth[KEYS];
	size_t held = 0;
	void *found;

	(void)state;
	srand(1);
	for (int turn = 1; turn <= 200000; turn++) {
		unsigned number = (unsigned)rand() % KEYS;
		struct key key = key_of(number);

		if (rand() % 2) {
			held += !truth[number];
			truth[number] = (uint32_t)turn;
			*(uint32_t *)eg_table_add(table, &key) = (uint32_t)turn;
		} else {
			held -= !!truth[number];
			truth[number] = 0;
			eg_table_remove(table, &key);
		}
	}
	assert_int_equal(eg_table_count(table), held);
	for (unsigned i = 0; i < KEYS; i++) {
		struct key key = key_of(i);
		uint32_t *value = eg_table_find(table, &key);

		assert_int_equal(value ? *value : 0, truth[i]);
	}
	for (size_t i = 0; i < held; i++) {
		const struct key *key = eg_table_entry(table, i, &found);

		assert_int_equal(*(uint32_t *)found, truth[key->b]);
	}
	eg_table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(absent_key_is_not_found),
		cmocka_unit_test(new_value_is_zero_and_stays),
		cmocka_unit_test(hashes_all_bytes),
		cmocka_unit_test(churn_matches_array),
	};

	return cmocka_run_group_tests_name("base/table", tests, NULL, NULL);
}
