/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The evidence of an answer. */
#include "question.h"

static void evidence_names_its_source(void **state)
{
	struct eg_fixture *fixture = question_parse("'pid': 7, 'exe': '/usr/bin/curl'");
	struct eg_process_facts facts = *eg_fixture_facts(fixture);
	struct eg_identity identity;

	(void)state;
	assert_int_equal(eg_identify_app(&facts, NULL, true, &identity), 0);
	assert_int_equal(identity.evidence_count, 1);
	assert_string_equal(identity.evidence[0].fact, "executable");
	assert_string_equal(identity.evidence[0].value, "/usr/bin/curl");
	assert_string_equal(identity.evidence[0].source, "input: executable");
	eg_identity_clear(&identity);
	facts.origin = EG_ORIGIN_PROC;
	assert_int_equal(eg_identify_app(&facts, NULL, true, &identity), 0);
	assert_string_equal(identity.evidence[0].source, "/proc/7/exe");
	eg_identity_clear(&identity);
	assert_int_equal(eg_identify_app(&facts, NULL, false, &identity), 0);
	assert_int_equal(identity.evidence_count, 0);
	eg_identity_clear(&identity);
	eg_fixture_free(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evidence_names_its_source),
	};

	return cmocka_run_group_tests_name("ident/answer", tests, NULL, NULL);
}
