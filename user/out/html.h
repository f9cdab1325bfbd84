/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The HTML report: what its parts share. Private to user/out/html*.c. */
#pragma once

#include <egret/diff.h>
#include <egret/out.h>

#include "digest.h"

/* Of what is drawn: the rest of them is one more, "others". */
#define EG_HTML_APPS 10
#define EG_HTML_OPERATORS 12
#define EG_HTML_COUNTRIES 10
#define EG_HTML_SERIES 12 /* apps with a timeline of their own */
/* Bytes of a foreign text; the rest is left out. */
#define EG_HTML_TEXT 96

struct eg_html {
	FILE *stream;
	const struct eg_report *report;
	const struct eg_summary *summary; /* the report's */
	struct eg_totals totals;
	struct eg_digest digest;
	int64_t recorded; /* ns of the period */
};

/* The page. 0, -EOPNOTSUPP without what `make report-ui` makes, -ENOMEM, or the stream's -errno. */
int eg_print_html(FILE *stream, const struct eg_report *report);

/* --- pieces --- */
/* A foreign text, escaped, at most EG_HTML_TEXT bytes of it. */
void eg_html_text(const struct eg_html *html, const char *text);
/* The same as a JSON string in <script>. */
void eg_html_script(const struct eg_html *html, const char *text);
void eg_html_size(const struct eg_html *html, uint64_t bytes);
/* "41 %"; "under 1 %" */
void eg_html_percent(const struct eg_html *html, uint64_t part, uint64_t whole);
/* "1,234" */
void eg_html_number(const struct eg_html *html, uint64_t number);
/* "1,234 apps", "1 app" */
void eg_html_count(const struct eg_html *html, uint64_t number, const char *one, const char *many);
/* "23 November 2026, 10:00" in UTC; with day: without the time of day */
void eg_html_time(const struct eg_html *html, int64_t real_ns, bool day);
/* A country by name, or what the share is instead. */
void eg_html_country(const struct eg_html *html, const struct eg_share *share);
/* An app's name, or its id. */
const char *eg_html_app(const struct eg_app *app);

/* --- parts of the page, in its order; 0 or -ENOMEM --- */
void eg_html_lede(const struct eg_html *html); /* headline and first paragraph */
int eg_html_completeness(const struct eg_html *html);
void eg_html_news(const struct eg_html *html);
void eg_html_figures(const struct eg_html *html);
int eg_html_tables(const struct eg_html *html);
void eg_html_data(const struct eg_html *html);
