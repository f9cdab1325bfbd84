/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret merge: adds summaries of several intervals and hosts into one. */
#include "cmd.h"
#include "input.h"

#include <errno.h>

#include <egret/base.h>

static void free_summary(struct eg_summary **summary)
{
	eg_summary_free(*summary);
}

static int print(const struct eg_options *options, const struct eg_summary *summary)
{
	struct eg_output output;

	if (eg_output_open(options, &output) < 0)
		return EG_EXIT_INCOMPLETE;
	if (eg_output_print(&output, summary) < 0)
		return EG_EXIT_INCOMPLETE;
	return eg_summary_totals(summary).complete ? EG_EXIT_OK : EG_EXIT_INCOMPLETE;
}

static int run(const struct eg_options *options)
{
	_cleanup_(free_summary) struct eg_summary *summary = NULL;
	int r = 0;

	for (char **path = options->operands; *path && r == 0; path++)
		r = input_merge(*path, INPUT_DOCUMENT_MAX, &summary);
	/* Loopback was left out, or wanted, when the summaries were made. */
	if (r == 0)
		r = eg_summary_exclude(summary, true, &options->filter);
	if (r < 0)
		return r == -ENOMEM ? eg_command_fail(options->of, r) : EG_EXIT_USAGE;
	return print(options, summary);
}

const struct eg_command eg_command_merge = {
	.name = "merge",
	.help = "add several summaries (intervals, hosts) into one",
	.arguments = "FILE...",
	.options = EG_OPTIONS_COMMON | EG_OPTIONS_OUTPUT | EG_OPTIONS_FILTER |
		   EG_BIT(EG_OPTION_NO_COMMAND_LINES),
	.formats = EG_FORMATS_SUMMARY,
	.operands_min = 1,
	.operands_max = -1,
	.run = run,
};
