/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a row matches the filters of the command line. */
#include <egret/filter.h>
#include "list.h"

#include <errno.h>
#include <fnmatch.h>
#include <pwd.h>
#include <string.h>

#include <egret/base.h>

static bool matches(const char **patterns, const char *text, int flags)
{
	for (; text && *patterns; patterns++) {
		if (fnmatch(*patterns, text, flags) == 0)
			return true;
	}
	return false;
}

static bool matches_any_case(const char **patterns, const char *text)
{
	return matches(patterns, text, FNM_CASEFOLD);
}

/* --- users --- */

static int add_user(struct eg_matcher *matcher, uint32_t uid)
{
	if (eg_list_reserve(&matcher->users, matcher->users_count, 1, sizeof(uid)) < 0)
		return -ENOMEM;
	matcher->users[matcher->users_count++] = uid;
	return 0;
}

int eg_matcher_init(struct eg_matcher *matcher, const struct eg_filter *filter,
		    const char *accounts)
{
	const char **patterns = filter ? filter->patterns[EG_FILTER_USER] : NULL;
	_cleanup_(eg_fclosep) FILE *stream = NULL;
	struct passwd entry, *found;
	char line[4096];
	int r = 0;

	*matcher = (struct eg_matcher){ .filter = filter };
	if (!patterns)
		return 0;
	stream = fopen(accounts, "re");
	if (!stream)
		return errno == ENOMEM ? -ENOMEM : 0;
	while (r == 0 && fgetpwent_r(stream, &entry, line, sizeof(line), &found) == 0) {
		if (matches(patterns, entry.pw_name, 0))
			r = add_user(matcher, entry.pw_uid);
	}
	if (r < 0)
		eg_matcher_free(matcher);
	return r;
}

void eg_matcher_free(struct eg_matcher *matcher)
{
	free(matcher->users);
	*matcher = (struct eg_matcher){ 0 };
}

static bool matches_user(const struct eg_matcher *matcher, const char **patterns, uint32_t uid)
{
	char text[12];

	for (size_t i = 0; i < matcher->users_count; i++) {
		if (matcher->users[i] == uid)
			return true;
	}
	snprintf(text, sizeof(text), "%u", uid);
	return matches(patterns, text, 0);
}

static bool matches_users(const struct eg_matcher *matcher, const char **patterns,
			  const struct eg_app *app)
{
	for (size_t i = 0; i < app->users_count; i++) {
		if (matches_user(matcher, patterns, app->users[i]))
			return true;
	}
	return false;
}

bool eg_matcher_asks(const struct eg_matcher *matcher)
{
	for (size_t i = 0; matcher->filter && i < EG_FILTER_COUNT; i++) {
		if (matcher->filter->patterns[i])
			return true;
	}
	return false;
}

bool eg_matcher_app(const struct eg_matcher *matcher, const struct eg_app *app)
{
	const char **apps, **users;

	if (!matcher->filter)
		return true;
	apps = matcher->filter->patterns[EG_FILTER_APP];
	users = matcher->filter->patterns[EG_FILTER_USER];
	if (apps && !matches(apps, app->id, 0) && !matches(apps, app->name, 0))
		return false;
	return !users || matches_users(matcher, users, app);
}

/* --- rows --- */

static bool matches_operator(const char **patterns, const struct eg_place *place)
{
	char text[14];

	if (matches_any_case(patterns, place->as_organization))
		return true;
	if (!place->as_number)
		return false;
	snprintf(text, sizeof(text), "AS%u", place->as_number);
	return matches_any_case(patterns, text) || matches_any_case(patterns, text + 2);
}

static bool matches_domain(const char **patterns, const struct eg_detail *detail)
{
	if (matches_any_case(patterns, detail->domain) ||
	    matches_any_case(patterns, detail->registered_domain))
		return true;
	for (size_t i = 0; i < detail->names_count; i++) {
		if (matches_any_case(patterns, detail->names[i].name))
			return true;
	}
	return false;
}

bool eg_filter_row(const struct eg_filter *filter, const struct eg_destination *row)
{
	return eg_matcher_row(&(struct eg_matcher){ .filter = filter }, row);
}

bool eg_matcher_row(const struct eg_matcher *matcher, const struct eg_destination *row)
{
	static const struct eg_detail nothing;
	const struct eg_detail *detail = row->detail ? row->detail : &nothing;
	const struct eg_place *place = eg_destination_place(row);
	const char **const *patterns;

	if (!matcher->filter)
		return true;
	patterns = matcher->filter->patterns;
	if (patterns[EG_FILTER_COUNTRY] &&
	    !matches_any_case(patterns[EG_FILTER_COUNTRY], place->country))
		return false;
	if (patterns[EG_FILTER_OPERATOR] && !matches_operator(patterns[EG_FILTER_OPERATOR], place))
		return false;
	if (patterns[EG_FILTER_OWNER] &&
	    !matches_any_case(patterns[EG_FILTER_OWNER], place->owner_name))
		return false;
	if (patterns[EG_FILTER_DOMAIN] && !matches_domain(patterns[EG_FILTER_DOMAIN], detail))
		return false;
	return !patterns[EG_FILTER_SCOPE] ||
	       matches_any_case(patterns[EG_FILTER_SCOPE], eg_scope_name(row->scope));
}
