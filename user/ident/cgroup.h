/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Cgroup paths and the systemd units they name. Private to user/ident/. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "scratch.h"

#define CGROUP_DEPTH 64 /* components that are looked at */

struct cgroup {
	const char *path; /* NULL: unknown */
	const char *parts[CGROUP_DEPTH];
	size_t count;
	size_t owned_from; /* parts from here on were named by the user; count: none was */
	const char *freezer; /* path in cgroup v1's freezer; NULL: unknown */
	bool version1; /* taken from a line of version 1 */
};

/*
 * The path that says most: version 2's, or, where that is the root, the first
 * of version 1's that is not (identity.md 2). ` (deleted)` is taken off once.
 */
void cgroup_parse(struct scratch *scratch, const char *path, const char *version1,
		  struct cgroup *ret_cgroup);
/* Was this part named by the user? */
bool cgroup_owned(const struct cgroup *cgroup, size_t part);

/* The unit of a path (systemd's cg_path_get_unit, cg_path_get_user_unit). */
struct unit {
	const char *name; /* NULL: none */
	size_t index; /* of its component */
	bool user; /* of a user's manager */
	const char *slice; /* the innermost slice above it; NULL: none */
};
void unit_find(const struct cgroup *cgroup, struct unit *ret_unit);

/* systemd.unit(5): "\x2d" -> "-". */
const char *unit_unescape(struct scratch *scratch, const char *text, size_t size);
bool unit_is_valid(const char *name);

/* --- small matters of texts --- */
bool has_prefix(const char *text, const char *prefix);
bool has_suffix(const char *text, const char *suffix);
bool is_hex(const char *text, size_t size); /* lower case, all of them */
bool is_digits(const char *text, size_t size); /* at least one */
bool is_uuid(const char *text, size_t size);
bool is_one_of(const char *text, const char *const *words);
