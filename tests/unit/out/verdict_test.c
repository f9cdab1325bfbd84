/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What breaks rules, printed: rows, limits, and texts that are out to do harm. */
#include "sample.h"

struct gathered {
	struct eg_finding list[64];
	size_t count;
};

static int gather(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	struct gathered *gathered = data;

	if (gathered->count == ARRAY_SIZE(gathered->list))
		return 0;
	gathered->list[gathered->count++] = (struct eg_finding){
		.rule = "no more",
		.description = "because",
		.broken = "not.countries",
		.app_id = app->id,
		.app_name = app->name,
		.app_trust = app->trust,
		.app_via = app->via,
		.app_flag = app->flag,
		.row = row,
	};
	return 0;
}

static char *print(enum eg_format format, struct eg_summary *summary, size_t limits)
{
	static const struct eg_visitor visitor = { .destination = gather };
	struct gathered gathered = { 0 };
	struct eg_verdict verdict = {
		.policy = "policy.json",
		.rules = 3,
		.period = { .start = SAMPLE_START, .end = SAMPLE_END },
		.completeness = EG_COMPLETE,
		.summary = summary,
	};
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_int_equal(eg_summary_walk(summary, &visitor, &gathered), 0);
	for (size_t i = 0; i < limits; i++)
		gathered.list[gathered.count++] = (struct eg_finding){
			.rule = "evil\033[2J",
			.broken = "max_sent_per_day",
			.app_id = "exe:/\x7f",
			.app_trust = "user",
			.app_flag = "cgroup-mismatch",
			.period = verdict.period,
			.bytes = 2000000,
			.limit = 1000000,
		};
	verdict.findings = gathered.list;
	verdict.findings_count = gathered.count;
	assert_int_equal(eg_print_verdict(stream, format, &verdict, &sample_options), 0);
	fclose(stream);
	eg_summary_free(summary);
	return text;
}

static void prints_documents(void **state)
{
	_cleanup_(eg_freep) char *ordinary = print(EG_FORMAT_JSON, sample_ordinary(), 1);
	_cleanup_(eg_freep) char *harmful = print(EG_FORMAT_JSON, sample_harmful(), 1);

	(void)state;
	sample_assert_golden("check.json", ordinary);
	sample_assert_harmless(harmful);
}

static void prints_text(void **state)
{
	_cleanup_(eg_freep) char *ordinary = print(EG_FORMAT_TEXT, sample_ordinary(), 1);
	_cleanup_(eg_freep) char *harmful = print(EG_FORMAT_TEXT, sample_harmful(), 1);
	_cleanup_(eg_freep) char *nothing = print(EG_FORMAT_TEXT, eg_summary_new(EG_BY_APP), 0);

	(void)state;
	sample_assert_golden("check.txt", ordinary);
	sample_assert_harmless(harmful);
	assert_string_equal(nothing, "Nothing breaks a rule (of 3), from 2026-11-23T10:00:00Z to "
				     "2026-11-23T10:00:30Z.\nNo databases configured.\n");
}

static void counts_one_rule(void **state)
{
	const struct eg_finding finding = {
		.rule = "a", .broken = "max_sent_per_day", .app_id = "exe:/a", .app_trust = "user"
	};
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);
	const struct eg_verdict verdict = {
		.rules = 1, .findings = &finding, .findings_count = 1, .summary = summary
	};
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(eg_print_verdict(stream, EG_FORMAT_TEXT, &verdict, &sample_options), 0);
	fclose(stream);
	assert_non_null(strstr(text, "\n1 of 1 rule broken, 1 time, from "));
	eg_summary_free(summary);
}

static void has_no_other_format(void **state)
{
	const struct eg_verdict verdict = { 0 };

	(void)state;
	assert_int_equal(eg_print_verdict(stdout, EG_FORMAT_CSV, &verdict, &sample_options),
			 -EOPNOTSUPP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_documents),
		cmocka_unit_test(prints_text),
		cmocka_unit_test(counts_one_rule),
		cmocka_unit_test(has_no_other_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
