/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Errors and names of a row. */
#include "model.h"

#include "user/flow/detail.h"

static void detail_is_made_once(void **state)
{
	struct eg_destination row = { 0 };
	struct eg_detail *detail = eg_destination_detail(&row);

	(void)state;
	assert_non_null(detail);
	assert_ptr_equal(eg_destination_detail(&row), detail);
	assert_true(eg_detail_is_empty(detail));
	eg_detail_free(detail);
	eg_detail_free(NULL);
}

static void any_knowledge_is_not_empty(void **state)
{
	char text[] = "text";
	struct eg_name name = { 0 };
	struct eg_error_count error = { 0 };
	struct eg_detail cases[] = {
		{ .domain = text },
		{ .registered_domain = text },
		{ .names = &name, .names_count = 1 },
		{ .errors = &error, .errors_count = 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_false(eg_detail_is_empty(&cases[i]));
}

static void errors_are_counted_by_number(void **state)
{
	static const int numbers[] = { 111, 0, 110, 111, 101, 0, 111 };
	struct eg_destination row = { 0 };
	struct eg_detail *detail;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		assert_int_equal(eg_destination_add_error(&row, numbers[i], 2), 0);
	detail = row.detail;
	assert_int_equal(detail->errors_count, 4);
	assert_int_equal(detail->errors[0].number, 0);
	assert_int_equal(detail->errors[0].count, 4);
	assert_int_equal(detail->errors[1].number, 101);
	assert_int_equal(detail->errors[2].number, 110);
	assert_int_equal(detail->errors[3].number, 111);
	assert_int_equal(detail->errors[3].count, 6);
	assert_int_equal(eg_destination_add_error(&row, 111, UINT64_MAX), 0);
	assert_true(detail->errors[3].count == UINT64_MAX);
	eg_detail_free(detail);
}

static void names_are_sorted_and_added_up(void **state)
{
	const struct eg_bytes bytes = { .sent = 10, .received = 1 };
	struct eg_destination row = { 0 };
	struct eg_detail *detail;

	(void)state;
	assert_int_equal(eg_destination_add_name(&row, "b", "dns", "inferred", 1, &bytes), 0);
	assert_int_equal(eg_destination_add_name(&row, "b", "tls_sni", "claimed", 2, &bytes), 0);
	assert_int_equal(eg_destination_add_name(&row, "a", "tls_sni", "claimed", 3, &bytes), 0);
	assert_int_equal(eg_destination_add_name(&row, "b", "tls_sni", "claimed", 4, &bytes), 0);
	detail = row.detail;
	assert_int_equal(detail->names_count, 3);
	assert_string_equal(detail->names[0].name, "a");
	assert_string_equal(detail->names[1].name, "b");
	assert_int_equal(detail->names[1].connections, 6);
	assert_int_equal(detail->names[1].bytes.sent, 20);
	assert_int_equal(detail->names[1].bytes.received, 2);
	assert_string_equal(detail->names[2].source, "dns");
	eg_detail_free(detail);
}

static void clearing_leaves_nothing(void **state)
{
	const struct eg_bytes bytes = { 0 };
	struct eg_destination row = { 0 };

	(void)state;
	assert_int_equal(eg_destination_add_name(&row, "a", "dns", NULL, 1, &bytes), 0);
	assert_int_equal(eg_destination_add_error(&row, 5, 1), 0);
	row.detail->domain = strdup("a");
	eg_detail_clear(row.detail);
	assert_true(eg_detail_is_empty(row.detail));
	assert_null(row.detail->names);
	eg_detail_free(row.detail);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(detail_is_made_once),
		cmocka_unit_test(any_knowledge_is_not_empty),
		cmocka_unit_test(errors_are_counted_by_number),
		cmocka_unit_test(names_are_sorted_and_added_up),
		cmocka_unit_test(clearing_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
