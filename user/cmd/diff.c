/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret diff: what is new in a period, compared with the one before it. */
#include <errno.h>

#include <egret/base.h>
#include <egret/diff.h>

#include "cmd.h"
#include "history.h"

#define SINCE_NS (7 * 24 * 3600 * NSEC_PER_SEC)

struct comparing {
	const struct eg_options *options;
	struct eg_store *store;
	struct eg_period before, after;
	struct eg_summary *old, *new;
	struct eg_diff *diff;
	struct eg_output output;
};

static void clear(struct comparing *comparing)
{
	eg_diff_free(comparing->diff);
	eg_summary_free(comparing->old);
	eg_summary_free(comparing->new);
	eg_store_close(comparing->store);
}

/* What came before begins with --baseline, else it is as long as what came after. */
static int find_periods(struct comparing *comparing)
{
	const struct eg_options *options = comparing->options;
	int status = history_period(options, SINCE_NS, &comparing->after);
	int64_t length = comparing->after.end - comparing->after.start;

	if (status)
		return status;
	comparing->before.end = comparing->after.start;
	comparing->before.start = options->baseline ? options->baseline
						    : comparing->after.start - length;
	if (comparing->before.start < comparing->before.end)
		return EG_EXIT_OK;
	eg_error("diff: --baseline is not before --since");
	return EG_EXIT_USAGE;
}

static int compare(struct comparing *comparing)
{
	const struct eg_options *options = comparing->options;
	int status = find_periods(comparing), r;

	if (!status)
		status = history_open(options, &comparing->store);
	if (!status)
		status = history_read(options, comparing->store, &comparing->before,
				      &comparing->old);
	if (!status)
		status =
			history_read(options, comparing->store, &comparing->after, &comparing->new);
	if (status)
		return status;
	r = eg_diff_make(comparing->old, comparing->new, &comparing->diff);
	return r < 0 ? eg_command_fail(options->of, r) : EG_EXIT_OK;
}

static int print(FILE *stream, void *data)
{
	const struct comparing *comparing = data;
	const struct eg_comparison comparison = {
		.before = comparing->before,
		.after = comparing->after,
		.old = comparing->old,
		.new = comparing->new,
		.diff = comparing->diff,
	};

	return eg_print_comparison(stream, comparing->output.format, &comparison,
				   &comparing->output.print);
}

static int tell(struct comparing *comparing)
{
	if (eg_output_open(comparing->options, &comparing->output) < 0 ||
	    eg_output_write(&comparing->output, print, comparing) < 0)
		return EG_EXIT_INCOMPLETE;
	if (comparing->options->fail_on_new && eg_diff_has_news(comparing->diff))
		return EG_EXIT_FINDING;
	return eg_summary_completeness(comparing->old) == EG_INCOMPLETE
		       ? EG_EXIT_INCOMPLETE
		       : history_status(comparing->options, comparing->new);
}

static int run(const struct eg_options *options)
{
	struct comparing comparing = { .options = options };
	int status = compare(&comparing);

	if (!status)
		status = tell(&comparing);
	clear(&comparing);
	return status;
}

const struct eg_command eg_command_diff = {
	.name = "diff",
	.help = "tell what is new in the history (default: in the last week)",
	.arguments = "",
	.options = EG_OPTIONS_COMMON | EG_OPTIONS_OUTPUT | EG_OPTIONS_FILTER |
		   EG_BIT(EG_OPTION_DATABASE) | EG_BIT(EG_OPTION_SINCE) | EG_BIT(EG_OPTION_UNTIL) |
		   EG_BIT(EG_OPTION_BASELINE) | EG_BIT(EG_OPTION_FAIL_ON_NEW),
	.formats = EG_BIT(EG_FORMAT_TEXT) | EG_BIT(EG_FORMAT_JSON),
	.run = run,
};
