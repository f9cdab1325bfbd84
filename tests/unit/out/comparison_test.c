/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is new, printed. */
#include "sample.h"

#include <egret/diff.h>

static char *print(enum eg_format format, struct eg_summary *before, struct eg_summary *after)
{
	struct eg_comparison comparison = {
		.before = { .start = SAMPLE_START - NSEC_PER_SEC, .end = SAMPLE_START },
		.after = { .start = SAMPLE_START, .end = SAMPLE_END },
		.old = before,
		.new = after,
	};
	struct eg_diff *diff = NULL;
	struct eg_change change = {
		.app = "exe:/\033[2J",
		.before = { .sent = 1000000 },
		.after = { .sent = 9000000 },
	};
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_int_equal(eg_diff_make(before, after, &diff), 0);
	if (!diff->changes_count && eg_diff_has_news(diff)) {
		diff->changes = calloc(1, sizeof(change));
		diff->changes[0] = change;
		diff->changes_count = 1;
	}
	comparison.diff = diff;
	assert_int_equal(eg_print_comparison(stream, format, &comparison, &sample_options), 0);
	fclose(stream);
	eg_diff_free(diff);
	eg_summary_free(before);
	eg_summary_free(after);
	return text;
}

static void prints_documents(void **state)
{
	_cleanup_(eg_freep) char *ordinary =
		print(EG_FORMAT_JSON, eg_summary_new(EG_BY_APP), sample_ordinary());
	_cleanup_(eg_freep) char *harmful =
		print(EG_FORMAT_JSON, sample_ordinary(), sample_harmful());

	(void)state;
	sample_assert_golden("diff.json", ordinary);
	sample_assert_harmless(harmful);
}

static void prints_text(void **state)
{
	_cleanup_(eg_freep) char *ordinary =
		print(EG_FORMAT_TEXT, eg_summary_new(EG_BY_APP), sample_ordinary());
	_cleanup_(eg_freep) char *harmful =
		print(EG_FORMAT_TEXT, sample_ordinary(), sample_harmful());
	_cleanup_(eg_freep) char *same =
		print(EG_FORMAT_TEXT, sample_ordinary(), sample_ordinary());

	(void)state;
	sample_assert_golden("diff.txt", ordinary);
	sample_assert_harmless(harmful);
	assert_non_null(strstr(same, "Nothing is new.\n"));
}

static struct eg_summary *lossy(void)
{
	struct eg_summary *summary = sample_ordinary();

	assert_int_equal(eg_ledger_add_lost(&summary->ledger, "ring_full", 3), 0);
	return summary;
}

/* In either period: what was lost before looks new. */
static void tells_what_was_lost(void **state)
{
	_cleanup_(eg_freep) char *before = print(EG_FORMAT_TEXT, lossy(), sample_ordinary());
	_cleanup_(eg_freep) char *after = print(EG_FORMAT_TEXT, sample_ordinary(), lossy());
	_cleanup_(eg_freep) char *document = print(EG_FORMAT_JSON, lossy(), sample_ordinary());

	(void)state;
	assert_non_null(strstr(before, "Incomplete: something was lost before, and may look new"));
	assert_null(strstr(before, "may be missing here"));
	assert_non_null(strstr(after, "Incomplete: something was lost, and may be missing here"));
	assert_null(strstr(after, "may look new"));
	assert_non_null(strstr(document, "\"recorded_seconds\":30,\"complete\":false,"
					 "\"lost\":{\"ring_full\":3,"));
	assert_non_null(strstr(document, "\"recorded_seconds\":30,\"complete\":true,"
					 "\"lost\":{\"ring_full\":0,"));
}

static void has_no_other_format(void **state)
{
	const struct eg_comparison comparison = { 0 };

	(void)state;
	assert_int_equal(eg_print_comparison(stdout, EG_FORMAT_CSV, &comparison, &sample_options),
			 -EOPNOTSUPP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_documents),
		cmocka_unit_test(prints_text),
		cmocka_unit_test(tells_what_was_lost),
		cmocka_unit_test(has_no_other_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
