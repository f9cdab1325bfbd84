/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading a period: its rows, with their errors and names, each once. */
#include "read.h"

#include <errno.h>
#include <stdlib.h>

#include <egret/base.h>

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
	int r = eg_reading_numbers(query, FLOW_SENT, ARRAY_SIZE(numbers), numbers);

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
static int add_users(struct eg_reading *reading, const struct eg_query *query, const char *id)
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

static int add_flow(struct eg_reading *reading, const struct eg_query *query)
{
	struct eg_app app = {
		.kind = borrow(query, FLOW_KIND),
		.name = borrow(query, FLOW_KIND + 1),
		.trust = borrow(query, FLOW_KIND + 2),
		.via = borrow(query, FLOW_KIND + 3),
		.flag = borrow(query, FLOW_KIND + 4),
	};
	struct eg_destination row = { 0 };
	struct eg_detail detail;
	struct eg_place place = { 0 };
	struct eg_name name;
	const char *id = NULL;
	int r = eg_chosen_key(query, &row);

	if (r == 0)
		r = eg_query_need_text(query, 0, &id);
	if (r == 0)
		r = get_counters(query, &row);
	if (r == 0)
		r = get_place(query, &place);
	if (r < 0)
		return r;
	app.id = (char *)(uintptr_t)id;
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
static int find_row(struct eg_reading *reading, const struct eg_query *query,
		    struct eg_destination **ret_row)
{
	static const struct eg_counters nothing;
	struct eg_destination row = { 0 };
	struct eg_app *app;
	int r = eg_chosen_key(query, &row);

	if (r == 0)
		r = eg_reading_app(reading, query, &app);
	return r == 0 ? eg_app_add(app, &row.key, &nothing, 0, ret_row) : r;
}

#define ERRORS                                                                                     \
	EG_CHOSEN                                                                                  \
	"SELECT " EG_ROW_KEY ", g.number, g.count FROM"                                            \
	" (SELECT e.destination AS destination, e.number AS number,"                               \
	"  sum(e.count) AS count FROM chosen c CROSS JOIN flow_error e ON e.period = c.id"         \
	"  GROUP BY e.destination, e.number) g"                                                    \
	" JOIN destination d ON d.id = g.destination JOIN app a ON a.id = d.app"

static int add_error(struct eg_reading *reading, const struct eg_query *query)
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

static int add_name(struct eg_reading *reading, const struct eg_query *query)
{
	uint64_t numbers[3] = { 0 };
	const char *texts[3]; /* name, source, confidence */
	struct eg_destination *row = NULL;
	struct eg_bytes bytes;
	int r = eg_reading_numbers(query, EG_KEY_COLUMNS + 3, ARRAY_SIZE(numbers), numbers);

	for (size_t i = 0; i < ARRAY_SIZE(texts) && r == 0; i++)
		r = eg_query_need_text(query, EG_KEY_COLUMNS + (int)i, &texts[i]);
	if (r == 0)
		r = find_row(reading, query, &row);
	if (r != 0)
		return r;
	bytes = (struct eg_bytes){ .sent = numbers[1], .received = numbers[2] };
	return eg_destination_add_name(row, texts[0], texts[1], texts[2], numbers[0], &bytes);
}

int eg_reading_rows(struct eg_reading *reading)
{
	int r = eg_reading_each(reading, FLOWS, add_flow);

	if (r == 0)
		r = eg_reading_each(reading, ERRORS, add_error);
	return r == 0 ? eg_reading_each(reading, NAMES, add_name) : r;
}
