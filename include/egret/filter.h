/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a row matches the filters of the command line. */
#pragma once

#include <egret/flow.h>

/* A filter made ready for use. */
struct eg_matcher {
	const struct eg_filter *filter; /* NULL: everything matches */
	uint32_t *users; /* whose names match one of the filter's patterns */
	size_t users_count;
};

/*
 * Looks the names of users up in `accounts` (/etc/passwd): not through the name
 * service, which may ask the network. 0 or -ENOMEM; a file that can't be read
 * has no names. Free with eg_matcher_free().
 */
int eg_matcher_init(struct eg_matcher *matcher, const struct eg_filter *filter,
		    const char *accounts);
void eg_matcher_free(struct eg_matcher *matcher);

/* Whether there is any pattern. */
bool eg_matcher_asks(const struct eg_matcher *matcher);

/*
 * Patterns are those of fnmatch(), and only those for apps mind the case. What
 * is unknown matches none. --app: id or name; --user: uid or name of one of the
 * app's users; --operator: organization, number or AS and number; --domain: the
 * domain, the registered domain or one of the row's names.
 */
bool eg_matcher_app(const struct eg_matcher *matcher, const struct eg_app *app);
bool eg_matcher_row(const struct eg_matcher *matcher, const struct eg_destination *row);
