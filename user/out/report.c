/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The summary of a period out of the history, and what of the period is not in it. */
#include <egret/out.h>

#include "html.h"
#include "parts.h"
#include "ui.h"
#include "writer.h"

#include <errno.h>

#include <egret/base.h>
#include <egret/cell.h>

#define MISSED_SHOWN 5

static void write_period(struct eg_writer *writer, const struct eg_period *period)
{
	eg_writer_time(writer, "start", period->start);
	eg_writer_time(writer, "end", period->end);
}

static int print_json(FILE *stream, const struct eg_report *report,
		      const struct eg_print_options *options)
{
	struct eg_print_options inside = *options;
	struct eg_writer writer;
	int r;

	eg_writer_init(&writer, stream, options->compact);
	eg_parts_begin(&writer, "egret.report/1");
	eg_writer_object(&writer, "asked", EG_INLINE);
	write_period(&writer, &report->asked);
	eg_writer_end(&writer);
	eg_writer_bool(&writer, "complete",
		       eg_summary_completeness(report->summary) == EG_COMPLETE);
	eg_writer_bool(&writer, "redacted", report->redacted);
	eg_writer_array(&writer, "gaps", EG_LINES);
	for (size_t i = 0; i < report->missed_count; i++) {
		eg_writer_object(&writer, NULL, EG_INLINE);
		write_period(&writer, &report->missed[i].period);
		eg_writer_text(&writer, "reason", report->missed[i].reason);
		eg_writer_end(&writer);
	}
	eg_writer_end(&writer);
	/* Last, since it ends its own line. */
	eg_writer_key(&writer, "summary");
	inside.compact = true;
	r = eg_print_summary(stream, EG_FORMAT_JSON, report->summary, &inside);
	fputs("}\n", stream);
	return r;
}

static void put_missed(FILE *stream, const struct eg_missed *missed)
{
	char start[EG_TIME_TEXT_MAX], end[EG_TIME_TEXT_MAX];

	fprintf(stream, "Not recorded: %.19sZ to %.19sZ", eg_time_text(missed->period.start, start),
		eg_time_text(missed->period.end, end));
	if (missed->reason) {
		fputs(" (", stream);
		eg_put_terminal(stream, missed->reason);
		fputc(')', stream);
	}
	fputs(".\n", stream);
}

static void put_nothing(FILE *stream, const struct eg_period *asked)
{
	char start[EG_TIME_TEXT_MAX], end[EG_TIME_TEXT_MAX];

	fprintf(stream, "Nothing was recorded from %.19sZ to %.19sZ.\n",
		eg_time_text(asked->start, start), eg_time_text(asked->end, end));
}

/* What came before the first recorder is no gap: it shows in the sum only. */
static void put_recorded(FILE *stream, const struct eg_report *report)
{
	const int64_t asked = report->asked.end - report->asked.start;
	char recorded_text[EG_SPAN_TEXT_SIZE], asked_text[EG_SPAN_TEXT_SIZE];
	int64_t recorded = 0;

	for (size_t i = 0; i < report->summary->periods_count; i++)
		recorded += report->summary->periods[i].end - report->summary->periods[i].start;
	if (recorded < asked - asked / 10)
		fprintf(stream, "Recorded: %s of %s.\n", eg_span_text(recorded, recorded_text),
			eg_span_text(asked, asked_text));
}

static int print_text(FILE *stream, const struct eg_report *report,
		      const struct eg_print_options *options)
{
	int r = 0;

	if (eg_summary_completeness(report->summary) != EG_EMPTY) {
		r = eg_print_summary(stream, EG_FORMAT_TEXT, report->summary, options);
		put_recorded(stream, report);
	} else {
		put_nothing(stream, &report->asked);
	}
	for (size_t i = 0; i < report->missed_count && i < MISSED_SHOWN; i++)
		put_missed(stream, &report->missed[i]);
	if (report->missed_count > MISSED_SHOWN)
		fprintf(stream, "Not recorded: %zu more time%s.\n",
			report->missed_count - MISSED_SHOWN,
			report->missed_count - MISSED_SHOWN == 1 ? "" : "s");
	return r;
}

bool eg_html_exists(void)
{
	return eg_ui_exists();
}

int eg_print_report(FILE *stream, enum eg_format format, const struct eg_report *report,
		    const struct eg_print_options *options)
{
	int r;

	switch (format) {
	case EG_FORMAT_JSON:
		r = print_json(stream, report, options);
		break;
	case EG_FORMAT_TEXT:
		r = print_text(stream, report, options);
		break;
	case EG_FORMAT_HTML:
		r = eg_print_html(stream, report);
		break;
	case EG_FORMAT_CSV:
		r = eg_print_summary(stream, format, report->summary, options);
		break;
	default:
		return -EOPNOTSUPP;
	}
	return r < 0 ? r : eg_stream_status(stream);
}
