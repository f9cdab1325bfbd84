/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For the tests of the model: making summaries, and seeing all that is in one. */
#pragma once

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <egret/abi.h>
#include <egret/base.h>
#include <egret/flow.h>
#include <egret/ip.h>

/* --- making --- */

/* 192.0.2.`last`, a TCP connection to port 443. */
static inline struct eg_destination_key model_key(uint8_t last)
{
	return (struct eg_destination_key){
		.ip = { [10] = 0xff, [11] = 0xff, 192, 0, 2, last },
		.port = 443,
		.transport = IPPROTO_TCP,
		.has_ip = true,
		.has_port = true,
	};
}

static inline struct eg_counters model_counters(uint64_t sent, uint64_t received)
{
	return (struct eg_counters){
		.bytes = { .sent = sent, .received = received },
		.connections = 1,
		.first_seen = 10,
		.last_seen = 20,
	};
}

static inline struct eg_summary *model_new(void)
{
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);

	assert_non_null(summary);
	return summary;
}

static inline struct eg_app *model_app(struct eg_summary *summary, const char *id)
{
	struct eg_app *app;

	assert_int_equal(eg_summary_app(summary, id, &app), 0);
	return app;
}

static inline struct eg_destination *model_add(struct eg_app *app, struct eg_destination_key key,
					       struct eg_counters counters)
{
	struct eg_destination *row;

	assert_int_equal(eg_app_add(app, &key, &counters, 0, &row), 0);
	return row;
}

/* --- seeing --- */

static inline const char *model_text(const char *text)
{
	return text ? text : "-";
}

static inline void model_dump_list(FILE *stream, char *const *list)
{
	fputs(list ? " (" : " -", stream);
	for (; list && *list; list++)
		fprintf(stream, "%s;", *list);
	fputs(list ? ")" : "", stream);
}

static inline void model_dump_counters(FILE *stream, const struct eg_counters *counters)
{
	fprintf(stream, " sent=%llu received=%llu connections=%llu failed=%llu seen=%lld..%lld",
		(unsigned long long)counters->bytes.sent,
		(unsigned long long)counters->bytes.received,
		(unsigned long long)counters->connections, (unsigned long long)counters->failed,
		(long long)counters->first_seen, (long long)counters->last_seen);
}

static inline int model_dump_app(const struct eg_app *app, void *data)
{
	FILE *stream = data;

	fprintf(stream, "app %s %s %s %s %s %s users", app->id, model_text(app->kind),
		model_text(app->name), model_text(app->trust), model_text(app->via),
		model_text(app->flag));
	for (size_t i = 0; i < app->users_count; i++)
		fprintf(stream, " %u", app->users[i]);
	model_dump_counters(stream, &app->counters);
	fprintf(stream, " omitted=%llu\n", (unsigned long long)app->processes_omitted);
	return 0;
}

static inline int model_dump_process(const struct eg_process_info *process, void *data)
{
	FILE *stream = data;

	fprintf(stream, " process %lld %u summaries=%u", (long long)process->start, process->pid,
		process->summaries ? process->summaries : 1);
	if (process->has_uid)
		fprintf(stream, " uid=%u", process->uid);
	if (process->has_ppid)
		fprintf(stream, " ppid=%u", process->ppid);
	fprintf(stream, " %s %s %s %s", model_text(process->comm), model_text(process->executable),
		model_text(process->cgroup), model_text(process->component));
	model_dump_list(stream, process->command_line);
	putc('\n', stream);
	return 0;
}

static inline void model_dump_detail(FILE *stream, const struct eg_detail *detail,
				     const struct eg_place *place)
{
	fprintf(stream, "  domain %s %s %s %s country %s %s %d as %u %s %s owner %s %s %s\n",
		model_text(detail->domain), model_text(detail->domain_source),
		model_text(detail->domain_confidence), model_text(detail->registered_domain),
		model_text(place->country), model_text(place->country_basis), (int)place->anycast,
		place->as_number, model_text(place->as_organization), model_text(place->as_country),
		model_text(place->owner_name), model_text(place->owner_country),
		model_text(place->owner_source));
	for (size_t i = 0; i < detail->names_count; i++)
		fprintf(stream, "  name %s %s %s %llu %llu %llu\n",
			model_text(detail->names[i].name), model_text(detail->names[i].source),
			model_text(detail->names[i].confidence),
			(unsigned long long)detail->names[i].connections,
			(unsigned long long)detail->names[i].bytes.sent,
			(unsigned long long)detail->names[i].bytes.received);
	for (size_t i = 0; i < detail->errors_count; i++)
		fprintf(stream, "  error %d %llu\n", detail->errors[i].number,
			(unsigned long long)detail->errors[i].count);
}

static inline int model_dump_row(const struct eg_app *app, const struct eg_destination *row,
				 void *data)
{
	static const struct eg_detail nothing;
	FILE *stream = data;
	char ip[46], transport[16];

	(void)app;
	fprintf(stream, " row %s", row->key.has_ip ? eg_ip_text(row->key.ip, ip) : "-");
	if (row->key.has_port)
		fprintf(stream, " port=%u", row->key.port);
	if (row->key.overflow)
		fputs(" overflow", stream);
	else
		fprintf(stream, " %s %d", eg_transport_name(row->key.transport, transport),
			row->key.direction);
	fprintf(stream, " %s rtt=%u", model_text(eg_scope_name(row->scope)), row->rtt_min_us);
	model_dump_counters(stream, &row->counters);
	putc('\n', stream);
	model_dump_detail(stream, row->detail ? row->detail : &nothing, eg_destination_place(row));
	return 0;
}

static inline void model_dump_head(FILE *stream, const struct eg_summary *summary)
{
	fprintf(stream, "by %s period %lld..%lld\n", eg_by_name(summary->by),
		(long long)summary->period.start, (long long)summary->period.end);
	for (size_t i = 0; i < summary->hosts_count; i++)
		fprintf(stream, "host %s %s %s\n", model_text(summary->hosts[i].id),
			model_text(summary->hosts[i].name), model_text(summary->hosts[i].kernel));
	for (size_t i = 0; i < summary->periods_count; i++)
		fprintf(stream, "period %lld..%lld\n", (long long)summary->periods[i].start,
			(long long)summary->periods[i].end);
	for (size_t i = 0; i < summary->databases_count; i++) {
		fprintf(stream, "database %s %s %s", model_text(summary->databases[i].name),
			model_text(summary->databases[i].built),
			model_text(summary->databases[i].license));
		model_dump_list(stream, summary->databases[i].fields);
		putc('\n', stream);
	}
}

static inline void model_dump_ledger(FILE *stream, const struct eg_summary *summary)
{
	const struct eg_ledger *ledger = &summary->ledger;
	struct eg_totals totals = eg_summary_totals(summary);

	for (size_t i = 0; i < EG_EXCLUDED_COUNT; i++)
		fprintf(stream, "excluded %zu %llu %llu\n", i,
			(unsigned long long)ledger->excluded[i].sent,
			(unsigned long long)ledger->excluded[i].received);
	/* The printer names each reason, so a document has some that are zero. */
	for (size_t i = 0; i < ledger->lost_count; i++)
		if (ledger->lost[i].count)
			fprintf(stream, "lost %s %llu\n", ledger->lost[i].reason,
				(unsigned long long)ledger->lost[i].count);
	for (char **text = ledger->degraded; text && *text; text++)
		fprintf(stream, "degraded %s\n", *text);
	fprintf(stream, "totals %llu %llu apps=%llu destinations=%llu complete=%d\n",
		(unsigned long long)totals.bytes.sent, (unsigned long long)totals.bytes.received,
		(unsigned long long)totals.apps, (unsigned long long)totals.destinations,
		totals.complete);
}

/* All that there is in a summary, as text; the caller frees it. */
static inline char *model_dump(const struct eg_summary *summary)
{
	static const struct eg_visitor visitor = {
		.app_begin = model_dump_app,
		.process = model_dump_process,
		.destination = model_dump_row,
	};
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	model_dump_head(stream, summary);
	assert_int_equal(eg_summary_walk(summary, &visitor, stream), 0);
	model_dump_ledger(stream, summary);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static inline void model_assert_equal(const struct eg_summary *a, const struct eg_summary *b)
{
	char *a_text = model_dump(a), *b_text = model_dump(b);

	assert_string_equal(a_text, b_text);
	free(a_text);
	free(b_text);
}

/* --- chance, the same on each run --- */

struct model_random {
	uint64_t state;
};

static inline unsigned model_below(struct model_random *random, unsigned limit)
{
	random->state = random->state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(random->state >> 33) % limit;
}

/* One of the first `count` texts, or NULL: few, so that summaries often agree. */
static inline char *model_any(struct model_random *random, unsigned count)
{
	static const char *const texts[] = { "alpha", "beta", "gamma", "delta", "Über" };
	unsigned i = model_below(random, count + 1);

	return i ? strdup(texts[i - 1]) : NULL;
}

static inline struct eg_destination_key model_any_key(struct model_random *random)
{
	static const uint16_t transports[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMPV6,
					       EG_TRANSPORT_RAW | IPPROTO_UDP, 47 };
	struct eg_destination_key key = model_key((uint8_t)model_below(random, 3));

	if (model_below(random, 8) == 0)
		return (struct eg_destination_key){ .overflow = true };
	if (model_below(random, 3) == 0)
		key.ip[0] = 0x20;
	key.has_ip = model_below(random, 8) != 0;
	key.has_port = model_below(random, 4) != 0;
	key.port = (uint16_t)model_below(random, 3);
	key.transport = transports[model_below(random, ARRAY_SIZE(transports))];
	key.direction = (uint8_t)model_below(random, 2);
	return key;
}

/* A row may come twice, with other texts. */
static inline void model_replace(char **text, char *value)
{
	free(*text);
	*text = value;
}

static inline void model_any_place(struct model_random *random, struct eg_app *app,
				   struct eg_destination *row)
{
	struct eg_place place = {
		.country = model_any(random, 2),
		.anycast = (enum eg_tristate)model_below(random, 3),
		.as_number = model_below(random, 3),
		.as_organization = model_any(random, 2),
		.owner_name = model_any(random, 2),
		.owner_source = model_any(random, 1),
	};

	assert_int_equal(eg_app_set_place(app, row, &place), 0);
	free(place.country);
	free(place.as_organization);
	free(place.owner_name);
	free(place.owner_source);
}

static inline void model_any_detail(struct model_random *random, struct eg_destination *row)
{
	struct eg_detail *detail = eg_destination_detail(row);

	assert_non_null(detail);
	row->scope = (uint8_t)model_below(random, EG_SCOPE_COUNT);
	model_replace(&detail->domain, model_any(random, 3));
	model_replace(&detail->domain_source, model_any(random, 2));
	model_replace(&detail->registered_domain, model_any(random, 2));
}

static inline void model_any_row(struct model_random *random, struct eg_app *app)
{
	static const char *const confidences[] = { "claimed", "corroborated", "outer" };
	struct eg_destination_key key = model_any_key(random);
	struct eg_counters counters = {
		.bytes = { .sent = model_below(random, 4), .received = model_below(random, 4) },
		.connections = model_below(random, 3),
		.failed = model_below(random, 2),
		.first_seen = (int64_t)model_below(random, 6) - 1, /* 0: unknown */
		.last_seen = (int64_t)model_below(random, 6) - 1,
	};
	struct eg_bytes bytes = { .sent = model_below(random, 9) };
	struct eg_destination *row;

	assert_int_equal(eg_app_add(app, &key, &counters, model_below(random, 4), &row), 0);
	if (model_below(random, 3) == 0)
		return;
	model_any_detail(random, row);
	model_any_place(random, app, row);
	for (unsigned i = model_below(random, 3); i > 0; i--) {
		char *name = model_any(random, 4);

		if (name)
			assert_int_equal(eg_destination_add_name(
						 row, name, "dns",
						 confidences[model_below(random, 3)], 1, &bytes),
					 0);
		free(name);
	}
	assert_int_equal(eg_destination_add_error(row, (int)model_below(random, 3) * 50, 1), 0);
}

/* `range` processes at most, of which each summary has some. */
static inline void model_any_process(struct model_random *random, struct eg_app *app,
				     unsigned range)
{
	struct eg_process_info process = {
		.start = model_below(random, range),
		.pid = 1 + model_below(random, 2),
		.ppid = model_below(random, 2),
		.has_ppid = model_below(random, 2),
		.comm = model_any(random, 2),
		.executable = model_any(random, 2),
	};

	if (model_below(random, 2)) {
		process.command_line = calloc(3, sizeof(char *));
		process.command_line[0] = strdup("alpha");
		process.command_line[1] = model_any(random, 2);
	}
	assert_int_equal(eg_app_add_process(app, &process), 0);
}

static inline void model_any_app(struct model_random *random, struct eg_summary *summary)
{
	static const char *const ids[] = { "exe:/a", "exe:/b", "kernel:icmp", "unknown:pid" };
	struct eg_app *app = model_app(summary, ids[model_below(random, ARRAY_SIZE(ids))]);
	char *name = model_any(random, 3), *via = model_any(random, 1);

	assert_int_equal(eg_app_describe(app, "program", name, NULL, via, NULL), 0);
	free(name);
	free(via);
	for (unsigned i = model_below(random, 4); i > 0; i--)
		assert_int_equal(eg_app_add_user(app, model_below(random, 3)), 0);
	for (unsigned i = model_below(random, 120); i > 0; i--)
		model_any_process(random, app, 60);
	for (unsigned i = model_below(random, 8); i > 0; i--)
		model_any_row(random, app);
}

static inline void model_any_head(struct model_random *random, struct eg_summary *summary)
{
	summary->period.start = model_below(random, 4);
	summary->period.end = model_below(random, 4);
	summary->hosts = calloc(1, sizeof(*summary->hosts));
	summary->hosts[0].id = model_any(random, 3);
	summary->hosts[0].name = model_any(random, 2);
	summary->hosts_count = 1;
	summary->databases = calloc(1, sizeof(*summary->databases));
	summary->databases[0].name = model_any(random, 2);
	summary->databases[0].fields = calloc(2, sizeof(char *));
	summary->databases[0].fields[0] = model_any(random, 2);
	summary->databases_count = 1;
}

static inline struct eg_summary *model_any_summary(struct model_random *random)
{
	struct eg_summary *summary = model_new();
	char *reason = model_any(random, 3), *sentence = model_any(random, 3);

	model_any_head(random, summary);
	for (unsigned i = model_below(random, 5); i > 0; i--)
		model_any_app(random, summary);
	summary->ledger.excluded[model_below(random, EG_EXCLUDED_COUNT)].sent =
		model_below(random, 9);
	if (reason)
		assert_int_equal(eg_ledger_add_lost(&summary->ledger, reason, 3), 0);
	if (sentence)
		assert_int_equal(eg_ledger_add_degraded(&summary->ledger, sentence), 0);
	free(reason);
	free(sentence);
	return summary;
}
