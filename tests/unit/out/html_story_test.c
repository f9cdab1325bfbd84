/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The HTML report's sentences say what the numbers say. */
#include "html.h"

static int lede(const struct eg_html *html)
{
	eg_html_lede(html);
	return 0;
}

static int figures(const struct eg_html *html)
{
	eg_html_figures(html);
	return 0;
}

static void tells_what_happened(void **state)
{
	struct html_sample *sample = html_sample(sample_ordinary());
	_cleanup_(eg_freep) char *text = html_print(sample, lede);

	(void)state;
	assert_non_null(
		strstr(text, "<h1>In 30 s, 3 apps sent 817\u00a0kB to 1 operator in 1 country"));
	assert_non_null(
		strstr(text, "The largest sender, <b>Video</b>, accounts for over\u00a099"));
	assert_non_null(strstr(text, "<b>Example Pte</b>, took over\u00a099\u00a0%."));
	assert_non_null(strstr(text, "<dt>of them failed</dt><dd>28</dd>"));
	html_free(sample);
}

static void tells_how_much_was_recorded(void **state)
{
	struct html_sample *sample = html_sample(sample_empty());

	(void)state;
	sample->report.asked.end += 3600 * NSEC_PER_SEC;
	_cleanup_(eg_freep) char *text = html_print(sample, lede);
	assert_non_null(strstr(text, "<h1>In the 30 s that were recorded of 1 h, "
				     "nothing was sent or received.</h1>"));
	html_free(sample);
}

static void tells_what_is_not_on_the_map(void **state)
{
	struct html_sample *sample = html_sample(sample_ordinary());
	_cleanup_(eg_freep) char *text = html_print(sample, figures);

	(void)state;
	assert_non_null(strstr(text, "4.1\u00a0kB within the local network"));
	assert_non_null(strstr(text, "77\u00a0B to addresses that found no room"));
	assert_int_equal(html_count(text, "<figure>"), 3);
	html_free(sample);
}

static void counts_one_connection(void **state)
{
	struct eg_summary *summary = sample_empty();
	struct html_sample *sample;

	(void)state;
	sample_row(sample_app(summary, "exe:/bin/a", "program", NULL),
		   sample_key("198.51.100.7", 443, IPPROTO_TCP), sample_counters(1, 2, 1));
	sample = html_sample(summary);
	_cleanup_(eg_freep) char *text = html_print(sample, lede);
	assert_non_null(strstr(text, "<dt>connection</dt><dd>1</dd>"));
	html_free(sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_happened),
		cmocka_unit_test(tells_how_much_was_recorded),
		cmocka_unit_test(tells_what_is_not_on_the_map),
		cmocka_unit_test(counts_one_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
