/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Texts in a buffer, and beyond it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/ident/scratch.h"

static void texts_stay_what_they_were(void **state)
{
	struct scratch scratch = {};
	const char *first = scratch_copy(&scratch, "abc", 2);
	const char *second = scratch_format(&scratch, "%s-%d", first, 7);

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_string_equal(scratch_format(&scratch, "%d of a thousand", i) + 1 + (i > 9) +
					    (i > 99),
				    " of a thousand");
	assert_string_equal(first, "ab");
	assert_string_equal(second, "ab-7");
	assert_true(scratch.owned_count > 0);
	scratch_free(&scratch);
	assert_int_equal(scratch.owned_count, 0);
}

static void more_than_the_buffer(void **state)
{
	struct scratch scratch = {};
	char big[8192];

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_string_equal(scratch_format(&scratch, "%s", big), big);
	assert_int_equal(scratch.used, 0);
	assert_false(scratch.failed);
	scratch_free(&scratch);
}

static void no_memory_is_remembered(void **state)
{
	struct scratch scratch = {};

	(void)state;
	assert_null(scratch_own(&scratch, NULL));
	assert_true(scratch.failed);
	scratch_free(&scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_stay_what_they_were),
		cmocka_unit_test(more_than_the_buffer),
		cmocka_unit_test(no_memory_is_remembered),
	};

	return cmocka_run_group_tests_name("ident/scratch", tests, NULL, NULL);
}
