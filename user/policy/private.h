/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a policy consists of. Private to user/policy/. */
#pragma once

#include <egret/filter.h>
#include <egret/policy.h>

/* Lists of patterns, one per field, each with a matcher of its own: so one knows which one fits. */
struct eg_terms {
	const char **patterns[EG_FILTER_COUNT]; /* NULL-terminated, owned; NULL: not asked */
	struct eg_filter filters[EG_FILTER_COUNT];
	struct eg_matcher matchers[EG_FILTER_COUNT];
};

/* Bytes per day, in the order of `egret schema policy`. */
struct eg_rule {
	char *name, *description;
	struct eg_terms where; /* which rows it is about */
	bool directions[2]; /* and these, by enum eg_direction, where any is true */
	struct eg_terms not, only;
	struct {
		bool set;
		uint64_t bytes;
	} limits[EG_LIMIT_COUNT];
};

struct eg_policy {
	struct eg_rule *rules;
	size_t count;
};

/* Makes the matchers when all patterns are there. 0 or -ENOMEM. */
int eg_terms_ready(struct eg_terms *terms, const char *accounts);
void eg_terms_free(struct eg_terms *terms);

/* Whether app or row has what the field's patterns ask for; the field is asked. */
bool eg_terms_match(const struct eg_terms *terms, enum eg_filter_field field,
		    const struct eg_app *app, const struct eg_destination *row);
/* The same for all that are asked. */
bool eg_terms_match_all(const struct eg_terms *terms, const struct eg_app *app,
			const struct eg_destination *row);
/* Whether the rule is about this row. */
bool eg_rule_covers(const struct eg_rule *rule, const struct eg_app *app,
		    const struct eg_destination *row);

/* What the fields are called in a policy: "apps", "users", ... */
const char *eg_terms_name(enum eg_filter_field field);
/* "max_sent_per_day", "max_received_per_day" */
const char *eg_limit_name(enum eg_limit limit);
