/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What `top` shows: rows of a summary that grows, with rates; which of them, and their sums. */
#pragma once

#include <egret/filter.h>
#include <egret/flow.h>

#include "top_words.h"

/* Since the totals were last set to zero; rates of the last interval. */
struct top_numbers {
	struct eg_bytes rate; /* bytes per second */
	struct eg_bytes bytes;
	uint64_t connections, failed;
	int64_t last_seen; /* CLOCK_REALTIME ns, 0: unknown */
};

/* How much of an app's destinations is listed. */
enum top_fold { TOP_SHORT, TOP_FULL, TOP_FOLDED };
#define TOP_SHORT_ROWS 10 /* with one more, all are listed */

struct top_app {
	const struct eg_app *app;
	struct top_numbers sums; /* of its rows that are listed ... */
	size_t rows_count; /* ... and how many those are */
	size_t rank;
	enum top_fold fold;
};

struct top_row {
	const struct eg_destination *row;
	struct top_app *of;
	struct top_numbers now, shown; /* the same, but while a view stands still */
	struct eg_counters seen, zero; /* at the last measuring; when totals were set to zero */
	bool is_shown;
};

enum top_key {
	TOP_BY_SENT_RATE,
	TOP_BY_RECEIVED_RATE,
	TOP_BY_SENT,
	TOP_BY_RECEIVED,
	TOP_BY_CONNECTIONS,
	TOP_BY_FAILED,
	TOP_BY_NAME,
	TOP_BY_SEEN,
	TOP_KEYS,
};

/* What is sorted by: the first decides; where it can't, what it was before. */
struct top_order {
	enum top_key key, before;
	bool reversed;
};

struct top_model {
	struct eg_table *apps; /* const struct eg_app * -> struct top_app */
	struct eg_table *rows; /* const struct eg_destination * -> struct top_row */
	struct eg_matcher matcher;
	bool include_loopback;
	char words[TOP_WORDS_SIZE]; /* typed; "": none */
	struct top_order order;
	int64_t span; /* ns: the interval that is being measured */
	/* What top_model_list() makes: rows in order, and apps that have any. */
	struct top_row **list;
	size_t list_count, list_size;
	struct top_app **apps_list;
	size_t apps_count, apps_size;
	struct top_numbers totals;
	struct eg_bytes kernel, unattributed, overflow, excluded[EG_EXCLUDED_COUNT];
	struct eg_bytes words_excluded; /* by what was typed */
};

/*
 * `filter` and what it points to must outlive the model. 0 or -ENOMEM. The model
 * may be freed also after a failure.
 */
int top_model_init(struct top_model *model, const struct eg_filter *filter, bool include_loopback);
void top_model_free(struct top_model *model);

/*
 * Takes over what the summary's rows count now; it has gained what it has since the
 * last call in `span` ns (0: before anybody looked, so that there are no rates). All
 * calls are with the same summary, which must live as long as the model. 0 or -ENOMEM.
 */
int top_model_measure(struct top_model *model, struct eg_summary *summary, int64_t span);
/* Shows what was measured last; not called while the view is to stand still. */
void top_model_show(struct top_model *model);
/* From here on totals count from zero. */
void top_model_zero(struct top_model *model);

/* Lists the rows that filters, words and scopes leave, sorted, with sums. 0 or -ENOMEM. */
int top_model_list(struct top_model *model);

void top_numbers_add(struct top_numbers *into, const struct top_numbers *from);

/* --- top_order.c --- */

/* "sent/s", "name", ... */
const char *top_key_name(enum top_key key);
/* The next key (step 1), or the one before (-1); the order stays as it is within. */
void top_order_step(struct top_order *order, int step);
/* Sorts apps by their sums and gives them ranks, then rows by their app's rank and numbers. */
void top_order_sort(struct top_model *model);
