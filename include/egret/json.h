/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* JSON documents from outside: checked as a whole, then read piece by piece. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * A document of a million rows is 700 MB of text, of which a tree would be ten
 * times that. So nobody builds one: a value is a piece of the document's text,
 * which also says where in the file it stands, and cJSON decodes scalars.
 */
struct eg_json {
	const char *start, *end; /* NULL: there is no such value */
};

/*
 * Checks that the text is one JSON value and nothing else: RFC 8259 to the
 * letter, in UTF-8, without \u0000 (which would end a C string), nested at most
 * EG_JSON_DEPTH deep. 0, or -EINVAL with the offset of the first byte that is
 * wrong and the reason, a constant. Neither recurses nor allocates.
 */
#define EG_JSON_DEPTH 256
int eg_json_check(const char *text, size_t size, size_t *ret_offset, const char **ret_reason);

/* What follows reads values of a text that was found good. */

enum eg_json_type {
	EG_JSON_OBJECT,
	EG_JSON_ARRAY,
	EG_JSON_TEXT,
	EG_JSON_NUMBER,
	EG_JSON_BOOL,
	EG_JSON_NULL,
};

/* The document, without the blanks around it. */
struct eg_json eg_json_document(const char *text, size_t size);
enum eg_json_type eg_json_type(struct eg_json value);

/* Goes through the members of an object or the elements of an array. */
struct eg_json_cursor {
	const char *next;
	bool object;
};

struct eg_json_cursor eg_json_open(struct eg_json container);
/* False after the last one. ret_key is the key's text value; of elements, no value. */
bool eg_json_next(struct eg_json_cursor *cursor, struct eg_json *ret_key,
		  struct eg_json *ret_value);

/* How many elements or members there are. */
size_t eg_json_count(struct eg_json container);

/* Whether a text value is this one. */
bool eg_json_is(struct eg_json text, const char *expected);
/* A text value decoded; malloc'ed. NULL: out of memory. */
char *eg_json_decode(struct eg_json text);
/* A number as close as a double comes; infinite beyond that, or beyond 63 characters. */
double eg_json_double(struct eg_json number);
/* Whether a bool value is true. */
bool eg_json_true(struct eg_json value);
