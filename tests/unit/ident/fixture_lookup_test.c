/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A document answers what rules ask of a machine. */
#include "question.h"

#include <errno.h>
#include <stdlib.h>

static void what_is_not_told_is_not_there(void **state)
{
	struct eg_fixture *fixture = question_parse("'uid':1");
	const struct eg_lookup *lookup = eg_fixture_lookup(fixture);
	char *text = NULL;
	size_t size;

	(void)state;
	assert_int_equal(lookup->read(lookup->data, EG_TREE_HOST, "/x", &text, &size), -ENOENT);
	/* Of its root nothing is known: that is not the same. */
	assert_int_equal(lookup->read(lookup->data, EG_TREE_ROOT, "/x", &text, &size), -ESRCH);
	assert_int_equal(lookup->find(lookup->data, "/", ".log", &text), -ENOENT);
	assert_false(lookup->holds(lookup->data, "/dev/net/tun"));
	assert_null(lookup->ancestor(lookup->data, 0));
	assert_null(lookup->entries(lookup->data, 1));
	assert_null(lookup->packages(lookup->data, "x", NULL));
	eg_fixture_free(fixture);
}

static void what_is_told_is_there(void **state)
{
	struct eg_fixture *fixture = question_parse(
		"'opened':['/dev/net/tun'],'var_log_containers':['/a/p_n_c-1.log'],"
		"'docker_config':{'Name':'/web'},'packages_list':['a.b 10001 0 /d s none']");
	const struct eg_lookup *lookup = eg_fixture_lookup(fixture);
	char *text = NULL;
	size_t size;

	(void)state;
	assert_true(lookup->holds(lookup->data, "/dev/net/tun"));
	assert_int_equal(lookup->find(lookup->data, "/var/log/containers", "-1.log", &text), 0);
	assert_string_equal(text, "p_n_c-1.log");
	free(text);
	assert_int_equal(
		lookup->read(lookup->data, EG_TREE_HOST, "/x/config.v2.json", &text, &size), 0);
	assert_string_equal(text, "{\"Name\":\"/web\"}");
	free(text);
	assert_int_equal(eg_packages_count(lookup->packages(lookup->data, "x", NULL)), 1);
	eg_fixture_free(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_told_is_not_there),
		cmocka_unit_test(what_is_told_is_there),
	};

	return cmocka_run_group_tests_name("ident/fixture_lookup", tests, NULL, NULL);
}
