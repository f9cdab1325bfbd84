/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The HTML report says what it does not have, and what is new. */
#include "html.h"

static int news(const struct eg_html *html)
{
	eg_html_news(html);
	return 0;
}

static void says_what_is_missing(void **state)
{
	struct html_sample *sample = html_sample(sample_ordinary());
	_cleanup_(eg_freep) char *text = html_print(sample, eg_html_completeness);

	(void)state;
	assert_non_null(strstr(text, "class=\"box good\""));
	assert_non_null(strstr(text, "100\u00a0% of the period was recorded"));
	assert_non_null(strstr(text, ": &lt;evil&gt;\\x1b</li>"));
	assert_non_null(strstr(text, "and 2 more times"));
	assert_non_null(strstr(text, "Lost: names_skipped 3"));
	assert_non_null(strstr(text, "Database origin-asn, 22 days old"));
	assert_non_null(strstr(text, "packet sockets with qdisc bypass are not seen"));
	html_free(sample);
}

static void says_when_something_was_lost(void **state)
{
	struct html_sample *sample = html_sample(sample_harmful());
	_cleanup_(eg_freep) char *text = html_print(sample, eg_html_completeness);

	(void)state;
	assert_non_null(strstr(text, "class=\"box bad\""));
	assert_non_null(strstr(text, ">Incomplete</h2>"));
	html_free(sample);
}

static void says_what_is_new(void **state)
{
	struct html_sample *sample = html_sample(sample_ordinary());
	_cleanup_(eg_freep) char *text = html_print(sample, news);

	(void)state;
	assert_non_null(strstr(text, "3 new apps"));
	assert_non_null(strstr(text, "<b>Video</b>"));
	assert_non_null(strstr(text, "1 new operator"));
	assert_non_null(strstr(text, "1 new country"));
	html_free(sample);
}

static void says_when_nothing_was_there_before(void **state)
{
	struct html_sample *sample = html_sample(sample_ordinary());

	(void)state;
	sample->diff->recorded_before = 0;
	_cleanup_(eg_freep) char *text = html_print(sample, news);
	assert_non_null(strstr(text, "Nothing was recorded in the period before"));
	assert_null(strstr(text, "new app"));
	html_free(sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_is_missing),
		cmocka_unit_test(says_when_something_was_lost),
		cmocka_unit_test(says_what_is_new),
		cmocka_unit_test(says_when_nothing_was_there_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
