/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The form of the database: made, recognised, brought up to date. */
#include "private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <egret/base.h>

/* In the file's header, where file(1) looks: "egrt". */
#define APPLICATION_ID 0x65677274

/*
 * One step per version: step N makes version N + 1 out of version N. Steps that
 * were released never change. What each table is:
 *
 * context      what holds for many intervals: host, databases, what can't be seen
 * period       an interval (level 0), or the sums of those of a context that
 *              began in an hour (1) or day (2); `bucket` is the start, of which
 *              start and end are the hull. `rolled`: it is in the sums already
 * app, place, domain, name: texts that belong together, each combination once
 * destination  a row's key, and all that was known of it
 * flow         counters of a destination in a period; times relative to the bucket.
 *              Where the destination has a `name`, all of them are that name's
 * process      as it was described; used: in which period, for which app
 * gap          when nothing was recorded
 */
static const char *const steps[] = {
	"CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE context (id INTEGER PRIMARY KEY, host_id TEXT, host_name TEXT, kernel TEXT,"
	" databases TEXT, degraded TEXT) STRICT;"
	"CREATE TABLE period (id INTEGER PRIMARY KEY, level INTEGER NOT NULL,"
	" bucket INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,"
	" context INTEGER NOT NULL, rolled INTEGER NOT NULL,"
	" loopback_sent INTEGER NOT NULL, loopback_received INTEGER NOT NULL,"
	" host_sent INTEGER NOT NULL, host_received INTEGER NOT NULL,"
	" filter_sent INTEGER NOT NULL, filter_received INTEGER NOT NULL) STRICT;"
	"CREATE INDEX period_time ON period (level, bucket);"
	"CREATE UNIQUE INDEX period_sum ON period (level, bucket, context) WHERE level > 0;"
	"CREATE INDEX period_fresh ON period (bucket) WHERE level = 0 AND rolled = 0;"
	"CREATE TABLE lost (period INTEGER, reason TEXT, count INTEGER NOT NULL,"
	" PRIMARY KEY (period, reason)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE app (id INTEGER PRIMARY KEY, app_id TEXT NOT NULL, kind TEXT, name TEXT,"
	" trust TEXT, via TEXT, flag TEXT, users TEXT) STRICT;"
	"CREATE INDEX app_texts ON app (app_id);"
	"CREATE TABLE place (id INTEGER PRIMARY KEY, country TEXT, country_basis TEXT,"
	" anycast INTEGER, as_number INTEGER, as_organization TEXT, as_country TEXT,"
	" owner_name TEXT, owner_country TEXT, owner_source TEXT) STRICT;"
	"CREATE INDEX place_texts ON place (as_number, country);"
	"CREATE TABLE domain (id INTEGER PRIMARY KEY, domain TEXT, source TEXT, confidence TEXT,"
	" registered_domain TEXT) STRICT;"
	"CREATE INDEX domain_texts ON domain (domain);"
	"CREATE TABLE name (id INTEGER PRIMARY KEY, name TEXT, source TEXT, confidence TEXT)"
	" STRICT;"
	"CREATE INDEX name_texts ON name (name);"
	"CREATE TABLE destination (id INTEGER PRIMARY KEY, app INTEGER NOT NULL, ip BLOB,"
	" port INTEGER, transport INTEGER NOT NULL, direction INTEGER NOT NULL,"
	" overflow INTEGER NOT NULL, scope INTEGER NOT NULL, place INTEGER, domain INTEGER,"
	" name INTEGER, seen INTEGER NOT NULL) STRICT;"
	"CREATE INDEX destination_key ON destination (ip, port, app);"
	"CREATE TABLE flow (period INTEGER, destination INTEGER, sent INTEGER NOT NULL,"
	" received INTEGER NOT NULL, connections INTEGER NOT NULL, failed INTEGER NOT NULL,"
	" first_seen INTEGER, last_seen INTEGER, rtt_min_us INTEGER,"
	" PRIMARY KEY (period, destination)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE flow_error (period INTEGER, destination INTEGER, number INTEGER,"
	" count INTEGER NOT NULL, PRIMARY KEY (period, destination, number))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE flow_name (period INTEGER, destination INTEGER, name INTEGER,"
	" connections INTEGER NOT NULL, sent INTEGER NOT NULL, received INTEGER NOT NULL,"
	" PRIMARY KEY (period, destination, name)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE process (id INTEGER PRIMARY KEY, start INTEGER NOT NULL,"
	" pid INTEGER NOT NULL, ppid INTEGER, uid INTEGER, comm TEXT, executable TEXT,"
	" cgroup TEXT, component TEXT, command_line TEXT, seen INTEGER NOT NULL) STRICT;"
	"CREATE INDEX process_key ON process (start, pid);"
	"CREATE TABLE used (period INTEGER, app INTEGER, process INTEGER,"
	" PRIMARY KEY (period, app, process)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE omitted (period INTEGER, app INTEGER, count INTEGER NOT NULL,"
	" PRIMARY KEY (period, app)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE gap (id INTEGER PRIMARY KEY, start INTEGER NOT NULL, end INTEGER NOT NULL,"
	" reason TEXT) STRICT;"
	"CREATE INDEX gap_time ON gap (end);",
};
static const struct eg_schema current = { .steps = steps, .version = ARRAY_SIZE(steps) };

static int get_number(struct eg_store *store, const char *text, int64_t *ret_value)
{
	struct eg_query query = eg_query(store, text);

	*ret_value = 0;
	return eg_query_number(&query, ret_value);
}

static int refuse(struct eg_store *store, int error, const char *why)
{
	snprintf(store->error.reason, sizeof(store->error.reason), "%s", why);
	return error;
}

/* --- recognising --- */

/*
 * All that the schema holds, as one text. A file from elsewhere may have a trigger
 * or view in place of a table, whose statements would run as ours.
 */
static int describe(struct eg_store *store, char **ret_text)
{
	struct eg_query query =
		eg_query(store, "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name");
	struct eg_pack pack = { 0 };
	int r = 0, more = 0;

	while (r == 0 && (more = eg_query_next(&query)) > 0) {
		for (int i = 0; i < 3 && r == 0; i++)
			r = eg_pack_add(&pack, eg_query_get_text(&query, i));
	}
	eg_query_end(&query);
	if (more < 0)
		r = more;
	if (r == 0)
		*ret_text = TAKE_PTR(pack.text);
	eg_pack_free(&pack);
	return r;
}

/* What the schema of a version is like, from a database in memory. */
static int describe_version(const struct eg_schema *schema, int64_t version, char **ret_text)
{
	struct eg_store model = { .lock = -1 };
	int r = 0;

	if (sqlite3_open(":memory:", &model.sqlite) != SQLITE_OK)
		r = -ENOMEM;
	for (int64_t i = 0; i < version && r == 0; i++)
		r = eg_store_execute(&model, schema->steps[i]);
	if (r == 0)
		r = describe(&model, ret_text);
	for (size_t i = 0; i < model.statements_count; i++)
		sqlite3_finalize(model.statements[i].statement);
	sqlite3_close(model.sqlite);
	return r;
}

static int compare_schema(struct eg_store *store, const struct eg_schema *schema, int64_t version)
{
	_cleanup_(eg_freep) char *expected = NULL;
	_cleanup_(eg_freep) char *found = NULL;
	int r = describe(store, &found);

	if (r == 0)
		r = describe_version(schema, version, &expected);
	if (r == 0 && (!found || strcmp(expected, found) != 0))
		return refuse(store, -EBADMSG, "is not a history: its tables are others");
	return r;
}

/* --- making --- */

static int set_up(struct eg_store *store, const struct eg_schema *schema, int64_t from)
{
	char text[96];
	int r = eg_store_begin(store);

	if (r < 0)
		return r;
	for (int64_t i = from; i < schema->version && r == 0; i++)
		r = eg_store_execute(store, schema->steps[i]);
	snprintf(text, sizeof(text), "PRAGMA application_id = %d; PRAGMA user_version = %lld",
		 APPLICATION_ID, (long long)schema->version);
	if (r == 0)
		r = eg_store_execute(store, text);
	return eg_store_finish(store, r);
}

/* A new file has nothing in it, and keeps what it is made with. */
static int make(struct eg_store *store, const struct eg_schema *schema, bool record)
{
	int64_t objects = 0;
	int r = get_number(store, "SELECT count(*) FROM sqlite_schema", &objects);

	if (r < 0)
		return r;
	if (objects > 0)
		return refuse(store, -EBADMSG, "is not a history, but another database");
	if (!record)
		return refuse(store, -ENOENT, "has nothing in it yet");
	r = eg_store_execute(store, "PRAGMA auto_vacuum = INCREMENTAL");
	if (r == 0)
		r = eg_store_execute(store, "PRAGMA journal_mode = WAL");
	return r == 0 ? set_up(store, schema, 0) : r;
}

int eg_schema_check_against(struct eg_store *store, const struct eg_schema *schema, bool record)
{
	int64_t application = 0, version = 0;
	int r = get_number(store, "PRAGMA application_id", &application);

	if (r >= 0)
		r = get_number(store, "PRAGMA user_version", &version);
	if (r < 0)
		return r;
	if (!application && !version)
		return make(store, schema, record);
	if (application != APPLICATION_ID || version < 1)
		return refuse(store, -EBADMSG, "is not a history, but another database");
	if (version > schema->version)
		return refuse(store, -ENOTSUP, "was made by a newer egret");
	r = compare_schema(store, schema, version);
	if (r < 0 || version == schema->version)
		return r;
	if (!record)
		return refuse(store, -ENOTSUP,
			      "was made by an older egret: `egret record` brings it up to date");
	return set_up(store, schema, version);
}

int eg_schema_check(struct eg_store *store, bool record)
{
	return eg_schema_check_against(store, &current, record);
}
