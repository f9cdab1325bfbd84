/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One app of a summary. */
#pragma once

#include <egret/flow.h>

#include "index.h"

/*
 * An app without rows, of the summary that has `places` and takes so many new
 * rows. NULL: out of memory.
 */
struct eg_app *eg_app_new(const char *id, const struct eg_seed *seed, struct eg_place_pool *places,
			  uint64_t *rows_left);
void eg_app_free(struct eg_app *app);

/* Adds `count` user ids once each. 0 or -ENOMEM. */
int eg_app_add_users(struct eg_app *app, const uint32_t *users, size_t count);
