/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where in a document something is. */
#include "policy.h"

#include "user/policy/read.h"

static void counts_lines_and_characters(void **state)
{
	static const char text[] = "ab\n\n\tü€x";
	static const struct {
		size_t offset;
		const char *expected;
	} cases[] = {
		{ 0, "1:1 here: what\n" }, { 1, "1:2 here: what\n" },  { 2, "1:3 here: what\n" },
		{ 3, "2:1 here: what\n" }, { 4, "3:1 here: what\n" },  { 5, "3:2 here: what\n" },
		{ 7, "3:3 here: what\n" }, { 10, "3:4 here: what\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct said said;
		struct eg_reading reading = {
			.text = text,
			.mistake = policy_mistake,
			.data = &said,
		};

		said_begin(&said);
		eg_reading_fail_at(&reading, cases[i].offset, "here", "what");
		said_expect(&said, cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_lines_and_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
