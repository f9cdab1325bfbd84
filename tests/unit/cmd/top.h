/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For the tests of `top`: a summary that grows, and a model and view of it. */
#pragma once

#include "tests/unit/out/sample.h"

#include "user/cmd/top_text.h"
#include "user/cmd/top_ui.h"

struct top_test {
	struct eg_summary *summary;
	struct eg_filter filter;
	struct top_ui ui;
};

static inline void top_begin(struct top_test *test, struct eg_summary *summary)
{
	*test = (struct top_test){ .summary = summary };
	assert_int_equal(top_model_init(&test->ui.model, &test->filter, false), 0);
	top_view_resize(&test->ui.view, 10);
}

static inline void top_end(struct top_test *test)
{
	top_view_free(&test->ui.view);
	top_model_free(&test->ui.model);
	eg_summary_free(test->summary);
}

/* Measures and lists what there is, as after an interval of a second. */
static inline void top_measure(struct top_test *test, int64_t span)
{
	assert_int_equal(top_model_measure(&test->ui.model, test->summary, span), 0);
	top_model_show(&test->ui.model);
	assert_int_equal(top_ui_list(&test->ui), 0);
}

/* Bytes of one app with one address; the row. */
static inline struct eg_destination *top_add(struct top_test *test, const char *app, const char *ip,
					     uint64_t sent, uint64_t received)
{
	return sample_row(sample_app(test->summary, app, "program", NULL),
			  sample_key(ip, 443, IPPROTO_TCP), sample_counters(sent, received, 1));
}

/* Apps' ids and rows' names or addresses, as they are listed: "exe:/a 10.0.0.1 | exe:/b ...". */
static inline char *top_listed(const struct top_test *test)
{
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	for (size_t i = 0; i < test->ui.view.count; i++) {
		const struct top_line *line = &test->ui.view.lines[i];
		char ip[46];

		if (line->kind == TOP_LINE_APP)
			fprintf(stream, "%s%s", i ? " | " : "", line->app->app->id);
		else if (line->kind == TOP_LINE_TAIL)
			fprintf(stream, " +%zu", line->hidden);
		else if (line->row->row->detail && line->row->row->detail->domain)
			fprintf(stream, " %s", line->row->row->detail->domain);
		else
			fprintf(stream, " %s", eg_ip_text(line->row->row->key.ip, ip));
	}
	fclose(stream);
	return text;
}

static inline void top_expect(const struct top_test *test, const char *expected)
{
	_cleanup_(eg_freep) char *text = top_listed(test);

	assert_string_equal(text, expected);
}

static inline void top_press(struct top_test *test, enum press_kind kind)
{
	const struct press press = { .kind = kind };

	assert_int_equal(top_ui_press(&test->ui, &press), 0);
}

/* Presses a key for each character. */
static inline void top_type(struct top_test *test, const char *text)
{
	for (; *text; text++) {
		const struct press press = { .kind = PRESS_TEXT, .text = { *text } };

		assert_int_equal(top_ui_press(&test->ui, &press), 0);
	}
}
