/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading a period: what its parts share. Private to user/store/. */
#pragma once

#include "chosen.h"

struct eg_reading {
	struct eg_store *store;
	struct eg_summary *summary;
	struct eg_plan plan;
	struct eg_table *apps; /* numbers of the apps whose users are known */
};

/* Calls back for each row of the result of a statement that begins with EG_CHOSEN. 0 or -errno. */
int eg_reading_each(struct eg_reading *reading, const char *text,
		    int (*call)(struct eg_reading *reading, const struct eg_query *query));

/* Each adds a part of the period to the summary, in this order. 0 or -errno. */
int eg_reading_contexts(struct eg_reading *reading);
int eg_reading_rows(struct eg_reading *reading);
int eg_reading_processes(struct eg_reading *reading);

/* The app whose id is the first column. 0 or -errno. */
int eg_reading_app(struct eg_reading *reading, const struct eg_query *query,
		   struct eg_app **ret_app);
/* Numbers in successive columns, from 0 on; NULL is 0. 0 or -EBADMSG. */
int eg_reading_numbers(const struct eg_query *query, int column, size_t count, uint64_t *ret);
/* Copies of texts in successive columns; NULL leaves one as it is. 0 or -ENOMEM. */
int eg_reading_texts(const struct eg_query *query, int column, size_t count, char **const *into);
/* A NULL-terminated list out of a packed one; NULL of NULL. 0, -EBADMSG or -ENOMEM. */
int eg_reading_list(struct eg_store *store, const char *packed, char ***ret_list);
void eg_reading_free_list(char **list);
