/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A policy, and which rows break its rules. */
#include "private.h"

#include <stdlib.h>

#include <egret/base.h>

void eg_policy_free(struct eg_policy *policy)
{
	if (!policy)
		return;
	for (size_t i = 0; i < policy->count; i++) {
		struct eg_rule *rule = &policy->rules[i];

		free(rule->name);
		free(rule->description);
		eg_terms_free(&rule->where);
		eg_terms_free(&rule->not );
		eg_terms_free(&rule->only);
	}
	free(policy->rules);
	free(policy);
}

size_t eg_policy_count(const struct eg_policy *policy)
{
	return policy->count;
}

const char *eg_policy_name(const struct eg_policy *policy, size_t index)
{
	return policy->rules[index].name;
}

const char *eg_policy_description(const struct eg_policy *policy, size_t index)
{
	return policy->rules[index].description;
}

bool eg_policy_has_limits(const struct eg_policy *policy)
{
	for (size_t i = 0; i < policy->count; i++) {
		for (size_t limit = 0; limit < EG_LIMIT_COUNT; limit++) {
			if (policy->rules[i].limits[limit].set)
				return true;
		}
	}
	return false;
}

/* --- rows --- */

static const char *const broken_not[] = {
	[EG_FILTER_APP] = "not.apps",	       [EG_FILTER_USER] = "not.users",
	[EG_FILTER_COUNTRY] = "not.countries", [EG_FILTER_OPERATOR] = "not.operators",
	[EG_FILTER_OWNER] = "not.owners",      [EG_FILTER_DOMAIN] = "not.domains",
	[EG_FILTER_SCOPE] = "not.scopes",
};
static const char *const broken_only[] = {
	[EG_FILTER_APP] = "only.apps",		[EG_FILTER_USER] = "only.users",
	[EG_FILTER_COUNTRY] = "only.countries", [EG_FILTER_OPERATOR] = "only.operators",
	[EG_FILTER_OWNER] = "only.owners",	[EG_FILTER_DOMAIN] = "only.domains",
	[EG_FILTER_SCOPE] = "only.scopes",
};
_Static_assert(ARRAY_SIZE(broken_not) == EG_FILTER_COUNT, "every field can be broken");
_Static_assert(ARRAY_SIZE(broken_only) == EG_FILTER_COUNT, "every field can be broken");

/* The first of the rule's terms that the row breaks; NULL: none. */
static const char *find_broken(const struct eg_rule *rule, const struct eg_app *app,
			       const struct eg_destination *row)
{
	for (enum eg_filter_field field = 0; field < EG_FILTER_COUNT; field++) {
		if (rule->not .patterns[field] && eg_terms_match(&rule->not, field, app, row))
			return broken_not[field];
		if (rule->only.patterns[field] && !eg_terms_match(&rule->only, field, app, row))
			return broken_only[field];
	}
	return NULL;
}

int eg_policy_check_row(const struct eg_policy *policy, const struct eg_app *app,
			const struct eg_destination *row, eg_violation_call *call, void *data)
{
	int r = 0;

	for (size_t i = 0; i < policy->count && r >= 0; i++) {
		struct eg_violation violation = { .rule = i, .app = app, .row = row };

		if (!eg_rule_covers(&policy->rules[i], app, row))
			continue;
		violation.broken = find_broken(&policy->rules[i], app, row);
		if (violation.broken)
			r = call(&violation, data);
	}
	return r < 0 ? r : 0;
}

struct checking {
	const struct eg_policy *policy;
	eg_violation_call *call;
	void *data;
};

static int check_row(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	const struct checking *checking = data;

	return eg_policy_check_row(checking->policy, app, row, checking->call, checking->data);
}

int eg_policy_check(const struct eg_policy *policy, const struct eg_summary *summary,
		    eg_violation_call *call, void *data)
{
	static const struct eg_visitor visitor = { .destination = check_row };
	struct checking checking = { .policy = policy, .call = call, .data = data };

	return eg_summary_walk(summary, &visitor, &checking);
}
