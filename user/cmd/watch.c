/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The rules of a policy, held against each interval as it is recorded. */
#include "watch.h"

#include <errno.h>
#include <string.h>

#include <egret/base.h>
#include <egret/ip.h>
#include <egret/table.h>

#include "findings.h"
#include "hook.h"

#define TOLD_MAX 20000 /* then all may be told again */
#define ROWS_MAX 500 /* that wait for a run of the command */

/* A violation that was told: the same again is no news. */
struct told {
	uint64_t rule, app; /* its index, and a hash of the app's id */
	int64_t day; /* of a limit; 0: a row */
	uint64_t which; /* limit: enum eg_limit */
	uint8_t ip[16];
	uint16_t port, transport;
	uint8_t direction, zero[3];
};

struct watch {
	const char *path;
	struct eg_policy *policy;
	struct eg_meter *meter; /* of `day` */
	struct eg_period day;
	struct eg_meter *over; /* of `over_day`, of which the command is not told yet; or NULL */
	struct eg_period over_day;
	struct hook *hook; /* NULL: only standard error is told */
	struct eg_table *told; /* struct told -> when, CLOCK_MONOTONIC ns */
	int64_t run_at; /* CLOCK_MONOTONIC ns: the command's next run, at the earliest */
	/* For that run: rows that break rules, whether a limit is, and what found no room. */
	struct eg_summary *pending;
	size_t pending_rows;
	bool limits_due;
	uint64_t omitted;
	const struct eg_destination *taken; /* the row that is in `pending` already */
};

/* --- what is news --- */

/* FNV-1a: what collides is told an hour later. */
static uint64_t hash_text(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3ULL;
	return hash;
}

static struct told key_of(const struct eg_violation *violation)
{
	struct told key = { .rule = violation->rule };
	const struct eg_destination *row = violation->row;

	if (!row) {
		key.app = hash_text(violation->app_id);
		key.which = violation->which;
		key.day = violation->period.start;
		return key;
	}
	key.app = hash_text(violation->app->id);
	if (!row->key.overflow) {
		memcpy(key.ip, row->key.ip, sizeof(key.ip));
		key.port = row->key.port;
		key.transport = row->key.transport;
		key.direction = row->key.direction;
	}
	return key;
}

/* 1: nobody was told of it lately, and now is; 0: it was; -ENOMEM. */
static int mark_told(struct watch *watch, const struct eg_violation *violation)
{
	struct told key = key_of(violation);
	int64_t now = eg_monotonic_ns(), *when;

	if (eg_table_count(watch->told) >= TOLD_MAX) {
		eg_table_free(watch->told);
		watch->told = eg_table_new(sizeof(key), sizeof(now));
	}
	when = watch->told ? eg_table_add(watch->told, &key) : NULL;
	if (!when)
		return -ENOMEM;
	if (*when && (key.day || now - *when < WATCH_REPEAT_NS))
		return 0;
	*when = now;
	return 1;
}

/* --- telling --- */

static void warn(const struct watch *watch, const struct eg_violation *violation)
{
	const char *rule = eg_policy_name(watch->policy, violation->rule);
	const struct eg_destination *row = violation->row;
	const char *where = "an unknown address";
	char ip[46];

	if (!row) {
		eg_warning("rule '%s': %s has broken %s", rule, violation->app_id,
			   violation->broken);
		return;
	}
	if (row->detail && row->detail->domain)
		where = row->detail->domain;
	else if (row->key.has_ip && !row->key.overflow)
		where = eg_ip_text(row->key.ip, ip);
	eg_warning("rule '%s': %s with %s has broken %s", rule, violation->app->id, where,
		   violation->broken);
}

/* A row that breaks several rules is one row. */
static int keep_row(struct watch *watch, const struct eg_violation *violation)
{
	if (watch->taken == violation->row)
		return 0;
	if (watch->pending_rows == ROWS_MAX) {
		watch->omitted++;
		return 0;
	}
	watch->pending_rows++;
	watch->taken = violation->row;
	return eg_summary_merge_row(watch->pending, violation->app, violation->row);
}

static int take_violation(const struct eg_violation *violation, void *data)
{
	struct watch *watch = data;
	int r = mark_told(watch, violation);

	if (r <= 0)
		return r;
	warn(watch, violation);
	if (!watch->hook)
		return 0;
	if (violation->row)
		return keep_row(watch, violation);
	watch->limits_due = true;
	return 0;
}

/* --- the command --- */

static int gather(struct watch *watch, struct findings *findings)
{
	int r = eg_policy_check(watch->policy, watch->pending, findings_add, findings);

	if (r == 0 && watch->over)
		r = eg_meter_check(watch->over, &watch->over_day, findings_add, findings);
	if (r == 0 && watch->limits_due)
		r = eg_meter_check(watch->meter, &watch->day, findings_add, findings);
	return r == 0 ? findings_sort(findings) : r;
}

static int print(const struct eg_verdict *verdict, char **ret_text, size_t *ret_size)
{
	static const struct eg_print_options options = { .compact = true };
	FILE *stream = open_memstream(ret_text, ret_size);
	int r;

	if (!stream)
		return -ENOMEM;
	r = eg_print_verdict(stream, EG_FORMAT_JSON, verdict, &options);
	return fclose(stream) == EOF && r == 0 ? -ENOMEM : r;
}

/* As many of the findings as one input has room for. */
static int hand_over(struct watch *watch, struct eg_verdict *verdict)
{
	int r;

	do {
		_cleanup_(eg_freep) char *text = NULL;
		size_t size, less = (verdict->findings_count + 1) / 2;

		r = print(verdict, &text, &size);
		if (r == 0)
			r = hook_run(watch->hook, text, size);
		if (r != -EMSGSIZE || !verdict->findings_count)
			break;
		verdict->findings_count -= less;
		verdict->omitted += less;
	} while (true);
	return r;
}

static int run_command(struct watch *watch, const struct eg_summary *summary)
{
	_cleanup_(findings_free) struct findings findings = { .policy = watch->policy };
	struct eg_verdict verdict = {
		.policy = watch->path,
		.rules = eg_policy_count(watch->policy),
		.period = summary->period,
		.host = summary->hosts_count == 1 ? summary->hosts : NULL,
		.completeness = eg_summary_completeness(summary),
		.summary = summary,
	};
	int r = gather(watch, &findings);

	if (r < 0)
		return r;
	verdict.findings = findings.list;
	verdict.findings_count = findings.count;
	verdict.omitted = findings.omitted + watch->omitted;
	r = hand_over(watch, &verdict);
	if (r == -EAGAIN)
		return 0; /* with the next interval */
	watch->run_at = eg_monotonic_ns() + WATCH_RUN_NS;
	eg_summary_free(watch->pending);
	watch->pending = eg_summary_new(EG_BY_APP);
	watch->pending_rows = 0;
	eg_meter_free(TAKE_PTR(watch->over));
	watch->limits_due = false;
	watch->omitted = 0;
	return watch->pending ? r : -ENOMEM;
}

/* --- intervals --- */

/* A limit that is due to be told, in the command's next run, is so when its day is over as well. */
static int end_day(struct watch *watch)
{
	struct eg_meter *meter;
	int r;

	if (!watch->limits_due || watch->over) {
		eg_meter_reset(watch->meter);
		return 0;
	}
	r = eg_meter_new(watch->policy, &meter);
	if (r < 0)
		return r;
	watch->over = watch->meter;
	watch->over_day = watch->day;
	watch->meter = meter;
	return 0;
}

/* What the day has seen before this recorder. */
static int begin_day(struct watch *watch, struct eg_store *store, const struct eg_summary *summary)
{
	struct eg_summary *before = NULL;
	int r = end_day(watch);

	if (r < 0)
		return r;
	watch->day = eg_day_of(summary->period.start);
	if (!eg_policy_has_limits(watch->policy))
		return 0;
	if (!store || eg_store_read(store, &watch->day, &before) < 0)
		return eg_meter_add(watch->meter, summary);
	r = eg_meter_add(watch->meter, before);
	eg_summary_free(before);
	return r;
}

static int measure(struct watch *watch, struct eg_store *store, const struct eg_summary *summary)
{
	int64_t time = summary->period.start;
	int r;

	if (time < watch->day.start || time >= watch->day.end)
		r = begin_day(watch, store, summary);
	else
		r = eg_meter_add(watch->meter, summary);
	return r == 0 ? eg_meter_check(watch->meter, &watch->day, take_violation, watch) : r;
}

void watch_interval(struct watch *watch, struct eg_store *store, const struct eg_summary *summary,
		    bool last)
{
	int r;

	if (!watch)
		return;
	watch->taken = NULL;
	r = eg_policy_check(watch->policy, summary, take_violation, watch);
	if (r == 0)
		r = measure(watch, store, summary);
	if (r == 0 && (watch->pending_rows || watch->limits_due) &&
	    (last || eg_monotonic_ns() >= watch->run_at))
		r = run_command(watch, summary);
	if (r == -EPIPE) {
		eg_error("what runs the command of --on-violation is gone: it is not run any more");
		hook_stop(TAKE_PTR(watch->hook));
	} else if (r < 0) {
		eg_error("can't hold the rules of %s against the interval: %s", watch->path,
			 strerror(-r));
	}
}

/* --- start and end --- */

static int start(const struct eg_options *options, struct watch *watch)
{
	int status = findings_policy(options->policy, &watch->policy);

	if (status)
		return status;
	watch->path = options->policy;
	watch->told = eg_table_new(sizeof(struct told), sizeof(int64_t));
	watch->pending = eg_summary_new(EG_BY_APP);
	if (!watch->told || !watch->pending || eg_meter_new(watch->policy, &watch->meter) < 0)
		return eg_command_fail(options->of, -ENOMEM);
	return options->on_violation ? hook_start(options->on_violation, &watch->hook) : 0;
}

int watch_start(const struct eg_options *options, struct watch **ret_watch)
{
	struct watch *watch;
	int status;

	*ret_watch = NULL;
	if (!options->policy && options->on_violation) {
		eg_error("record: --on-violation needs --policy");
		return EG_EXIT_USAGE;
	}
	if (!options->policy)
		return EG_EXIT_OK;
	watch = calloc(1, sizeof(*watch));
	if (!watch)
		return eg_command_fail(options->of, -ENOMEM);
	status = start(options, watch);
	if (status)
		watch_stop(watch);
	else
		*ret_watch = watch;
	return status;
}

void watch_stop(struct watch *watch)
{
	if (!watch)
		return;
	hook_stop(watch->hook);
	eg_table_free(watch->told);
	eg_summary_free(watch->pending);
	eg_meter_free(watch->over);
	eg_meter_free(watch->meter);
	eg_policy_free(watch->policy);
	free(watch);
}
