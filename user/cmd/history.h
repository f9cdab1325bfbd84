/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The history as commands read it. */
#pragma once

#include <egret/flow.h>
#include <egret/store.h>

#include "cmd.h"

/* The history that the options name. */
const char *history_path(const struct eg_options *options);

/* 0, or an enum eg_exit after one line on standard error. */
int history_open(const struct eg_options *options, struct eg_store **ret_store);
/*
 * The summary of a period, without what the options' filters leave out. 0, or an
 * enum eg_exit after one line on standard error.
 */
int history_read(const struct eg_options *options, struct eg_store *store,
		 const struct eg_period *period, struct eg_summary **ret_summary);
/* The exit status for -errno of a reader; one that the store has told why is said. */
int history_fail(const struct eg_options *options, struct eg_store *store, int error);

/*
 * The exit status for a result out of `summary`: EG_EXIT_OK, or EG_EXIT_INCOMPLETE where
 * something was lost or, which a warning says, nothing was recorded at all.
 */
int history_status(const struct eg_options *options, const struct eg_summary *summary);

/* The options' period, which begins `since` ns ago where they don't say. 0, or EG_EXIT_USAGE. */
int history_period(const struct eg_options *options, int64_t since, struct eg_period *ret_period);
