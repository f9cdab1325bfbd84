/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret check: the rules of a policy, held against the history or a summary. */
#include <errno.h>

#include <egret/base.h>

#include "cmd.h"
#include "findings.h"
#include "history.h"
#include "input.h"

#define SINCE_NS (24 * 3600 * NSEC_PER_SEC)

struct checking {
	const struct eg_options *options;
	struct eg_policy *policy;
	struct eg_meter *meter;
	struct eg_store *store; /* NULL: a summary is checked */
	struct eg_summary *summary; /* of all of the period */
	struct eg_period period;
	struct findings findings;
	struct eg_output output;
};

static void clear(struct checking *checking)
{
	findings_free(&checking->findings);
	eg_meter_free(checking->meter);
	eg_summary_free(checking->summary);
	eg_store_close(checking->store);
	eg_policy_free(checking->policy);
}

/* --- limits, of each day that the period touches --- */

static int check_day(struct checking *checking, const struct eg_period *day)
{
	struct eg_summary *summary = NULL;
	int status = history_read(checking->options, checking->store, day, &summary);
	int r;

	if (status)
		return status;
	eg_meter_reset(checking->meter);
	r = eg_meter_add(checking->meter, summary);
	if (r == 0)
		r = eg_meter_check(checking->meter, day, findings_add, &checking->findings);
	eg_summary_free(summary);
	return r < 0 ? eg_command_fail(checking->options->of, r) : EG_EXIT_OK;
}

static int check_days(struct checking *checking)
{
	struct eg_period recorded = { 0 };
	int r = eg_store_extent(checking->store, &recorded), status = EG_EXIT_OK;
	int64_t time = checking->period.start > recorded.start ? checking->period.start
							       : recorded.start;
	int64_t end = checking->period.end < recorded.end ? checking->period.end : recorded.end;

	if (r < 0)
		return history_fail(checking->options, checking->store, r);
	while (time < end && !status) {
		struct eg_period day = eg_day_of(time);

		status = check_day(checking, &day);
		time = day.end;
	}
	return status;
}

/* One summary says nothing of single days, but of all of them together. */
static int check_whole(struct checking *checking)
{
	int r = eg_meter_add(checking->meter, checking->summary);

	if (r == 0)
		r = eg_meter_check(checking->meter, &checking->period, findings_add,
				   &checking->findings);
	return r < 0 ? eg_command_fail(checking->options->of, r) : EG_EXIT_OK;
}

static int check_limits(struct checking *checking)
{
	int r;

	if (!eg_policy_has_limits(checking->policy))
		return EG_EXIT_OK;
	r = eg_meter_new(checking->policy, &checking->meter);
	if (r < 0)
		return eg_command_fail(checking->options->of, r);
	return checking->store ? check_days(checking) : check_whole(checking);
}

/* --- what is checked --- */

static int read_summary(struct checking *checking)
{
	int r = input_merge(checking->options->summary, INPUT_DOCUMENT_MAX, &checking->summary);

	if (r < 0)
		return r == -ENOMEM ? eg_command_fail(checking->options->of, r) : EG_EXIT_USAGE;
	checking->period = checking->summary->period;
	return EG_EXIT_OK;
}

static int read_history(struct checking *checking)
{
	int status = history_period(checking->options, SINCE_NS, &checking->period);

	if (!status)
		status = history_open(checking->options, &checking->store);
	if (!status)
		status = history_read(checking->options, checking->store, &checking->period,
				      &checking->summary);
	return status;
}

static int check_all(struct checking *checking)
{
	const struct eg_options *options = checking->options;
	int status = findings_policy(options->operands[0], &checking->policy), r;

	if (!status)
		status = options->summary ? read_summary(checking) : read_history(checking);
	if (status)
		return status;
	checking->findings.policy = checking->policy;
	r = eg_policy_check(checking->policy, checking->summary, findings_add, &checking->findings);
	if (r < 0)
		return eg_command_fail(options->of, r);
	status = check_limits(checking);
	if (status)
		return status;
	r = findings_sort(&checking->findings);
	return r < 0 ? eg_command_fail(options->of, r) : EG_EXIT_OK;
}

/* --- the result --- */

static int print(FILE *stream, void *data)
{
	const struct checking *checking = data;
	const struct eg_summary *summary = checking->summary;
	const struct eg_verdict verdict = {
		.policy = checking->options->operands[0],
		.rules = eg_policy_count(checking->policy),
		.period = checking->period,
		.host = summary->hosts_count == 1 ? summary->hosts : NULL,
		.completeness = eg_summary_completeness(summary),
		.findings = checking->findings.list,
		.findings_count = checking->findings.count,
		.omitted = checking->findings.omitted,
		.summary = summary,
	};

	return eg_print_verdict(stream, checking->output.format, &verdict, &checking->output.print);
}

static int tell(struct checking *checking)
{
	if (eg_output_open(checking->options, &checking->output) < 0 ||
	    eg_output_write(&checking->output, print, checking) < 0)
		return EG_EXIT_INCOMPLETE;
	if (checking->findings.count)
		return EG_EXIT_FINDING;
	return history_status(checking->options, checking->summary);
}

static int run(const struct eg_options *options)
{
	struct checking checking = { .options = options };
	int status;

	if (options->summary && (options->database || options->since || options->until)) {
		eg_error("check: either --summary or a period of the history");
		return EG_EXIT_USAGE;
	}
	status = check_all(&checking);
	if (!status)
		status = tell(&checking);
	clear(&checking);
	return status;
}

const struct eg_command eg_command_check = {
	.name = "check",
	.help = "hold rules against the history (default: the last day) or a summary",
	.arguments = "POLICY",
	.options = EG_OPTIONS_COMMON | EG_OPTIONS_OUTPUT | EG_BIT(EG_OPTION_SUMMARY) |
		   EG_BIT(EG_OPTION_DATABASE) | EG_BIT(EG_OPTION_SINCE) | EG_BIT(EG_OPTION_UNTIL),
	.formats = EG_BIT(EG_FORMAT_TEXT) | EG_BIT(EG_FORMAT_JSON),
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
