/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The HTML report's tables: readable as they are; the script sorts and filters them. */
#include "html.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <egret/base.h>

#include "parts.h"
#include "row.h"

/* What keeps the page below a megabyte; what is beyond is told, and in the sums. */
#define APPS_MAX 500
#define SHARES_MAX 400
#define ROWS_MAX 2000
#define ROWS_BYTES 600000

/* --- cells; closing tags are left out, as HTML allows --- */

static void put_bytes(const struct eg_html *html, uint64_t bytes)
{
	fprintf(html->stream, "<td data-v=%" PRIu64 ">", bytes);
	eg_html_size(html, bytes);
}

static void put_number(const struct eg_html *html, uint64_t number)
{
	fprintf(html->stream, "<td data-v=%" PRIu64 ">", number);
	eg_html_number(html, number);
}

static void put_text(const struct eg_html *html, const char *text)
{
	fputs("<td>", html->stream);
	eg_html_text(html, text);
}

static void put_moment(const struct eg_html *html, int64_t real_ns)
{
	char text[EG_TIME_TEXT_MAX];

	fputs("<td>", html->stream);
	if (real_ns)
		fprintf(html->stream, "%.10s %.5s", eg_time_text(real_ns, text),
			eg_time_text(real_ns, text) + 11);
}

/* --- frames --- */

struct column {
	const char *title;
	bool number;
};

static void begin_table(const struct eg_html *html, const char *id, const char *title,
			const struct column *columns, size_t count)
{
	fprintf(html->stream,
		"<section class=\"table\" aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\">%s</h2>\n"
		"<div class=\"scroll\" role=\"region\" aria-labelledby=\"h-%s\" tabindex=\"0\">\n"
		"<table id=\"t-%s\">\n<thead><tr>",
		id, id, title, id, id);
	for (size_t i = 0; i < count; i++)
		fprintf(html->stream, "<th scope=\"col\"%s>%s",
			columns[i].number ? " class=\"n\"" : "", columns[i].title);
	fputs("</thead>\n<tbody>\n", html->stream);
}

static void end_table(const struct eg_html *html)
{
	fputs("</table>\n</div>\n</section>\n", html->stream);
}

/* What follows a number. */
struct words {
	const char *one, *many;
};

/* One row below the others for what is not shown; `before` and `after` cells have no number. */
static void put_rest(const struct eg_html *html, uint64_t count, const struct words *what,
		     size_t before, const struct eg_bytes *bytes, size_t after)
{
	fputs("</tbody>\n<tfoot><tr><th scope=\"row\">", html->stream);
	fputs("and ", html->stream);
	eg_html_count(html, count, what->one, what->many);
	for (size_t i = 1; i < before; i++)
		fputs("<td>", html->stream);
	put_bytes(html, bytes->sent);
	put_bytes(html, bytes->received);
	for (size_t i = 0; i < after; i++)
		fputs("<td>", html->stream);
	fputs("</tfoot>\n", html->stream);
}

static void add_bytes(struct eg_bytes *sum, const struct eg_bytes *bytes)
{
	sum->sent += bytes->sent;
	sum->received += bytes->received;
}

/* --- apps --- */

/* What the name is worth, where it must be known. */
static void put_standing(const struct eg_html *html, const struct eg_app *app)
{
	_cleanup_(eg_freep) char *text = eg_standing_text(app->trust, app->via, app->flag);

	if (!text || !*text)
		return;
	fputs(" <small>", html->stream);
	eg_html_text(html, text);
	fputs("</small>", html->stream);
}

static void put_app(const struct eg_html *html, const struct eg_digest_app *row)
{
	const struct eg_app *app = row->app;
	const struct eg_counters *counters = &app->counters;

	fputs("<tr><th scope=\"row\">", html->stream);
	eg_html_text(html, eg_html_app(app));
	if (app->name && strcmp(app->name, app->id) != 0) {
		fputs(" <small>", html->stream);
		eg_html_text(html, app->id);
		fputs("</small>", html->stream);
	}
	put_standing(html, app);
	put_text(html, app->kind);
	put_bytes(html, counters->bytes.sent);
	put_bytes(html, counters->bytes.received);
	put_number(html, counters->connections);
	put_number(html, counters->failed);
	put_number(html, row->rows);
	put_number(html, row->operators);
	put_number(html, row->countries);
	put_moment(html, counters->first_seen);
	put_moment(html, counters->last_seen);
	fputc('\n', html->stream);
}

static void put_apps(const struct eg_html *html)
{
	static const struct column columns[] = {
		{ .title = "App" },
		{ .title = "Kind" },
		{ .title = "Sent", .number = true },
		{ .title = "Received", .number = true },
		{ .title = "Connections", .number = true },
		{ .title = "Failed", .number = true },
		{ .title = "Destinations", .number = true },
		{ .title = "Operators", .number = true },
		{ .title = "Countries", .number = true },
		{ .title = "First seen" },
		{ .title = "Last seen" },
	};
	static const struct words more = { .one = "more app", .many = "more apps" };
	const struct eg_digest *digest = &html->digest;
	struct eg_bytes rest = { 0 };

	begin_table(html, "apps", "Apps", columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < digest->apps_count; i++) {
		if (i < APPS_MAX)
			put_app(html, &digest->apps[i]);
		else
			add_bytes(&rest, &digest->apps[i].app->counters.bytes);
	}
	if (digest->apps_count > APPS_MAX)
		put_rest(html, digest->apps_count - APPS_MAX, &more, 2, &rest, 7);
	end_table(html);
}

/* --- operators and countries --- */

static void put_share(const struct eg_html *html, const struct eg_share *share, bool country)
{
	fputs("<tr><th scope=\"row\">", html->stream);
	if (country)
		eg_html_country(html, share);
	else
		eg_html_text(html, eg_digest_operator(share));
	if (country && share->kind == EG_SHARE_NAMED) {
		fputs(" <small>", html->stream);
		eg_html_text(html, share->label);
		fputs("</small>", html->stream);
	}
	put_bytes(html, share->bytes.sent);
	put_bytes(html, share->bytes.received);
	put_number(html, share->connections);
	put_number(html, share->failed);
	put_number(html, share->rows);
	put_number(html, share->apps);
	fputc('\n', html->stream);
}

static void put_shares(const struct eg_html *html, bool country)
{
	const struct column columns[] = {
		{ .title = country ? "Country" : "Operator" },
		{ .title = "Sent", .number = true },
		{ .title = "Received", .number = true },
		{ .title = "Connections", .number = true },
		{ .title = "Failed", .number = true },
		{ .title = "Destinations", .number = true },
		{ .title = "Apps", .number = true },
	};
	static const struct words more[] = {
		[false] = { .one = "more operator", .many = "more operators" },
		[true] = { .one = "more country", .many = "more countries" },
	};
	const struct eg_digest *digest = &html->digest;
	const struct eg_share *shares = country ? digest->countries : digest->operators;
	size_t count = country ? digest->countries_count : digest->operators_count;
	struct eg_bytes rest = { 0 };

	begin_table(html, country ? "countries" : "operators", country ? "Countries" : "Operators",
		    columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < count; i++) {
		if (i < SHARES_MAX)
			put_share(html, &shares[i], country);
		else
			add_bytes(&rest, &shares[i].bytes);
	}
	if (count > SHARES_MAX)
		put_rest(html, count - SHARES_MAX, &more[country], 1, &rest, 4);
	end_table(html);
}

/* --- destinations --- */

struct listing {
	struct eg_html html; /* with a stream of its own */
	uint64_t each; /* rows of an app that are shown at most */
	uint64_t shown; /* of this app */
	uint64_t left_out;
	struct eg_bytes rest;
};

static void put_place(const struct eg_html *html, const struct eg_destination *row)
{
	const struct eg_place *place = eg_destination_place(row);
	struct eg_share share = {
		.kind = eg_digest_operator_kind(row),
		.label = place->as_organization,
	};

	if (share.kind == EG_SHARE_NAMED && !share.label)
		fprintf(html->stream, "<td>AS%" PRIu32, place->as_number);
	else
		put_text(html, eg_digest_operator(&share));
	share = (struct eg_share){ .kind = eg_digest_country_kind(row), .label = place->country };
	fputs("<td>", html->stream);
	eg_html_country(html, &share);
	put_text(html, place->owner_name);
}

static void put_destination(const struct eg_html *html, const struct eg_destination *row)
{
	const char *domain = eg_row_detail(row)->domain;
	char ip[46], transport[16];
	const char *address = eg_row_ip(&row->key, ip);

	fputs("<td>", html->stream);
	eg_html_text(html, domain ? domain : address ? address : "(no address)");
	if (domain && address) {
		fputs(" <small>", html->stream);
		fputs(address, html->stream);
		fputs("</small>", html->stream);
	}
	fputs("<td>", html->stream);
	if (eg_row_has_port(&row->key))
		fprintf(html->stream, "%" PRIu16 "/", row->key.port);
	if (eg_row_transport(&row->key, transport))
		fputs(transport, html->stream);
	if (eg_row_direction(&row->key) && row->key.direction)
		fputs(" in", html->stream);
}

static int destination(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	struct listing *listing = data;
	const struct eg_html *html = &listing->html;
	const struct eg_counters *counters = &row->counters;

	if (listing->shown == listing->each) {
		listing->left_out++;
		add_bytes(&listing->rest, &counters->bytes);
		return 0;
	}
	listing->shown++;
	fputs("<tr><th scope=\"row\">", html->stream);
	eg_html_text(html, eg_html_app(app));
	put_destination(html, row);
	put_place(html, row);
	put_bytes(html, counters->bytes.sent);
	put_bytes(html, counters->bytes.received);
	put_number(html, counters->connections);
	put_number(html, counters->failed);
	put_moment(html, counters->first_seen);
	put_moment(html, counters->last_seen);
	fputc('\n', html->stream);
	return 0;
}

static int app_begin(const struct eg_app *app, void *data)
{
	(void)app;
	((struct listing *)data)->shown = 0;
	return 0;
}

static int compare_counts(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

/* As many for each app as there is room for, so that none is missing for another's sake. */
static int share_out(const struct eg_html *html, uint64_t *ret_each)
{
	size_t apps = html->digest.apps_count;
	_cleanup_(eg_freep) uint64_t *counts = calloc(apps + 1, sizeof(*counts));
	uint64_t room = ROWS_MAX, each = 0;

	if (!counts)
		return -ENOMEM;
	for (size_t i = 0; i < apps; i++)
		counts[i] = html->digest.apps[i].rows;
	qsort(counts, apps, sizeof(*counts), compare_counts);
	for (size_t i = 0; i < apps; i++) {
		each = room / (apps - i);
		if (counts[i] > each)
			break;
		room -= counts[i];
		each = counts[i];
	}
	*ret_each = each ? each : 1;
	return 0;
}

static int list_rows(struct listing *listing, char **text, size_t *size)
{
	static const struct eg_visitor visitor = {
		.app_begin = app_begin,
		.destination = destination,
	};
	int r;

	listing->html.stream = open_memstream(text, size);
	if (!listing->html.stream)
		return -ENOMEM;
	r = eg_summary_walk(listing->html.summary, &visitor, listing);
	if (fclose(listing->html.stream) == EOF && r == 0)
		r = -ENOMEM;
	return r;
}

/* Names can be long: then there are fewer rows. */
static int put_rows(const struct eg_html *html, struct listing *listing)
{
	uint64_t each = 0;
	int r = share_out(html, &each);

	while (r == 0) {
		_cleanup_(eg_freep) char *text = NULL;
		size_t size = 0;

		*listing = (struct listing){ .html = *html, .each = each };
		r = list_rows(listing, &text, &size);
		if (r == 0 && (size <= ROWS_BYTES || each == 1)) {
			fwrite(text, 1, size, html->stream);
			return 0;
		}
		each = each > 1 ? each / 2 : 1;
	}
	return r;
}

static int put_destinations(const struct eg_html *html)
{
	static const struct column columns[] = {
		{ .title = "App" },
		{ .title = "Destination" },
		{ .title = "Port" },
		{ .title = "Operator" },
		{ .title = "Country" },
		{ .title = "Owner" },
		{ .title = "Sent", .number = true },
		{ .title = "Received", .number = true },
		{ .title = "Connections", .number = true },
		{ .title = "Failed", .number = true },
		{ .title = "First seen" },
		{ .title = "Last seen" },
	};
	static const struct words more = {
		.one = "more destination, the smallest of its app",
		.many = "more destinations, the smallest of each app",
	};
	struct listing listing;
	int r;

	begin_table(html, "destinations", "Destinations", columns, ARRAY_SIZE(columns));
	r = put_rows(html, &listing);
	if (r == 0 && listing.left_out)
		put_rest(html, listing.left_out, &more, 6, &listing.rest, 4);
	end_table(html);
	return r;
}

int eg_html_tables(const struct eg_html *html)
{
	int r;

	fputs("<div id=\"tables\">\n", html->stream);
	if (!html->totals.apps) {
		fputs("<p>There is nothing to list.</p>\n</div>\n", html->stream);
		return 0;
	}
	fputs("<form id=\"search\" role=\"search\" hidden><label for=\"filter\">Show only rows with"
	      "</label> <input id=\"filter\" type=\"search\" autocomplete=\"off\" "
	      "spellcheck=\"false\"> <output id=\"found\"></output></form>\n",
	      html->stream);
	put_apps(html);
	put_shares(html, false);
	put_shares(html, true);
	r = put_destinations(html);
	fputs("</div>\n", html->stream);
	return r;
}
