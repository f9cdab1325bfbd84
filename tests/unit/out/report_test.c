/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A report is its summary, and what is not in it. */
#include "sample.h"

#include <egret/json.h>

static char reason[] = "evil\033[2J";
static struct eg_missed missed[7];

static char *print_asked(enum eg_format format, size_t missed_count, int64_t end)
{
	struct eg_summary *summary = sample_ordinary();
	const struct eg_report report = {
		.asked = { .start = SAMPLE_START, .end = end },
		.summary = summary,
		.missed = missed,
		.missed_count = missed_count,
	};
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	for (size_t i = 0; i < ARRAY_SIZE(missed); i++)
		missed[i] = (struct eg_missed){
			.period = { .start = SAMPLE_START, .end = SAMPLE_END },
			.reason = i ? NULL : reason,
		};
	assert_int_equal(eg_print_report(stream, format, &report, &sample_options), 0);
	fclose(stream);
	eg_summary_free(summary);
	return text;
}

static char *print(enum eg_format format, size_t missed_count)
{
	return print_asked(format, missed_count, SAMPLE_END);
}

static void prints_a_document(void **state)
{
	_cleanup_(eg_freep) char *text = print(EG_FORMAT_JSON, 2);
	const char *why = NULL;
	size_t offset = 0;

	(void)state;
	sample_assert_harmless(text);
	if (eg_json_check(text, strlen(text), &offset, &why) < 0)
		fail_msg("byte %zu: %s\n%s", offset, why, text);
	assert_non_null(strstr(text, "\"schema\": \"egret.report/1\""));
	assert_non_null(strstr(text, "\n  \"complete\": "));
	assert_non_null(strstr(text, "{\"start\":\"2026-11-23T10:00:00.000000000Z\","
				     "\"end\":\"2026-11-23T10:00:30.000000000Z\","
				     "\"reason\":\"evil\\\\x1b[2J\"}"));
	assert_non_null(strstr(text, "\"summary\": {\"schema\":\"egret.summary/1\""));
}

static void tells_people_what_is_missing(void **state)
{
	_cleanup_(eg_freep) char *text = print(EG_FORMAT_TEXT, 7);
	_cleanup_(eg_freep) char *one_more = print(EG_FORMAT_TEXT, 6);
	_cleanup_(eg_freep) char *whole = print(EG_FORMAT_TEXT, 0);

	(void)state;
	sample_assert_harmless(text);
	assert_non_null(strstr(text, "\nNot recorded: 2026-11-23T10:00:00Z to 2026-11-23T10:00:30Z"
				     " (evil\\x1b[2J).\n"));
	assert_non_null(strstr(text, "\nNot recorded: 2 more times.\n"));
	assert_non_null(strstr(one_more, "\nNot recorded: 1 more time.\n"));
	assert_null(strstr(whole, "Not recorded"));
	assert_null(strstr(whole, "Recorded:"));
}

/* A recorder that has ended: no gap says so. */
static void tells_people_how_much_there_is(void **state)
{
	_cleanup_(eg_freep) char *text =
		print_asked(EG_FORMAT_TEXT, 0, SAMPLE_START + 600 * NSEC_PER_SEC);

	(void)state;
	assert_non_null(strstr(text, "\nRecorded: 30 s of 10 min.\n"));
}

static void says_when_nothing_was_recorded(void **state)
{
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);
	const struct eg_report report = {
		.asked = { .start = SAMPLE_START, .end = SAMPLE_END },
		.summary = summary,
	};
	_cleanup_(eg_freep) char *text = NULL, *document = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(eg_print_report(stream, EG_FORMAT_TEXT, &report, &sample_options), 0);
	fclose(stream);
	stream = open_memstream(&document, &size);
	assert_int_equal(eg_print_report(stream, EG_FORMAT_JSON, &report, &sample_options), 0);
	fclose(stream);
	assert_non_null(strstr(document, "\n  \"complete\": false,\n"));
	assert_string_equal(text, "Nothing was recorded from 2026-11-23T10:00:00Z to "
				  "2026-11-23T10:00:30Z.\n");
	eg_summary_free(summary);
}

static void has_rows_and_no_other_format(void **state)
{
	_cleanup_(eg_freep) char *text = print(EG_FORMAT_CSV, 2);
	const struct eg_report report = { 0 };

	(void)state;
	assert_memory_equal(text, "interval_start,", 15);
	assert_int_equal(eg_print_report(stdout, EG_FORMAT_PROMETHEUS, &report, &sample_options),
			 -EOPNOTSUPP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_a_document),
		cmocka_unit_test(tells_people_what_is_missing),
		cmocka_unit_test(tells_people_how_much_there_is),
		cmocka_unit_test(says_when_nothing_was_recorded),
		cmocka_unit_test(has_rows_and_no_other_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
