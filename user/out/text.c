/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For people (contract section 5): which apps and destinations are shown, and what frames them. */
#include "page.h"
#include "parts.h"
#include "row.h"
#include "writer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include <egret/base.h>

#define NOTE_INDENT 2
#define HOSTS_TEXT_SIZE 32
#define GROUPS_TEXT_SIZE 64

/* --- what is shown --- */

static int begin(struct eg_printer *printer)
{
	struct eg_page *page = printer->state;

	eg_utf8_enter(&page->utf8);
	page->totals = (struct eg_counters){
		.bytes = printer->totals.bytes,
		.connections = printer->totals.connections,
		.failed = printer->totals.failed,
	};
	return 0;
}

static int app_begin(const struct eg_app *app, void *data)
{
	struct eg_page *page = ((struct eg_printer *)data)->state;

	if (page->count == page->capacity) {
		size_t capacity = page->capacity ? 2 * page->capacity : 16;
		struct eg_page_block *blocks =
			reallocarray(page->blocks, capacity, sizeof(*blocks));

		if (!blocks)
			return -ENOMEM;
		page->blocks = blocks;
		page->capacity = capacity;
	}
	page->blocks[page->count++] = (struct eg_page_block){ .app = app };
	return 0;
}

static void fold(struct eg_page_block *block, const struct eg_destination *row)
{
	block->folded++;
	block->tail.bytes.sent += row->counters.bytes.sent;
	block->tail.bytes.received += row->counters.bytes.received;
	block->tail.connections += row->counters.connections;
	block->tail.failed += row->counters.failed;
	eg_failures_add(&block->failures, row);
}

static void note_place(struct eg_page *page, const struct eg_place *place)
{
	if (place->country && place->country_basis) {
		page->registry |= strcmp(place->country_basis, "registry") == 0;
		page->geolocation |= strcmp(place->country_basis, "geolocation") == 0;
	}
	page->anycast |= place->anycast == EG_YES;
}

static int destination(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	struct eg_page *page = ((struct eg_printer *)data)->state;
	struct eg_page_block *block = &page->blocks[page->count - 1];

	(void)app;
	note_place(page, eg_destination_place(row));
	if (block->folded == 0 && block->rows_count <= EG_PAGE_ROWS) {
		block->rows[block->rows_count++] = row;
		return 0;
	}
	if (block->folded == 0)
		fold(block, block->rows[--block->rows_count]);
	fold(block, row);
	return 0;
}

/* --- what stands above and below --- */

static int put_text(const struct eg_printer *printer, enum eg_page_style style, const char *text)
{
	_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
	int r = eg_cell_make(text, &cell);

	if (r < 0)
		return r;
	eg_page_style(printer, style);
	eg_cell_wrap(printer->stream, &cell, eg_page_columns(printer), 0, NOTE_INDENT);
	eg_page_end_line(printer);
	return 0;
}

static int put_note(const struct eg_printer *printer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int put_note(const struct eg_printer *printer, const char *format, ...)
{
	_cleanup_(eg_freep) char *text = NULL;
	va_list args;

	va_start(args, format);
	text = eg_format(format, args);
	va_end(args);
	return text ? put_text(printer, EG_PAGE_PLAIN, text) : -ENOMEM;
}

/* The time from one to the other; files may hold any. */
static int64_t elapsed(int64_t from, int64_t to)
{
	int64_t ns;

	if (to < from)
		return 0;
	return __builtin_sub_overflow(to, from, &ns) ? INT64_MAX : ns;
}

static const char *hosts_text(const struct eg_summary *summary, char buffer[static HOSTS_TEXT_SIZE])
{
	const struct eg_host *host = eg_row_host(summary);

	if (host)
		return host->name ? host->name : "(unknown host)";
	snprintf(buffer, HOSTS_TEXT_SIZE, "%zu hosts", summary->hosts_count);
	return buffer;
}

/* "ws1 2026-11-23 10:00:00 to 10:00:30 UTC (30 s)" */
static int put_heading(const struct eg_printer *printer)
{
	const struct eg_period *period = &printer->summary->period;
	char start[EG_TIME_TEXT_MAX], end[EG_TIME_TEXT_MAX], span[EG_SPAN_TEXT_SIZE];
	char hosts[HOSTS_TEXT_SIZE];
	bool same_day;

	eg_time_text(period->start, start);
	eg_time_text(period->end, end);
	eg_span_text(elapsed(period->start, period->end), span);
	same_day = strncmp(start, end, strlen("2026-11-23")) == 0;
	return put_note(printer, "%s %.10s %.8s to %.*s%s%.8s UTC (%s)",
			hosts_text(printer->summary, hosts), start, start + 11, same_day ? 0 : 10,
			end, same_day ? "" : " ", end + 11, span);
}

static int put_bytes_note(const struct eg_printer *printer, const char *what,
			  const struct eg_bytes *bytes)
{
	char sent[EG_SIZE_TEXT_SIZE], received[EG_SIZE_TEXT_SIZE];

	if (!bytes->sent && !bytes->received)
		return 0;
	return put_note(printer, "%s: %s sent, %s received.", what, eg_size_text(bytes->sent, sent),
			eg_size_text(bytes->received, received));
}

/* What the totals don't say: bytes that were left out, carried for others, or are nobody's. */
static int put_shares(const struct eg_printer *printer)
{
	const struct eg_bytes *excluded = printer->summary->ledger.excluded;
	const struct {
		const char *what;
		const struct eg_bytes *bytes;
	} shares[] = {
		{ .what = "Carried for other apps", .bytes = &printer->totals.carried },
		{ .what = "By unknown programs", .bytes = &printer->totals.unattributed },
		{ .what = "To addresses that found no room", .bytes = &printer->totals.overflow },
		{ .what = "Left out, loopback", .bytes = &excluded[EG_EXCLUDED_LOOPBACK] },
		{ .what = "Left out, to this host itself", .bytes = &excluded[EG_EXCLUDED_HOST] },
		{ .what = "Left out by filters", .bytes = &excluded[EG_EXCLUDED_FILTER] },
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(shares) && r == 0; i++)
		r = put_bytes_note(printer, shares[i].what, shares[i].bytes);
	return r;
}

/* What the countries mean, and what they don't. */
static int put_countries(const struct eg_printer *printer)
{
	const struct eg_page *page = printer->state;
	bool both = page->registry && page->geolocation;

	if (!page->registry && !page->geolocation && !page->anycast)
		return 0;
	return put_note(printer,
			"CC: where the address is%s%s%s%s%s; not where everyone is who can read "
			"the data there.",
			page->registry || page->geolocation ? ", by " : "",
			page->registry ? "registry" : "", both ? " and " : "",
			page->geolocation ? "geolocation" : "",
			page->anycast ? "; " EG_LABEL_ANYCAST ": in many places at once (anycast)"
				      : "");
}

static int put_degraded(const struct eg_printer *printer)
{
	char *const *sentence = printer->summary->ledger.degraded;
	int r = 0;

	for (; sentence && *sentence && r == 0; sentence++)
		r = put_note(printer, "Note: %s", *sentence);
	return r;
}

struct list {
	FILE *stream;
	size_t count;
};

static void list_reason(const char *reason, uint64_t count, void *data)
{
	struct list *list = data;

	if (count)
		fprintf(list->stream, "%s%s %" PRIu64, list->count++ ? ", " : " (", reason, count);
}

/* " (ring_full 7, names_skipped 3)" */
static void list_lost(FILE *stream, const struct eg_ledger *ledger)
{
	struct list list = { .stream = stream };

	eg_parts_each_lost(ledger, list_reason, &list);
	if (list.count)
		fputc(')', stream);
}

/* "Complete. Databases: origin-asn (22 days old)." */
static int put_last_line(const struct eg_printer *printer)
{
	const struct eg_summary *summary = printer->summary;
	bool complete = printer->totals.complete;
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	FILE *line = open_memstream(&text, &size);

	if (!line)
		return -ENOMEM;
	fputs(complete ? "Complete" : "Incomplete", line);
	list_lost(line, &summary->ledger);
	fputs(". ", line);
	eg_row_databases(line, summary);
	if (fclose(line) == EOF)
		return -ENOMEM;
	return put_text(printer, complete ? EG_PAGE_PLAIN : EG_PAGE_RED, text);
}

/* "3 processes" */
static const char *groups_text(enum eg_by by, uint64_t count, char buffer[static GROUPS_TEXT_SIZE])
{
	const char *plural = by == EG_BY_PROCESS ? "es" : "s";

	snprintf(buffer, GROUPS_TEXT_SIZE, "%" PRIu64 " %s%s", count, eg_by_name(by),
		 count == 1 ? "" : plural);
	return buffer;
}

static int put_totals(const struct eg_printer *printer)
{
	const struct eg_page *page = printer->state;
	const struct eg_totals *totals = &printer->totals;
	char groups[GROUPS_TEXT_SIZE], label[2 * GROUPS_TEXT_SIZE];
	int r;

	fputc('\n', printer->stream);
	if (page->count == 0)
		return put_note(printer, "Nothing was sent or received.");
	snprintf(label, sizeof(label), "Total  %s, %" PRIu64 " destination%s",
		 groups_text(printer->summary->by, totals->apps, groups), totals->destinations,
		 totals->destinations == 1 ? "" : "s");
	r = eg_page_put_sum(printer, EG_PAGE_BOLD, label, &page->totals);
	fputc('\n', printer->stream);
	return r;
}

static int end(struct eg_printer *printer)
{
	const struct eg_page *page = printer->state;
	int r = put_heading(printer);

	if (r == 0 && page->count > 0) {
		r = eg_page_lay_out(printer);
		if (r == 0)
			r = eg_page_put_titles(printer);
	}
	for (size_t i = 0; i < page->count && r == 0; i++)
		r = eg_page_put_block(printer, &page->blocks[i]);
	if (r == 0)
		r = put_totals(printer);
	if (r == 0)
		r = put_shares(printer);
	if (r == 0)
		r = put_countries(printer);
	if (r == 0)
		r = put_degraded(printer);
	if (r == 0)
		r = put_last_line(printer);
	return r < 0 ? r : eg_stream_status(printer->stream);
}

static void release(struct eg_printer *printer)
{
	struct eg_page *page = printer->state;

	free(page->blocks);
	eg_utf8_leave(&page->utf8);
}

const struct eg_format_ops eg_format_text = {
	.state_size = sizeof(struct eg_page),
	.begin = begin,
	.visitor = { .app_begin = app_begin, .destination = destination },
	.end = end,
	.release = release,
};
