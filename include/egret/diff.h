/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is in one summary and was not in another, and which apps' volume has changed. */
#pragma once

#include <egret/flow.h>

enum eg_news {
	EG_NEWS_APP,
	EG_NEWS_DESTINATION, /* of apps that are not new themselves */
	EG_NEWS_OPERATOR,
	EG_NEWS_OWNER,
	EG_NEWS_COUNTRY,
	EG_NEWS_COUNT,
};

/* Texts belong to the summary that it is of. */
struct eg_news_item {
	const char *app, *app_kind, *app_name; /* of APP and DESTINATION, else NULL */
	const char *app_trust, *app_via, *app_flag;
	/*
	 * DESTINATION: the registered domain, else the domain, else NULL and `ip`,
	 * since addresses behind one name change by the hour; OPERATOR: its
	 * organization, OWNER: its name, COUNTRY: its code.
	 */
	const char *name;
	uint8_t ip[16];
	uint32_t as_number; /* OPERATOR; 0: unknown */
	struct eg_counters counters;
};

/* Bytes a day, of the time that was recorded. */
struct eg_change {
	const char *app, *app_kind, *app_name, *app_trust, *app_via, *app_flag;
	struct eg_bytes before, after;
};

/* A volume has changed when it is this many times more, or less, ... */
#define EG_CHANGE_TIMES 3
/* ... and by at least so many bytes a day. */
#define EG_CHANGE_BYTES 1000000

struct eg_diff {
	int64_t recorded_before,
		recorded_after; /* ns: the periods without what is missing in them */
	struct {
		struct eg_news_item *items; /* largest sender first */
		size_t count;
	} news[EG_NEWS_COUNT];
	struct eg_change *changes; /* largest difference first */
	size_t changes_count;
};

/* Both must outlive the result, which the caller frees. 0 or -ENOMEM. */
int eg_diff_make(const struct eg_summary *before, const struct eg_summary *after,
		 struct eg_diff **ret_diff);
void eg_diff_free(struct eg_diff *diff);
/* Whether anything is new; a changed volume is not. */
bool eg_diff_has_news(const struct eg_diff *diff);
