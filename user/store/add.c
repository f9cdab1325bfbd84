/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Adding an interval: one walk over the summary, one transaction. */
#include "private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <egret/abi.h>
#include <egret/base.h>

/* The interval that is being written. */
struct addition {
	struct eg_store *store;
	const struct eg_summary *summary;
	int64_t period; /* number */
	int64_t bucket, day;
	int64_t app; /* number of the current one */
	bool command_lines;
	struct eg_table *places; /* const struct eg_place * -> number, of this summary */
};

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

static int intern_context(struct addition *addition, int64_t *ret_context)
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

static int add_lost(struct addition *addition)
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

static int add_period(struct addition *addition)
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

static int add_gap(struct addition *addition, const char *missed)
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

/* --- apps --- */

static int compare_users(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int print_users(const uint32_t *users, size_t count, char **ret_text)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		fprintf(stream, "%s%" PRIu32, i ? "," : "", users[i]);
	if (fclose(stream) != 0) {
		free(text);
		return -ENOMEM;
	}
	*ret_text = text;
	return 0;
}

/* The app's users as "0,1000", in order; NULL: none. */
static int list_users(const struct eg_app *app, char **ret_text)
{
	uint32_t *users;
	int r;

	if (!app->users_count)
		return 0;
	users = malloc(app->users_count * sizeof(*users));
	if (!users)
		return -ENOMEM;
	memcpy(users, app->users, app->users_count * sizeof(*users));
	qsort(users, app->users_count, sizeof(*users), compare_users);
	r = print_users(users, app->users_count, ret_text);
	free(users);
	return r;
}

static int add_omitted(struct addition *addition, uint64_t count)
{
	struct eg_query query = eg_query(addition->store, "INSERT INTO omitted (period, app, count)"
							  " VALUES (?1, ?2, ?3)");

	eg_query_int(&query, addition->period);
	eg_query_int(&query, addition->app);
	eg_query_count(&query, count);
	return eg_query_run(&query);
}

static int app_begin(const struct eg_app *app, void *data)
{
	struct addition *addition = data;
	_cleanup_(eg_freep) char *users = NULL;
	const char *texts[EG_INTERN_TEXTS] = { app->id,	   app->kind, app->name,
					       app->trust, app->via,  app->flag };
	int r = list_users(app, &users);

	texts[6] = users;
	if (r == 0)
		r = eg_intern_texts(addition->store, EG_INTERN_APP, texts, &addition->app);
	if (r == 0 && app->processes_omitted)
		r = add_omitted(addition, app->processes_omitted);
	return r;
}

/* --- processes --- */

static void bind_process(struct eg_query *query, const struct eg_process_info *process,
			 const char *command_line)
{
	eg_query_int(query, process->start);
	eg_query_int(query, process->pid);
	if (process->has_ppid)
		eg_query_int(query, process->ppid);
	else
		eg_query_null(query);
	if (process->has_uid)
		eg_query_int(query, process->uid);
	else
		eg_query_null(query);
	eg_query_text(query, process->comm);
	eg_query_text(query, process->executable);
	eg_query_text(query, process->cgroup);
	eg_query_text(query, process->component);
	eg_query_text(query, command_line);
}

static int intern_process(struct addition *addition, const struct eg_process_info *process,
			  const char *command_line, int64_t *ret_id)
{
	struct eg_query query = eg_query(
		addition->store,
		"SELECT id FROM process WHERE start = ?1 AND pid = ?2 AND ppid IS ?3 AND uid IS ?4"
		" AND comm IS ?5 AND executable IS ?6 AND cgroup IS ?7 AND component IS ?8"
		" AND command_line IS ?9");
	int r;

	bind_process(&query, process, command_line);
	r = eg_query_number(&query, ret_id);
	if (r != 0)
		return r < 0 ? r : 0;
	query = eg_query(addition->store,
			 "INSERT INTO process (start, pid, ppid, uid, comm, executable, cgroup,"
			 " component, command_line, seen)"
			 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
	bind_process(&query, process, command_line);
	eg_query_int(&query, addition->day);
	r = eg_query_run(&query);
	*ret_id = sqlite3_last_insert_rowid(addition->store->sqlite);
	return r;
}

static int add_process(const struct eg_process_info *process, void *data)
{
	struct addition *addition = data;
	_cleanup_(eg_pack_free) struct eg_pack command_line = { 0 };
	struct eg_query query;
	int64_t id = 0;
	char **argument = addition->command_lines ? process->command_line : NULL;
	int r = 0;

	for (; argument && *argument && r == 0; argument++)
		r = eg_pack_add(&command_line, *argument);
	if (r == 0)
		r = intern_process(addition, process, command_line.text, &id);
	if (r < 0)
		return r;
	query = eg_query(addition->store, "INSERT OR IGNORE INTO used (period, app, process)"
					  " VALUES (?1, ?2, ?3)");
	eg_query_int(&query, addition->period);
	eg_query_int(&query, addition->app);
	eg_query_int(&query, id);
	return eg_query_run(&query);
}

/* --- rows --- */

static int intern_place(struct addition *addition, const struct eg_place *place, int64_t *ret_id)
{
	static const char *const anycast[] = {
		[EG_UNKNOWN] = NULL,
		[EG_NO] = "0",
		[EG_YES] = "1",
	};
	const uint64_t key = (uintptr_t)place;
	char as_number[12];
	const char *texts[EG_INTERN_TEXTS] = {
		place->country,	   place->country_basis,   anycast[place->anycast],
		as_number,	   place->as_organization, place->as_country,
		place->owner_name, place->owner_country,   place->owner_source,
	};
	int64_t *known = eg_table_add(addition->places, &key);
	int r = 0;

	snprintf(as_number, sizeof(as_number), "%" PRIu32, place->as_number);
	if (!place->as_number)
		texts[3] = NULL;
	if (!known)
		return -ENOMEM;
	if (!*known)
		r = eg_intern_texts(addition->store, EG_INTERN_PLACE, texts, known);
	*ret_id = *known;
	return r;
}

static int intern_name(struct addition *addition, const struct eg_name *name, int64_t *ret_id)
{
	const char *texts[EG_INTERN_TEXTS] = { name->name, name->source, name->confidence };

	return eg_intern_texts(addition->store, EG_INTERN_NAME, texts, ret_id);
}

static int intern_domain(struct addition *addition, const struct eg_detail *detail, int64_t *ret_id)
{
	const char *texts[EG_INTERN_TEXTS] = { detail->domain, detail->domain_source,
					       detail->domain_confidence,
					       detail->registered_domain };

	if (!texts[0] && !texts[1] && !texts[2] && !texts[3])
		return 0;
	return eg_intern_texts(addition->store, EG_INTERN_DOMAIN, texts, ret_id);
}

/* The usual case: one name, whose counters need not be written since they are the row's. */
static bool has_sole_name(const struct eg_destination *row)
{
	const struct eg_name *name =
		row->detail && row->detail->names_count == 1 ? row->detail->names : NULL;

	return name && name->connections == row->counters.connections &&
	       name->bytes.sent == row->counters.bytes.sent &&
	       name->bytes.received == row->counters.bytes.received;
}

static int intern_destination(struct addition *addition, const struct eg_destination *row,
			      int64_t *ret_id)
{
	const struct eg_destination_key *key = &row->key;
	struct eg_intern_destination destination = {
		.app = addition->app,
		.scope = row->scope,
		.overflow = key->overflow,
	};
	int r = 0;

	if (!key->overflow) {
		destination.transport = key->transport;
		destination.direction = key->direction;
		destination.has_ip = key->has_ip;
		destination.has_port = key->has_port;
		destination.port = key->has_port ? key->port : 0;
		if (key->has_ip)
			memcpy(destination.ip, key->ip, sizeof(destination.ip));
	}
	if (row->place)
		r = intern_place(addition, row->place, &destination.place);
	if (r == 0 && row->detail)
		r = intern_domain(addition, row->detail, &destination.domain);
	if (r == 0 && has_sole_name(row))
		r = intern_name(addition, row->detail->names, &destination.name);
	if (r < 0)
		return r;
	return eg_intern_destination(addition->store, &destination, addition->day, ret_id);
}

static void bind_time(struct eg_query *query, int64_t time, int64_t bucket)
{
	if (time)
		eg_query_int(query, time - bucket);
	else
		eg_query_null(query);
}

static int add_flow(struct addition *addition, const struct eg_destination *row, int64_t id)
{
	const struct eg_counters *counters = &row->counters;
	struct eg_query query = eg_query(addition->store,
					 "INSERT INTO flow (period, destination, sent, received,"
					 " connections, failed, first_seen, last_seen, rtt_min_us)"
					 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");

	eg_query_int(&query, addition->period);
	eg_query_int(&query, id);
	eg_query_count(&query, counters->bytes.sent);
	eg_query_count(&query, counters->bytes.received);
	eg_query_count(&query, counters->connections);
	eg_query_count(&query, counters->failed);
	bind_time(&query, counters->first_seen, addition->bucket);
	bind_time(&query, counters->last_seen, addition->bucket);
	eg_query_id(&query, row->rtt_min_us);
	return eg_query_run(&query);
}

static int add_error(struct addition *addition, const struct eg_error_count *error, int64_t id)
{
	struct eg_query query = eg_query(addition->store,
					 "INSERT INTO flow_error (period, destination, number,"
					 " count) VALUES (?1, ?2, ?3, ?4)");

	eg_query_int(&query, addition->period);
	eg_query_int(&query, id);
	eg_query_int(&query, error->number);
	eg_query_count(&query, error->count);
	return eg_query_run(&query);
}

static int add_name(struct addition *addition, const struct eg_name *name, int64_t id)
{
	struct eg_query query;
	int64_t number = 0;
	int r = intern_name(addition, name, &number);

	if (r < 0)
		return r;
	query = eg_query(addition->store, "INSERT INTO flow_name (period, destination, name,"
					  " connections, sent, received)"
					  " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
	eg_query_int(&query, addition->period);
	eg_query_int(&query, id);
	eg_query_int(&query, number);
	eg_query_count(&query, name->connections);
	eg_query_count(&query, name->bytes.sent);
	eg_query_count(&query, name->bytes.received);
	return eg_query_run(&query);
}

static int add_detail(struct addition *addition, const struct eg_destination *row, int64_t id)
{
	const struct eg_detail *detail = row->detail;
	int r = 0;

	for (size_t i = 0; i < detail->errors_count && r == 0; i++) {
		if (detail->errors[i].count)
			r = add_error(addition, &detail->errors[i], id);
	}
	if (has_sole_name(row))
		return r;
	for (size_t i = 0; i < detail->names_count && r == 0; i++)
		r = add_name(addition, &detail->names[i], id);
	return r;
}

static int destination(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	struct addition *addition = data;
	int64_t id = 0;
	int r = intern_destination(addition, row, &id);

	(void)app;
	if (r == 0)
		r = add_flow(addition, row, id);
	if (r == 0 && row->detail)
		r = add_detail(addition, row, id);
	return r;
}

/* --- all of it --- */

static int add(struct addition *addition, const char *missed)
{
	static const struct eg_visitor visitor = {
		.app_begin = app_begin,
		.process = add_process,
		.destination = destination,
	};
	int r = add_gap(addition, missed);

	if (r == 0)
		r = add_period(addition);
	return r == 0 ? eg_summary_walk(addition->summary, &visitor, addition) : r;
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
	struct addition addition = {
		.store = store,
		.summary = summary,
		.command_lines = command_lines,
		.bucket = summary->period.start,
		.day = eg_floor(summary->period.start, EG_DAY_NS),
	};
	int r = check_file(store);

	if (r < 0)
		return r;
	if (summary->by != EG_BY_APP || summary->hosts_count > 1) {
		snprintf(store->error.reason, sizeof(store->error.reason),
			 "takes summaries of one host, by app");
		return -EINVAL;
	}
	addition.places = eg_table_new(sizeof(uint64_t), sizeof(int64_t));
	r = addition.places ? eg_store_begin(store) : -ENOMEM;
	if (r == 0)
		r = eg_store_finish(store, add(&addition, missed));
	eg_table_free(addition.places);
	return r;
}
