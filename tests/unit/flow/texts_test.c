/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copies, comparisons and groups of texts. */
#include "model.h"

#include "user/flow/texts.h"

static void setting_copies_and_replaces(void **state)
{
	char value[] = "value", *text = NULL;

	(void)state;
	assert_int_equal(eg_text_set(&text, value), 0);
	value[0] = 'V';
	assert_string_equal(text, "value");
	assert_int_equal(eg_text_set(&text, text), 0);
	assert_string_equal(text, "value");
	assert_int_equal(eg_text_set(&text, NULL), 0);
	assert_null(text);
}

static void an_empty_text_is_unknown(void **state)
{
	char *text = strdup("value");

	(void)state;
	assert_int_equal(eg_text_set(&text, ""), 0);
	assert_null(text);
}

static void unknown_comes_last(void **state)
{
	(void)state;
	assert_int_equal(eg_text_compare(NULL, NULL), 0);
	assert_true(eg_text_compare("z", NULL) < 0);
	assert_true(eg_text_compare(NULL, "a") > 0);
	assert_true(eg_text_compare("a", "b") < 0);
	/* bytewise, as unsigned */
	assert_true(eg_text_compare("z", "\xc3\xbc") < 0);
}

static void lists_are_compared_element_by_element(void **state)
{
	char a[] = "a", b[] = "b";
	char *none[] = { NULL }, *only_a[] = { a, NULL }, *ab[] = { a, b, NULL };
	char *only_b[] = { b, NULL };

	(void)state;
	assert_int_equal(eg_text_list_compare(ab, ab), 0);
	assert_true(eg_text_list_compare(only_a, ab) < 0);
	assert_true(eg_text_list_compare(ab, only_b) < 0);
	assert_true(eg_text_list_compare(none, only_a) < 0);
	assert_true(eg_text_list_compare(only_b, NULL) < 0);
	assert_true(eg_text_list_compare(NULL, none) > 0);
	assert_int_equal(eg_text_list_compare(NULL, NULL), 0);
}

static void lists_are_copied(void **state)
{
	char a[] = "a", empty[] = "";
	char *list[] = { a, empty, NULL };
	char **copy = eg_text_list_copy(list);

	(void)state;
	assert_non_null(copy);
	assert_int_equal(eg_text_list_length(copy), 2);
	assert_int_equal(eg_text_list_compare(copy, list), 0);
	assert_ptr_not_equal(copy[0], a);
	eg_text_list_free(copy);
	eg_text_list_free(NULL);
	assert_int_equal(eg_text_list_length(NULL), 0);
}

static void lists_merge_to_sorted_sets(void **state)
{
	char a[] = "a", b[] = "b", c[] = "c";
	char *first[] = { c, a, c, NULL }, *second[] = { b, a, NULL }, *none[] = { NULL };
	char *expected[] = { a, b, c, NULL };
	char **merged = NULL;

	(void)state;
	assert_int_equal(eg_text_list_merge(&merged, NULL), 0);
	assert_int_equal(eg_text_list_merge(&merged, none), 0);
	assert_null(merged);
	assert_int_equal(eg_text_list_merge(&merged, first), 0);
	assert_int_equal(eg_text_list_merge(&merged, second), 0);
	assert_int_equal(eg_text_list_compare(merged, expected), 0);
	eg_text_list_free(merged);
}

static void groups_are_compared_in_order_and_copied_whole(void **state)
{
	char name[] = "name", kernel[] = "6.1";
	struct eg_host a = { .name = name }, b = { .name = name, .kernel = kernel }, copy = { 0 };

	(void)state;
	assert_int_equal(eg_text_group_compare(&eg_host_texts, &a, &a), 0);
	assert_true(eg_text_group_compare(&eg_host_texts, &b, &a) < 0);
	assert_int_equal(eg_text_group_copy(&eg_host_texts, &copy, &b), 0);
	assert_int_equal(eg_text_group_compare(&eg_host_texts, &copy, &b), 0);
	assert_ptr_not_equal(copy.name, name);
	/* unknown texts replace known ones */
	assert_int_equal(eg_text_group_copy(&eg_host_texts, &copy, &a), 0);
	assert_null(copy.kernel);
	eg_text_group_free(&eg_host_texts, &copy);
	assert_null(copy.name);
}

/* Each group reaches the texts that it is named after, and no other member. */
static void groups_cover_all_texts_of_their_structs(void **state)
{
	char text[] = "text";
	struct eg_detail detail = {
		.domain = text,
		.domain_source = text,
		.domain_confidence = text,
		.registered_domain = text,
	};
	struct eg_place place = {
		.country = text,
		.country_basis = text,
		.as_organization = text,
		.as_country = text,
		.owner_name = text,
		.owner_country = text,
		.owner_source = text,
	};
	struct eg_detail copy = { 0 };
	struct eg_place known = { 0 }, borrowed = { 0 };

	(void)state;
	assert_int_equal(eg_domain_texts.count + eg_country_texts.count + eg_as_texts.count +
				 eg_owner_texts.count,
			 11);
	assert_int_equal(eg_text_group_copy(&eg_domain_texts, &copy, &detail), 0);
	assert_int_equal(eg_text_group_copy(&eg_country_texts, &known, &place), 0);
	assert_int_equal(eg_text_group_copy(&eg_as_texts, &known, &place), 0);
	assert_int_equal(eg_text_group_copy(&eg_owner_texts, &known, &place), 0);
	assert_string_equal(copy.registered_domain, text);
	assert_string_equal(known.country_basis, text);
	assert_string_equal(known.as_country, text);
	assert_string_equal(known.owner_source, text);
	eg_text_group_borrow(&eg_owner_texts, &borrowed, &known);
	assert_ptr_equal(borrowed.owner_source, known.owner_source);
	assert_null(borrowed.country);
	eg_text_group_free(&eg_domain_texts, &copy);
	eg_text_group_free(&eg_country_texts, &known);
	eg_text_group_free(&eg_as_texts, &known);
	eg_text_group_free(&eg_owner_texts, &known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(setting_copies_and_replaces),
		cmocka_unit_test(an_empty_text_is_unknown),
		cmocka_unit_test(unknown_comes_last),
		cmocka_unit_test(lists_are_compared_element_by_element),
		cmocka_unit_test(lists_are_copied),
		cmocka_unit_test(lists_merge_to_sorted_sets),
		cmocka_unit_test(groups_are_compared_in_order_and_copied_whole),
		cmocka_unit_test(groups_cover_all_texts_of_their_structs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
