/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The HTML report's tables: every row, or what the others add up to. */
#include "html.h"

#include <inttypes.h>

/* Adds up the cells in a column of bytes: in the rows that begin so, the nth number. */
static uint64_t add_up(const char *text, const char *table, int number)
{
	const char *row = strstr(text, table), *end = strstr(row, "</table>");
	uint64_t sum = 0;

	assert_non_null(row);
	for (row = strstr(row, "<tr><th scope=\"row\">"); row && row < end;
	     row = strstr(row + 1, "<tr><th scope=\"row\">")) {
		const char *cell = row;

		for (int i = 0; i <= number; i++)
			cell = strstr(cell + 1, "data-v=");
		sum += strtoull(cell + strlen("data-v="), NULL, 10);
	}
	return sum;
}

static void has_every_row(void **state)
{
	static const char *const tables[] = { "t-apps", "t-operators", "t-countries",
					      "t-destinations" };
	struct html_sample *sample = html_sample(sample_ordinary());
	_cleanup_(eg_freep) char *text = html_print(sample, eg_html_tables);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		assert_int_equal(add_up(text, tables[i], 0), sample->html.totals.bytes.sent);
		assert_int_equal(add_up(text, tables[i], 1), sample->html.totals.bytes.received);
	}
	assert_null(strstr(text, "<tfoot>"));
	assert_non_null(strstr(text, "log.example.com <small>203.0.113.27</small><td>443/tcp"));
	assert_non_null(strstr(text, "<td>22/tcp in"));
	assert_non_null(strstr(text, "(no address)"));
	html_free(sample);
}

/* 40 apps with 200 destinations each are more than a page shows. */
static void adds_up_what_it_leaves_out(void **state)
{
	struct eg_summary *summary = sample_empty();
	struct html_sample *sample;
	char id[32];

	(void)state;
	for (int a = 0; a < 40; a++) {
		struct eg_app *app;

		snprintf(id, sizeof(id), "exe:/bin/%d", a);
		app = sample_app(summary, id, "program", NULL);
		for (int d = 0; d < (a ? 200 : 3); d++)
			sample_row(app, sample_key("198.51.100.7", d, IPPROTO_TCP),
				   sample_counters((uint64_t)d + 1, 2, 1));
	}
	sample = html_sample(summary);
	_cleanup_(eg_freep) char *text = html_print(sample, eg_html_tables);
	assert_int_equal(add_up(text, "t-destinations", 0), sample->html.totals.bytes.sent);
	assert_int_equal(html_count(text, "<th scope=\"row\">exe:/bin/0<"), 1 + 3);
	assert_non_null(strstr(text, "more destinations, the smallest of each app"));
	assert_in_range(html_count(strstr(text, "t-destinations"), "<tr><th scope=\"row\">"), 1900,
			2001);
	html_free(sample);
}

static void tells_the_one_more_from_many(void **state)
{
	struct eg_summary *summary = sample_empty();
	struct html_sample *sample;
	char id[32];

	(void)state;
	for (int a = 0; a < 501; a++) {
		snprintf(id, sizeof(id), "exe:/bin/%d", a);
		sample_row(sample_app(summary, id, "program", NULL),
			   sample_key("198.51.100.7", 443, IPPROTO_TCP), sample_counters(1, 2, 1));
	}
	sample = html_sample(summary);
	_cleanup_(eg_freep) char *text = html_print(sample, eg_html_tables);
	assert_non_null(strstr(text, "and 1 more app<"));
	html_free(sample);
}

static void names_do_no_harm(void **state)
{
	struct html_sample *sample = html_sample(sample_harmful());
	_cleanup_(eg_freep) char *text = html_print(sample, eg_html_tables);

	(void)state;
	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "</script"));
	html_free(sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_every_row),
		cmocka_unit_test(adds_up_what_it_leaves_out),
		cmocka_unit_test(tells_the_one_more_from_many),
		cmocka_unit_test(names_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
