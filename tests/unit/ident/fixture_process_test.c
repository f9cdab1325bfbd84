/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A process out of JSON: its values, its start, its ancestors. */
#include "question.h"

#include <stdlib.h>

static void values_arrive(void **state)
{
	struct eg_fixture *fixture =
		question_parse("'cgroup':'1:pids:/p\\n0::/a\\n','uid':7,'sk_uid':8,'tgid':9,"
			       "'cmdline':['a','b'],'dport':53,'unknown':[{}],'comm':null");
	const struct eg_process_facts *facts = eg_fixture_facts(fixture);

	(void)state;
	assert_string_equal(facts->cgroup, "/a");
	assert_int_equal(facts->uid, 7);
	assert_false(facts->uid_unknown);
	assert_int_equal(facts->socket_uid, 8);
	assert_true(facts->has_socket_uid);
	assert_int_equal(facts->pid, 9);
	assert_string_equal(facts->args[1], "b");
	assert_null(facts->args[2]);
	assert_int_equal(facts->remote_port, 53);
	assert_null(facts->comm);
	eg_fixture_free(fixture);
}

/* One tick more or less is the same start; what another process has is nothing of its own. */
static void another_start_takes_nothing_from_proc(void **state)
{
	static const struct {
		const char *ticks;
		bool mismatch;
	} cases[] = {
		{ "90099", false }, { "90100", false }, { "90101", false },
		{ "90102", true },  { "90098", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(eg_freep) char *text = NULL;
		struct eg_fixture *fixture;
		const struct eg_process_facts *facts;

		assert_true(asprintf(&text,
				     "'start_boottime_ns':901000000000,'proc_starttime_ticks':%s,"
				     "'exe_from_proc':'/b','cmdline':['b']",
				     cases[i].ticks) > 0);
		fixture = question_parse(text);
		facts = eg_fixture_facts(fixture);
		assert_int_equal(facts->start_mismatch, cases[i].mismatch);
		assert_int_equal(facts->executable == NULL, cases[i].mismatch);
		assert_int_equal(facts->args == NULL, cases[i].mismatch);
		eg_fixture_free(fixture);
	}
}

static void ancestors_have_three_forms(void **state)
{
	struct eg_fixture *fixture =
		question_parse("'ancestors':['/a',['b','c'],{'exe':'/d','cmdline':'e'}]");
	const struct eg_lookup *lookup = eg_fixture_lookup(fixture);

	(void)state;
	assert_string_equal(lookup->ancestor(lookup->data, 0)->executable, "/a");
	assert_string_equal(lookup->ancestor(lookup->data, 1)->args[1], "c");
	assert_string_equal(lookup->ancestor(lookup->data, 2)->executable, "/d");
	assert_string_equal(lookup->ancestor(lookup->data, 2)->args[0], "e");
	assert_null(lookup->ancestor(lookup->data, 3));
	eg_fixture_free(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_arrive),
		cmocka_unit_test(another_start_takes_nothing_from_proc),
		cmocka_unit_test(ancestors_have_three_forms),
	};

	return cmocka_run_group_tests_name("ident/fixture_process", tests, NULL, NULL);
}
