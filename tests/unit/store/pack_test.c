/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lists of texts in one text: any text comes back, what is none is refused. */
#include "history.h"

#include "user/store/private.h"

static void gives_back_what_was_added(void **state)
{
	static const char *const texts[] = { "a", "", "5:hello,", "two\nlines,", "\xff\x01", NULL };
	struct eg_pack pack = { 0 };
	const char *cursor;
	char *text;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(eg_pack_add(&pack, texts[i]), 0);
	cursor = pack.text;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_int_equal(eg_pack_next(&cursor, &text), 1);
		assert_string_equal(text, texts[i] ? texts[i] : "");
		free(text);
	}
	assert_int_equal(eg_pack_next(&cursor, &text), 0);
	eg_pack_free(&pack);
	assert_null(pack.text);
}

static void refuses_what_is_no_list(void **state)
{
	static const char *const bad[] = {
		"x",   "1", "1:", "1:a", "2:a,", "1:ab", ":a,", "-1:a,", "99999999999999999999:a,",
		"1;a,"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const char *cursor = bad[i];
		char *text = NULL;

		assert_int_equal(eg_pack_next(&cursor, &text), -EBADMSG);
		assert_null(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_back_what_was_added),
		cmocka_unit_test(refuses_what_is_no_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
