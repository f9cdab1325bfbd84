/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Files out of JSON are where rules look for them. */
#include "question.h"

#include <errno.h>
#include <stdlib.h>

static void files_are_where_they_should_be(void **state)
{
	struct eg_fixture *fixture = question_parse(
		"'root_files':{'/r':'x'},'files':{'/f':'y'},'env':{'A':'b','C':'d'}");
	const struct eg_lookup *lookup = eg_fixture_lookup(fixture);
	char *text = NULL;
	size_t size;

	(void)state;
	assert_int_equal(lookup->read(lookup->data, EG_TREE_ROOT, "/r", &text, &size), 0);
	assert_string_equal(text, "x");
	free(text);
	assert_int_equal(lookup->read(lookup->data, EG_TREE_HOST, "/r", &text, &size), -ENOENT);
	assert_int_equal(lookup->read(lookup->data, EG_TREE_ROOT, "/none", &text, &size), -ENOENT);
	assert_int_equal(lookup->read(lookup->data, EG_TREE_HOST, "/f", &text, &size), 0);
	free(text);
	assert_int_equal(lookup->read(lookup->data, EG_TREE_PROC, "environ", &text, &size), 0);
	assert_int_equal(size, 8);
	assert_memory_equal(text, "A=b\0C=d", 8);
	free(text);
	assert_true(lookup->exists(lookup->data, "/f"));
	assert_false(lookup->exists(lookup->data, "/"));
	eg_fixture_free(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_where_they_should_be),
	};

	return cmocka_run_group_tests_name("ident/fixture_files", tests, NULL, NULL);
}
