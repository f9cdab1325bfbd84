/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Adding an interval: one walk over it, one transaction. Apps: add_app.c, rows: add_row.c. */
#include "add.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <egret/base.h>

#define CUTS_MAX 100 /* gaps that one interval overlaps */

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

/*
 * Where what is recorded before the interval ends, in order of the clock, not of
 * recording: a clock that was wrong for a while makes no gap of what came before that.
 */
static const char recorded_until[] =
	"SELECT max(until) FROM (SELECT value AS until FROM meta"
	"  WHERE key = 'recorded_until' AND value <= ?1"
	" UNION ALL SELECT * FROM (SELECT end FROM period WHERE level = 0 AND bucket < ?1"
	"  ORDER BY bucket DESC LIMIT 1))";

/* The first gap that ends at `time` or later: gaps don't overlap. 1, 0: there is none, -errno. */
static int find_gap(struct eg_store *store, int64_t time, int64_t *ret_id,
		    struct eg_period *ret_period)
{
	struct eg_query query = eg_query(store, "SELECT id, start, end FROM gap WHERE end >= ?1"
						" ORDER BY end LIMIT 1");
	int r;

	eg_query_int(&query, time);
	r = eg_query_next(&query);
	*ret_id = r > 0 ? eg_query_get_int(&query, 0) : 0;
	if (r > 0)
		*ret_period = (struct eg_period){ .start = eg_query_get_int(&query, 1),
						  .end = eg_query_get_int(&query, 2) };
	eg_query_end(&query);
	return r;
}

/* Of ?1 to ?2, an interval, and ?3, a gap that it overlaps: what of that is left. */
static const char *const cuts[] = {
	("INSERT INTO gap (start, end, reason) SELECT ?2, end, reason FROM gap"
	 " WHERE id = ?3 AND end > ?2"),
	"DELETE FROM gap WHERE id = ?3 AND start >= ?1 AND start < ?2",
	"UPDATE gap SET end = ?1 WHERE id = ?3 AND end > ?1",
};

static int cut_gap(struct eg_store *store, const struct eg_period *period, int64_t id)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(cuts) && r == 0; i++) {
		struct eg_query query = eg_query(store, cuts[i]);

		eg_query_int(&query, period->start);
		eg_query_int(&query, period->end);
		eg_query_int(&query, id);
		r = eg_query_run(&query);
	}
	return r;
}

/* A clock that was set back brings times again that were missed. */
static int cut_gaps(struct eg_store *store, const struct eg_period *period)
{
	struct eg_period gap;
	int64_t id;
	int r;

	for (int i = 0; i < CUTS_MAX; i++) {
		r = find_gap(store, period->start + 1, &id, &gap);
		if (r <= 0 || gap.start >= period->end)
			return r < 0 ? r : 0;
		r = cut_gap(store, period, id);
		if (r < 0)
			return r;
	}
	return 0;
}

static int add_gap(struct eg_store *store, const struct eg_period *period, const char *missed)
{
	struct eg_query query = eg_query(store, recorded_until);
	struct eg_period gap = { 0 };
	int64_t until = 0, id = 0;
	int r;

	eg_query_int(&query, period->start);
	r = eg_query_number(&query, &until);
	if (r <= 0 || period->start <= until)
		return r < 0 ? r : 0;
	r = find_gap(store, period->start, &id, &gap);
	if (r < 0 || (r > 0 && gap.start <= until))
		return r < 0 ? r : 0;
	query = eg_query(store, "INSERT INTO gap (start, end, reason) VALUES (?1, ?2, ?3)");
	eg_query_int(&query, until);
	eg_query_int(&query, period->start);
	eg_query_text(&query, missed);
	return eg_query_run(&query);
}

static int add_gaps(struct eg_addition *addition, const char *missed)
{
	const struct eg_period *period = &addition->summary->period;
	int r = cut_gaps(addition->store, period);

	if (r == 0)
		r = add_gap(addition->store, period, missed);
	return r == 0 ? set_meta(addition->store, "recorded_until", period->end) : r;
}

/* --- all of it --- */

static int add(struct eg_addition *addition, const char *missed)
{
	static const struct eg_visitor visitor = {
		.app_begin = eg_add_app,
		.process = eg_add_process,
		.destination = eg_add_row,
	};
	int r = add_gaps(addition, missed);

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
	free(addition.flows);
	eg_table_free(addition.places);
	return r;
}
