/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The HTML report's two boxes: how complete it is, and what is new in it. */
#include "html.h"

#include <inttypes.h>
#include <string.h>

#include <egret/base.h>
#include <egret/cell.h>
#include <egret/ip.h>

#include "parts.h"
#include "row.h"

#define DAY_NS (24 * 60 * 60 * NSEC_PER_SEC)
#define GAPS_SHOWN 6
#define NEWS_SHOWN 8
#define NOTES_SHOWN 12

/* --- completeness --- */

static void put_recorded(const struct eg_html *html)
{
	const struct eg_report *report = html->report;
	int64_t asked = report->asked.end - report->asked.start;

	fputs("<li>", html->stream);
	eg_html_percent(html, (uint64_t)(html->recorded < asked ? html->recorded : asked),
			(uint64_t)asked);
	fputs(" of the period was recorded", html->stream);
	if (report->missed_count) {
		fputs("; nothing was\n<ul>\n", html->stream);
		for (size_t i = 0; i < report->missed_count && i < GAPS_SHOWN; i++) {
			const struct eg_missed *missed = &report->missed[i];

			fputs("<li>from ", html->stream);
			eg_html_time(html, missed->period.start, false);
			fputs(" to ", html->stream);
			eg_html_time(html, missed->period.end, false);
			fputs(missed->reason ? ": " : "", html->stream);
			eg_html_text(html, missed->reason);
			fputs("</li>\n", html->stream);
		}
		if (report->missed_count > GAPS_SHOWN) {
			fputs("<li>and ", html->stream);
			eg_html_count(html, report->missed_count - GAPS_SHOWN, "more time",
				      "more times");
			fputs("</li>\n", html->stream);
		}
		fputs("</ul>\n", html->stream);
	}
	fputs("</li>\n", html->stream);
}

static void put_lost(const char *reason, uint64_t count, void *data)
{
	const struct eg_html *html = data;

	if (!count)
		return;
	fputs("<li class=\"lost\">Lost: ", html->stream);
	eg_html_text(html, reason);
	fputc(' ', html->stream);
	eg_html_number(html, count);
	fputs("</li>\n", html->stream);
}

static void put_part(const struct eg_html *html, const struct eg_bytes *bytes, const char *what)
{
	if (!bytes->sent && !bytes->received)
		return;
	fputs("<li>", html->stream);
	eg_html_size(html, bytes->sent);
	fputs(" sent and ", html->stream);
	eg_html_size(html, bytes->received);
	fprintf(html->stream, " received %s</li>\n", what);
}

static void put_ages(const struct eg_html *html)
{
	const struct eg_summary *summary = html->summary;

	for (size_t i = 0; i < summary->databases_count; i++) {
		int64_t built, days;

		fputs("<li>Database ", html->stream);
		eg_html_text(html, summary->databases[i].name);
		if (eg_row_built(&summary->databases[i], &built) < 0) {
			fputs(", age unknown</li>\n", html->stream);
			continue;
		}
		days = built < summary->period.end ? (summary->period.end - built) / DAY_NS : 0;
		fprintf(html->stream, ", %" PRId64 " day%s old at the end</li>\n", days,
			days == 1 ? "" : "s");
	}
	if (!summary->databases_count)
		fputs("<li>No databases of countries and operators were configured.</li>\n",
		      html->stream);
}

int eg_html_completeness(const struct eg_html *html)
{
	const struct eg_ledger *ledger = &html->summary->ledger;
	enum eg_completeness completeness = eg_summary_completeness(html->summary);
	bool complete = completeness == EG_COMPLETE;
	size_t notes = 0;

	fprintf(html->stream,
		"<section class=\"box %s\" aria-labelledby=\"h-complete\">\n"
		"<h2 id=\"h-complete\">%s</h2>\n<p>%s</p>\n<ul>\n",
		complete ? "good" : "bad", complete ? "Complete" : "Incomplete",
		complete ? "Every byte of the time that was recorded is in this report."
		: completeness == EG_EMPTY ? "Nothing was recorded in this period."
					   : "Something was lost: the true numbers are higher.");
	put_recorded(html);
	eg_parts_each_lost(ledger, put_lost, (void *)(uintptr_t)html);
	put_part(html, &html->totals.unattributed, "by programs that could not be identified");
	put_part(html, &html->totals.overflow, "with addresses that found no room");
	put_part(html, &html->totals.carried, "by relays and resolvers for other apps");
	put_part(html, &ledger->excluded[EG_EXCLUDED_FILTER], "left out by filters");
	put_ages(html);
	for (; ledger->degraded && ledger->degraded[notes] && notes < NOTES_SHOWN; notes++) {
		fputs("<li>", html->stream);
		eg_html_text(html, ledger->degraded[notes]);
		fputs("</li>\n", html->stream);
	}
	fputs("</ul>\n</section>\n", html->stream);
	return 0;
}

/* --- news --- */

static void put_item_name(const struct eg_html *html, enum eg_news kind,
			  const struct eg_news_item *item)
{
	char ip[46];

	if (kind == EG_NEWS_COUNTRY && item->name) {
		const struct eg_share share = {
			.kind = EG_SHARE_NAMED,
			.label = (char *)(uintptr_t)item->name,
		};

		eg_html_country(html, &share);
	} else if (kind == EG_NEWS_APP) {
		eg_html_text(html, item->app_name ? item->app_name : item->app);
	} else if (item->name) {
		eg_html_text(html, item->name);
	} else if (kind == EG_NEWS_OPERATOR) {
		fprintf(html->stream, "AS%" PRIu32, item->as_number);
	} else {
		eg_html_text(html, eg_ip_text(item->ip, ip));
	}
}

static void put_item(const struct eg_html *html, enum eg_news kind, const struct eg_news_item *item)
{
	fputs("<li><b>", html->stream);
	put_item_name(html, kind, item);
	fputs("</b> ", html->stream);
	if (kind == EG_NEWS_DESTINATION) {
		fputs("<span>of ", html->stream);
		eg_html_text(html, item->app_name ? item->app_name : item->app);
		fputs("</span> ", html->stream);
	}
	fputs("<span>", html->stream);
	eg_html_size(html, item->counters.bytes.sent);
	fputs(" sent</span></li>\n", html->stream);
}

static void put_kind(const struct eg_html *html, enum eg_news kind)
{
	static const struct {
		const char *one, *many;
	} words[EG_NEWS_COUNT] = {
		[EG_NEWS_APP] = { .one = "new app", .many = "new apps" },
		[EG_NEWS_DESTINATION] = { .one = "new destination of a known app",
					  .many = "new destinations of known apps" },
		[EG_NEWS_OPERATOR] = { .one = "new operator", .many = "new operators" },
		[EG_NEWS_OWNER] = { .one = "new owner", .many = "new owners" },
		[EG_NEWS_COUNTRY] = { .one = "new country", .many = "new countries" },
	};
	const struct eg_diff *diff = html->report->diff;
	size_t count = diff->news[kind].count;

	if (!count)
		return;
	fputs("<div class=\"kind\">\n<h3>", html->stream);
	eg_html_count(html, count, words[kind].one, words[kind].many);
	fputs("</h3>\n<ul>\n", html->stream);
	for (size_t i = 0; i < count && i < NEWS_SHOWN; i++)
		put_item(html, kind, &diff->news[kind].items[i]);
	if (count > NEWS_SHOWN) {
		fputs("<li>and ", html->stream);
		eg_html_number(html, count - NEWS_SHOWN);
		fputs(" more</li>\n", html->stream);
	}
	fputs("</ul>\n</div>\n", html->stream);
}

static void put_changes(const struct eg_html *html)
{
	const struct eg_diff *diff = html->report->diff;

	if (!diff->changes_count)
		return;
	fputs("<div class=\"kind\">\n<h3>", html->stream);
	eg_html_count(html, diff->changes_count, "change of volume", "changes of volume");
	fputs("</h3>\n<ul>\n", html->stream);
	for (size_t i = 0; i < diff->changes_count && i < NEWS_SHOWN; i++) {
		const struct eg_change *change = &diff->changes[i];

		fputs("<li><b>", html->stream);
		eg_html_text(html, change->app_name ? change->app_name : change->app);
		fputs("</b> <span>", html->stream);
		eg_html_size(html, change->after.sent);
		fputs(" sent a day, before ", html->stream);
		eg_html_size(html, change->before.sent);
		fputs("</span></li>\n", html->stream);
	}
	fputs("</ul>\n</div>\n", html->stream);
}

void eg_html_news(const struct eg_html *html)
{
	const struct eg_diff *diff = html->report->diff;

	if (!diff)
		return;
	fputs("<section class=\"box news\" aria-labelledby=\"h-news\">\n"
	      "<h2 id=\"h-news\">What is new</h2>\n",
	      html->stream);
	if (!diff->recorded_before) {
		fputs("<p>Nothing was recorded in the period before, so there is nothing to "
		      "compare with.</p>\n</section>\n",
		      html->stream);
		return;
	}
	fputs("<p>Since the period before, which is as long", html->stream);
	fputs(diff->recorded_before < html->recorded - html->recorded / 10
		      ? ", but of which less was recorded.</p>\n"
		      : ".</p>\n",
	      html->stream);
	fputs("<div class=\"kinds\">\n", html->stream);
	for (enum eg_news kind = 0; kind < EG_NEWS_COUNT; kind++)
		put_kind(html, kind);
	put_changes(html);
	fputs("</div>\n", html->stream);
	if (!eg_diff_has_news(diff) && !diff->changes_count)
		fputs("<p>No new app, destination, operator, owner or country.</p>\n",
		      html->stream);
	fputs("</section>\n", html->stream);
}
