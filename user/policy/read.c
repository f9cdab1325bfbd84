/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading a policy: every mistake is told, each with its line and column. */
#include "read.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <egret/abi.h>
#include <egret/base.h>

#define SCHEMA "egret.policy/1"
#define NUMBER_MAX 9007199254740992.0 /* contract section 2 */

/* --- patterns --- */

static bool is_wild(const char *pattern)
{
	return strpbrk(pattern, "*?[\\");
}

static bool is_country(const char *pattern)
{
	return isascii(pattern[0]) && isalpha(pattern[0]) && isascii(pattern[1]) &&
	       isalnum(pattern[1]) && !pattern[2];
}

/* A word that no row can have is a mistake, which would be found out too late. */
static void check_pattern(struct eg_reading *reading, const struct eg_at *at,
			  enum eg_filter_field field, const char *pattern)
{
	bool fits = false;

	if (field == EG_FILTER_COUNTRY && !is_wild(pattern) && !is_country(pattern))
		eg_reading_fail(reading, at, "is no country: a code of two letters is (DE, US)");
	if (field != EG_FILTER_SCOPE)
		return;
	for (enum eg_scope scope = EG_SCOPE_INTERNET; scope < EG_SCOPE_COUNT && !fits; scope++)
		fits = fnmatch(pattern, eg_scope_name(scope), FNM_CASEFOLD) == 0;
	if (!fits)
		eg_reading_fail(reading, at,
				"is no scope (internet private cgnat link-local multicast "
				"broadcast documentation loopback host are)");
}

static void read_patterns(struct eg_reading *reading, const struct eg_at *at,
			  struct eg_terms *terms, enum eg_filter_field field)
{
	struct eg_at element = { .up = at };
	struct eg_json_cursor cursor;
	struct eg_json key;
	const char **list;
	size_t count = 0;

	if (!eg_reading_expect(reading, at, EG_JSON_ARRAY) || !eg_reading_some(reading, at))
		return;
	list = calloc(eg_json_count(at->value) + 1, sizeof(*list));
	if (!list) {
		reading->r = -ENOMEM;
		return;
	}
	terms->patterns[field] = list;
	cursor = eg_json_open(at->value);
	for (; eg_json_next(&cursor, &key, &element.value) && reading->r == 0; element.index++) {
		list[count] = eg_reading_text(reading, &element);
		if (list[count])
			check_pattern(reading, &element, field, list[count++]);
	}
}

static void read_directions(struct eg_reading *reading, const struct eg_at *at, bool directions[2])
{
	struct eg_at element = { .up = at };
	struct eg_json_cursor cursor;
	struct eg_json key;

	if (!eg_reading_expect(reading, at, EG_JSON_ARRAY) || !eg_reading_some(reading, at))
		return;
	cursor = eg_json_open(at->value);
	for (; eg_json_next(&cursor, &key, &element.value); element.index++) {
		bool text = eg_json_type(element.value) == EG_JSON_TEXT;

		if (text && eg_json_is(element.value, "outbound"))
			directions[EG_OUTBOUND] = true;
		else if (text && eg_json_is(element.value, "inbound"))
			directions[EG_INBOUND] = true;
		else
			eg_reading_fail(reading, &element,
					"is no direction (outbound and inbound are)");
	}
}

/* `directions` NULL: not to be asked for here. */
static void read_terms(struct eg_reading *reading, const struct eg_at *at, struct eg_terms *terms,
		       bool *directions)
{
	struct eg_at member = { .up = at };
	struct eg_seen seen = { 0 };

	if (!eg_reading_expect(reading, at, EG_JSON_OBJECT) || !eg_reading_some(reading, at))
		return;
	while (eg_reading_member(reading, at, &seen, &member)) {
		enum eg_filter_field field = 0;

		while (field < EG_FILTER_COUNT && !eg_json_is(member.key, eg_terms_name(field)))
			field++;
		if (field < EG_FILTER_COUNT)
			read_patterns(reading, &member, terms, field);
		else if (directions && eg_json_is(member.key, "directions"))
			read_directions(reading, &member, directions);
		else
			eg_reading_fail(reading, &member,
					"is not known here (apps users countries operators owners "
					"domains scopes are)");
	}
	if (reading->r == 0)
		reading->r = eg_terms_ready(terms, reading->accounts);
}

/* --- rules --- */

static void read_limit(struct eg_reading *reading, const struct eg_at *at, struct eg_rule *rule,
		       enum eg_limit limit)
{
	double number = -1;

	if (eg_json_type(at->value) == EG_JSON_NUMBER)
		number = eg_json_double(at->value);
	if (number < 0 || number > NUMBER_MAX || floor(number) != number) {
		eg_reading_fail(reading, at, "is no number of bytes (0 to 2^53)");
		return;
	}
	rule->limits[limit].bytes = (uint64_t)number;
	rule->limits[limit].set = true;
}

static void read_member(struct eg_reading *reading, const struct eg_at *member,
			struct eg_rule *rule)
{
	if (eg_json_is(member->key, "name"))
		rule->name = eg_reading_text(reading, member);
	else if (eg_json_is(member->key, "description"))
		rule->description = eg_reading_text(reading, member);
	else if (eg_json_is(member->key, "where"))
		read_terms(reading, member, &rule->where, rule->directions);
	else if (eg_json_is(member->key, "not"))
		read_terms(reading, member, &rule->not, NULL);
	else if (eg_json_is(member->key, "only"))
		read_terms(reading, member, &rule->only, NULL);
	else if (eg_json_is(member->key, eg_limit_name(EG_LIMIT_SENT)))
		read_limit(reading, member, rule, EG_LIMIT_SENT);
	else if (eg_json_is(member->key, eg_limit_name(EG_LIMIT_RECEIVED)))
		read_limit(reading, member, rule, EG_LIMIT_RECEIVED);
	else
		eg_reading_fail(reading, member,
				"is not known here (name description where not only "
				"max_sent_per_day max_received_per_day are)");
}

static void check_rule(struct eg_reading *reading, const struct eg_at *at,
		       const struct eg_policy *policy, const struct eg_seen *seen)
{
	const struct eg_rule *rule = &policy->rules[policy->count - 1];

	if (!eg_seen_has(seen, "name"))
		eg_reading_fail(reading, at, "has no name");
	if (!eg_seen_has(seen, "not") && !eg_seen_has(seen, "only") &&
	    !eg_seen_has(seen, eg_limit_name(EG_LIMIT_SENT)) &&
	    !eg_seen_has(seen, eg_limit_name(EG_LIMIT_RECEIVED)))
		eg_reading_fail(reading, at,
				"forbids nothing: one of not, only, max_sent_per_day and "
				"max_received_per_day is needed");
	for (size_t i = 0; rule->name && i + 1 < policy->count; i++) {
		if (policy->rules[i].name && strcmp(policy->rules[i].name, rule->name) == 0)
			eg_reading_fail(reading, at, "has the name of another rule");
	}
}

static void read_rule(struct eg_reading *reading, const struct eg_at *at, struct eg_policy *policy)
{
	struct eg_rule *rule = &policy->rules[policy->count];
	struct eg_at member = { .up = at };
	struct eg_seen seen = { 0 };

	if (!eg_reading_expect(reading, at, EG_JSON_OBJECT))
		return;
	policy->count++;
	while (eg_reading_member(reading, at, &seen, &member))
		read_member(reading, &member, rule);
	check_rule(reading, at, policy, &seen);
}

static void read_rules(struct eg_reading *reading, const struct eg_at *at, struct eg_policy *policy)
{
	struct eg_at element = { .up = at };
	struct eg_json_cursor cursor;
	struct eg_json key;

	if (!eg_reading_expect(reading, at, EG_JSON_ARRAY) || !eg_reading_some(reading, at))
		return;
	if (eg_json_count(at->value) > EG_POLICY_RULES_MAX) {
		eg_reading_fail(reading, at, "has more than 1000 rules");
		return;
	}
	policy->rules = calloc(eg_json_count(at->value), sizeof(*policy->rules));
	if (!policy->rules) {
		reading->r = -ENOMEM;
		return;
	}
	cursor = eg_json_open(at->value);
	for (; eg_json_next(&cursor, &key, &element.value) && reading->r == 0; element.index++)
		read_rule(reading, &element, policy);
}

static void read_schema(struct eg_reading *reading, const struct eg_at *at)
{
	if (eg_json_type(at->value) != EG_JSON_TEXT || !eg_json_is(at->value, SCHEMA))
		eg_reading_fail(reading, at, "is not \"" SCHEMA "\"");
}

static void read_document(struct eg_reading *reading, const struct eg_at *root,
			  struct eg_policy *policy)
{
	struct eg_at member = { .up = root };
	struct eg_seen seen = { 0 };

	if (!eg_reading_expect(reading, root, EG_JSON_OBJECT))
		return;
	while (eg_reading_member(reading, root, &seen, &member)) {
		if (eg_json_is(member.key, "schema"))
			read_schema(reading, &member);
		else if (eg_json_is(member.key, "rules"))
			read_rules(reading, &member, policy);
		else
			eg_reading_fail(reading, &member, "is not known here (schema rules are)");
	}
	if (!eg_seen_has(&seen, "schema"))
		eg_reading_fail(reading, root, "has no schema: \"" SCHEMA "\" is needed");
	if (!eg_seen_has(&seen, "rules"))
		eg_reading_fail(reading, root, "has no rules");
}

int eg_policy_read(const char *text, size_t size, const char *accounts,
		   void (*mistake)(const struct eg_policy_mistake *mistake, void *data), void *data,
		   struct eg_policy **ret_policy)
{
	struct eg_reading reading = {
		.text = text,
		.accounts = accounts,
		.mistake = mistake,
		.data = data,
	};
	struct eg_policy *policy;
	struct eg_at root = { 0 };
	const char *reason;
	size_t offset;

	if (size > EG_POLICY_SIZE_MAX || eg_json_check(text, size, &offset, &reason) < 0) {
		if (size > EG_POLICY_SIZE_MAX) {
			offset = 0;
			reason = "is larger than 1 MB";
		}
		eg_reading_fail_at(&reading, offset, "", reason);
		return -EINVAL;
	}
	policy = calloc(1, sizeof(*policy));
	if (!policy)
		return -ENOMEM;
	root.value = eg_json_document(text, size);
	read_document(&reading, &root, policy);
	if (reading.r == 0 && reading.mistakes)
		reading.r = -EINVAL;
	if (reading.r < 0) {
		eg_policy_free(policy);
		return reading.r;
	}
	*ret_policy = policy;
	return 0;
}
