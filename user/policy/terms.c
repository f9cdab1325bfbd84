/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which rows a rule is about, and what of a row fits a list of patterns. */
#include "private.h"

#include <stdlib.h>

#include <egret/abi.h>
#include <egret/base.h>

static const char *const names[] = {
	[EG_FILTER_APP] = "apps",	   [EG_FILTER_USER] = "users",
	[EG_FILTER_COUNTRY] = "countries", [EG_FILTER_OPERATOR] = "operators",
	[EG_FILTER_OWNER] = "owners",	   [EG_FILTER_DOMAIN] = "domains",
	[EG_FILTER_SCOPE] = "scopes",
};
_Static_assert(ARRAY_SIZE(names) == EG_FILTER_COUNT, "every field has a name");

const char *eg_terms_name(enum eg_filter_field field)
{
	return names[field];
}

const char *eg_limit_name(enum eg_limit limit)
{
	static const char *const limits[] = {
		[EG_LIMIT_SENT] = "max_sent_per_day",
		[EG_LIMIT_RECEIVED] = "max_received_per_day",
	};
	_Static_assert(ARRAY_SIZE(limits) == EG_LIMIT_COUNT, "every limit has a name");

	return limits[limit];
}

int eg_terms_ready(struct eg_terms *terms, const char *accounts)
{
	int r = 0;

	for (size_t i = 0; i < EG_FILTER_COUNT && r == 0; i++) {
		terms->filters[i].patterns[i] = terms->patterns[i];
		r = eg_matcher_init(&terms->matchers[i], &terms->filters[i], accounts);
	}
	return r;
}

void eg_terms_free(struct eg_terms *terms)
{
	for (size_t i = 0; i < EG_FILTER_COUNT; i++) {
		for (const char **text = terms->patterns[i]; text && *text; text++)
			free((char *)(uintptr_t)*text);
		free(terms->patterns[i]);
		eg_matcher_free(&terms->matchers[i]);
	}
}

bool eg_terms_match(const struct eg_terms *terms, enum eg_filter_field field,
		    const struct eg_app *app, const struct eg_destination *row)
{
	const struct eg_matcher *matcher = &terms->matchers[field];

	if (field == EG_FILTER_APP || field == EG_FILTER_USER)
		return eg_matcher_app(matcher, app);
	return eg_matcher_row(matcher, row);
}

bool eg_terms_match_all(const struct eg_terms *terms, const struct eg_app *app,
			const struct eg_destination *row)
{
	for (enum eg_filter_field field = 0; field < EG_FILTER_COUNT; field++) {
		if (terms->patterns[field] && !eg_terms_match(terms, field, app, row))
			return false;
	}
	return true;
}

bool eg_rule_covers(const struct eg_rule *rule, const struct eg_app *app,
		    const struct eg_destination *row)
{
	bool any = rule->directions[EG_OUTBOUND] || rule->directions[EG_INBOUND];

	if (any && (row->key.overflow || !rule->directions[row->key.direction == EG_INBOUND]))
		return false;
	return eg_terms_match_all(&rule->where, app, row);
}
