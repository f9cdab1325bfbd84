/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading objects by tables of their members, with an error that says where. */
#include "reader.h"
#include "texts.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

#define COUNT_MAX (1ULL << 53) /* contract section 2 */
#define COUNT_MAX_TEXT "9007199254740992"
#define KEY_SHOWN 40 /* bytes of a foreign key that an error shows */

/* --- errors --- */

static void put_foreign(FILE *stream, struct eg_json key)
{
	_cleanup_(eg_freep) char *text = eg_json_decode(key);

	if (!text)
		return;
	if (strlen(text) > KEY_SHOWN)
		text[KEY_SHOWN] = '\0';
	eg_put_terminal(stream, text);
}

static void put_path(FILE *stream, const struct eg_at *at)
{
	if (!at->up)
		return;
	put_path(stream, at->up);
	if (!at->key && !at->foreign.start) {
		fprintf(stream, "[%zu]", at->index);
		return;
	}
	if (at->up->up)
		putc('.', stream);
	if (at->key)
		fputs(at->key, stream);
	else
		put_foreign(stream, at->foreign);
}

/* Where the value is; of a missing one, where the object that it belongs into begins. */
static size_t offset_of(const struct eg_reader *reader, const struct eg_at *at)
{
	if (!at->value.start)
		return offset_of(reader, at->up);
	return (size_t)(at->value.start - reader->text);
}

int eg_reader_fail(const struct eg_reader *reader, const struct eg_at *at, const char *reason)
{
	_cleanup_(eg_freep) char *line = NULL;
	size_t size;
	FILE *stream = open_memstream(&line, &size);

	if (!stream)
		return -ENOMEM;
	put_path(stream, at);
	fprintf(stream, "%s%s", at->up ? ": " : "", reason);
	if (fclose(stream) != 0)
		return -ENOMEM;
	reader->error->offset = offset_of(reader, at);
	snprintf(reader->error->reason, sizeof(reader->error->reason), "%s", line);
	return -EINVAL;
}

/* --- objects and arrays --- */

bool eg_reader_is(const struct eg_at *at, enum eg_json_type type)
{
	return eg_json_type(at->value) == type;
}

/* Which member a key is, `count`: none. Tables have the printer's order, so try the next first. */
static size_t find(const struct eg_member *members, size_t count, size_t next, struct eg_json key)
{
	for (size_t i = 0; i < count; i++, next++) {
		if (next >= count)
			next = 0;
		if (eg_json_is(key, members[next].name))
			return next;
	}
	return count;
}

/* One pass over the object: where the members of the table are in it. */
static int locate(const struct eg_reader *reader, const struct eg_at *at,
		  const struct eg_member *members, size_t count, struct eg_json *values)
{
	struct eg_json_cursor cursor = eg_json_open(at->value);
	struct eg_json key, value;
	size_t next = 0;

	while (eg_json_next(&cursor, &key, &value)) {
		size_t i = find(members, count, next, key);

		if (i == count)
			continue;
		next = i + 1;
		if (values[i].start) {
			const struct eg_at twice = { .up = at,
						     .key = members[i].name,
						     .value = value };

			return eg_reader_fail(reader, &twice, "given twice");
		}
		values[i] = value;
	}
	return 0;
}

int eg_reader_object(struct eg_reader *reader, const struct eg_at *at,
		     const struct eg_member *members, size_t count, void *into)
{
	struct eg_json values[EG_MEMBERS_MAX] = { 0 };
	int r;

	assert(count <= EG_MEMBERS_MAX);
	if (!eg_reader_is(at, EG_JSON_OBJECT))
		return eg_reader_fail(reader, at, "not an object");
	r = locate(reader, at, members, count, values);
	for (size_t i = 0; i < count && r == 0; i++) {
		const struct eg_member *member = &members[i];
		const struct eg_at inner = { .up = at, .key = member->name, .value = values[i] };

		if (values[i].start)
			r = member->read(reader, &inner, (char *)into + member->offset);
		else if (member->required)
			r = eg_reader_fail(reader, &inner, "missing");
	}
	return r;
}

static int read_each(struct eg_reader *reader, const struct eg_at *at, eg_reader_value *read,
		     void *into)
{
	struct eg_json_cursor cursor = eg_json_open(at->value);
	struct eg_at inner = { .up = at };
	int r = 0;

	for (; r == 0 && eg_json_next(&cursor, &inner.foreign, &inner.value); inner.index++)
		r = read(reader, &inner, into);
	return r;
}

int eg_reader_array(struct eg_reader *reader, const struct eg_at *at, eg_reader_value *read,
		    void *into)
{
	if (!eg_reader_is(at, EG_JSON_ARRAY))
		return eg_reader_fail(reader, at, "not an array");
	return read_each(reader, at, read, into);
}

int eg_reader_map(struct eg_reader *reader, const struct eg_at *at, eg_reader_value *read,
		  void *into)
{
	if (!eg_reader_is(at, EG_JSON_OBJECT))
		return eg_reader_fail(reader, at, "not an object");
	return read_each(reader, at, read, into);
}

/* --- values --- */

int eg_read_text(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	char **text = into, *decoded;

	if (eg_reader_is(at, EG_JSON_NULL))
		return 0;
	if (!eg_reader_is(at, EG_JSON_TEXT))
		return eg_reader_fail(reader, at, "not a string");
	decoded = eg_json_decode(at->value);
	if (!decoded)
		return -ENOMEM;
	free(*text);
	*text = decoded;
	if (!*decoded) {
		free(decoded);
		*text = NULL;
	}
	return 0;
}

/* In a list, an empty text is one: an argument may be empty. */
static int append_text(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	char ***end = into;

	if (!eg_reader_is(at, EG_JSON_TEXT))
		return eg_reader_fail(reader, at, "not a string");
	**end = eg_json_decode(at->value);
	return *(*end)++ ? 0 : -ENOMEM;
}

int eg_read_texts(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	char ***list = into, **end;

	if (eg_reader_is(at, EG_JSON_NULL))
		return 0;
	if (!eg_reader_is(at, EG_JSON_ARRAY))
		return eg_reader_fail(reader, at, "not an array");
	eg_text_list_free(*list);
	*list = end = calloc(eg_json_count(at->value) + 1, sizeof(**list));
	if (!end)
		return -ENOMEM;
	return eg_reader_array(reader, at, append_text, &end);
}

static int read_integer(const struct eg_reader *reader, const struct eg_at *at, uint64_t limit,
			uint64_t *ret_number)
{
	double number;

	if (!eg_reader_is(at, EG_JSON_NUMBER))
		return eg_reader_fail(reader, at, "not a number");
	number = eg_json_double(at->value);
	if (number < 0)
		return eg_reader_fail(reader, at, "negative");
	if (number > (double)limit)
		return eg_reader_fail(reader, at, "too large");
	if ((double)(uint64_t)number != number)
		return eg_reader_fail(reader, at, "not an integer");
	*ret_number = (uint64_t)number;
	return 0;
}

static bool is_written(struct eg_json value, const char *text)
{
	size_t size = (size_t)(value.end - value.start);

	return size == strlen(text) && memcmp(value.start, text, size) == 0;
}

int eg_read_count(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	uint64_t number;
	int r = read_integer(reader, at, COUNT_MAX, &number);

	if (r < 0)
		return r;
	/* A double can't tell 2^53 from 2^53 + 1; only the first is ours. */
	if (number == COUNT_MAX && !is_written(at->value, COUNT_MAX_TEXT))
		return eg_reader_fail(reader, at, "too large");
	*(uint64_t *)into = number;
	return 0;
}

int eg_read_u32(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	uint64_t number;
	int r = read_integer(reader, at, UINT32_MAX, &number);

	if (r == 0)
		*(uint32_t *)into = (uint32_t)number;
	return r;
}

int eg_read_optional_u32(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	return eg_reader_is(at, EG_JSON_NULL) ? 0 : eg_read_u32(reader, at, into);
}

int eg_read_time(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	_cleanup_(eg_freep) char *text = NULL;
	int r = eg_read_text(reader, at, &text);

	if (r == 0 && text && eg_time_parse(text, into) < 0)
		r = eg_reader_fail(reader, at, "not an RFC 3339 time");
	return r;
}

int eg_read_bool(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	if (!eg_reader_is(at, EG_JSON_BOOL))
		return eg_reader_fail(reader, at, "neither true nor false");
	*(bool *)into = eg_json_true(at->value);
	return 0;
}

int eg_read_tristate(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	bool value = false;
	int r;

	if (eg_reader_is(at, EG_JSON_NULL))
		return 0;
	r = eg_read_bool(reader, at, &value);
	if (r == 0)
		*(enum eg_tristate *)into = value ? EG_YES : EG_NO;
	return r;
}

int eg_read_ignored(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	(void)into;
	return eg_reader_is(at, EG_JSON_OBJECT) ? 0 : eg_reader_fail(reader, at, "not an object");
}
