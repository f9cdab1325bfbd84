/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The schemas that are built in. What they say is tested by a validator. */
#include "sample.h"

static void has_those_of_its_documents(void **state)
{
	static const char *const names[] = {
		"summary", "row",    "trace", "doctor", "app",
		"explain", "report", "check", "diff",	"policy",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *text = eg_schema_text(names[i]);
		char id[64];

		assert_non_null(text);
		snprintf(id, sizeof(id), "\"$id\": \"urn:egret:schema:%s:1\"", names[i]);
		assert_non_null(strstr(text, id));
		assert_int_equal(text[strlen(text) - 1], '\n');
	}
	assert_null(eg_schema_text("x"));
	assert_null(eg_schema_text(""));
}

static void knows_the_names_of_the_contract(void **state)
{
	static const char *const expected[] = { "summary", "row",     "trace",	"report",
						"diff",	   "check",   "policy", "doctor",
						"app",	   "explain", NULL };
	const char *const *names = eg_schema_names();

	(void)state;
	for (size_t i = 0; expected[i]; i++)
		assert_string_equal(names[i], expected[i]);
	assert_null(names[ARRAY_SIZE(expected) - 1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_those_of_its_documents),
		cmocka_unit_test(knows_the_names_of_the_contract),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
