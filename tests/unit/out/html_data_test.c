/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The numbers for the HTML report's pictures are one JSON document, which nothing in it ends. */
#include "html.h"

#include <egret/json.h>

static int data(const struct eg_html *html)
{
	eg_html_data(html);
	return 0;
}

static void check(struct eg_summary *summary)
{
	static const char begin[] = "<script type=\"application/json\" id=\"data\">";
	static const char end[] = "</script>\n";
	struct html_sample *sample = html_sample(summary);
	_cleanup_(eg_freep) char *text = html_print(sample, data);
	size_t size = strlen(text) - strlen(begin) - strlen(end), offset = 0;
	const char *why = NULL;

	assert_memory_equal(text, begin, strlen(begin));
	assert_int_equal(html_count(text, "</script>"), 1);
	if (eg_json_check(text + strlen(begin), size, &offset, &why) < 0)
		fail_msg("byte %zu: %s\n%s", offset, why, text);
	html_free(sample);
}

static void is_json(void **state)
{
	(void)state;
	check(sample_ordinary());
	check(sample_harmful());
	check(sample_empty());
}

static void has_the_timeline_of_its_app(void **state)
{
	struct html_sample *sample = html_sample(sample_ordinary());
	_cleanup_(eg_freep) char *text = html_print(sample, data);

	(void)state;
	assert_non_null(strstr(text, "\"steps\":4,\"series\":[[[],[]],[[0,1,2,3],[0,10,20,30]],"));
	assert_non_null(strstr(text, "[\"icmp\",\"kernel:icmp\",64,64]"));
	html_free(sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_json),
		cmocka_unit_test(has_the_timeline_of_its_app),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
