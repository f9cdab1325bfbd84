/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is built in for the HTML report is whole, or not there at all. */
#include "sample.h"

#include "user/out/ui.h"

static void is_whole_or_absent(void **state)
{
	(void)state;
	assert_string_equal(eg_ui_part("nothing"), "");
	assert_int_equal(eg_html_exists(), eg_ui_exists());
	if (!eg_ui_exists())
		return;
	assert_null(strstr(eg_ui_part("script"), "</script"));
	assert_null(strstr(eg_ui_part("style"), "</style"));
	assert_non_null(strstr(eg_ui_part("script"), "Mike Bostock")); /* the licences */
	assert_non_null(strstr(eg_ui_part("policy"), "default-src 'none'; script-src 'sha256-"));
}

static void knows_countries(void **state)
{
	int length = -1;
	const char *name = eg_ui_country("SG", &length);

	(void)state;
	assert_int_equal(length, eg_ui_exists() ? strlen("Singapore") : strlen("SG"));
	assert_memory_equal(name, eg_ui_exists() ? "Singapore" : "SG", (size_t)length);
	assert_string_equal(eg_ui_country("\"<x", &length), "\"<x");
	assert_int_equal(length, 3);
	assert_string_equal(eg_ui_country("", &length), "");
	assert_string_equal(eg_ui_country("S", &length), "S");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_whole_or_absent),
		cmocka_unit_test(knows_countries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
