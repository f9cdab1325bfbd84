/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Places are kept once, however many rows have them. */
#include "model.h"

#include "user/flow/place.h"

#include <errno.h>

static struct eg_destination *add_row(struct eg_summary *summary, uint8_t number)
{
	return model_add(model_app(summary, "exe:/a"), model_key(number), model_counters(1, 1));
}

static void set(struct eg_summary *summary, struct eg_destination *row,
		const struct eg_place *place)
{
	assert_int_equal(eg_app_set_place(model_app(summary, "exe:/a"), row, place), 0);
}

static void equal_places_are_one(void **state)
{
	struct eg_summary *summary = model_new();
	struct eg_destination *a = add_row(summary, 1), *b = add_row(summary, 2);
	char country[] = "SG", organization[] = "Example Pte", same[] = "SG";

	(void)state;
	set(summary, a,
	    &(struct eg_place){
		    .country = country, .as_organization = organization, .as_number = 64500 });
	set(summary, b,
	    &(struct eg_place){
		    .country = same, .as_organization = organization, .as_number = 64500 });
	assert_ptr_equal(a->place, b->place);
	assert_ptr_not_equal(a->place->country, country);
	assert_string_equal(a->place->country, "SG");
	eg_summary_free(summary);
}

static void any_difference_makes_another(void **state)
{
	char text[] = "text";
	const struct eg_place places[] = {
		{ .anycast = EG_NO },
		{ .anycast = EG_YES },
		{ .as_number = 1 },
		{ .country = text },
		{ .country_basis = text },
		{ .as_organization = text },
		{ .as_country = text },
		{ .owner_name = text },
		{ .owner_country = text },
		{ .owner_source = text },
		{ .country = text, .anycast = EG_NO },
	};
	struct eg_place_pool *pool = eg_place_pool_new();
	const struct eg_place *found[ARRAY_SIZE(places)];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		assert_false(eg_place_is_empty(&places[i]));
		assert_int_equal(eg_place_pool_find(pool, &places[i], &found[i]), 0);
		for (size_t k = 0; k < i; k++)
			assert_ptr_not_equal(found[i], found[k]);
	}
	assert_true(eg_place_is_empty(&(struct eg_place){ 0 }));
	eg_place_pool_free(pool);
}

/* Growing moves no place: rows point to them. */
static void thousands_stay_where_they_are(void **state)
{
	struct eg_place_pool *pool = eg_place_pool_new();
	const struct eg_place *first, *other, *again;

	(void)state;
	assert_int_equal(eg_place_pool_find(pool, &(struct eg_place){ .as_number = 1 }, &first), 0);
	for (uint32_t number = 2; number < 5000; number++)
		assert_int_equal(eg_place_pool_find(pool, &(struct eg_place){ .as_number = number },
						    &other),
				 0);
	assert_int_equal(eg_place_pool_find(pool, &(struct eg_place){ .as_number = 1 }, &again), 0);
	assert_ptr_equal(first, again);
	assert_int_equal(first->as_number, 1);
	eg_place_pool_free(pool);
}

static void a_row_without_place_says_nothing(void **state)
{
	struct eg_destination row = { 0 };

	(void)state;
	assert_true(eg_place_is_empty(eg_destination_place(&row)));
}

static int count_row(struct eg_app *app, struct eg_destination *row, void *data)
{
	(void)app;
	(void)row;
	return ++*(int *)data == 3 ? -ECANCELED : 0;
}

static void each_row_is_called_until_one_refuses(void **state)
{
	struct eg_summary *summary = model_new();
	int count = 0;

	(void)state;
	add_row(summary, 1);
	add_row(summary, 2);
	assert_int_equal(eg_summary_each(summary, count_row, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(eg_summary_each(summary, count_row, &count), -ECANCELED);
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_places_are_one),
		cmocka_unit_test(any_difference_makes_another),
		cmocka_unit_test(thousands_stay_where_they_are),
		cmocka_unit_test(a_row_without_place_says_nothing),
		cmocka_unit_test(each_row_is_called_until_one_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
