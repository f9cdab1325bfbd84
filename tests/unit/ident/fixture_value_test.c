/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Values of a wrong type are named. */
#include "question.h"

#include <errno.h>

static void wrong_types_are_named(void **state)
{
	static const struct {
		const char *text, *key;
	} cases[] = {
		{ "{\"uid\":-1}", "uid" },
		{ "{\"uid\":1.5}", "uid" },
		{ "{\"uid\":4294967296}", "uid" },
		{ "{\"uid\":1e400}", "uid" },
		{ "{\"uid\":\"0\"}", "uid" },
		{ "{\"dport\":65536}", "dport" },
		{ "{\"exe\":5}", "exe" },
		{ "{\"cmdline\":[5]}", "cmdline" },
		{ "{\"cmdline\":{}}", "cmdline" },
		{ "{\"flags\":[]}", "flags" },
		{ "{\"flags\":{\"kthread\":1}}", "flags" },
		{ "{\"env\":[]}", "env" },
		{ "{\"desktop_entries\":{\"a\":5}}", "desktop_entries" },
		{ "{\"ancestors\":{}}", "ancestors" },
		{ "{\"root_files\":{\"/a\":5}}", "root_files" },
		{ "[]", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct eg_json document = eg_json_document(cases[i].text, strlen(cases[i].text));
		struct eg_fixture *fixture;
		const char *key = NULL;

		assert_int_equal(eg_fixture_parse(document, &fixture, &key), -EINVAL);
		assert_string_equal(key, cases[i].key);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_types_are_named),
	};

	return cmocka_run_group_tests_name("ident/fixture_value", tests, NULL, NULL);
}
