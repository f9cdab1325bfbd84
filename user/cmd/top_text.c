/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What stands around the table of `top`: where it comes from, totals, what is missing. */
#include "top_text.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <egret/base.h>
#include <egret/ip.h>
#include <egret/label.h>

#define CLOCK_SIZE 8 /* "10:00:05", after the date in RFC 3339 */
#define DAY_NS (86400 * NSEC_PER_SEC)
#define STALE 3 /* intervals without a new one */

static const char *clock_text(int64_t time, char buffer[static EG_TIME_TEXT_MAX])
{
	eg_time_text(time, buffer);
	buffer[11 + CLOCK_SIZE] = '\0';
	return buffer + 11;
}

static void put_age(FILE *stream, int64_t ns)
{
	char text[EG_SPAN_TEXT_SIZE];

	if (ns < NSEC_PER_SEC)
		fputs("now", stream);
	else
		fprintf(stream, "%s ago", eg_span_text(ns - ns % NSEC_PER_SEC, text));
}

/* --- head --- */

static void put_tracing(FILE *stream, const struct top_origin *origin, int64_t now)
{
	char span[EG_SPAN_TEXT_SIZE], every[EG_SPAN_TEXT_SIZE];

	fprintf(stream, "tracing for %s, every %s",
		eg_span_text(now > origin->since ? now - origin->since : 0, span),
		eg_span_text(origin->every, every));
}

/* "recorded by 812: 10 s up to 7 s ago, since 09:00:00 UTC" */
static void put_history(FILE *stream, const struct top_origin *origin, int64_t now)
{
	const struct eg_period *interval = &origin->interval;
	int64_t length = interval->end - interval->start;
	char text[EG_TIME_TEXT_MAX], span[EG_SPAN_TEXT_SIZE];

	if (origin->recorder)
		fprintf(stream, "recorded by %d: ", origin->recorder);
	else
		fputs("no recorder: ", stream);
	if (!interval->end) {
		fputs("nothing so far", stream);
		return;
	}
	fprintf(stream, "%s up to ", eg_span_text(length, span));
	put_age(stream, now - interval->end);
	if (origin->recorder && now - interval->end > STALE * length)
		fputs(" (old)", stream);
	if (now - origin->since < DAY_NS)
		fprintf(stream, ", since %s UTC", clock_text(origin->since, text));
	else
		fprintf(stream, ", since %.10s", eg_time_text(origin->since, text));
}

static void put_origin(FILE *stream, const struct top_origin *origin, int64_t now)
{
	fputs("egret top  ", stream);
	if (origin->host && origin->host->name) {
		eg_put_terminal(stream, origin->host->name);
		fputs("  ", stream);
	}
	if (origin->traces)
		put_tracing(stream, origin, now);
	else
		put_history(stream, origin, now);
	fputc('\n', stream);
}

static void put_flow(FILE *stream, const char *word, uint64_t rate, uint64_t bytes)
{
	char text[EG_SIZE_TEXT_SIZE];

	fprintf(stream, "%s %s/s", word, eg_size_text(rate, text));
	fprintf(stream, " (%s)  ", eg_size_text(bytes, text));
}

static void put_totals(FILE *stream, const struct top_model *model, enum eg_by by)
{
	const struct top_numbers *totals = &model->totals;

	put_flow(stream, "Sent", totals->rate.sent, totals->bytes.sent);
	put_flow(stream, "Received", totals->rate.received, totals->bytes.received);
	fprintf(stream, "%zu %s%s  %zu destination%s\n", model->apps_count, eg_by_name(by),
		model->apps_count == 1 ? ""
		: by == EG_BY_PROCESS  ? "es"
				       : "s",
		model->list_count, model->list_count == 1 ? "" : "s");
}

/* "Incomplete (ring_full 12)" */
static void put_complete(FILE *stream, const struct eg_summary *summary)
{
	const struct eg_ledger *ledger = &summary->ledger;
	const char *separator = " (";

	fputs(eg_summary_totals(summary).complete ? "Complete" : "Incomplete", stream);
	for (size_t i = 0; i < ledger->lost_count; i++) {
		if (!ledger->lost[i].count)
			continue;
		fputs(separator, stream);
		eg_put_terminal(stream, ledger->lost[i].reason);
		fprintf(stream, " %" PRIu64, ledger->lost[i].count);
		separator = ", ";
	}
	fputs(*separator == ',' ? ")" : "", stream);
}

static size_t count_notes(const struct eg_ledger *ledger)
{
	size_t count = 0;

	while (ledger->degraded && ledger->degraded[count])
		count++;
	return count;
}

static uint64_t both(const struct eg_bytes *bytes)
{
	return bytes->sent + bytes->received;
}

static uint64_t left_out(const struct top_model *model)
{
	uint64_t bytes = both(&model->words_excluded);

	for (size_t i = 0; i < EG_EXCLUDED_COUNT; i++)
		bytes += both(&model->excluded[i]);
	return bytes;
}

static void put_state(FILE *stream, const struct top_model *model, const struct eg_summary *summary)
{
	size_t notes = count_notes(&summary->ledger);
	char text[EG_SIZE_TEXT_SIZE];

	put_complete(stream, summary);
	if (notes)
		fprintf(stream, ", %zu note%s", notes, notes == 1 ? "" : "s");
	if (left_out(model))
		fprintf(stream, ", left out %s", eg_size_text(left_out(model), text));
	fputs(" (l tells more)", stream);
	if (*model->words) {
		fputs("  Filter: ", stream);
		eg_put_terminal(stream, model->words);
	}
	fputc('\n', stream);
}

int top_text_head(FILE *stream, const struct top_model *model, const struct top_origin *origin,
		  const struct eg_summary *summary, int64_t now)
{
	put_origin(stream, origin, now);
	put_totals(stream, model, summary->by);
	put_state(stream, model, summary);
	return ferror(stream) ? -ENOMEM : 0;
}

/* --- detail --- */

/* What `label` writes, escaped. */
static int put_claims(FILE *stream, const struct eg_destination *row)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	FILE *claims = open_memstream(&text, &size);
	int r = claims ? eg_label_claims(claims, row) : -ENOMEM;

	if (claims && fclose(claims) == EOF)
		r = -ENOMEM;
	if (r == 0)
		eg_put_terminal(stream, text);
	return r;
}

static int put_cell(FILE *stream, const char *before, const struct eg_destination *row,
		    int (*label)(const struct eg_destination *row, struct eg_cell *ret_cell))
{
	_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
	int r = label(row, &cell);

	if (r == 0 && cell.text && *cell.text)
		fprintf(stream, "%s%s", before, cell.text);
	return r;
}

/* "log.example.com  203.0.113.27  443/tcp" */
static int put_ends(FILE *stream, const struct eg_destination *row)
{
	bool named = row->detail && row->detail->domain && row->key.has_ip && !row->key.overflow;
	char ip[46];
	int r = put_cell(stream, "", row, eg_label_destination);

	if (named)
		fprintf(stream, "  %s", eg_ip_text(row->key.ip, ip));
	return r == 0 ? put_cell(stream, "  ", row, eg_label_port) : r;
}

/* "  Example Pte, AS64500, SG by registry" */
static int put_place(FILE *stream, const struct eg_destination *row)
{
	const struct eg_place *place = eg_destination_place(row);
	int r = put_cell(stream, "  ", row, eg_label_operator);

	if (place->as_number && place->as_organization)
		fprintf(stream, ", AS%" PRIu32, place->as_number);
	if (r == 0)
		r = put_cell(stream, ", ", row, eg_label_country);
	if (place->country && place->country_basis && place->anycast != EG_YES) {
		fputs(" by ", stream);
		eg_put_terminal(stream, place->country_basis);
	}
	return r;
}

/* "27 connections, first 10:00:01, last 10:00:29 UTC, fastest 9.1 ms; failed 1 of 27: ..." */
static void put_history_of(FILE *stream, const struct top_line *line)
{
	const struct eg_destination *row = line->row->row;
	char first[EG_TIME_TEXT_MAX], last[EG_TIME_TEXT_MAX];
	struct eg_failures failures = { 0 };

	fprintf(stream, "%" PRIu64 " connection%s", line->numbers.connections,
		line->numbers.connections == 1 ? "" : "s");
	if (row->counters.first_seen && row->counters.last_seen)
		fprintf(stream, ", first %s, last %s UTC",
			clock_text(row->counters.first_seen, first),
			clock_text(row->counters.last_seen, last));
	if (row->rtt_min_us >= 1000)
		fprintf(stream, ", fastest answer after %" PRIu32 ".%" PRIu32 " ms",
			row->rtt_min_us / 1000, row->rtt_min_us / 100 % 10);
	else if (row->rtt_min_us)
		fprintf(stream, ", fastest answer after %" PRIu32 " us", row->rtt_min_us);
	if (row->counters.failed) {
		fputs("; ", stream);
		eg_failures_add(&failures, row);
		eg_label_failures(stream, &failures, &row->counters);
	}
}

static int put_row(FILE *stream, const struct top_line *line)
{
	const struct eg_destination *row = line->row->row;
	int r = put_ends(stream, row);

	if (r == 0)
		r = put_place(stream, row);
	fputc('\n', stream);
	if (r == 0)
		r = put_claims(stream, row);
	fputc('\n', stream);
	put_history_of(stream, line);
	fputc('\n', stream);
	return r;
}

static void put_users(FILE *stream, const struct eg_app *app)
{
	for (size_t i = 0; i < app->users_count; i++)
		fprintf(stream, "%s%" PRIu32, i ? " " : ", uid ", app->users[i]);
}

static void put_text(FILE *stream, const char *before, const char *text)
{
	if (!text)
		return;
	fputs(before, stream);
	eg_put_terminal(stream, text);
}

/* "2 processes: 4242 /usr/bin/curl, 4243 /usr/bin/curl" */
static void put_processes(FILE *stream, const struct eg_app *app)
{
	uint64_t count = app->processes_count + app->processes_omitted;

	fprintf(stream, "%" PRIu64 " process%s", count, count == 1 ? "" : "es");
	for (size_t i = 0; i < app->processes_count; i++) {
		const struct eg_process_info *process = &app->processes[i];

		fprintf(stream, "%s %" PRIu32, i ? "," : ":", process->pid);
		put_text(stream, " ", process->executable ? process->executable : process->comm);
	}
}

static int put_app(FILE *stream, const struct top_line *line)
{
	const struct eg_app *app = line->app->app;
	_cleanup_(eg_freep) char *label = eg_label_app(app);

	if (!label)
		return -ENOMEM;
	eg_put_terminal(stream, label);
	fputc('\n', stream);
	put_text(stream, "", app->kind);
	put_text(stream, ", trust: ", app->trust);
	put_text(stream, ", flag: ", app->flag);
	put_users(stream, app);
	fprintf(stream, ", %zu destination%s\n", line->app->rows_count,
		line->app->rows_count == 1 ? "" : "s");
	put_processes(stream, app);
	fputc('\n', stream);
	return 0;
}

int top_text_detail(FILE *stream, const struct top_line *line)
{
	int r = 0;

	if (!line)
		fputs("\n\n\n", stream);
	else if (line->kind == TOP_LINE_ROW)
		r = put_row(stream, line);
	else
		r = put_app(stream, line);
	return r == 0 && ferror(stream) ? -ENOMEM : r;
}
