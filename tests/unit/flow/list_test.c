/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Arrays that become sets. */
#include "model.h"

#include <errno.h>

#include "user/flow/list.h"

struct pair {
	int key, sum;
};

static int compare(const void *a, const void *b)
{
	return ((const struct pair *)a)->key - ((const struct pair *)b)->key;
}

static void add(void *into, void *from)
{
	((struct pair *)into)->sum += ((struct pair *)from)->sum;
}

static const struct eg_list_ops adding = {
	.size = sizeof(struct pair),
	.compare = compare,
	.combine = add,
};

static void nothing_folds_to_nothing(void **state)
{
	(void)state;
	assert_int_equal(eg_list_fold(NULL, 0, &adding), 0);
}

static void equal_elements_are_combined(void **state)
{
	struct pair pairs[] = {
		{ .key = 3, .sum = 1 },	  { .key = 1, .sum = 10 }, { .key = 3, .sum = 2 },
		{ .key = 2, .sum = 100 }, { .key = 3, .sum = 4 },  { .key = 1, .sum = 20 },
	};

	(void)state;
	assert_int_equal(eg_list_fold(pairs, ARRAY_SIZE(pairs), &adding), 3);
	assert_int_equal(pairs[0].key, 1);
	assert_int_equal(pairs[0].sum, 30);
	assert_int_equal(pairs[1].key, 2);
	assert_int_equal(pairs[1].sum, 100);
	assert_int_equal(pairs[2].key, 3);
	assert_int_equal(pairs[2].sum, 7);
}

static void without_combining_one_of_each_stays(void **state)
{
	static const struct eg_list_ops ops = { .size = sizeof(struct pair), .compare = compare };
	struct pair pairs[] = { { .key = 2 }, { .key = 1 }, { .key = 2 }, { .key = 2 } };

	(void)state;
	assert_int_equal(eg_list_fold(pairs, ARRAY_SIZE(pairs), &ops), 2);
	assert_int_equal(pairs[0].key, 1);
	assert_int_equal(pairs[1].key, 2);
}

static void reserving_keeps_what_is_there(void **state)
{
	struct pair *pairs = NULL;

	(void)state;
	assert_int_equal(eg_list_reserve(&pairs, 0, 0, sizeof(*pairs)), 0);
	assert_null(pairs);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(eg_list_reserve(&pairs, (size_t)i, 1, sizeof(*pairs)), 0);
		pairs[i] = (struct pair){ .key = i };
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(pairs[i].key, i);
	free(pairs);
}

static void sizes_that_overflow_are_refused(void **state)
{
	struct pair one = { .key = 7 }, *pairs = &one;

	(void)state;
	assert_int_equal(eg_list_reserve(&pairs, 1, SIZE_MAX, sizeof(one)), -ENOMEM);
	assert_ptr_equal(pairs, &one);
	pairs = NULL;
	assert_int_equal(eg_list_reserve(&pairs, 0, SIZE_MAX / 4, sizeof(one)), -ENOMEM);
	assert_null(pairs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_folds_to_nothing),
		cmocka_unit_test(equal_elements_are_combined),
		cmocka_unit_test(without_combining_one_of_each_stays),
		cmocka_unit_test(reserving_keeps_what_is_there),
		cmocka_unit_test(sizes_that_overflow_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
