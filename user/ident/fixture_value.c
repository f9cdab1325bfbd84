/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Values of a fixture: JSON that has the wanted type, or is malformed. */
#include "fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

const char *fixture_text(struct eg_fixture *fixture, struct eg_json value)
{
	if (eg_json_type(value) != EG_JSON_TEXT) {
		fixture->malformed = true;
		return "";
	}
	return scratch_own(&fixture->scratch, eg_json_decode(value)) ?: "";
}

uint64_t fixture_number(struct eg_fixture *fixture, struct eg_json value, uint64_t max)
{
	double number = eg_json_type(value) == EG_JSON_NUMBER ? eg_json_double(value) : -1;

	if (!(number >= 0 && number <= (double)max) || number != floor(number)) {
		fixture->malformed = true;
		return 0;
	}
	return (uint64_t)number;
}

bool fixture_bool(struct eg_fixture *fixture, struct eg_json value)
{
	if (eg_json_type(value) != EG_JSON_BOOL)
		fixture->malformed = true;
	return eg_json_type(value) == EG_JSON_BOOL && eg_json_true(value);
}

/* Texts of an array; a single text is a list of one. */
char **fixture_list(struct eg_fixture *fixture, struct eg_json value)
{
	bool array = eg_json_type(value) == EG_JSON_ARRAY;
	size_t count = array ? eg_json_count(value) : 1, used = 0;
	struct eg_json_cursor cursor;
	struct eg_json key, element;
	char **list;

	if (count > FIXTURE_LIST_MAX)
		count = FIXTURE_LIST_MAX;
	list = scratch_alloc(&fixture->scratch, (count + 1) * sizeof(*list));
	if (!list)
		return NULL;
	if (!array) {
		list[used++] = (char *)(uintptr_t)fixture_text(fixture, value);
	} else {
		cursor = eg_json_open(value);
		while (used < count && eg_json_next(&cursor, &key, &element))
			list[used++] = (char *)(uintptr_t)fixture_text(fixture, element);
	}
	list[used] = NULL;
	return list;
}

const char *fixture_lines(struct eg_fixture *fixture, char **list)
{
	size_t size = 1;
	char *text, *end;

	for (size_t i = 0; list && list[i]; i++)
		size += strlen(list[i]) + 1;
	text = scratch_alloc(&fixture->scratch, size);
	if (!text)
		return "";
	end = text;
	for (size_t i = 0; list && list[i]; i++) {
		end = mempcpy(end, list[i], strlen(list[i]));
		*end++ = '\n';
	}
	*end = '\0';
	return text;
}

/* Members of an object; an object without any is as good. */
bool fixture_open(struct eg_fixture *fixture, struct eg_json value,
		  struct eg_json_cursor *ret_cursor)
{
	if (eg_json_type(value) != EG_JSON_OBJECT) {
		fixture->malformed = true;
		return false;
	}
	*ret_cursor = eg_json_open(value);
	return true;
}

/* Members as lines "key=value", whose values are texts of one line. */
const char *fixture_members(struct eg_fixture *fixture, struct eg_json object, const char *head)
{
	_cleanup_(eg_freep) char *text = NULL;
	FILE *stream;
	struct eg_json_cursor cursor;
	struct eg_json key, value;
	size_t size;

	if (!fixture_open(fixture, object, &cursor))
		return "";
	stream = open_memstream(&text, &size);
	if (!stream) {
		fixture->scratch.failed = true;
		return "";
	}
	fputs(head, stream);
	while (eg_json_next(&cursor, &key, &value)) {
		_cleanup_(eg_freep) char *name = eg_json_decode(key), *line = NULL;

		if (eg_json_type(value) == EG_JSON_TEXT)
			line = eg_json_decode(value);
		if (name && line && !strpbrk(line, "\r\n"))
			fprintf(stream, "%s=%s\n", name, line);
	}
	if (fclose(stream) != 0)
		fixture->scratch.failed = true;
	return scratch_own(&fixture->scratch, TAKE_PTR(text)) ?: "";
}
