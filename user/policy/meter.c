/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What each app has used of the rules' bytes per day. */
#include "private.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

#define DAY_NS (24 * 3600 * NSEC_PER_SEC)

/* What one app has used of one rule. */
struct use {
	size_t rule;
	char *id, *name, *trust, *via, *flag; /* of the app */
	struct eg_bytes bytes;
};

struct eg_meter {
	const struct eg_policy *policy;
	void *uses; /* tsearch(3) tree */
};

static int compare(const void *a, const void *b)
{
	const struct use *x = a, *y = b;

	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return strcmp(x->id, y->id);
}

static void free_use(void *data)
{
	struct use *use = data;

	free(use->id);
	free(use->name);
	free(use->trust);
	free(use->via);
	free(use->flag);
	free(use);
}

int eg_meter_new(const struct eg_policy *policy, struct eg_meter **ret_meter)
{
	struct eg_meter *meter = calloc(1, sizeof(*meter));

	if (!meter)
		return -ENOMEM;
	meter->policy = policy;
	*ret_meter = meter;
	return 0;
}

void eg_meter_free(struct eg_meter *meter)
{
	if (meter)
		eg_meter_reset(meter);
	free(meter);
}

void eg_meter_reset(struct eg_meter *meter)
{
	tdestroy(meter->uses, free_use);
	meter->uses = NULL;
}

/* --- adding --- */

/* False: no memory. */
static bool copy(const char *text, char **ret_copy)
{
	*ret_copy = text ? strdup(text) : NULL;
	return !text || *ret_copy;
}

static struct use *new_use(const struct use *key)
{
	struct use *use = calloc(1, sizeof(*use));

	if (!use)
		return NULL;
	use->rule = key->rule;
	use->id = strdup(key->id);
	if (use->id && copy(key->name, &use->name) && copy(key->trust, &use->trust) &&
	    copy(key->via, &use->via) && copy(key->flag, &use->flag))
		return use;
	free_use(use);
	return NULL;
}

static int add(struct eg_meter *meter, size_t rule, const struct eg_app *app,
	       const struct eg_bytes *bytes)
{
	const struct use key = {
		.rule = rule,
		.id = app->id,
		.name = app->name,
		.trust = app->trust,
		.via = app->via,
		.flag = app->flag,
	};
	struct use **node = tfind(&key, &meter->uses, compare), *use = node ? *node : NULL;

	if (!use) {
		use = new_use(&key);
		if (!use)
			return -ENOMEM;
		if (!tsearch(use, &meter->uses, compare)) {
			free_use(use);
			return -ENOMEM;
		}
	}
	use->bytes.sent += bytes->sent;
	use->bytes.received += bytes->received;
	return 0;
}

static bool has_limit(const struct eg_rule *rule)
{
	return rule->limits[EG_LIMIT_SENT].set || rule->limits[EG_LIMIT_RECEIVED].set;
}

static int add_row(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	struct eg_meter *meter = data;
	int r = 0;

	for (size_t i = 0; i < meter->policy->count && r == 0; i++) {
		const struct eg_rule *rule = &meter->policy->rules[i];

		if (has_limit(rule) && eg_rule_covers(rule, app, row))
			r = add(meter, i, app, &row->counters.bytes);
	}
	return r;
}

int eg_meter_add(struct eg_meter *meter, const struct eg_summary *summary)
{
	static const struct eg_visitor visitor = { .destination = add_row };

	return eg_summary_walk(summary, &visitor, meter);
}

/* --- reading --- */

struct reading {
	const struct eg_meter *meter;
	struct eg_period period;
	uint64_t days;
	eg_violation_call *call;
	void *data;
	int r;
};

static void check_limit(struct reading *reading, const struct use *use, enum eg_limit limit,
			uint64_t bytes)
{
	const struct eg_rule *rule = &reading->meter->policy->rules[use->rule];
	struct eg_violation violation = {
		.rule = use->rule,
		.broken = eg_limit_name(limit),
		.app_id = use->id,
		.app_name = use->name,
		.app_trust = use->trust,
		.app_via = use->via,
		.app_flag = use->flag,
		.period = reading->period,
		.which = limit,
		.bytes = bytes,
		.limit = rule->limits[limit].bytes,
	};
	uint64_t allowed;

	if (!rule->limits[limit].set || reading->r < 0)
		return;
	if (__builtin_mul_overflow(violation.limit, reading->days, &allowed))
		allowed = UINT64_MAX;
	if (bytes > allowed)
		reading->r = reading->call(&violation, reading->data);
}

static void check_use(const void *node, VISIT visit, void *data)
{
	const struct use *use = *(const struct use *const *)node;

	if (visit != postorder && visit != leaf)
		return;
	check_limit(data, use, EG_LIMIT_SENT, use->bytes.sent);
	check_limit(data, use, EG_LIMIT_RECEIVED, use->bytes.received);
}

struct eg_period eg_day_of(int64_t time)
{
	int64_t rest = time % DAY_NS, start = time - (rest < 0 ? rest + DAY_NS : rest);

	return (struct eg_period){ .start = start, .end = start + DAY_NS };
}

/* How many days a period is in. */
static uint64_t count_days(const struct eg_period *period)
{
	int64_t first = eg_day_of(period->start).start;
	int64_t last = eg_day_of(period->end > period->start ? period->end - 1 : period->end).end;

	return last > first ? (uint64_t)((last - first) / DAY_NS) : 1;
}

int eg_meter_check(const struct eg_meter *meter, const struct eg_period *period,
		   eg_violation_call *call, void *data)
{
	struct reading reading = {
		.meter = meter,
		.period = *period,
		.days = count_days(period),
		.call = call,
		.data = data,
	};

	twalk_r(meter->uses, check_use, &reading);
	return reading.r < 0 ? reading.r : 0;
}
