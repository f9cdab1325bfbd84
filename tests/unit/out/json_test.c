/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret.summary/1: every member in its place, unknown ones null. */
#include "sample.h"

static void prints_every_member(void **state)
{
	struct eg_summary *summary = sample_ordinary();
	_cleanup_(eg_freep) char *text = sample_print(summary, EG_FORMAT_JSON, &sample_options);

	(void)state;
	sample_assert_golden("ordinary.json", text);
	eg_summary_free(summary);
}

static void survives_hostile_names(void **state)
{
	struct eg_summary *summary = sample_harmful();
	_cleanup_(eg_freep) char *text = sample_print(summary, EG_FORMAT_JSON, &sample_options);

	(void)state;
	sample_assert_harmless(text);
	sample_assert_golden("harmful.json", text);
	eg_summary_free(summary);
}

static void prints_hosts_and_periods_of_a_merge(void **state)
{
	struct eg_summary *merged = eg_summary_new(EG_BY_APP), *summary = sample_ordinary();
	_cleanup_(eg_freep) char *text = NULL;

	(void)state;
	assert_int_equal(eg_summary_merge(merged, summary), 0);
	free(summary->hosts[0].id);
	summary->hosts[0].id = strdup("00000000000000000000000000000001");
	summary->hosts[0].name[2] = '2';
	summary->period.start = summary->periods[0].start = SAMPLE_START - NSEC_PER_SEC;
	assert_int_equal(eg_summary_merge(merged, summary), 0);
	text = sample_print(merged, EG_FORMAT_JSON, &sample_options);
	sample_assert_golden("merged.json", text);
	eg_summary_free(summary);
	eg_summary_free(merged);
}

static void puts_compact_documents_on_one_line(void **state)
{
	struct eg_summary *summary = sample_ordinary();
	struct eg_print_options options = sample_options;
	_cleanup_(eg_freep) char *pretty = sample_print(summary, EG_FORMAT_JSON, &options);
	_cleanup_(eg_freep) char *compact = NULL;
	size_t used = 0;

	(void)state;
	options.compact = true;
	compact = sample_print(summary, EG_FORMAT_JSON, &options);
	assert_int_equal(strcspn(compact, "\n"), strlen(compact) - 1);
	/* The same, but for white space at the ends of lines and after their keys. */
	for (const char *p = pretty; *p; p++) {
		if (*p == '\n') {
			p += strspn(p + 1, " ");
			continue;
		}
		if (p[0] == ' ' && p[-1] == ':')
			continue;
		assert_int_equal(*p, compact[used++]);
	}
	assert_string_equal(compact + used, "\n");
	eg_summary_free(summary);
}

static void leaves_command_lines_out(void **state)
{
	struct eg_summary *summary = sample_ordinary();
	struct eg_print_options options = sample_options;
	_cleanup_(eg_freep) char *text = NULL;

	(void)state;
	options.command_lines = false;
	text = sample_print(summary, EG_FORMAT_JSON, &options);
	assert_null(strstr(text, "10.0.0.0/24"));
	assert_non_null(strstr(text, "\"command_line\":null"));
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_every_member),
		cmocka_unit_test(survives_hostile_names),
		cmocka_unit_test(prints_hosts_and_periods_of_a_merge),
		cmocka_unit_test(puts_compact_documents_on_one_line),
		cmocka_unit_test(leaves_command_lines_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
