/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The HTML report's numbers for its pictures: JSON that the script reads. */
#include "html.h"

#include <inttypes.h>
#include <string.h>

#include <egret/base.h>

#include "ui.h"

#define NSEC_PER_MSEC (NSEC_PER_SEC / 1000)

static int64_t milliseconds(int64_t ns)
{
	return ns / NSEC_PER_MSEC;
}

static void put_pair(const struct eg_html *html, const struct eg_bytes *bytes)
{
	fprintf(html->stream, "%" PRIu64 ",%" PRIu64, bytes->sent, bytes->received);
}

static void put_comma(const struct eg_html *html, size_t i)
{
	if (i > 0)
		fputc(',', html->stream);
}

/* ["name","id",sent,received] */
static void put_apps(const struct eg_html *html)
{
	fputs("\"apps\":[", html->stream);
	for (size_t i = 0; i < html->digest.apps_count && i < EG_HTML_SERIES; i++) {
		const struct eg_app *app = html->digest.apps[i].app;

		put_comma(html, i);
		fputc('[', html->stream);
		eg_html_script(html, eg_html_app(app));
		fputc(',', html->stream);
		eg_html_script(html, app->id);
		fputc(',', html->stream);
		put_pair(html, &app->counters.bytes);
		fputc(']', html->stream);
	}
	fprintf(html->stream, "],\"apps_count\":%zu", html->digest.apps_count);
}

static void put_operators(const struct eg_html *html)
{
	const struct eg_digest *digest = &html->digest;

	fputs(",\"operators\":[", html->stream);
	for (size_t i = 0; i < digest->operators_count && i < EG_HTML_OPERATORS; i++) {
		put_comma(html, i);
		eg_html_script(html, eg_digest_operator(&digest->operators[i]));
	}
	fprintf(html->stream, "],\"operators_count\":%zu", digest->operators_count);
}

/* [code or null, name, sent, received, apps]: all of them, for the map */
static void put_country(const struct eg_html *html, const struct eg_share *share)
{
	fputc('[', html->stream);
	eg_html_script(html, share->kind == EG_SHARE_NAMED ? share->label : NULL);
	fputc(',', html->stream);
	if (share->kind == EG_SHARE_NAMED) {
		int length;
		const char *name = eg_ui_country(share->label, &length);

		if (name == share->label)
			eg_html_script(html, name);
		else
			fprintf(html->stream, "\"%.*s\"", length, name);
	} else {
		eg_html_script(html, eg_digest_country(share));
	}
	fputc(',', html->stream);
	put_pair(html, &share->bytes);
	fprintf(html->stream, ",%" PRIu32 "]", share->apps);
}

/* There are not many more codes than this; what is beyond it, somebody has made up. */
#define CODES_MAX 400

static void put_countries(const struct eg_html *html)
{
	const struct eg_digest *digest = &html->digest;

	fputs(",\"countries\":[", html->stream);
	for (size_t i = 0; i < digest->countries_count && i < CODES_MAX; i++) {
		put_comma(html, i);
		put_country(html, &digest->countries[i]);
	}
	fprintf(html->stream, "],\"countries_count\":%zu", digest->countries_count);
}

static uint32_t at_most(uint32_t index, uint32_t rest)
{
	return index < rest ? index : rest;
}

/* [app, operator, country, sent, received] with the index after the last one for all others */
static void put_links(const struct eg_html *html)
{
	struct eg_bytes cells[EG_HTML_APPS + 1][EG_HTML_OPERATORS + 1][EG_HTML_COUNTRIES + 1];
	const struct eg_digest *digest = &html->digest;
	size_t count = 0;

	memset(cells, 0, sizeof(cells));
	for (size_t i = 0; i < digest->links_count; i++) {
		const struct eg_link *link = &digest->links[i];
		struct eg_bytes *cell = &cells[at_most(link->app, EG_HTML_APPS)]
					      [at_most(link->operator, EG_HTML_OPERATORS)]
					      [at_most(link->country, EG_HTML_COUNTRIES)];

		cell->sent += link->bytes.sent;
		cell->received += link->bytes.received;
	}
	fputs(",\"links\":[", html->stream);
	for (size_t a = 0; a <= EG_HTML_APPS; a++) {
		for (size_t o = 0; o <= EG_HTML_OPERATORS; o++) {
			for (size_t c = 0; c <= EG_HTML_COUNTRIES; c++) {
				const struct eg_bytes *cell = &cells[a][o][c];

				if (!cell->sent && !cell->received)
					continue;
				put_comma(html, count++);
				fprintf(html->stream, "[%zu,%zu,%zu,", a, o, c);
				put_pair(html, cell);
				fputc(']', html->stream);
			}
		}
	}
	fprintf(html->stream, "],\"shown\":[%d,%d,%d]", EG_HTML_APPS, EG_HTML_OPERATORS,
		EG_HTML_COUNTRIES);
}

static const struct eg_series *find_series(const struct eg_timeline *timeline, const char *app)
{
	for (size_t i = 0; i < timeline->series_count; i++) {
		if (strcmp(timeline->series[i].app, app) == 0)
			return &timeline->series[i];
	}
	return NULL;
}

/* [[sent...],[received...]] of one app */
static void put_series(const struct eg_html *html, const struct eg_series *series)
{
	size_t steps = html->report->timeline->steps;

	fputs("[[", html->stream);
	for (size_t i = 0; i < steps && series && series->bytes; i++) {
		put_comma(html, i);
		fprintf(html->stream, "%" PRIu64, series->bytes[i].sent);
	}
	fputs("],[", html->stream);
	for (size_t i = 0; i < steps && series && series->bytes; i++) {
		put_comma(html, i);
		fprintf(html->stream, "%" PRIu64, series->bytes[i].received);
	}
	fputs("]]", html->stream);
}

static void put_timeline(const struct eg_html *html)
{
	const struct eg_timeline *timeline = html->report->timeline;

	if (!timeline || !timeline->steps) {
		fputs(",\"timeline\":null", html->stream);
		return;
	}
	fprintf(html->stream,
		",\"timeline\":{\"start\":%" PRId64 ",\"step\":%" PRId64 ",\"steps\":%zu,"
		"\"series\":[",
		milliseconds(timeline->start), milliseconds(timeline->step), timeline->steps);
	for (size_t i = 0; i < html->digest.apps_count && i < EG_HTML_SERIES; i++) {
		put_comma(html, i);
		put_series(html, find_series(timeline, html->digest.apps[i].app->id));
	}
	fputs("]}", html->stream);
}

#define GAPS_MAX 200 /* as many as can be told apart in a picture */

static void put_gaps(const struct eg_html *html)
{
	const struct eg_report *report = html->report;

	fputs(",\"gaps\":[", html->stream);
	for (size_t i = 0; i < report->missed_count && i < GAPS_MAX; i++) {
		put_comma(html, i);
		fprintf(html->stream, "[%" PRId64 ",%" PRId64 "]",
			milliseconds(report->missed[i].period.start),
			milliseconds(report->missed[i].period.end));
	}
	fputc(']', html->stream);
}

void eg_html_data(const struct eg_html *html)
{
	fputs("<script type=\"application/json\" id=\"data\">{", html->stream);
	put_apps(html);
	put_operators(html);
	put_countries(html);
	put_links(html);
	put_timeline(html);
	put_gaps(html);
	fputs("}</script>\n", html->stream);
}
