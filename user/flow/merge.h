/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Merging rows: which of two texts stays. */
#pragma once

#include <egret/flow.h>

#include "texts.h"

/* When two things of one key were last seen, before their counters are merged; 0: unknown. */
struct eg_choice {
	int64_t into_seen, from_seen;
};

/*
 * Whether `from` is what stays of two values: the one with the larger
 * last_seen, then the smaller one; `order` is how from compares to into.
 */
bool eg_choice_is_from(const struct eg_choice *choice, int order);
/* The same for a group of texts, which is copied if it is what stays. 0 or -ENOMEM. */
int eg_choice_texts(const struct eg_choice *choice, const struct eg_text_group *group, void *into,
		    const void *from);

/* Adds a row of another app to the row of `app` with the same key. 0 or -ENOMEM. */
int eg_app_merge_row(struct eg_app *app, const struct eg_destination *from);
