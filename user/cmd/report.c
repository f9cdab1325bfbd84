/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret report: a period of the history. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/diff.h>
#include <egret/store.h>

#include "cmd.h"
#include "history.h"
#include "redaction.h"
#include "timeline.h"

#define WEEK_NS (7 * 86400 * NSEC_PER_SEC)
#define UNFINISHED_NS (60 * NSEC_PER_SEC)

struct reporting {
	const struct eg_options *options;
	struct eg_store *store;
	struct eg_summary *summary;
	struct eg_period asked;
	struct eg_missed *missed;
	size_t missed_count;
	struct eg_summary *before; /* html only: of the period before */
	struct eg_diff *diff; /* and what is new since then */
	struct eg_timeline timeline;
	struct eg_output output;
};

static int add_missed(const struct eg_gap *gap, void *data)
{
	struct reporting *reporting = data;
	struct eg_missed missed = { .period = gap->period };
	struct eg_missed *grown;

	if (gap->reason) {
		missed.reason = strdup(gap->reason);
		if (!missed.reason)
			return -ENOMEM;
	}
	grown = reallocarray(reporting->missed, reporting->missed_count + 1, sizeof(*grown));
	if (!grown) {
		free(missed.reason);
		return -ENOMEM;
	}
	grown[reporting->missed_count++] = missed;
	reporting->missed = grown;
	return 0;
}

/*
 * Since the last interval of all, where nobody records any more. What lies before a later
 * one is in the history as a gap; one that goes on, however long it takes, is nothing
 * that is missing. A recorder may be one that can't be seen from here (in a container):
 * a minute it has.
 */
static int add_end(struct reporting *reporting)
{
	int64_t now = eg_now_ns();
	struct eg_period last = { 0 };
	struct eg_gap gap = { .reason = "nobody has recorded since" };
	int r;

	gap.period.end = reporting->asked.end < now ? reporting->asked.end : now;
	r = eg_store_latest(reporting->store, now, &last);
	if (r < 0 || !last.end || gap.period.end - last.end <= UNFINISHED_NS ||
	    eg_store_recorder(history_path(reporting->options)))
		return r;
	gap.period.start = last.end > reporting->asked.start ? last.end : reporting->asked.start;
	return add_missed(&gap, reporting);
}

static void clear(struct reporting *reporting)
{
	for (size_t i = 0; i < reporting->missed_count; i++)
		free(reporting->missed[i].reason);
	free(reporting->missed);
	timeline_free(&reporting->timeline);
	eg_diff_free(reporting->diff);
	eg_summary_free(reporting->before);
	eg_summary_free(reporting->summary);
	eg_store_close(reporting->store);
}

static int read_history(struct reporting *reporting)
{
	const struct eg_options *options = reporting->options;
	int status = history_open(options, &reporting->store), r;

	if (!status)
		status = history_read(options, reporting->store, &reporting->asked,
				      &reporting->summary);
	if (status)
		return status;
	r = eg_store_gaps(reporting->store, &reporting->asked, add_missed, reporting);
	if (r == 0)
		r = add_end(reporting);
	return r < 0 ? history_fail(options, reporting->store, r) : EG_EXIT_OK;
}

/* What only a page shows: when, and what was there in the period before. */
static int read_more(struct reporting *reporting)
{
	const struct eg_options *options = reporting->options;
	const struct eg_period *asked = &reporting->asked;
	const int64_t length = asked->end - asked->start;
	const struct eg_period before = {
		.start = asked->start > length ? asked->start - length : 0,
		.end = asked->start,
	};
	int r = timeline_read(reporting->store, asked, reporting->summary, &reporting->timeline);

	if (r < 0)
		return history_fail(options, reporting->store, r);
	return history_read(options, reporting->store, &before, &reporting->before);
}

static int redact(struct reporting *reporting)
{
	struct eg_redactor *redactor = NULL;
	int r = redaction_new(&redactor);

	if (r == 0 && reporting->before)
		r = eg_redactor_learn(redactor, reporting->before);
	if (r == 0)
		r = eg_redactor_learn(redactor, reporting->summary);
	if (r == 0)
		r = redaction_replace(redactor, &reporting->summary);
	if (r == 0 && reporting->before)
		r = redaction_replace(redactor, &reporting->before);
	if (r == 0)
		r = timeline_redact(&reporting->timeline, redactor);
	eg_redactor_free(redactor);
	return r;
}

static int read_all(struct reporting *reporting)
{
	const struct eg_options *options = reporting->options;
	int status = read_history(reporting), r = 0;

	if (!status && options->format == EG_FORMAT_HTML)
		status = read_more(reporting);
	if (status)
		return status;
	if (options->redact)
		r = redact(reporting);
	if (r == 0 && reporting->before)
		r = eg_diff_make(reporting->before, reporting->summary, &reporting->diff);
	return r < 0 ? eg_command_fail(options->of, r) : EG_EXIT_OK;
}

static int print(FILE *stream, void *data)
{
	const struct reporting *reporting = data;
	const struct eg_report report = {
		.asked = reporting->asked,
		.summary = reporting->summary,
		.missed = reporting->missed,
		.missed_count = reporting->missed_count,
		.redacted = reporting->options->redact,
		.timeline = &reporting->timeline,
		.diff = reporting->diff,
	};

	return eg_print_report(stream, reporting->output.format, &report, &reporting->output.print);
}

static int report(struct reporting *reporting)
{
	int status = read_all(reporting);

	if (status)
		return status;
	if (eg_output_open(reporting->options, &reporting->output) < 0 ||
	    eg_output_write(&reporting->output, print, reporting) < 0)
		return EG_EXIT_INCOMPLETE;
	return history_status(reporting->options, reporting->summary);
}

static int run(const struct eg_options *options)
{
	struct reporting reporting = { .options = options };
	int status;

	if (options->format == EG_FORMAT_HTML && !eg_html_exists()) {
		eg_error("report: this egret was built without HTML (`make report-ui` adds it)");
		return EG_EXIT_FAILED;
	}
	status = history_period(options, WEEK_NS, &reporting.asked);
	if (!status)
		status = report(&reporting);
	clear(&reporting);
	return status;
}

const struct eg_command eg_command_report = {
	.name = "report",
	.help = "print a period of the history (default: the last week)",
	.arguments = "",
	.options = EG_OPTIONS_COMMON | EG_OPTIONS_OUTPUT | EG_OPTIONS_FILTER |
		   EG_BIT(EG_OPTION_DATABASE) | EG_BIT(EG_OPTION_SINCE) | EG_BIT(EG_OPTION_UNTIL) |
		   EG_BIT(EG_OPTION_NO_COMMAND_LINES) | EG_BIT(EG_OPTION_REDACT),
	.formats = EG_BIT(EG_FORMAT_TEXT) | EG_BIT(EG_FORMAT_JSON) | EG_BIT(EG_FORMAT_CSV) |
		   EG_BIT(EG_FORMAT_HTML),
	.run = run,
};
