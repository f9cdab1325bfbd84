/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading a document that people write: goes on after a mistake, and says where each one is. */
#pragma once

#include <egret/json.h>

#include "private.h"

struct eg_reading {
	const char *text; /* the document, for lines and columns */
	const char *accounts;
	void (*mistake)(const struct eg_policy_mistake *mistake, void *data);
	void *data;
	size_t mistakes;
	int r; /* -ENOMEM, or -EINVAL after too many mistakes, ends it */
};

/* A value and where in the document it is: a path up to the root, on the stack. */
struct eg_at {
	const struct eg_at *up; /* NULL: the root */
	struct eg_json key; /* of a member; no value: an element */
	size_t index; /* of an element */
	struct eg_json value;
};

#define EG_MEMBERS_MAX 32

/* The keys of an object that were met so far. */
struct eg_seen {
	struct eg_json_cursor cursor;
	struct eg_json keys[EG_MEMBERS_MAX];
	size_t count;
	bool begun;
};

/* Tells of a mistake in a value; of one whose key is wrong, the same. */
void eg_reading_fail(struct eg_reading *reading, const struct eg_at *at, const char *what);
void eg_reading_fail_at(struct eg_reading *reading, size_t offset, const char *where,
			const char *what);

/* Whether the value has this type; else tells so. */
bool eg_reading_expect(struct eg_reading *reading, const struct eg_at *at, enum eg_json_type type);
/* Whether an object or array has anything in it; else tells so. */
bool eg_reading_some(struct eg_reading *reading, const struct eg_at *at);
/* A text that is not empty, malloc'ed; NULL: none, which was told, or no memory. */
char *eg_reading_text(struct eg_reading *reading, const struct eg_at *at);

/*
 * Goes to the object's next member, of which `member` gets key and value; one that
 * is there twice is told and left out. False after the last one.
 */
bool eg_reading_member(struct eg_reading *reading, const struct eg_at *at, struct eg_seen *seen,
		       struct eg_at *member);
bool eg_seen_has(const struct eg_seen *seen, const char *key);
