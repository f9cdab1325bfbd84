/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The history as commands read it. */
#include "history.h"

#include <errno.h>

#include <egret/base.h>

const char *history_path(const struct eg_options *options)
{
	return options->database ? options->database : EG_STORE_PATH;
}

static int status_of(int error)
{
	return error == -EACCES || error == -EPERM ? EG_EXIT_PRIVILEGE : EG_EXIT_USAGE;
}

int history_open(const struct eg_options *options, struct eg_store **ret_store)
{
	struct eg_store_error error;
	int r = eg_store_open(history_path(options), ret_store, &error);

	if (r == 0)
		return EG_EXIT_OK;
	eg_error("cannot read %s: %s", history_path(options), error.reason);
	return status_of(r);
}

int history_fail(const struct eg_options *options, struct eg_store *store, int error)
{
	if (error == -ENOMEM)
		return eg_command_fail(options->of, error);
	eg_error("cannot read %s: %s", history_path(options), eg_store_reason(store));
	return status_of(error);
}

int history_read(const struct eg_options *options, struct eg_store *store,
		 const struct eg_period *period, struct eg_summary **ret_summary)
{
	struct eg_summary *summary = NULL;
	int r = eg_store_read(store, period, &summary);

	/* Loopback was left out, or wanted, when it was recorded. */
	if (r == 0)
		r = eg_summary_exclude(summary, true, &options->filter);
	if (r < 0) {
		eg_summary_free(summary);
		return history_fail(options, store, r);
	}
	*ret_summary = summary;
	return EG_EXIT_OK;
}

/* Where no recorder ran, that nothing was found means nothing. */
int history_status(const struct eg_options *options, const struct eg_summary *summary)
{
	enum eg_completeness completeness = eg_summary_completeness(summary);

	if (completeness == EG_EMPTY)
		eg_warning("%s: nothing was recorded in this period", options->of->name);
	return completeness == EG_COMPLETE ? EG_EXIT_OK : EG_EXIT_INCOMPLETE;
}

int history_period(const struct eg_options *options, int64_t since, struct eg_period *ret_period)
{
	int64_t now = eg_now_ns();
	struct eg_period period = {
		.start = options->since ? options->since : now - since,
		.end = options->until ? options->until : now,
	};

	if (period.start >= period.end) {
		eg_error("%s: the period ends before it begins", options->of->name);
		return EG_EXIT_USAGE;
	}
	*ret_period = period;
	return EG_EXIT_OK;
}
