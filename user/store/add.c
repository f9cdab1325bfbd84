/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Adding an interval: one walk over the summary, one transaction. Apps: add_app.c, rows: add_row.c. */
#include "add.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <egret/base.h>

/* --- the period --- */

static int add_databases(struct eg_pack *pack, const struct eg_summary *summary)
{
	int r = 0;

	for (size_t i = 0; i < summary->databases_count && r == 0; i++) {
		const struct eg_database *database = &summary->databases[i];
		_cleanup_(eg_pack_free) struct eg_pack fields = { 0 };

		for (char **field = database->fields; field && *field && r == 0; field++)
			r = eg_pack_add(&fields, *field);
		if (r == 0)
			r = eg_pack_add(pack, database->name);
		if (r == 0)
			r = eg_pack_add(pack, database->built);
		if (r == 0)
			r = eg_pack_add(pack, database->license);
		if (r == 0)
			r = eg_pack_add(pack, fields.text);
	}
	return r;
}

static int intern_context(struct eg_addition *addition, int64_t *ret_context)
{
	const struct eg_summary *summary = addition->summary;
	const struct eg_host *host = summary->hosts_count ? summary->hosts : NULL;
	_cleanup_(eg_pack_free) struct eg_pack databases = { 0 };
	_cleanup_(eg_pack_free) struct eg_pack degraded = { 0 };
	const char *texts[EG_INTERN_TEXTS] = { NULL };
	int r = add_databases(&databases, summary);

	for (char **text = summary->ledger.degraded; text && *text && r == 0; text++)
		r = eg_pack_add(&degraded, *text);
	if (r < 0)
		return r;
	if (host) {
		texts[0] = host->id;
		texts[1] = host->name;
		texts[2] = host->kernel;
	}
	texts[3] = databases.text;
	texts[4] = degraded.text;
	return eg_intern_texts(addition->store, EG_INTERN_CONTEXT, texts, ret_context);
}

static int add_lost(struct eg_addition *addition)
{
	const struct eg_ledger *ledger = &addition->summary->ledger;
	int r = 0;

	for (size_t i = 0; i < ledger->lost_count && r == 0; i++) {
		struct eg_query query;

		if (!ledger->lost[i].count)
			continue;
		query = eg_query(addition->store,
				 "INSERT INTO lost (period, reason, count) VALUES (?1, ?2, ?3)");
		eg_query_int(&query, addition->period);
		eg_query_text(&query, ledger->lost[i].reason);
		eg_query_count(&query, ledger->lost[i].count);
		r = eg_query_run(&query);
	}
	return r;
}

static int add_period(struct eg_addition *addition)
{
	const struct eg_summary *summary = addition->summary;
	struct eg_query query;
	int64_t context = 0;
	int r = intern_context(addition, &context);

	if (r < 0)
		return r;
	query = eg_query(addition->store,
			 "INSERT INTO period (level, bucket, start, end, context, rolled,"
			 " loopback_sent, loopback_received, host_sent, host_received,"
			 " filter_sent, filter_received)"
			 " VALUES (0, ?1, ?1, ?2, ?3, 0, ?4, ?5, ?6, ?7, ?8, ?9)");
	eg_query_int(&query, summary->period.start);
	eg_query_int(&query, summary->period.end);
	eg_query_int(&query, context);
	for (size_t i = 0; i < EG_EXCLUDED_COUNT; i++) {
		eg_query_count(&query, summary->ledger.excluded[i].sent);
		eg_query_count(&query, summary->ledger.excluded[i].received);
	}
	r = eg_query_run(&query);
	addition->period = sqlite3_last_insert_rowid(addition->store->sqlite);
	return r == 0 ? add_lost(addition) : r;
}

/* --- gaps --- */

static int set_meta(struct eg_store *store, const char *key, int64_t value)
{
	struct eg_query query = eg_query(store,
					 "INSERT INTO meta (key, value) VALUES (?1, ?2)"
					 " ON CONFLICT DO UPDATE SET value = excluded.value");

	eg_query_text(&query, key);
	eg_query_int(&query, value);
	return eg_query_run(&query);
}

static int add_gap(struct eg_addition *addition, const char *missed)
{
	const struct eg_period *period = &addition->summary->period;
	struct eg_query query =
		eg_query(addition->store, "SELECT value FROM meta WHERE key = 'recorded_until'");
	int64_t until = 0;
	int r = eg_query_number(&query, &until);

	if (r < 0)
		return r;
	if (r > 0 && period->start > until) {
		query = eg_query(addition->store,
				 "INSERT INTO gap (start, end, reason) VALUES (?1, ?2, ?3)");
		eg_query_int(&query, until);
		eg_query_int(&query, period->start);
		eg_query_text(&query, missed);
		r = eg_query_run(&query);
	}
	return r < 0 ? r : set_meta(addition->store, "recorded_until", period->end);
}

/* --- all of it --- */

static int add(struct eg_addition *addition, const char *missed)
{
	static const struct eg_visitor visitor = {
		.app_begin = eg_add_app,
		.process = eg_add_process,
		.destination = eg_add_row,
	};
	int r = add_gap(addition, missed);

	if (r == 0)
		r = add_period(addition);
	if (r == 0)
		r = eg_summary_walk(addition->summary, &visitor, addition);
	return r == 0 ? eg_add_rows(addition) : r;
}

/* What is written into a file that nobody finds any more is lost. */
static int check_file(struct eg_store *store)
{
	struct stat status;

	if (stat(store->path, &status) == 0 && status.st_dev == store->device &&
	    status.st_ino == store->inode)
		return 0;
	snprintf(store->error.reason, sizeof(store->error.reason), "was replaced or removed");
	return -ESTALE;
}

int eg_store_add(struct eg_store *store, const struct eg_summary *summary, const char *missed,
		 bool command_lines)
{
	struct eg_addition addition = {
		.store = store,
		.summary = summary,
		.command_lines = command_lines,
		.bucket = summary->period.start,
	};
	int r = check_file(store);

	if (r < 0)
		return r;
	if (summary->by != EG_BY_APP || summary->hosts_count > 1) {
		snprintf(store->error.reason, sizeof(store->error.reason),
			 "takes summaries of one host, by app");
		return -EINVAL;
	}
	store->day = eg_floor(summary->period.start, EG_DAY_NS);
	addition.places = eg_table_new(sizeof(uint64_t), sizeof(int64_t));
	r = addition.places ? eg_store_begin(store) : -ENOMEM;
	if (r == 0)
		r = eg_store_finish(store, add(&addition, missed));
	free(addition.rows);
	eg_table_free(addition.places);
	return r;
}
