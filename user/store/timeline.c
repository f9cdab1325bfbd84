/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What each row of a period counted when: the same sums as the summary's, but not added up. */
#include "chosen.h"

#include <egret/base.h>

/* Whole hours or days are not told apart inside. */
static enum eg_level_of coarsest_for(int64_t step)
{
	if (step >= EG_DAY_NS)
		return EG_LEVEL_DAY;
	return step >= EG_HOUR_NS ? EG_LEVEL_HOUR : EG_LEVEL_INTERVAL;
}

/* When the first period of a level began; INT64_MAX: there is none. 0 or -errno. */
static int find_first(struct eg_store *store, enum eg_level_of level, int64_t *ret_start)
{
	struct eg_query query = eg_query(store, "SELECT start FROM period WHERE level = ?1"
						" ORDER BY bucket, start LIMIT 1");
	int r;

	*ret_start = INT64_MAX;
	eg_query_int(&query, level);
	r = eg_query_number(&query, ret_start);
	return r < 0 ? r : 0;
}

int eg_store_resolves(struct eg_store *store, const struct eg_period *period, int64_t step)
{
	int64_t first = INT64_MAX, kept = INT64_MAX, start;
	int r = 0;

	for (int level = 0; level < EG_LEVEL_OF_COUNT && r == 0; level++) {
		r = find_first(store, level, &start);
		first = start < first ? start : first;
		if (level <= (int)coarsest_for(step))
			kept = first;
	}
	return r < 0 ? r : kept <= first || kept <= period->start;
}

static int get_moment(const struct eg_query *query, struct eg_moment *moment)
{
	struct eg_destination row = { 0 };
	uint64_t sent = 0, received = 0;
	const char *app;
	int r = eg_chosen_key(query, &row);

	if (r == 0)
		r = eg_chosen_number(query, EG_KEY_COLUMNS + 1, INT64_MAX, &sent);
	if (r == 0)
		r = eg_chosen_number(query, EG_KEY_COLUMNS + 2, INT64_MAX, &received);
	if (r == 0)
		r = eg_query_need_text(query, 0, &app);
	if (r < 0)
		return r;
	*moment = (struct eg_moment){
		.app = app,
		.key = row.key,
		.time = eg_query_get_int(query, EG_KEY_COLUMNS),
		.bytes = { .sent = sent, .received = received },
	};
	return 0;
}

int eg_store_timeline(struct eg_store *store, const struct eg_period *period, int64_t step,
		      int (*call)(const struct eg_moment *moment, void *data), void *data)
{
	const struct eg_plan plan = eg_plan_make(period, coarsest_for(step));
	struct eg_query query = eg_plan_ask(store, &plan,
					    EG_CHOSEN
					    "SELECT " EG_ROW_KEY ", c.bucket, f.sent, f.received"
					    " FROM chosen c CROSS JOIN flow f ON f.period = c.id"
					    " CROSS JOIN destination d ON d.id = f.destination"
					    " CROSS JOIN app a ON a.id = d.app");
	int r;

	while ((r = eg_query_next(&query)) > 0) {
		struct eg_moment moment;

		r = get_moment(&query, &moment);
		if (r == 0)
			r = call(&moment, data);
		if (r < 0)
			break;
	}
	eg_query_end(&query);
	return r;
}
