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

static void add(struct eg_recent *recent, uint64_t key)
{
	int *value = eg_recent_add(recent, &key);

	assert_non_null(value);
	*value = 1;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_oldest_go),
		cmocka_unit_test(turns_are_not_mixed_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
