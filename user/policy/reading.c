/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading a document that people write: goes on after a mistake, and says where each one is. */
#include "read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

#define WHERE_SIZE 200
#define MISTAKES_MAX 50 /* then nobody reads on */

/* --- where --- */

static void append(char where[static WHERE_SIZE], const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void append(char where[static WHERE_SIZE], const char *format, ...)
{
	size_t size = strlen(where);
	va_list args;

	va_start(args, format);
	vsnprintf(where + size, WHERE_SIZE - size, format, args);
	va_end(args);
}

/* "rules[2].not.countries[0]"; how deep it goes is our own code's doing. */
static void describe(const struct eg_at *at, char where[static WHERE_SIZE])
{
	if (!at->up)
		return;
	describe(at->up, where);
	if (at->key.start)
		append(where, "%s%.*s", *where ? "." : "", (int)(at->key.end - at->key.start) - 2,
		       at->key.start + 1);
	else
		append(where, "[%zu]", at->index);
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

void eg_reading_fail_at(struct eg_reading *reading, size_t offset, const char *where,
			const char *what)
{
	struct eg_policy_mistake mistake = { .line = 1, .column = 1, .where = where, .what = what };

	for (size_t i = 0; i < offset; i++) {
		if (reading->text[i] == '\n') {
			mistake.line++;
			mistake.column = 1;
		} else if (!is_continuation(reading->text[i])) {
			mistake.column++;
		}
	}
	reading->mistake(&mistake, reading->data);
	if (++reading->mistakes == MISTAKES_MAX)
		reading->r = -EINVAL;
}

void eg_reading_fail(struct eg_reading *reading, const struct eg_at *at, const char *what)
{
	char where[WHERE_SIZE] = "";

	describe(at, where);
	eg_reading_fail_at(reading, (size_t)(at->value.start - reading->text), where, what);
}

/* --- values --- */

bool eg_reading_expect(struct eg_reading *reading, const struct eg_at *at, enum eg_json_type type)
{
	static const char *const whats[] = {
		[EG_JSON_OBJECT] = "is no object",
		[EG_JSON_ARRAY] = "is no list",
		[EG_JSON_TEXT] = "is no text",
	};

	if (eg_json_type(at->value) == type)
		return true;
	eg_reading_fail(reading, at, whats[type]);
	return false;
}

bool eg_reading_some(struct eg_reading *reading, const struct eg_at *at)
{
	if (eg_json_count(at->value))
		return true;
	eg_reading_fail(reading, at, "is empty");
	return false;
}

char *eg_reading_text(struct eg_reading *reading, const struct eg_at *at)
{
	char *text;

	if (!eg_reading_expect(reading, at, EG_JSON_TEXT))
		return NULL;
	text = eg_json_decode(at->value);
	if (!text) {
		reading->r = -ENOMEM;
		return NULL;
	}
	if (*text)
		return text;
	free(text);
	eg_reading_fail(reading, at, "is empty");
	return NULL;
}

/* --- members --- */

static bool is_same(struct eg_json a, struct eg_json b)
{
	_cleanup_(eg_freep) char *text = eg_json_decode(a);

	return text && eg_json_is(b, text);
}

bool eg_seen_has(const struct eg_seen *seen, const char *key)
{
	for (size_t i = 0; i < seen->count; i++) {
		if (eg_json_is(seen->keys[i], key))
			return true;
	}
	return false;
}

/* More members than there are names are unknown ones, which are told each. */
static bool is_repeated(struct eg_seen *seen, struct eg_json key)
{
	for (size_t i = 0; i < seen->count; i++) {
		if (is_same(seen->keys[i], key))
			return true;
	}
	if (seen->count < EG_MEMBERS_MAX)
		seen->keys[seen->count++] = key;
	return false;
}

bool eg_reading_member(struct eg_reading *reading, const struct eg_at *at, struct eg_seen *seen,
		       struct eg_at *member)
{
	if (!seen->begun)
		seen->cursor = eg_json_open(at->value);
	seen->begun = true;
	while (reading->r == 0 && eg_json_next(&seen->cursor, &member->key, &member->value)) {
		if (!is_repeated(seen, member->key))
			return true;
		eg_reading_fail(reading, member, "is there twice");
	}
	return false;
}
