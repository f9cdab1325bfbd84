/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading objects by tables of their members, with an error that says where. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <egret/flow.h>
#include <egret/json.h>

/* The state of one eg_summary_read(). */
struct eg_reader {
	const char *text; /* the document, for offsets */
	struct eg_read_error *error;
};

/* A value and where in the document it is: a path up to the root, on the stack. */
struct eg_at {
	const struct eg_at *up; /* NULL: the root */
	const char *key; /* of a member that we know; NULL: see foreign and index */
	struct eg_json foreign; /* of a member that we don't; none in an array */
	size_t index; /* of an element */
	struct eg_json value; /* none: the member is missing */
};

/* Fills the error with path, offset and the reason, a constant; returns -EINVAL. */
int eg_reader_fail(const struct eg_reader *reader, const struct eg_at *at, const char *reason);

/* Reads one value; 0, -EINVAL with the error filled, or -ENOMEM. */
typedef int eg_reader_value(struct eg_reader *reader, const struct eg_at *at, void *into);

/* A member that we know. Others are ignored, since the contract grows. */
struct eg_member {
	const char *name;
	eg_reader_value *read; /* into the struct, at the offset */
	size_t offset;
	bool required;
};

#define EG_MEMBERS_MAX 32

/*
 * Reads an object's members, in the order of the table whatever theirs is. A
 * member given twice is an error, a missing one only if it is required; else
 * the struct stays as it is there.
 */
int eg_reader_object(struct eg_reader *reader, const struct eg_at *at,
		     const struct eg_member *members, size_t count, void *into);

/* Reads each element of an array in turn, all into the same place. */
int eg_reader_array(struct eg_reader *reader, const struct eg_at *at, eg_reader_value *read,
		    void *into);

/* Reads each member of an object whose keys are data; at->foreign is the key. */
int eg_reader_map(struct eg_reader *reader, const struct eg_at *at, eg_reader_value *read,
		  void *into);

bool eg_reader_is(const struct eg_at *at, enum eg_json_type type);

/* --- values; what may be unknown may be null, and then leaves `into` as it is --- */
eg_reader_value eg_read_text; /* char *, replaced; "" is unknown */
eg_reader_value eg_read_texts; /* char **: a list, replaced */
eg_reader_value eg_read_count; /* uint64_t: an integer from 0 to 2^53, never null */
eg_reader_value eg_read_u32; /* uint32_t, never null */
eg_reader_value eg_read_optional_u32; /* uint32_t */
eg_reader_value eg_read_time; /* int64_t: RFC 3339 */
eg_reader_value eg_read_bool; /* bool, never null */
eg_reader_value eg_read_tristate; /* enum eg_tristate */
eg_reader_value eg_read_ignored; /* an object, whatever is in it */

/* Parts of the document; the struct is what `into` must be. */
eg_reader_value eg_read_app; /* struct eg_summary: an element of apps, added to it */
eg_reader_value eg_read_row; /* struct eg_app: an element of destinations, added to it */
eg_reader_value eg_read_process; /* struct eg_app: an element of processes, added to it */

/* Rows of a table of members. */
#define EG_OPTIONAL(type, key, member, reader)                                                     \
	{                                                                                          \
		.name = (key), .read = (reader), .offset = offsetof(struct type, member)           \
	}
#define EG_REQUIRED(type, key, member, reader)                                                     \
	{                                                                                          \
		.name = (key), .read = (reader), .offset = offsetof(struct type, member),          \
		.required = true                                                                   \
	}
/* The reader gets the whole struct. */
#define EG_WHOLE(key, reader)                                                                      \
	{                                                                                          \
		.name = (key), .read = (reader)                                                    \
	}
#define EG_WHOLE_REQUIRED(key, reader)                                                             \
	{                                                                                          \
		.name = (key), .read = (reader), .required = true                                  \
	}
/* What an app and a row have in common, in a member of type struct eg_counters. */
#define EG_COUNTERS(type, member)                                                                  \
	EG_REQUIRED(type, "bytes_sent", member.bytes.sent, eg_read_count),                         \
		EG_REQUIRED(type, "bytes_received", member.bytes.received, eg_read_count),         \
		EG_REQUIRED(type, "connections", member.connections, eg_read_count),               \
		EG_REQUIRED(type, "failed", member.failed, eg_read_count)
#define EG_SEEN(type, member)                                                                      \
	EG_OPTIONAL(type, "first_seen", member.first_seen, eg_read_time),                          \
		EG_OPTIONAL(type, "last_seen", member.last_seen, eg_read_time)
