/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which sums and intervals a period consists of, what is in their rows. Private to user/store/. */
#pragma once

#include "private.h"

/*
 * Whole days are read from their sums, what is left before and after from whole
 * hours, the rest, and what is in no sum yet, from intervals.
 */
struct eg_plan {
	int64_t since, first_hour, first_day, last_day, last_hour, until;
};

/* `coarsest`: the largest sums that may stand for what is in them. */
struct eg_plan eg_plan_make(const struct eg_period *period, enum eg_level_of coarsest);
/* A statement that begins with EG_CHOSEN, with the plan's times as its values 1 to 6. */
struct eg_query eg_plan_ask(struct eg_store *store, const struct eg_plan *plan, const char *text);

#define EG_CHOSEN                                                                                  \
	"WITH chosen AS ("                                                                         \
	" SELECT * FROM period WHERE level = 2 AND bucket >= ?3 AND bucket < ?4"                   \
	" UNION ALL SELECT * FROM period WHERE level = 1 AND bucket >= ?2 AND bucket < ?3"         \
	" UNION ALL SELECT * FROM period WHERE level = 1 AND bucket >= ?4 AND bucket < ?5"         \
	" UNION ALL SELECT * FROM period WHERE level = 0 AND bucket >= ?1 AND bucket < ?2"         \
	" UNION ALL SELECT * FROM period WHERE level = 0 AND bucket >= ?5 AND bucket < ?6"         \
	" UNION ALL SELECT * FROM period WHERE level = 0 AND rolled = 0"                           \
	"  AND bucket >= ?2 AND bucket < ?5) "

/* CROSS JOIN fixes the order: from the periods to what belongs to them. */
#define EG_ROW_KEY "a.app_id, d.ip, d.port, d.transport, d.direction, d.overflow, d.scope"
#define EG_KEY_COLUMNS 7

/* Values are not believed. A number from 0 to `limit`; NULL is 0. 0 or -EBADMSG. */
int eg_chosen_number(const struct eg_query *query, int column, uint64_t limit, uint64_t *ret);
/* The columns of EG_ROW_KEY behind the app's id: key and scope of a row. 0 or -EBADMSG. */
int eg_chosen_key(const struct eg_query *query, struct eg_destination *row);
