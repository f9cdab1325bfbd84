/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The HTML report in words: headline, first paragraph, and what each picture shows. */
#include "html.h"

#include <string.h>

#include <egret/base.h>
#include <egret/cell.h>

/* --- the headline --- */

/* "In 7 days", or how much of them there is. */
static void put_span(const struct eg_html *html)
{
	const struct eg_period *asked = &html->report->asked;
	int64_t wanted = asked->end - asked->start;
	char span[EG_SPAN_TEXT_SIZE], whole[EG_SPAN_TEXT_SIZE];

	eg_span_text(wanted, whole);
	eg_span_text(html->recorded, span);
	if (html->recorded >= wanted - wanted / 10)
		fprintf(html->stream, "In %s, ", whole);
	else
		fprintf(html->stream, "In the %s that were recorded of %s, ", span, whole);
}

static void put_fresh_apps(const struct eg_html *html)
{
	const struct eg_diff *diff = html->report->diff;
	size_t count = diff ? diff->news[EG_NEWS_APP].count : 0;

	if (!count || !diff->recorded_before)
		return;
	fputs("; ", html->stream);
	eg_html_number(html, count);
	fprintf(html->stream, " of the apps %s new", count == 1 ? "is" : "are");
}

static void put_headline(const struct eg_html *html)
{
	const struct eg_digest *digest = &html->digest;
	size_t operators = eg_digest_named(digest->operators, digest->operators_count);
	size_t countries = eg_digest_named(digest->countries, digest->countries_count);

	fputs("<h1>", html->stream);
	put_span(html);
	if (!html->totals.apps) {
		fputs("nothing was sent or received.</h1>\n", html->stream);
		return;
	}
	eg_html_count(html, html->totals.apps, "app", "apps");
	fputs(" sent ", html->stream);
	eg_html_size(html, html->totals.bytes.sent);
	fputs(" to ", html->stream);
	if (operators)
		eg_html_count(html, operators, "operator", "operators");
	else
		eg_html_count(html, html->totals.destinations, "destination", "destinations");
	if (countries) {
		fputs(" in ", html->stream);
		eg_html_count(html, countries, "country", "countries");
	}
	put_fresh_apps(html);
	fputs(".</h1>\n", html->stream);
}

/* --- the first paragraph --- */

static const struct eg_share *largest(const struct eg_share *shares, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (shares[i].kind == EG_SHARE_NAMED && shares[i].bytes.sent)
			return &shares[i];
	}
	return NULL;
}

static void put_first_paragraph(const struct eg_html *html)
{
	const struct eg_digest *digest = &html->digest;
	const struct eg_share *run_by = largest(digest->operators, digest->operators_count);
	const struct eg_share *country = largest(digest->countries, digest->countries_count);
	uint64_t sent = html->totals.bytes.sent;

	if (!sent)
		return;
	fputs("<p class=\"lede\">The largest sender, <b>", html->stream);
	eg_html_text(html, eg_html_app(digest->apps[0].app));
	fputs("</b>, accounts for ", html->stream);
	eg_html_percent(html, digest->apps[0].app->counters.bytes.sent, sent);
	fputs(" of it.", html->stream);
	if (run_by) {
		fputs(" The operator that was sent the most, <b>", html->stream);
		eg_html_text(html, run_by->label);
		fputs("</b>, took ", html->stream);
		eg_html_percent(html, run_by->bytes.sent, sent);
		fputc('.', html->stream);
	}
	if (country) {
		fputs(" Among countries, <b>", html->stream);
		eg_html_country(html, country);
		fputs("</b> comes first with ", html->stream);
		eg_html_percent(html, country->bytes.sent, sent);
		fputc('.', html->stream);
	}
	fputs("</p>\n", html->stream);
}

/* --- six numbers --- */

static void put_number(const struct eg_html *html, const char *what, uint64_t number, bool size)
{
	fprintf(html->stream, "<div><dt>%s</dt><dd>", what);
	if (size)
		eg_html_size(html, number);
	else
		eg_html_number(html, number);
	fputs("</dd></div>\n", html->stream);
}

static void put_numbers(const struct eg_html *html)
{
	const struct eg_totals *totals = &html->totals;

	fputs("<dl class=\"numbers\">\n", html->stream);
	put_number(html, "sent", totals->bytes.sent, true);
	put_number(html, "received", totals->bytes.received, true);
	put_number(html, totals->apps == 1 ? "app" : "apps", totals->apps, false);
	put_number(html, totals->destinations == 1 ? "destination" : "destinations",
		   totals->destinations, false);
	put_number(html, totals->connections == 1 ? "connection" : "connections",
		   totals->connections, false);
	put_number(html, "of them failed", totals->failed, false);
	fputs("</dl>\n", html->stream);
}

void eg_html_lede(const struct eg_html *html)
{
	put_headline(html);
	put_first_paragraph(html);
	put_numbers(html);
}

/* --- pictures, which the script draws --- */

static uint64_t sent_to(const struct eg_html *html, enum eg_share_kind kind)
{
	const struct eg_digest *digest = &html->digest;
	uint64_t sent = 0;

	for (size_t i = 0; i < digest->countries_count; i++) {
		if (digest->countries[i].kind == kind)
			sent += digest->countries[i].bytes.sent;
	}
	return sent;
}

/* What has no place on a map is said below it. */
static void put_elsewhere(const struct eg_html *html)
{
	static const char *const words[EG_SHARE_KINDS] = {
		[EG_SHARE_NAMED] = NULL,
		[EG_SHARE_ANYCAST] = "to addresses in many countries at once (anycast)",
		[EG_SHARE_UNKNOWN] = "to addresses whose country nobody knows",
		[EG_SHARE_LOCAL] = "within the local network",
		[EG_SHARE_LOST] = "to addresses that found no room",
	};
	const char *separator = "Not on the map: ";

	for (size_t kind = 0; kind < EG_SHARE_KINDS; kind++) {
		uint64_t sent = words[kind] ? sent_to(html, (enum eg_share_kind)kind) : 0;

		if (!sent)
			continue;
		fputs(separator, html->stream);
		eg_html_size(html, sent);
		fprintf(html->stream, " %s", words[kind]);
		separator = "; ";
	}
	if (*separator == ';')
		fputs(".", html->stream);
}

static void begin_figure(const struct eg_html *html, const char *id, const char *title)
{
	fprintf(html->stream,
		"<section class=\"figure\" aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\">%s</h2>\n"
		"<figure>\n<div class=\"picture\" id=\"%s\"></div>\n<figcaption>",
		id, id, title, id);
}

static void end_figure(const struct eg_html *html)
{
	fputs("</figcaption>\n</figure>\n</section>\n", html->stream);
}

void eg_html_figures(const struct eg_html *html)
{
	const struct eg_timeline *timeline = html->report->timeline;
	char step[EG_SPAN_TEXT_SIZE];

	if (!html->totals.apps)
		return;
	fputs("<noscript><p class=\"note\">The pictures are drawn by this page\u2019s own script, "
	      "which does not run here. The tables below have the same numbers.</p></noscript>\n"
	      "<div id=\"pictures\" hidden>\n"
	      "<div class=\"measure\" role=\"radiogroup\" aria-labelledby=\"h-measure\">"
	      "<span id=\"h-measure\">Pictures show bytes</span>"
	      "<label><input type=\"radio\" name=\"measure\" value=\"0\" checked>sent</label>"
	      "<label><input type=\"radio\" name=\"measure\" value=\"1\">received</label>"
	      "</div>\n",
	      html->stream);
	begin_figure(html, "flow", "From app to operator to country");
	fputs("Each band is as wide as the bytes it carries. Choose an app, operator or country to "
	      "see its rows in the tables.",
	      html->stream);
	end_figure(html);
	begin_figure(html, "map", "Where in the world");
	fputs("The area of each circle is the number of bytes. ", html->stream);
	put_elsewhere(html);
	end_figure(html);
	if (timeline && timeline->steps) {
		eg_span_text(timeline->step, step);
		begin_figure(html, "timeline", "When");
		fprintf(html->stream,
			"Bytes in each %s, in UTC; each app has a scale of its own, and its peak "
			"beside it. Shaded: nothing was recorded.",
			timeline->step == 3600 * NSEC_PER_SEC	 ? "hour"
			: timeline->step == 86400 * NSEC_PER_SEC ? "day"
								 : step);
		end_figure(html);
	}
	fputs("</div>\n", html->stream);
}
