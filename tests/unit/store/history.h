/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For the tests of the history: a folder with one, and summaries to put into it. */
#pragma once

#include "tests/unit/flow/model.h"

#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <egret/store.h>

/* 2026-11-23T00:00:00Z, a Monday */
#define DAY_ONE (1795392000LL * NSEC_PER_SEC)
#define SECONDS(n) ((n)*NSEC_PER_SEC)
#define MINUTES(n) SECONDS(60LL * (n))
#define HOURS(n) SECONDS(3600LL * (n))
#define DAYS(n) SECONDS(86400LL * (n))

static char history_folder[] = "/tmp/egret-store-XXXXXX";
static char history_path[64];

static inline int history_make_folder(void **state)
{
	(void)state;
	memcpy(history_folder + sizeof(history_folder) - 7, "XXXXXX", 6);
	if (!mkdtemp(history_folder))
		return -1;
	snprintf(history_path, sizeof(history_path), "%s/history.db", history_folder);
	return 0;
}

static inline int history_unlink(const char *path, const struct stat *status, int type,
				 struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static inline int history_remove_folder(void **state)
{
	(void)state;
	return nftw(history_folder, history_unlink, 8, FTW_DEPTH | FTW_PHYS);
}

#define HISTORY_TEST(function)                                                                     \
	cmocka_unit_test_setup_teardown(function, history_make_folder, history_remove_folder)

static inline struct eg_store *history_record(void)
{
	struct eg_store_error error = { "" };
	struct eg_store *store = NULL;
	int r = eg_store_record(history_path, &store, &error);

	if (r < 0)
		fail_msg("%d: %s", r, error.reason);
	return store;
}

static inline struct eg_store *history_open(void)
{
	struct eg_store_error error = { "" };
	struct eg_store *store = NULL;
	int r = eg_store_open(history_path, &store, &error);

	if (r < 0)
		fail_msg("%d: %s", r, error.reason);
	return store;
}

/* Opening fails with this error and these words. */
static inline void history_refuses(int (*how)(const char *path, struct eg_store **ret_store,
					      struct eg_store_error *ret_error),
				   int expected, const char *words)
{
	struct eg_store_error error = { "" };
	struct eg_store *store = NULL;
	int r = how(history_path, &store, &error);

	if (r != expected || !strstr(error.reason, words))
		fail_msg("%d: '%s' instead of %d: '%s'", r, error.reason, expected, words);
	assert_null(store);
}

/* What there is in any summary of one interval. */
static inline struct eg_summary *history_summary(int64_t start, int64_t end)
{
	struct eg_summary *summary = model_new();

	summary->period = (struct eg_period){ .start = start, .end = end };
	summary->periods = calloc(1, sizeof(*summary->periods));
	summary->periods[0] = summary->period;
	summary->periods_count = 1;
	summary->hosts = calloc(1, sizeof(*summary->hosts));
	summary->hosts[0].id = strdup("6f1d9c0e5b7a4c1f8d2e3b4a5c6d7e8f");
	summary->hosts[0].name = strdup("ws1");
	summary->hosts_count = 1;
	return summary;
}

static inline struct eg_destination *history_row(struct eg_summary *summary, const char *id,
						 uint8_t last, uint64_t sent)
{
	struct eg_counters counters = model_counters(sent, 1);

	counters.first_seen = summary->period.start + 1;
	counters.last_seen = summary->period.end - 1;
	return model_add(model_app(summary, id), model_key(last), counters);
}

static inline void history_add(struct eg_store *store, const struct eg_summary *summary)
{
	int r = eg_store_add(store, summary, "it was not running", true);

	if (r < 0)
		fail_msg("%d: %s", r, eg_store_reason(store));
}

/* Ten seconds in which exe:/a sent `sent` bytes to 192.0.2.1. */
static inline void history_interval(struct eg_store *store, int64_t start, uint64_t sent)
{
	struct eg_summary *summary = history_summary(start, start + SECONDS(10));

	history_row(summary, "exe:/a", 1, sent);
	history_add(store, summary);
	eg_summary_free(summary);
}

static inline struct eg_summary *history_read(struct eg_store *store, int64_t since, int64_t until)
{
	const struct eg_period period = { .start = since, .end = until };
	struct eg_summary *summary = NULL;
	int r = eg_store_read(store, &period, &summary);

	if (r < 0)
		fail_msg("%d: %s", r, eg_store_reason(store));
	return summary;
}

static inline uint64_t history_sent(struct eg_store *store, int64_t since, int64_t until)
{
	struct eg_summary *summary = history_read(store, since, until);
	uint64_t sent = eg_summary_totals(summary).bytes.sent;

	eg_summary_free(summary);
	return sent;
}
