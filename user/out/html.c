/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The report as one page that asks nobody for anything: its frame, its parts in order. */
#include "html.h"

#include <errno.h>
#include <string.h>

#include <egret/base.h>
#include <egret/cell.h>

#include "row.h"
#include "ui.h"
#include "writer.h"

static void put_host(const struct eg_html *html)
{
	const struct eg_host *host = eg_row_host(html->summary);

	if (host && host->name)
		eg_html_text(html, host->name);
	else if (html->summary->hosts_count > 1)
		eg_html_count(html, html->summary->hosts_count, "host", "hosts");
	else
		fputs("this host", html->stream);
}

static void put_head(const struct eg_html *html)
{
	FILE *stream = html->stream;

	fprintf(stream,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"%s\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<meta name=\"generator\" content=\"egret " EG_VERSION "\">\n<title>",
		eg_ui_part("policy"));
	put_host(html);
	fputs(": where its data goes</title>\n<style>", stream);
	fprintf(stream, "%s</style>\n</head>\n", eg_ui_part("style"));
}

/* "18 November 2026 to 25 November 2026, UTC"; times of day where it is short. */
static void put_masthead(const struct eg_html *html)
{
	const struct eg_period *asked = &html->report->asked;
	bool days = asked->end - asked->start >= 3 * 86400 * NSEC_PER_SEC;
	FILE *stream = html->stream;

	fputs("<body>\n<a class=\"skip\" href=\"#tables\">Skip to the tables</a>\n"
	      "<header class=\"masthead\">\n"
	      "<p class=\"paper\">Egret <span>egress report</span></p>\n"
	      "<p class=\"edition\"><b>",
	      stream);
	put_host(html);
	fputs("</b> <span>", stream);
	eg_html_time(html, asked->start, days);
	fputs(" to ", stream);
	eg_html_time(html, asked->end, days);
	fputs(" UTC</span>", stream);
	if (html->report->redacted)
		fputs(" <span class=\"mark\">redacted</span>", stream);
	fputs("</p>\n<button type=\"button\" id=\"theme\" hidden>Dark</button>\n</header>\n"
	      "<main>\n",
	      stream);
}

static void put_database(const struct eg_html *html, const struct eg_database *database)
{
	fputs("<li>", html->stream);
	eg_html_text(html, database->name);
	if (database->built) {
		fputs(", built ", html->stream);
		eg_html_text(html, database->built);
	}
	if (database->license) {
		fputs(", licence ", html->stream);
		eg_html_text(html, database->license);
	}
	fputs("</li>\n", html->stream);
}

/* What the numbers are, and are not. */
static void put_method(const struct eg_html *html)
{
	FILE *stream = html->stream;

	fputs("<section class=\"method\" aria-labelledby=\"h-method\">\n"
	      "<h2 id=\"h-method\">How to read this</h2>\n"
	      "<p>Bytes are application payload as counted by the kernel, without headers and "
	      "retransmissions. A connection belongs to the process that opened it, a process to "
	      "its app. <b>Country</b> is where the address is, by registry or geolocation, not "
	      "where everyone is who can read the data there; addresses that answer in many "
	      "places at once (anycast) have none. <b>Operator</b> runs the network that the "
	      "address is in; <b>owner</b> is whose domain it is. Names are claims: of "
	      "name servers, or of the connection itself.</p>\n",
	      stream);
	if (html->report->redacted)
		fputs("<p>This copy is redacted: user names, host names, paths and private "
		      "addresses are replaced, the same by the same.</p>\n",
		      stream);
	if (html->summary->databases_count) {
		fputs("<p>Databases of countries and operators:</p>\n<ul>\n", stream);
		for (size_t i = 0; i < html->summary->databases_count; i++)
			put_database(html, &html->summary->databases[i]);
		fputs("</ul>\n", stream);
	}
	fputs("<p>Drawn by D3 with the map of Natural Earth; their licences are in this file's "
	      "script. This page asks no other computer for anything.</p>\n</section>\n",
	      stream);
}

static void put_end(const struct eg_html *html)
{
	fputs("</main>\n<footer><p>egret " EG_VERSION ". All of the numbers: "
	      "<code>egret report --format json</code> or <code>csv</code>.</p></footer>\n",
	      html->stream);
	eg_html_data(html);
	fprintf(html->stream, "<script>%s</script>\n</body>\n</html>\n", eg_ui_part("script"));
}

static int put_page(const struct eg_html *html)
{
	int r;

	put_head(html);
	put_masthead(html);
	eg_html_lede(html);
	fputs("<div class=\"columns\">\n", html->stream);
	r = eg_html_completeness(html);
	if (r < 0)
		return r;
	eg_html_news(html);
	fputs("</div>\n", html->stream);
	eg_html_figures(html);
	r = eg_html_tables(html);
	if (r < 0)
		return r;
	put_method(html);
	put_end(html);
	return eg_stream_status(html->stream);
}

int eg_print_html(FILE *stream, const struct eg_report *report)
{
	struct eg_html html = {
		.stream = stream,
		.report = report,
		.summary = report->summary,
		.totals = eg_summary_totals(report->summary),
	};
	int r;

	if (!eg_ui_exists())
		return -EOPNOTSUPP;
	for (size_t i = 0; i < report->summary->periods_count; i++)
		html.recorded +=
			report->summary->periods[i].end - report->summary->periods[i].start;
	r = eg_digest_make(report->summary, &html.digest);
	if (r == 0)
		r = put_page(&html);
	eg_digest_free(&html.digest);
	return r;
}
