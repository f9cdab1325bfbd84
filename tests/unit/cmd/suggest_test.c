/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which known word a mistyped one was meant to be. */
#include "capture.h"

#include "user/cmd/cmd.h"

static const char *const words[] = { "summary", "trace", "merge", "doctor", "schema", "by", NULL };

static void finds_what_is_close(void **state)
{
	(void)state;
	assert_string_equal(eg_suggest("sumary", words), "summary");
	assert_string_equal(eg_suggest("summry", words), "summary");
	assert_string_equal(eg_suggest("sumamry", words), "summary");
	assert_string_equal(eg_suggest("tracee", words), "trace");
	assert_string_equal(eg_suggest("doktor", words), "doctor");
	assert_string_equal(eg_suggest("shema", words), "schema");
}

static void is_silent_about_the_rest(void **state)
{
	char longest[100];

	(void)state;
	memset(longest, 's', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_null(eg_suggest("", words));
	assert_null(eg_suggest("x", words));
	assert_null(eg_suggest("bz", words));
	assert_null(eg_suggest("report", words));
	assert_null(eg_suggest("completely different", words));
	assert_null(eg_suggest(longest, words));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_is_close),
		cmocka_unit_test(is_silent_about_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
