/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Numbers, times and texts as the HTML report has them. */
#include "html.h"

static int pieces(const struct eg_html *html)
{
	static const struct eg_share anycast = { .kind = EG_SHARE_ANYCAST };

	eg_html_number(html, 1234567);
	fputc('|', html->stream);
	eg_html_number(html, 123);
	fputc('|', html->stream);
	eg_html_size(html, 812331);
	fputc('|', html->stream);
	eg_html_count(html, 1, "app", "apps");
	fputc('|', html->stream);
	eg_html_count(html, 1000, "app", "apps");
	fputc('|', html->stream);
	eg_html_time(html, SAMPLE_START, false);
	fputc('|', html->stream);
	eg_html_time(html, SAMPLE_START, true);
	fputc('|', html->stream);
	eg_html_country(html, &anycast);
	return 0;
}

static int percents(const struct eg_html *html)
{
	static const uint64_t parts[] = { 0, 1, 500, 999, 1000 };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		eg_html_percent(html, parts[i], 1000);
		fputc('|', html->stream);
	}
	eg_html_percent(html, 0, 0);
	return 0;
}

static int texts(const struct eg_html *html)
{
	const char *text;

	for (size_t i = 0; (text = sample_hostile(i)); i++) {
		eg_html_text(html, text);
		eg_html_script(html, text);
	}
	eg_html_text(html, NULL);
	eg_html_script(html, NULL);
	return 0;
}

/* 95 letters and one that takes three bytes: it stays whole, or goes. */
static int long_text(const struct eg_html *html)
{
	char text[EG_HTML_TEXT + 8];

	memset(text, 'a', sizeof(text));
	memcpy(text + EG_HTML_TEXT - 1, "\u20ac", sizeof("\u20ac"));
	eg_html_text(html, text);
	return 0;
}

/* An escape that a merged summary has, at each place across the end. */
static int long_escapes(const struct eg_html *html)
{
	char text[EG_HTML_TEXT + 8] = "";

	for (size_t i = 0; i < 6; i++) {
		memset(text, 'a', sizeof(text) - 1);
		memcpy(text + EG_HTML_TEXT - i, "\\x1b", 4);
		eg_html_text(html, text);
	}
	return 0;
}

static void writes_for_people(void **state)
{
	struct html_sample *sample = html_sample(sample_empty());
	_cleanup_(eg_freep) char *text = html_print(sample, pieces);
	_cleanup_(eg_freep) char *shares = html_print(sample, percents);

	(void)state;
	assert_string_equal(text, "1,234,567|123|812\u00a0kB|1 app|1,000 apps|"
				  "23\u00a0November\u00a02026, 10:00|23\u00a0November\u00a02026|"
				  "Anycast");
	assert_string_equal(shares, "0\u00a0%|under\u00a01\u00a0%|50\u00a0%|"
				    "over\u00a099\u00a0%|100\u00a0%|0\u00a0%");
	html_free(sample);
}

static void cuts_and_escapes(void **state)
{
	struct html_sample *sample = html_sample(sample_empty());
	_cleanup_(eg_freep) char *text = html_print(sample, texts);
	_cleanup_(eg_freep) char *cut = html_print(sample, long_text);
	_cleanup_(eg_freep) char *escapes = html_print(sample, long_escapes);

	(void)state;
	assert_null(strchr(text, '<'));
	assert_null(strchr(text, '>'));
	assert_non_null(strstr(text, "&lt;/script&gt;"));
	assert_non_null(strstr(text, "\\u003c/script\\u003e"));
	assert_true(strlen(text) < 5000); /* one of them has 4 KB */
	assert_int_equal(strlen(cut), EG_HTML_TEXT - 1 + strlen("\u2026"));
	assert_int_equal(html_count(escapes, "a\u2026"), 1 + 3 + 1);
	assert_int_equal(html_count(escapes, "\\x1b"), 2);
	assert_int_equal(html_count(escapes, "\\"), 2);
	html_free(sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_for_people),
		cmocka_unit_test(cuts_and_escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
