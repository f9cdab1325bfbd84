/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Taking out of a summary what is not to be shown; the ledger keeps the bytes. */
#include <egret/filter.h>

#include "destination.h"
#include "summary.h"

/* Why a row is left out; EG_EXCLUDED_COUNT: it is not. */
static enum eg_excluded reason_of(const struct eg_destination *row, bool app_matches,
				  bool include_loopback, const struct eg_matcher *matcher)
{
	if (!include_loopback && row->scope == EG_SCOPE_LOOPBACK)
		return EG_EXCLUDED_LOOPBACK;
	if (!include_loopback && row->scope == EG_SCOPE_HOST)
		return EG_EXCLUDED_HOST;
	if (!app_matches || !eg_matcher_row(matcher, row))
		return EG_EXCLUDED_FILTER;
	return EG_EXCLUDED_COUNT;
}

/* The app's counters are counted anew: minima and maxima can't be subtracted. */
static void exclude_rows(struct eg_app *app, struct eg_ledger *ledger, bool include_loopback,
			 const struct eg_matcher *matcher)
{
	bool app_matches = eg_matcher_app(matcher, app);
	uint32_t size = eg_destination_table_size(app->destinations);

	app->counters = (struct eg_counters){ 0 };
	for (uint32_t i = 0; i < size; i++) {
		struct eg_destination *row = eg_destination_at(app->destinations, i);
		enum eg_excluded reason;

		if (row->excluded)
			continue;
		reason = reason_of(row, app_matches, include_loopback, matcher);
		if (reason == EG_EXCLUDED_COUNT) {
			eg_counters_add(&app->counters, &row->counters);
			continue;
		}
		eg_bytes_add(&ledger->excluded[reason], &row->counters.bytes);
		eg_destination_exclude(app->destinations, row);
	}
}

/* An app that never had a row is left alone, unless rows of some kind are asked for. */
static bool is_left_empty(const struct eg_app *app, const void *data)
{
	const struct eg_matcher *matcher = data;

	if (eg_destination_table_count(app->destinations))
		return false;
	return eg_destination_table_size(app->destinations) || eg_matcher_asks(matcher);
}

int eg_summary_exclude(struct eg_summary *summary, bool include_loopback,
		       const struct eg_filter *filter)
{
	struct eg_matcher matcher;
	int r = eg_matcher_init(&matcher, filter, "/etc/passwd");

	if (r < 0)
		return r;
	for (size_t i = 0; i < summary->apps_count; i++)
		exclude_rows(summary->apps->apps[i], &summary->ledger, include_loopback, &matcher);
	eg_summary_drop_apps(summary, is_left_empty, &matcher);
	eg_matcher_free(&matcher);
	return 0;
}
