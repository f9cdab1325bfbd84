/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* When each app of a summary sent and received, out of the history. */
#pragma once

#include <egret/out.h>
#include <egret/redact.h>
#include <egret/store.h>

/*
 * Only what is in rows of the summary counts, so that filters hold here as well.
 * The steps are as long as makes a picture of the period; where the history has
 * only sums of longer ones left, those. 0, -ENOMEM, or -errno of the history. The
 * caller frees with timeline_free().
 */
int timeline_read(struct eg_store *store, const struct eg_period *period,
		  const struct eg_summary *summary, struct eg_timeline *ret_timeline);
void timeline_free(struct eg_timeline *timeline);
/* The names of its apps as the redactor has them in the summary. 0 or -ENOMEM. */
int timeline_redact(struct eg_timeline *timeline, struct eg_redactor *redactor);
