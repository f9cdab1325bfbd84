/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The HTML page as a whole; what a browser makes of it is tested with one. */
#include "html.h"

#include "user/out/ui.h"

static int page(const struct eg_html *html)
{
	int r = eg_print_html(html->stream, html->report);

	assert_int_equal(r, eg_ui_exists() ? 0 : -EOPNOTSUPP);
	return 0;
}

static void has_all_its_parts_or_is_none(void **state)
{
	struct eg_summary *(*const summaries[])(void) = { sample_ordinary, sample_harmful,
							  sample_empty };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(summaries); i++) {
		struct html_sample *sample = html_sample(summaries[i]());
		_cleanup_(eg_freep) char *text = html_print(sample, page);

		if (eg_ui_exists()) {
			assert_int_equal(html_count(text, "<h1>"), 1);
			assert_int_equal(html_count(text, "</html>"), 1);
			assert_int_equal(html_count(text, "<script"), 2);
			assert_null(strstr(text, "redacted"));
		} else {
			assert_string_equal(text, "");
		}
		html_free(sample);
	}
}

static void says_that_it_is_redacted(void **state)
{
	struct html_sample *sample = html_sample(sample_ordinary());

	(void)state;
	sample->report.redacted = true;
	_cleanup_(eg_freep) char *text = html_print(sample, page);
	assert_int_equal(html_count(text, "edacted") > 0, eg_ui_exists());
	html_free(sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_all_its_parts_or_is_none),
		cmocka_unit_test(says_that_it_is_redacted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
