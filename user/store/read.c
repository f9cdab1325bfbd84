/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The summary of a period: days, hours and intervals, whichever are largest, each once. */
#include "chosen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <egret/base.h>

struct reading {
	struct eg_store *store;
	struct eg_summary *summary;
	struct eg_plan plan;
	struct eg_table *apps; /* numbers of the apps whose users are known */
};

/* Calls back for each row of a statement's result. */
static int each(struct reading *reading, const char *text,
		int (*call)(struct reading *reading, const struct eg_query *query))
{
	struct eg_query query = eg_plan_ask(reading->store, &reading->plan, text);
	int r;

	while ((r = eg_query_next(&query)) > 0) {
		r = call(reading, &query);
		if (r < 0)
			break;
	}
	eg_query_end(&query);
	return r;
}

/* --- values: none is believed --- */

/* Several of them in successive columns. */
static int get_numbers(const struct eg_query *query, int column, size_t count, uint64_t *ret)
{
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = eg_chosen_number(query, column + (int)i, INT64_MAX, &ret[i]);
	return r;
}

/* A text that is only read, for members that own theirs. */
static char *borrow(const struct eg_query *query, int column)
{
	return (char *)(uintptr_t)eg_query_get_text(query, column);
}

/* --- rows --- */

#define FLOWS                                                                                      \
	EG_CHOSEN                                                                                  \
	"SELECT " EG_ROW_KEY ", g.sent, g.received, g.connections, g.failed,"                      \
	" g.first_seen, g.last_seen, g.rtt_min_us,"                                                \
	" d.app, a.kind, a.name, a.trust, a.via, a.flag, a.users,"                                 \
	" n.domain, n.source, n.confidence, n.registered_domain,"                                  \
	" m.name, m.source, m.confidence,"                                                         \
	" d.place, p.country, p.country_basis, p.anycast, p.as_number, p.as_organization,"         \
	" p.as_country, p.owner_name, p.owner_country, p.owner_source"                             \
	" FROM (SELECT f.destination AS destination, sum(f.sent) AS sent,"                         \
	"  sum(f.received) AS received, sum(f.connections) AS connections,"                        \
	"  sum(f.failed) AS failed, min(c.bucket + f.first_seen) AS first_seen,"                   \
	"  max(c.bucket + f.last_seen) AS last_seen, min(f.rtt_min_us) AS rtt_min_us"              \
	"  FROM chosen c CROSS JOIN flow f ON f.period = c.id GROUP BY f.destination) g"           \
	" JOIN destination d ON d.id = g.destination JOIN app a ON a.id = d.app"                   \
	" LEFT JOIN domain n ON n.id = d.domain LEFT JOIN name m ON m.id = d.name"                 \
	" LEFT JOIN place p ON p.id = d.place"
enum {
	FLOW_SENT = EG_KEY_COLUMNS,
	FLOW_FIRST_SEEN = FLOW_SENT + 4,
	FLOW_RTT = FLOW_FIRST_SEEN + 2,
	FLOW_APP,
	FLOW_KIND,
	FLOW_USERS = FLOW_KIND + 5,
	FLOW_DOMAIN,
	FLOW_NAME = FLOW_DOMAIN + 4,
	FLOW_PLACE = FLOW_NAME + 3,
	FLOW_COUNTRY,
};

static int get_counters(const struct eg_query *query, struct eg_destination *row)
{
	struct eg_counters *counters = &row->counters;
	uint64_t numbers[4] = { 0 }, rtt = 0;
	int r = get_numbers(query, FLOW_SENT, ARRAY_SIZE(numbers), numbers);

	if (r == 0)
		r = eg_chosen_number(query, FLOW_RTT, UINT32_MAX, &rtt);
	counters->bytes = (struct eg_bytes){ .sent = numbers[0], .received = numbers[1] };
	counters->connections = numbers[2];
	counters->failed = numbers[3];
	counters->first_seen = eg_query_get_int(query, FLOW_FIRST_SEEN);
	counters->last_seen = eg_query_get_int(query, FLOW_FIRST_SEEN + 1);
	row->rtt_min_us = (uint32_t)rtt;
	return r;
}

static int get_place(const struct eg_query *query, struct eg_place *place)
{
	int column = FLOW_COUNTRY;
	uint64_t anycast = 0, number = 0;
	int r = eg_chosen_number(query, column + 2, 1, &anycast);

	if (r == 0)
		r = eg_chosen_number(query, column + 3, UINT32_MAX, &number);
	*place = (struct eg_place){
		.country = borrow(query, column),
		.country_basis = borrow(query, column + 1),
		.as_number = (uint32_t)number,
		.as_organization = borrow(query, column + 4),
		.as_country = borrow(query, column + 5),
		.owner_name = borrow(query, column + 6),
		.owner_country = borrow(query, column + 7),
		.owner_source = borrow(query, column + 8),
	};
	if (!eg_query_is_null(query, column + 2))
		place->anycast = anycast ? EG_YES : EG_NO;
	return r;
}

static void get_detail(const struct eg_query *query, const struct eg_counters *counters,
		       struct eg_detail *detail, struct eg_name *name)
{
	*detail = (struct eg_detail){
		.domain = borrow(query, FLOW_DOMAIN),
		.domain_source = borrow(query, FLOW_DOMAIN + 1),
		.domain_confidence = borrow(query, FLOW_DOMAIN + 2),
		.registered_domain = borrow(query, FLOW_DOMAIN + 3),
	};
	*name = (struct eg_name){
		.name = borrow(query, FLOW_NAME),
		.source = borrow(query, FLOW_NAME + 1),
		.confidence = borrow(query, FLOW_NAME + 2),
		.connections = counters->connections,
		.bytes = counters->bytes,
	};
	if (!name->name)
		return;
	detail->names = name;
	detail->names_count = 1;
}

/* "0,1000": the users of an app, once for each of its descriptions. */
static int add_users(struct reading *reading, const struct eg_query *query, const char *id)
{
	const int64_t number = eg_query_get_int(query, FLOW_APP);
	const char *text = eg_query_get_text(query, FLOW_USERS);
	size_t count = eg_table_count(reading->apps);
	struct eg_app *app;
	int r = 0;

	if (!eg_table_add(reading->apps, &number))
		return -ENOMEM;
	if (!text || eg_table_count(reading->apps) == count)
		return 0;
	r = eg_summary_app(reading->summary, id, &app);
	while (*text && r == 0) {
		char *end;
		unsigned long user = strtoul(text, &end, 10);

		if (end == text || user > UINT32_MAX)
			return eg_store_damaged(reading->store, "a list of users is none");
		r = eg_app_add_user(app, (uint32_t)user);
		text = *end ? end + 1 : end;
	}
	return r;
}

static int add_flow(struct reading *reading, const struct eg_query *query)
{
	struct eg_app app = {
		.id = borrow(query, 0),
		.kind = borrow(query, FLOW_KIND),
		.name = borrow(query, FLOW_KIND + 1),
		.trust = borrow(query, FLOW_KIND + 2),
		.via = borrow(query, FLOW_KIND + 3),
		.flag = borrow(query, FLOW_KIND + 4),
	};
	struct eg_destination row = { 0 };
	struct eg_detail detail;
	struct eg_place place;
	struct eg_name name;
	int r = eg_chosen_key(query, &row);

	if (r == 0)
		r = get_counters(query, &row);
	if (r == 0)
		r = get_place(query, &place);
	if (r < 0)
		return r;
	get_detail(query, &row.counters, &detail, &name);
	if (detail.names || !eg_query_is_null(query, FLOW_DOMAIN) || detail.domain_source ||
	    detail.domain_confidence || detail.registered_domain)
		row.detail = &detail;
	if (!eg_query_is_null(query, FLOW_PLACE))
		row.place = &place;
	r = eg_summary_merge_row(reading->summary, &app, &row);
	return r == 0 ? add_users(reading, query, app.id) : r;
}

/* --- what few rows have --- */

/* The row that FLOWS has added already. */
static int find_row(struct reading *reading, const struct eg_query *query,
		    struct eg_destination **ret_row)
{
	static const struct eg_counters nothing;
	struct eg_destination row = { 0 };
	struct eg_app *app;
	int r = eg_chosen_key(query, &row);

	if (r == 0)
		r = eg_summary_app(reading->summary, eg_query_get_text(query, 0), &app);
	return r == 0 ? eg_app_add(app, &row.key, &nothing, 0, ret_row) : r;
}

#define ERRORS                                                                                     \
	EG_CHOSEN                                                                                  \
	"SELECT " EG_ROW_KEY ", g.number, g.count FROM"                                            \
	" (SELECT e.destination AS destination, e.number AS number,"                               \
	"  sum(e.count) AS count FROM chosen c CROSS JOIN flow_error e ON e.period = c.id"         \
	"  GROUP BY e.destination, e.number) g"                                                    \
	" JOIN destination d ON d.id = g.destination JOIN app a ON a.id = d.app"

static int add_error(struct reading *reading, const struct eg_query *query)
{
	uint64_t number = 0, count = 0;
	struct eg_destination *row;
	int r = eg_chosen_number(query, EG_KEY_COLUMNS, INT32_MAX, &number);

	if (r == 0)
		r = eg_chosen_number(query, EG_KEY_COLUMNS + 1, INT64_MAX, &count);
	if (r == 0)
		r = find_row(reading, query, &row);
	return r == 0 ? eg_destination_add_error(row, (int)number, count) : r;
}

#define NAMES                                                                                      \
	EG_CHOSEN "SELECT " EG_ROW_KEY ", m.name, m.source, m.confidence, g.connections, g.sent,"  \
		  " g.received FROM (SELECT n.destination AS destination, n.name AS name,"         \
		  "  sum(n.connections) AS connections, sum(n.sent) AS sent,"                      \
		  "  sum(n.received) AS received"                                                  \
		  "  FROM chosen c CROSS JOIN flow_name n ON n.period = c.id"                      \
		  "  GROUP BY n.destination, n.name) g"                                            \
		  " JOIN destination d ON d.id = g.destination JOIN app a ON a.id = d.app"         \
		  " JOIN name m ON m.id = g.name"

static int add_name(struct reading *reading, const struct eg_query *query)
{
	uint64_t numbers[3] = { 0 };
	struct eg_destination *row = NULL;
	struct eg_bytes bytes;
	int r = get_numbers(query, EG_KEY_COLUMNS + 3, ARRAY_SIZE(numbers), numbers);

	if (r == 0)
		r = find_row(reading, query, &row);
	if (r != 0)
		return r;
	bytes = (struct eg_bytes){ .sent = numbers[1], .received = numbers[2] };
	return eg_destination_add_name(row, eg_query_get_text(query, EG_KEY_COLUMNS),
				       eg_query_get_text(query, EG_KEY_COLUMNS + 1),
				       eg_query_get_text(query, EG_KEY_COLUMNS + 2), numbers[0],
				       &bytes);
}

/* --- processes --- */

#define PROCESSES                                                                                  \
	EG_CHOSEN "SELECT DISTINCT a.app_id, p.start, p.pid, p.ppid, p.uid, p.comm, p.executable," \
		  " p.cgroup, p.component, p.command_line"                                         \
		  " FROM chosen c CROSS JOIN used u ON u.period = c.id"                            \
		  " JOIN app a ON a.id = u.app JOIN process p ON p.id = u.process"                 \
		  " ORDER BY p.start, p.pid, p.id"

static void free_list(char **list)
{
	for (char **text = list; text && *text; text++)
		free(*text);
	free(list);
}

/* A NULL-terminated list out of a packed one; NULL of NULL. */
static int unpack(struct eg_store *store, const char *packed, char ***ret_list)
{
	char **list = NULL, **grown;
	size_t count = 0;
	int r = packed ? 1 : 0;

	while (r > 0) {
		grown = reallocarray(list, count + 2, sizeof(*list));
		r = grown ? 1 : -ENOMEM;
		if (!grown)
			break;
		list = grown;
		list[count] = list[count + 1] = NULL;
		r = eg_pack_next(&packed, &list[count++]);
	}
	if (r == 0) {
		*ret_list = list;
		return 0;
	}
	free_list(list);
	return r == -EBADMSG ? eg_store_damaged(store, "a list of texts is none") : r;
}

static int copy_texts(const struct eg_query *query, int column, size_t count, char **const *into)
{
	for (size_t i = 0; i < count; i++) {
		const char *text = eg_query_get_text(query, column + (int)i);

		if (!text)
			continue;
		*into[i] = strdup(text);
		if (!*into[i])
			return -ENOMEM;
	}
	return 0;
}

static void free_process(struct eg_process_info *process)
{
	free(process->comm);
	free(process->executable);
	free(process->cgroup);
	free(process->component);
	free_list(process->command_line);
}

static int get_process(const struct eg_query *query, struct eg_process_info *process)
{
	char **const texts[] = { &process->comm, &process->executable, &process->cgroup,
				 &process->component };
	uint64_t numbers[3] = { 0 };
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(numbers) && r == 0; i++)
		r = eg_chosen_number(query, 2 + (int)i, UINT32_MAX, &numbers[i]);
	if (r == 0)
		r = copy_texts(query, 5, ARRAY_SIZE(texts), texts);
	if (r < 0)
		return r;
	process->start = eg_query_get_int(query, 1);
	process->pid = (uint32_t)numbers[0];
	process->ppid = (uint32_t)numbers[1];
	process->has_ppid = !eg_query_is_null(query, 3);
	process->uid = (uint32_t)numbers[2];
	process->has_uid = !eg_query_is_null(query, 4);
	return unpack(query->store, eg_query_get_text(query, 9), &process->command_line);
}

static int add_process(struct reading *reading, const struct eg_query *query)
{
	struct eg_process_info process = { 0 };
	struct eg_app *app;
	int r = get_process(query, &process);

	if (r == 0)
		r = eg_summary_app(reading->summary, eg_query_get_text(query, 0), &app);
	if (r == 0)
		return eg_app_add_process(app, &process);
	free_process(&process);
	return r;
}

#define OMITTED                                                                                    \
	EG_CHOSEN "SELECT a.app_id, sum(o.count) FROM chosen c"                                    \
		  " CROSS JOIN omitted o ON o.period = c.id JOIN app a ON a.id = o.app"            \
		  " GROUP BY a.app_id"

static int add_omitted(struct reading *reading, const struct eg_query *query)
{
	uint64_t count = 0;
	struct eg_app *app;
	int r = eg_chosen_number(query, 1, INT64_MAX, &count);

	if (r == 0)
		r = eg_summary_app(reading->summary, eg_query_get_text(query, 0), &app);
	if (r == 0)
		app->processes_omitted += count;
	return r;
}

/* --- ledger and context --- */

#define LOST                                                                                       \
	EG_CHOSEN "SELECT l.reason, sum(l.count) FROM chosen c"                                    \
		  " CROSS JOIN lost l ON l.period = c.id GROUP BY l.reason"

static int add_lost(struct reading *reading, const struct eg_query *query)
{
	uint64_t count = 0;
	int r = eg_chosen_number(query, 1, INT64_MAX, &count);

	return r == 0 ? eg_ledger_add_lost(&reading->summary->ledger, eg_query_get_text(query, 0),
					   count)
		      : r;
}

#define CONTEXTS                                                                                   \
	EG_CHOSEN                                                                                  \
	"SELECT x.host_id, x.host_name, x.kernel, x.databases, x.degraded"                         \
	" FROM (SELECT DISTINCT context FROM chosen) c JOIN context x ON x.id = c.context"         \
	" ORDER BY x.id"

/* The four texts of each database in turn. */
static int get_database(struct eg_store *store, char **texts, struct eg_database *database)
{
	char **const into[] = { &database->name, &database->built, &database->license };
	int r = unpack(store, texts[3], &database->fields);

	for (size_t i = 0; i < ARRAY_SIZE(into) && r == 0; i++) {
		*into[i] = *texts[i] ? strdup(texts[i]) : NULL;
		if (*texts[i] && !*into[i])
			r = -ENOMEM;
	}
	return r;
}

static int get_databases(struct eg_store *store, const char *packed, struct eg_summary *summary)
{
	char **texts = NULL;
	size_t count = 0;
	int r = unpack(store, packed, &texts);

	while (texts && texts[count])
		count++;
	if (r == 0 && count % 4)
		r = eg_store_damaged(store, "a list of databases is none");
	if (r == 0 && count) {
		summary->databases = calloc(count / 4, sizeof(*summary->databases));
		if (!summary->databases)
			r = -ENOMEM;
	}
	for (size_t i = 0; i < count && r == 0; i += 4) {
		summary->databases_count++;
		r = get_database(store, texts + i, &summary->databases[i / 4]);
	}
	free_list(texts);
	return r;
}

static int get_host(const struct eg_query *query, struct eg_summary *summary)
{
	struct eg_host *host = calloc(1, sizeof(*host));
	char **const texts[] = { &host->id, &host->name, &host->kernel };

	if (!host)
		return -ENOMEM;
	summary->hosts = host;
	summary->hosts_count = 1;
	return copy_texts(query, 0, ARRAY_SIZE(texts), texts);
}

static int add_context(struct reading *reading, const struct eg_query *query)
{
	struct eg_summary *part = eg_summary_new(EG_BY_APP);
	int r = part ? get_host(query, part) : -ENOMEM;

	if (r == 0)
		r = get_databases(reading->store, eg_query_get_text(query, 3), part);
	if (r == 0)
		r = unpack(reading->store, eg_query_get_text(query, 4), &part->ledger.degraded);
	if (r == 0)
		r = eg_summary_merge(reading->summary, part);
	eg_summary_free(part);
	return r;
}

#define HULL                                                                                       \
	EG_CHOSEN "SELECT min(start), max(end), sum(loopback_sent), sum(loopback_received),"       \
		  " sum(host_sent), sum(host_received), sum(filter_sent), sum(filter_received)"    \
		  " FROM chosen"

static int add_hull(struct reading *reading, const struct eg_query *query)
{
	struct eg_summary *summary = reading->summary;
	uint64_t bytes[2 * EG_EXCLUDED_COUNT] = { 0 };
	int r = get_numbers(query, 2, ARRAY_SIZE(bytes), bytes);

	if (r < 0)
		return r;
	summary->period = (struct eg_period){ .start = eg_query_get_int(query, 0),
					      .end = eg_query_get_int(query, 1) };
	for (size_t i = 0; i < EG_EXCLUDED_COUNT; i++)
		summary->ledger.excluded[i] =
			(struct eg_bytes){ .sent = bytes[2 * i], .received = bytes[2 * i + 1] };
	return 0;
}

/* --- spans without a gap --- */

static int append_period(struct eg_summary *summary, int64_t start, int64_t end)
{
	struct eg_period *grown;

	if (start >= end && summary->periods_count)
		return 0;
	grown = reallocarray(summary->periods, summary->periods_count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	grown[summary->periods_count++] = (struct eg_period){ .start = start, .end = end };
	summary->periods = grown;
	return 0;
}

struct spans {
	struct eg_summary *summary;
	int64_t from; /* where the current one begins */
};

static int add_span(const struct eg_gap *gap, void *data)
{
	struct spans *spans = data;
	int r = 0;

	if (gap->period.start > spans->from)
		r = append_period(spans->summary, spans->from, gap->period.start);
	if (gap->period.end > spans->from)
		spans->from = gap->period.end;
	return r;
}

static int add_periods(struct reading *reading)
{
	struct eg_summary *summary = reading->summary;
	struct spans spans = { .summary = summary, .from = summary->period.start };
	int r;

	if (!summary->period.start && !summary->period.end)
		return 0;
	r = eg_store_gaps(reading->store, &summary->period, add_span, &spans);
	if (r == 0)
		r = append_period(summary, spans.from, summary->period.end);
	summary->merged = summary->hosts_count > 1 || summary->periods_count > 1;
	return r;
}

int eg_store_gaps(struct eg_store *store, const struct eg_period *period,
		  int (*call)(const struct eg_gap *gap, void *data), void *data)
{
	struct eg_query query = eg_query(store,
					 "SELECT start, end, reason FROM gap"
					 " WHERE end > ?1 AND start < ?2 ORDER BY start, id");
	int r;

	eg_query_int(&query, period->start);
	eg_query_int(&query, period->end);
	while ((r = eg_query_next(&query)) > 0) {
		const struct eg_gap gap = {
			.period = { .start = eg_query_get_int(&query, 0),
				    .end = eg_query_get_int(&query, 1) },
			.reason = eg_query_get_text(&query, 2),
		};

		r = call(&gap, data);
		if (r < 0)
			break;
	}
	eg_query_end(&query);
	return r;
}

/* --- all of it --- */

static int read_all(struct reading *reading)
{
	static const struct {
		const char *text;
		int (*call)(struct reading *reading, const struct eg_query *query);
	} parts[] = {
		{ CONTEXTS, add_context },  { HULL, add_hull },	      { LOST, add_lost },
		{ FLOWS, add_flow },	    { ERRORS, add_error },    { NAMES, add_name },
		{ PROCESSES, add_process }, { OMITTED, add_omitted },
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(parts) && r == 0; i++)
		r = each(reading, parts[i].text, parts[i].call);
	return r == 0 ? add_periods(reading) : r;
}

int eg_store_read(struct eg_store *store, const struct eg_period *period,
		  struct eg_summary **ret_summary)
{
	struct reading reading = {
		.store = store,
		.summary = eg_summary_new(EG_BY_APP),
		.plan = eg_plan_make(period, EG_LEVEL_DAY),
		.apps = eg_table_new(sizeof(int64_t), 0),
	};
	int r = reading.summary && reading.apps ? eg_store_execute(store, "BEGIN") : -ENOMEM;

	if (r == 0) {
		r = read_all(&reading);
		/* Nothing was written: there is nothing that ending could fail at. */
		sqlite3_exec(store->sqlite, "ROLLBACK", NULL, NULL, NULL);
	}
	eg_table_free(reading.apps);
	if (r < 0) {
		eg_summary_free(reading.summary);
		return r;
	}
	*ret_summary = reading.summary;
	return 0;
}
