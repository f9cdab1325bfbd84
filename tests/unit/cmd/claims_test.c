/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Claims are kept once, sorted by what they are about, and not without end. */
#include "capture.h"

#include "user/cmd/claims.h"

static void add(struct claims *claims, const char *about, const char *value, int64_t as_of)
{
	assert_int_equal(claims_add(claims, &(struct eg_claim){ .about = about,
								.topic = "name",
								.value = value,
								.as_of = as_of }),
			 0);
}

static void the_same_claim_is_kept_as_of_the_later(void **state)
{
	struct claims claims = { 0 };

	(void)state;
	add(&claims, "5.5.5.5", "a", 5);
	add(&claims, "5.5.5.5", "a", 9);
	add(&claims, "5.5.5.5", "a", 7);
	add(&claims, "5.5.5.5", NULL, 7);
	add(&claims, "5.5.5.6", "a", 7);
	assert_int_equal(claims.count, 3);
	assert_int_equal(claims.list[0].as_of, 9);
	claims_free(&claims);
	assert_int_equal(claims.count, 0);
}

static void what_is_about_one_thing_stands_together(void **state)
{
	static const char *const order[] = { "b1", "b2", "b3", "a1", "a2", "c1" };
	struct claims claims = { 0 };

	(void)state;
	add(&claims, "b", "b1", 0);
	add(&claims, "a", "a1", 0);
	add(&claims, "b", "b2", 0);
	add(&claims, "c", "c1", 0);
	add(&claims, "a", "a2", 0);
	add(&claims, "b", "b3", 0);
	claims_sort(&claims);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		assert_string_equal(claims.list[i].value, order[i]);
	claims_free(&claims);
}

static void what_finds_no_room_is_counted(void **state)
{
	struct claims claims = { 0 };

	(void)state;
	for (unsigned i = 0; i < CLAIMS_MAX + 5; i++)
		assert_int_equal(claims_add_detail(
					 &claims, (struct eg_claim){ .about = "x", .topic = "app" },
					 "%u", i),
				 0);
	assert_int_equal(claims.count, CLAIMS_MAX);
	assert_int_equal(claims.omitted, 5);
	assert_string_equal(claims.list[CLAIMS_MAX - 1].detail, "1999");
	claims_free(&claims);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_claim_is_kept_as_of_the_later),
		cmocka_unit_test(what_is_about_one_thing_stands_together),
		cmocka_unit_test(what_finds_no_room_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
