/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which sums and intervals a period consists of, and what rows of them hold. */
#include "chosen.h"

#include <string.h>

#include <egret/base.h>

/* --- the plan --- */

static int64_t ceil_to(int64_t time, int64_t unit)
{
	int64_t floor = eg_floor(time, unit), next;

	if (floor == time)
		return floor;
	return __builtin_add_overflow(floor, unit, &next) ? INT64_MAX : next;
}

struct eg_plan eg_plan_make(const struct eg_period *period, enum eg_level_of coarsest)
{
	struct eg_plan plan = {
		.since = period->start,
		.until = period->end > period->start ? period->end : period->start,
	};

	plan.first_hour = ceil_to(plan.since, EG_HOUR_NS);
	plan.last_hour = eg_floor(plan.until, EG_HOUR_NS);
	if (plan.first_hour >= plan.last_hour || coarsest < EG_LEVEL_HOUR)
		plan.first_hour = plan.last_hour = plan.since;
	plan.first_day = ceil_to(plan.first_hour, EG_DAY_NS);
	plan.last_day = eg_floor(plan.last_hour, EG_DAY_NS);
	if (plan.first_day >= plan.last_day || coarsest < EG_LEVEL_DAY)
		plan.first_day = plan.last_day = plan.last_hour;
	return plan;
}

struct eg_query eg_plan_ask(struct eg_store *store, const struct eg_plan *plan, const char *text)
{
	const int64_t times[] = { plan->since,	  plan->first_hour, plan->first_day,
				  plan->last_day, plan->last_hour,  plan->until };
	struct eg_query query = eg_query(store, text);

	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		eg_query_int(&query, times[i]);
	return query;
}

/* --- rows --- */

int eg_chosen_number(const struct eg_query *query, int column, uint64_t limit, uint64_t *ret)
{
	int64_t value = eg_query_get_int(query, column);

	if (value < 0 || (uint64_t)value > limit)
		return eg_store_damaged(query->store, "a number is out of its range");
	*ret = (uint64_t)value;
	return 0;
}

static int get_ip(const struct eg_query *query, int column, struct eg_destination_key *key)
{
	size_t size;
	const void *ip = eg_query_get_blob(query, column, &size);

	if (!ip)
		return 0;
	if (size != sizeof(key->ip))
		return eg_store_damaged(query->store, "an address has a wrong length");
	memcpy(key->ip, ip, size);
	key->has_ip = true;
	return 0;
}

int eg_chosen_key(const struct eg_query *query, struct eg_destination *row)
{
	static const uint64_t limits[] = { UINT16_MAX, UINT16_MAX, 1, 1, EG_SCOPE_COUNT - 1 };
	uint64_t numbers[ARRAY_SIZE(limits)] = { 0 };
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(limits) && r == 0; i++)
		r = eg_chosen_number(query, 2 + (int)i, limits[i], &numbers[i]);
	if (r < 0)
		return r;
	row->scope = (uint8_t)numbers[4];
	row->key.overflow = numbers[3];
	if (row->key.overflow)
		return 0;
	row->key.has_port = !eg_query_is_null(query, 2);
	row->key.port = (uint16_t)numbers[0];
	row->key.transport = (uint16_t)numbers[1];
	row->key.direction = (uint8_t)numbers[2];
	return get_ip(query, 1, &row->key);
}
