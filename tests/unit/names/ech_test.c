/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The public name in a list of ECH configurations. */
#include <errno.h>

#include "tests/unit/names/bytes.h"

#include "user/names/ech.h"

static void add_config(struct bytes *list, uint16_t version, const char *name)
{
	struct bytes contents = { .size = 0 }, key = { .size = 32 }, suites = { .size = 4 };

	bytes_number(&contents, 1, 7); /* config_id */
	bytes_number(&contents, 2, 0x0020); /* kem_id */
	memset(key.data, 0, key.size);
	bytes_counted(&contents, 2, &key);
	memset(suites.data, 1, suites.size);
	bytes_counted(&contents, 2, &suites);
	bytes_number(&contents, 1, 64);
	bytes_number(&contents, 1, strlen(name));
	bytes_text(&contents, name);
	bytes_number(&contents, 2, 0); /* extensions */
	bytes_number(list, 2, version);
	bytes_counted(list, 2, &contents);
}

static void the_first_that_can_be_read_counts(void **state)
{
	struct bytes list = { .size = 0 }, bytes = { .size = 0 };
	char name[EG_HOST_MAX + 1];

	(void)state;
	add_config(&list, 0xfe0a, "draft.example");
	add_config(&list, 0xfe0d, "192.0.2.1");
	add_config(&list, 0xfe0d, "Public.Example");
	add_config(&list, 0xfe0d, "second.example");
	bytes_counted(&bytes, 2, &list);
	assert_int_equal(eg_ech_public_name(bytes.data, bytes.size, name), 0);
	assert_string_equal(name, "public.example");
}

static void what_is_cut_has_none(void **state)
{
	struct bytes list = { .size = 0 }, bytes = { .size = 0 };
	char name[EG_HOST_MAX + 1] = "untouched";

	(void)state;
	add_config(&list, 0xfe0d, "public.example");
	bytes_counted(&bytes, 2, &list);
	for (size_t size = 0; size < bytes.size; size++)
		assert_int_equal(eg_ech_public_name(bytes.data, size, name), -EINVAL);
	assert_string_equal(name, "untouched");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_that_can_be_read_counts),
		cmocka_unit_test(what_is_cut_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
