/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which events are asked for: as rows of a summary are, by what is known when they happen. */
#include "trace_filter.h"

#include <errno.h>
#include <string.h>

#include <egret/base.h>

#define NAMED_MAX 65536 /* connections; their ends may be among what was lost */

/* What is asked owns its texts, and is only read here. */
static char *borrow(const char *text)
{
	return (char *)(uintptr_t)text;
}

int trace_filter_init(struct trace_filter *filter, const struct eg_options *options,
		      struct places *places)
{
	const char **const *patterns = options->filter.patterns;

	*filter = (struct trace_filter){
		.places = places,
		.include_loopback = options->include_loopback,
		.by_name = patterns[EG_FILTER_DOMAIN] || patterns[EG_FILTER_OWNER],
		.named = eg_table_new(sizeof(uint64_t), sizeof(uint64_t)),
	};
	if (!filter->named)
		return -ENOMEM;
	return eg_matcher_init(&filter->matcher, &options->filter, "/etc/passwd");
}

void trace_filter_free(struct trace_filter *filter)
{
	eg_matcher_free(&filter->matcher);
	eg_table_free(filter->named);
	filter->named = NULL;
}

bool trace_filter_app(const struct trace_filter *filter, const struct known_app *known,
		      const char *id)
{
	uint32_t uid = known ? known->uid : 0;
	struct eg_app app = { .id = borrow(id) };

	if (known)
		app = (struct eg_app){
			.id = known->id,
			.name = known->name,
			.users = &uid,
			.users_count = 1,
		};
	return eg_matcher_app(&filter->matcher, &app);
}

/* --- destinations --- */

bool trace_filter_row(const struct trace_filter *filter, const struct eg_destination *row,
		      const struct eg_known_name *known, size_t count)
{
	struct eg_name names[EG_NAMES_CANDIDATES] = { 0 };
	struct eg_detail detail = { .names = names, .names_count = count };
	struct eg_place place = *eg_destination_place(row);
	struct eg_destination named = *row;

	if (!filter->include_loopback &&
	    (row->scope == EG_SCOPE_LOOPBACK || row->scope == EG_SCOPE_HOST))
		return false;
	for (size_t i = 0; i < count; i++)
		names[i].name = borrow(known[i].name);
	if (count) {
		detail.registered_domain = borrow(eg_domain_registered(known[0].name));
		places_set_owner(filter->places, known[0].name, &place);
	}
	named.detail = &detail;
	named.place = &place;
	return eg_matcher_row(&filter->matcher, &named);
}

/* --- connections --- */

int trace_filter_keep(struct trace_filter *filter, uint64_t cookie)
{
	bool full;

	if (!filter->by_name || !cookie)
		return 0;
	full = filter->named && eg_table_count(filter->named) >= NAMED_MAX;
	if (full) {
		eg_table_free(filter->named);
		filter->named = eg_table_new(sizeof(cookie), sizeof(uint64_t));
	}
	if (!filter->named || !eg_table_add(filter->named, &cookie))
		return -ENOMEM;
	return full ? -ENOSPC : 0;
}

bool trace_filter_keeps(const struct trace_filter *filter, uint64_t cookie)
{
	return cookie && filter->named && eg_table_find(filter->named, &cookie);
}

void trace_filter_forget(struct trace_filter *filter, uint64_t cookie)
{
	if (trace_filter_keeps(filter, cookie))
		eg_table_remove(filter->named, &cookie);
}
