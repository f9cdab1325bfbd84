/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret schema: prints what there is, and says plainly what there is not. */
#include "capture.h"

#include "user/cmd/cmd.h"

static int run(const char *name, char **ret_text, char **ret_said)
{
	char command[] = "schema", word[32], *argv[] = { command, word, NULL };
	struct capture out = capture_begin(STDOUT_FILENO), err = capture_begin(STDERR_FILENO);
	struct eg_options options;
	int status;

	snprintf(word, sizeof(word), "%s", name);
	assert_int_equal(eg_options_parse(&eg_command_schema, 2, argv, &options), 0);
	status = eg_command_schema.run(&options);
	eg_options_free(&options);
	*ret_said = capture_end(&err);
	*ret_text = capture_end(&out);
	return status;
}

static void assert_said(const char *name, const char *expected)
{
	_cleanup_(eg_freep) char *text = NULL;
	_cleanup_(eg_freep) char *said = NULL;

	assert_int_equal(run(name, &text, &said), EG_EXIT_USAGE);
	assert_string_equal(said, expected);
	assert_string_equal(text, "");
}

static void prints_a_schema(void **state)
{
	_cleanup_(eg_freep) char *text = NULL;
	_cleanup_(eg_freep) char *said = NULL;

	(void)state;
	assert_int_equal(run("trace", &text, &said), EG_EXIT_OK);
	assert_string_equal(said, "");
	assert_string_equal(text, eg_schema_text("trace"));
}

static void says_what_there_is_not(void **state)
{
	(void)state;
	assert_said("sumary", "egret: schema: unknown document 'sumary' (did you mean summary?)\n");
	assert_said("x", "egret: schema: unknown document 'x'; there are: "
			 "summary row trace report diff check policy doctor app explain\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_a_schema),
		cmocka_unit_test(says_what_there_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
