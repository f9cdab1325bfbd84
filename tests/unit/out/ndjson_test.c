/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret.row/1: one line per row, and one that ends the interval. */
#include "sample.h"

static void prints_rows_and_the_interval_end(void **state)
{
	struct eg_summary *summary = sample_ordinary();
	_cleanup_(eg_freep) char *text = sample_print(summary, EG_FORMAT_NDJSON, &sample_options);

	(void)state;
	sample_assert_golden("ordinary.ndjson", text);
	eg_summary_free(summary);
}

static void survives_hostile_names(void **state)
{
	struct eg_summary *summary = sample_harmful();
	_cleanup_(eg_freep) char *text = sample_print(summary, EG_FORMAT_NDJSON, &sample_options);

	(void)state;
	sample_assert_harmless(text);
	sample_assert_golden("harmful.ndjson", text);
	eg_summary_free(summary);
}

static void ends_an_empty_interval_too(void **state)
{
	struct eg_summary *summary = sample_empty();
	_cleanup_(eg_freep) char *text = sample_print(summary, EG_FORMAT_NDJSON, &sample_options);

	(void)state;
	assert_int_equal(strcspn(text, "\n"), strlen(text) - 1);
	assert_non_null(strstr(text, "\"dataset\":\"egret.interval_end\""));
	assert_non_null(strstr(text, "\"rows\":0,"));
	eg_summary_free(summary);
}

/* Rows of several hosts can't be told apart, so that none is named. */
static void names_no_host_of_several(void **state)
{
	struct eg_summary *merged = eg_summary_new(EG_BY_APP), *summary = sample_ordinary();
	_cleanup_(eg_freep) char *text = NULL;

	(void)state;
	assert_int_equal(eg_summary_merge(merged, summary), 0);
	summary->hosts[0].id[0] = '7';
	assert_int_equal(eg_summary_merge(merged, summary), 0);
	text = sample_print(merged, EG_FORMAT_NDJSON, &sample_options);
	assert_null(strstr(text, "\"host\":{\"id\""));
	eg_summary_free(summary);
	eg_summary_free(merged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_rows_and_the_interval_end),
		cmocka_unit_test(survives_hostile_names),
		cmocka_unit_test(ends_an_empty_interval_too),
		cmocka_unit_test(names_no_host_of_several),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
