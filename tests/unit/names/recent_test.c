/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A table that forgets its oldest entries. */
#include <stdlib.h>

#include "tests/unit/names/bytes.h"

#include "user/names/recent.h"

static int released;

static void release(void *value)
{
	released += *(int *)value;
}

static void add_as(struct eg_recent *recent, uint64_t owner, uint64_t key)
{
	int *value = eg_recent_add(recent, owner, &key);

	assert_non_null(value);
	*value = 1;
}

static void add(struct eg_recent *recent, uint64_t key)
{
	add_as(recent, 0, key);
}

static int *find(struct eg_recent *recent, uint64_t key)
{
	return eg_recent_find(recent, &key);
}

static void the_oldest_go(void **state)
{
	struct eg_recent *recent = eg_recent_new(8, sizeof(int), 3, release);

	(void)state;
	released = 0;
	for (uint64_t key = 0; key < 1000; key++) {
		add(recent, key);
		add(recent, key); /* is there already */
		assert_true(eg_recent_count(recent) <= 3);
	}
	assert_int_equal(released, 997);
	assert_null(find(recent, 996));
	assert_non_null(find(recent, 997));
	assert_non_null(find(recent, 999));
	eg_recent_free(recent);
	assert_int_equal(released, 1000);
}

/* A key that was removed and added again has its own turn, not the old one's. */
static void turns_are_not_mixed_up(void **state)
{
	struct eg_recent *recent = eg_recent_new(8, sizeof(int), 3, release);
	uint64_t key = 1;

	(void)state;
	add(recent, 1);
	add(recent, 2);
	eg_recent_remove(recent, &key);
	assert_null(find(recent, 1));
	add(recent, 1);
	add(recent, 3); /* the turn of the first 1 */
	assert_non_null(find(recent, 1));
	assert_non_null(find(recent, 2));
	add(recent, 4);
	assert_null(find(recent, 2));
	assert_non_null(find(recent, 1));
	eg_recent_free(recent);
}

/* Who has most makes room, for others and for himself. */
static void nobody_pushes_out_who_has_less(void **state)
{
	struct eg_recent *recent = eg_recent_new(8, sizeof(int), 100, release);

	(void)state;
	released = 0;
	add_as(recent, 1, 1000000);
	add_as(recent, 2, 1000001);
	for (uint64_t key = 0; key < 1000000; key++)
		add_as(recent, 3, key);
	assert_non_null(find(recent, 1000000));
	assert_non_null(find(recent, 1000001));
	assert_null(find(recent, 1000000 - 99));
	assert_non_null(find(recent, 1000000 - 98));
	assert_int_equal(eg_recent_count(recent), 100);
	/* Another flood gets as much as the first. */
	for (uint64_t key = 2000000; key < 3000000; key++)
		add_as(recent, 4, key);
	assert_non_null(find(recent, 1000000));
	assert_null(find(recent, 1000000 - 50));
	assert_non_null(find(recent, 1000000 - 49));
	assert_null(find(recent, 3000000 - 50));
	assert_non_null(find(recent, 3000000 - 49));
	/* There may be as many owners as entries, and more come. */
	for (uint64_t key = 0; key < 1000; key++)
		add_as(recent, 100 + key, 4000000 + key);
	assert_int_equal(eg_recent_count(recent), 100);
	assert_non_null(find(recent, 4000999));
	eg_recent_free(recent);
	assert_int_equal(released, 2 + 2 * 1000000 + 1000);
}

enum { KEYS = 40, OWNERS = 5, ROOM = 20 };

/* What is there: of each owner, and of who has most. */
struct census {
	bool there[KEYS];
	unsigned counts[OWNERS], most;
};

static uint64_t owner_of(uint64_t key)
{
	return key % 2 ? key % OWNERS : 0;
}

static struct census census_of(struct eg_recent *recent)
{
	struct census census = { .most = 0 };

	for (uint64_t key = 0; key < KEYS; key++) {
		unsigned *count = &census.counts[owner_of(key)];

		census.there[key] = find(recent, key);
		*count += census.there[key];
		census.most = *count > census.most ? *count : census.most;
	}
	return census;
}

/* The one that went was of who had most, and of who adds if nobody had more. */
static void assert_fair(const struct census *before, const struct census *after, uint64_t added)
{
	for (uint64_t key = 0; key < KEYS; key++) {
		if (!before->there[key] || after->there[key])
			continue;
		assert_int_equal(before->counts[owner_of(key)], before->most);
		if (before->counts[owner_of(added)] == before->most)
			assert_int_equal(owner_of(key), owner_of(added));
	}
}

/* Whatever comes and goes, nothing is miscounted. */
static void whoever_has_most_makes_room(void **state)
{
	struct eg_recent *recent = eg_recent_new(8, sizeof(int), ROOM, NULL);
	struct census before = census_of(recent), after;

	(void)state;
	srand(3);
	for (int i = 0; i < 100000; i++) {
		uint64_t key = (uint64_t)(rand() % KEYS);
		size_t count = eg_recent_count(recent);
		bool removed = rand() % 8 == 0;

		if (removed)
			eg_recent_remove(recent, &key);
		else
			add_as(recent, owner_of(key), key);
		after = census_of(recent);
		if (removed)
			assert_int_equal(eg_recent_count(recent), count - before.there[key]);
		else
			assert_int_equal(eg_recent_count(recent),
					 count + (!before.there[key] && count < ROOM));
		if (!removed)
			assert_fair(&before, &after, key);
		before = after;
	}
	eg_recent_free(recent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_oldest_go),
		cmocka_unit_test(turns_are_not_mixed_up),
		cmocka_unit_test(nobody_pushes_out_who_has_less),
		cmocka_unit_test(whoever_has_most_makes_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
