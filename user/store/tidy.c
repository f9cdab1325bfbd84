/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Hours and days are summed up when they are over; what is too old or too much is forgotten. */
#include "flows.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <egret/base.h>

/* How many periods one transaction forgets, and how many of those one call makes. */
#define SLICE 120
#define SLICES_MAX 30

/* --- sums --- */

/* Intervals of one context that began in one hour and are in no sum yet. */
struct batch {
	int64_t hour, context;
};

/*
 * The periods that are added up, by number: first the intervals of a batch, for the
 * hour; then that hour, for the day, where nothing else is in it.
 */
static const char make_parts[] =
	"CREATE TEMP TABLE IF NOT EXISTS part (id INTEGER PRIMARY KEY) STRICT";
static const char take_intervals[] =
	"INSERT INTO part SELECT id FROM period WHERE level = 0 AND rolled = 0"
	" AND bucket >= ?1 AND bucket < ?1 + 3600000000000 AND context = ?2";
static const char take_hour[] = "INSERT INTO part SELECT ?1";

#define PARTS " FROM part CROSS JOIN period p ON p.id = part.id "

static const char parts_flows[] =
	"SELECT f.destination, p.bucket, f.sent, f.received, f.connections, f.failed,"
	" f.first_seen, f.last_seen, f.rtt_min_us" PARTS "CROSS JOIN flow f ON f.period = p.id";

/* Of ?1 the sum's number. */
static const char *const sums[] = {
	"INSERT INTO flow_error (period, destination, number, count)"
	" SELECT ?1, e.destination, e.number, sum(e.count)" PARTS
	" CROSS JOIN flow_error e ON e.period = p.id GROUP BY e.destination, e.number"
	" ON CONFLICT DO UPDATE SET count = count + excluded.count",
	"INSERT INTO flow_name (period, destination, name, connections, sent, received)"
	" SELECT ?1, n.destination, n.name, sum(n.connections), sum(n.sent), sum(n.received)" PARTS
	" CROSS JOIN flow_name n ON n.period = p.id GROUP BY n.destination, n.name"
	" ON CONFLICT DO UPDATE SET connections = connections + excluded.connections,"
	"  sent = sent + excluded.sent, received = received + excluded.received",
	"INSERT INTO lost (period, reason, count)"
	" SELECT ?1, l.reason, sum(l.count)" PARTS
	" CROSS JOIN lost l ON l.period = p.id GROUP BY l.reason"
	" ON CONFLICT DO UPDATE SET count = count + excluded.count",
	"INSERT INTO omitted (period, app, count)"
	" SELECT ?1, o.app, sum(o.count)" PARTS
	" CROSS JOIN omitted o ON o.period = p.id GROUP BY o.app"
	" ON CONFLICT DO UPDATE SET count = count + excluded.count",
	"INSERT OR IGNORE INTO used (period, app, process)"
	" SELECT DISTINCT ?1, u.app, u.process" PARTS " CROSS JOIN used u ON u.period = p.id",
};

/* Of ?1 the sum's number: an app's processes that find no room, as in the model. */
#define CROWDED                                                                                    \
	"WITH ranked AS (SELECT u.app AS app, u.process AS process, row_number() OVER"             \
	" (PARTITION BY u.app ORDER BY p.start = 0, p.start, p.pid, p.id) AS place"                \
	" FROM used u JOIN process p ON p.id = u.process WHERE u.period = ?1),"                    \
	" crowded AS (SELECT app, process FROM ranked WHERE place > 64) "
_Static_assert(EG_PROCESSES_MAX == 64, "as CROWDED says");

static const char *const crowds[] = {
	CROWDED "INSERT INTO omitted (period, app, count)"
		" SELECT ?1, app, count(*) FROM crowded WHERE true GROUP BY app"
		" ON CONFLICT DO UPDATE SET count = count + excluded.count",
	CROWDED "DELETE FROM used WHERE period = ?1"
		" AND (app, process) IN (SELECT app, process FROM crowded)",
};

/* Of ?1 a day's number: to a day, what is in it was seen. */
static const char *const seen[] = {
	"UPDATE destination SET seen = (SELECT bucket FROM period WHERE id = ?1)"
	" WHERE id IN (SELECT destination FROM flow WHERE period = ?1)"
	" AND seen < (SELECT bucket FROM period WHERE id = ?1)",
	"UPDATE process SET seen = (SELECT bucket FROM period WHERE id = ?1)"
	" WHERE id IN (SELECT process FROM used WHERE period = ?1)"
	" AND seen < (SELECT bucket FROM period WHERE id = ?1)",
};

/* The row of table period that the sum of the parts has at a level, and whether it is new. */
static int sum_period(struct eg_store *store, const struct batch *batch, enum eg_level_of level,
		      int64_t bucket, int64_t *ret_period, bool *ret_new)
{
	static const char find[] = "SELECT id FROM period WHERE level = ?1 AND bucket = ?2"
				   " AND context = ?3";
	struct eg_query query = eg_query(store, find);
	int r;

	eg_query_int(&query, level);
	eg_query_int(&query, bucket);
	eg_query_int(&query, batch->context);
	r = eg_query_number(&query, ret_period);
	if (r < 0)
		return r;
	*ret_new = r == 0;
	query = eg_query(store,
			 "INSERT INTO period (level, bucket, start, end, context, rolled,"
			 " loopback_sent, loopback_received, host_sent, host_received, filter_sent,"
			 " filter_received)"
			 " SELECT ?1, ?2, min(p.start), max(p.end), ?3, 1, sum(p.loopback_sent),"
			 "  sum(p.loopback_received), sum(p.host_sent), sum(p.host_received),"
			 "  sum(p.filter_sent), sum(p.filter_received)" PARTS "WHERE true"
			 " ON CONFLICT DO UPDATE SET start = min(start, excluded.start),"
			 "  end = max(end, excluded.end),"
			 "  loopback_sent = loopback_sent + excluded.loopback_sent,"
			 "  loopback_received = loopback_received + excluded.loopback_received,"
			 "  host_sent = host_sent + excluded.host_sent,"
			 "  host_received = host_received + excluded.host_received,"
			 "  filter_sent = filter_sent + excluded.filter_sent,"
			 "  filter_received = filter_received + excluded.filter_received");
	eg_query_int(&query, level);
	eg_query_int(&query, bucket);
	eg_query_int(&query, batch->context);
	r = eg_query_run(&query);
	if (r == 0 && *ret_new)
		*ret_period = sqlite3_last_insert_rowid(store->sqlite);
	return r;
}

/* Runs statements whose only value is a period's number. */
static int run_each(struct eg_store *store, const char *const *statements, size_t count,
		    int64_t period)
{
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		struct eg_query query = eg_query(store, statements[i]);

		eg_query_int(&query, period);
		r = eg_query_run(&query);
	}
	return r;
}

/* What was counted in a batch, added up for each destination. */
struct flows {
	struct eg_flow_row *rows;
	size_t count;
};

/* Adds the parts up. *ret_sum is the period that they are in, *ret_new: nothing else is. */
static int sum_level(struct eg_store *store, const struct batch *batch, const struct flows *flows,
		     enum eg_level_of level, int64_t *ret_sum, bool *ret_new)
{
	struct eg_sum sum = {
		.bucket = eg_floor(batch->hour, level == EG_LEVEL_DAY ? EG_DAY_NS : EG_HOUR_NS),
	};
	int r = sum_period(store, batch, level, sum.bucket, &sum.period, ret_new);

	if (r == 0)
		r = eg_flows_write(store, &sum, flows->rows, flows->count);
	if (r == 0)
		r = run_each(store, sums, ARRAY_SIZE(sums), sum.period);
	*ret_sum = sum.period;
	return r;
}

static int take_parts(struct eg_store *store, const char *statement, int64_t first, int64_t second)
{
	int r = eg_store_execute(store, "DELETE FROM part");
	struct eg_query query;

	if (r < 0)
		return r;
	query = eg_query(store, statement);
	eg_query_int(&query, first);
	if (statement == take_intervals)
		eg_query_int(&query, second);
	return eg_query_run(&query);
}

/* The hour stands for its intervals if there are no others in it. */
static int sum_flows(struct eg_store *store, const struct batch *batch, const struct flows *flows,
		     int64_t *ret_hour, int64_t *ret_day)
{
	bool new = false;
	int r = sum_level(store, batch, flows, EG_LEVEL_HOUR, ret_hour, &new);

	if (r == 0)
		r = eg_store_execute(store, "UPDATE period SET rolled = 1"
					    " WHERE id IN (SELECT id FROM part)");
	if (r == 0 && new)
		r = take_parts(store, take_hour, *ret_hour, 0);
	return r == 0 ? sum_level(store, batch, flows, EG_LEVEL_DAY, ret_day, &new) : r;
}

/* Into an hour and its day. */
static int sum_parts(struct eg_store *store, const struct batch *batch)
{
	struct flows flows = { 0 };
	int64_t hour = 0, day = 0;
	int r = take_parts(store, take_intervals, batch->hour, batch->context);

	if (r == 0)
		r = eg_flows_add_up(store, parts_flows, &flows.rows, &flows.count);
	if (r == 0)
		r = sum_flows(store, batch, &flows, &hour, &day);
	free(flows.rows);
	if (r == 0)
		r = run_each(store, crowds, ARRAY_SIZE(crowds), hour);
	if (r == 0)
		r = run_each(store, crowds, ARRAY_SIZE(crowds), day);
	return r == 0 ? run_each(store, seen, ARRAY_SIZE(seen), day) : r;
}

static int sum_batch(struct eg_store *store, const struct batch *batch)
{
	int r = eg_store_begin(store);

	return r == 0 ? eg_store_finish(store, sum_parts(store, batch)) : r;
}

static int next_batch(struct eg_store *store, int64_t before, struct batch *ret_batch)
{
	struct eg_query query = eg_query(store,
					 "SELECT bucket, context FROM period WHERE level = 0"
					 " AND rolled = 0 AND bucket < ?1 ORDER BY bucket LIMIT 1");
	int r;

	eg_query_int(&query, before);
	r = eg_query_next(&query);
	if (r > 0)
		*ret_batch = (struct batch){
			.hour = eg_floor(eg_query_get_int(&query, 0), EG_HOUR_NS),
			.context = eg_query_get_int(&query, 1),
		};
	eg_query_end(&query);
	return r;
}

static int sum_up(struct eg_store *store, int64_t now)
{
	struct batch batch;
	int r = eg_store_execute(store, make_parts);

	while (r == 0 && (r = next_batch(store, eg_floor(now, EG_HOUR_NS), &batch)) > 0) {
		r = sum_batch(store, &batch);
	}
	return r;
}

/* --- forgetting --- */

/* The oldest periods of a level that begin before; ?1 the level, ?2 the time. */
#define OLDEST                                                                                     \
	" IN (SELECT id FROM period WHERE level = ?1 AND rolled = 1 AND bucket < ?2"               \
	" ORDER BY bucket LIMIT ?3)"
static const char *const forget[] = {
	"DELETE FROM flow WHERE period" OLDEST,	     "DELETE FROM flow_error WHERE period" OLDEST,
	"DELETE FROM flow_name WHERE period" OLDEST, "DELETE FROM used WHERE period" OLDEST,
	"DELETE FROM omitted WHERE period" OLDEST,   "DELETE FROM lost WHERE period" OLDEST,
	"DELETE FROM period WHERE id" OLDEST,
};

/* Returns how many periods were forgotten, or -errno. */
static int forget_slice(struct eg_store *store, enum eg_level_of level, int64_t before)
{
	int forgotten = 0, r = eg_store_begin(store);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(forget) && r == 0; i++) {
		struct eg_query query = eg_query(store, forget[i]);

		eg_query_int(&query, level);
		eg_query_int(&query, before);
		eg_query_int(&query, SLICE);
		r = eg_query_run(&query);
		forgotten = sqlite3_changes(store->sqlite);
	}
	r = eg_store_finish(store, r);
	return r < 0 ? r : forgotten;
}

/* Returns how many periods were forgotten, or -errno. */
static int forget_old(struct eg_store *store, enum eg_level_of level, int64_t before)
{
	int forgotten = 0, r = SLICE;

	for (int i = 0; i < SLICES_MAX && r == SLICE; i++) {
		r = forget_slice(store, level, before);
		forgotten += r > 0 ? r : 0;
	}
	return r < 0 ? r : forgotten;
}

/*
 * What no period refers to any more. When a thing was seen is known to a day, and of
 * intervals that are in no sum yet not at all.
 */
#define OLD " WHERE seen < (SELECT ifnull(min(bucket), 0) FROM period) - 86400000000000"
static const char unused[] =
	"DELETE FROM destination" OLD " AND id NOT IN (SELECT f.destination FROM period p"
	" CROSS JOIN flow f ON f.period = p.id WHERE p.level = 0 AND p.rolled = 0);"
	"DELETE FROM process" OLD " AND id NOT IN (SELECT u.process FROM period p"
	" CROSS JOIN used u ON u.period = p.id WHERE p.level = 0 AND p.rolled = 0);"
	"DELETE FROM domain WHERE id NOT IN (SELECT domain FROM destination"
	" WHERE domain IS NOT NULL);"
	"DELETE FROM place WHERE id NOT IN (SELECT place FROM destination"
	" WHERE place IS NOT NULL);"
	"DELETE FROM name WHERE id NOT IN (SELECT name FROM destination WHERE name IS NOT NULL)"
	" AND id NOT IN (SELECT name FROM flow_name);"
	"DELETE FROM app WHERE id NOT IN (SELECT app FROM destination)"
	" AND id NOT IN (SELECT app FROM used) AND id NOT IN (SELECT app FROM omitted);"
	"DELETE FROM context WHERE id NOT IN (SELECT context FROM period);"
	"DELETE FROM gap WHERE end < (SELECT min(start) FROM period);";

static int forget_unused(struct eg_store *store)
{
	int before = sqlite3_total_changes(store->sqlite), r = eg_store_begin(store);

	if (r == 0)
		r = eg_store_finish(store, eg_store_execute(store, unused));
	if (sqlite3_total_changes(store->sqlite) != before)
		eg_intern_forget(store->intern);
	return r == 0 ? eg_store_execute(store, "PRAGMA incremental_vacuum(20000)") : r;
}

/* Until it fits, or nothing is left but what is in no sum yet. */
static int forget_excess(struct eg_store *store, uint64_t bytes)
{
	int level = EG_LEVEL_INTERVAL, r = 0;

	for (int i = 0; i < SLICES_MAX && eg_store_size(store) > bytes && r >= 0; i++) {
		r = forget_slice(store, level, INT64_MAX);
		if (r == 0 && ++level == EG_LEVEL_OF_COUNT)
			break;
	}
	return r < 0 ? r : forget_unused(store);
}

/* --- time --- */

/*
 * The moment that ages are counted from: the clock's, but never more than a day
 * later than in the call of another hour before.
 */
static int find_present(struct eg_store *store, int64_t now, int64_t *ret_present)
{
	struct eg_query query = eg_query(store, "SELECT value FROM meta WHERE key = 'present'");
	int64_t present = now;
	int r = eg_query_number(&query, &present);

	if (r > 0 && now > present && now - present > EG_DAY_NS)
		now = present + EG_DAY_NS;
	if (r < 0)
		return r;
	query = eg_query(store, "INSERT INTO meta (key, value) VALUES ('present', ?1)"
				" ON CONFLICT DO UPDATE SET value = excluded.value");
	eg_query_int(&query, now);
	r = eg_query_run(&query);
	*ret_present = now;
	return r;
}

static int64_t longer(int64_t keep, int64_t than)
{
	return keep && than ? (keep > than ? keep : than) : 0;
}

static int forget_all(struct eg_store *store, const struct eg_store_keep *keep, int64_t now)
{
	/* A sum is kept as long as what it is the sum of. */
	int64_t hours = longer(keep->hours, keep->intervals);
	const int64_t ages[] = {
		[EG_LEVEL_INTERVAL] = keep->intervals,
		[EG_LEVEL_HOUR] = hours,
		[EG_LEVEL_DAY] = longer(keep->days, hours),
	};
	int64_t present = now;
	int forgotten = 0, r = find_present(store, now, &present);

	for (int level = 0; level < EG_LEVEL_OF_COUNT && r >= 0; level++) {
		if (!ages[level] || ages[level] >= present)
			continue;
		r = forget_old(store, level, present - ages[level]);
		forgotten += r > 0 ? r : 0;
	}
	if (r < 0)
		return r;
	/* All of the texts are looked through: only where there is a reason. */
	return forgotten ? forget_unused(store) : 0;
}

int eg_store_tidy(struct eg_store *store, const struct eg_store_keep *keep, int64_t now)
{
	int64_t hour = eg_floor(now, EG_HOUR_NS);
	int r = 0;

	if (hour != store->tidied) {
		r = sum_up(store, now);
		if (r == 0)
			r = forget_all(store, keep, now);
		if (r == 0)
			store->tidied = hour;
	}
	if (r == 0 && keep->bytes && eg_store_size(store) > keep->bytes)
		r = forget_excess(store, keep->bytes);
	return r;
}
