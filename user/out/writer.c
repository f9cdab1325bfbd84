/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A JSON writer that streams: what is written is gone, nothing is built in memory. */
#include "writer.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include <egret/base.h>

#define INTEGER_MAX (1ULL << 53)
#define DIGITS_MAX 20 /* of a uint64_t */

void eg_writer_init(struct eg_writer *writer, FILE *stream, bool compact)
{
	*writer = (struct eg_writer){ .stream = stream, .compact = compact };
}

/* A stream belongs to one thread here, so its lock is left out. */
static void put(struct eg_writer *writer, const char *text, size_t size)
{
	fwrite_unlocked(text, 1, size, writer->stream);
}

static bool is_inline(const struct eg_writer *writer)
{
	return writer->compact || writer->depth != writer->inline_depth;
}

static void new_line(struct eg_writer *writer)
{
	putc_unlocked('\n', writer->stream);
	for (unsigned i = 0; i < writer->depth; i++)
		put(writer, "  ", 2);
}

static void start_member(struct eg_writer *writer)
{
	if (writer->follows)
		putc_unlocked(',', writer->stream);
	if (writer->depth && !is_inline(writer))
		new_line(writer);
	writer->follows = true;
}

static void put_colon(struct eg_writer *writer)
{
	put(writer, ": ", is_inline(writer) ? 1 : 2);
}

/* What comes before a value: the comma, the line's start, the key. */
static void prepare(struct eg_writer *writer, const char *key)
{
	if (writer->keyed) {
		writer->keyed = false;
		return;
	}
	start_member(writer);
	if (!key)
		return;
	putc_unlocked('"', writer->stream);
	put(writer, key, strlen(key));
	putc_unlocked('"', writer->stream);
	put_colon(writer);
}

void eg_writer_key(struct eg_writer *writer, const char *key)
{
	start_member(writer);
	eg_put_json(writer->stream, key);
	put_colon(writer);
	writer->keyed = true;
}

static void open_level(struct eg_writer *writer, const char *key, enum eg_layout layout,
		       const char brackets[static 2])
{
	assert(writer->depth < EG_WRITER_DEPTH);
	prepare(writer, key);
	putc_unlocked(brackets[0], writer->stream);
	writer->follows = false;
	writer->closers[writer->depth] = brackets[1];
	if (layout == EG_LINES && !is_inline(writer))
		writer->inline_depth++;
	writer->depth++;
}

void eg_writer_object(struct eg_writer *writer, const char *key, enum eg_layout layout)
{
	open_level(writer, key, layout, "{}");
}

void eg_writer_array(struct eg_writer *writer, const char *key, enum eg_layout layout)
{
	open_level(writer, key, layout, "[]");
}

void eg_writer_end(struct eg_writer *writer)
{
	bool lines = !is_inline(writer);

	writer->depth--;
	if (lines)
		writer->inline_depth--;
	if (lines && writer->follows)
		new_line(writer);
	putc_unlocked(writer->closers[writer->depth], writer->stream);
	writer->follows = writer->depth > 0;
	if (!writer->depth)
		putc_unlocked('\n', writer->stream);
}

void eg_writer_text(struct eg_writer *writer, const char *key, const char *text)
{
	prepare(writer, key);
	eg_put_json(writer->stream, text);
}

static void put_digits(struct eg_writer *writer, uint64_t number)
{
	char digits[DIGITS_MAX];
	char *start = digits + sizeof(digits);

	do
		*--start = (char)('0' + number % 10);
	while (number /= 10);
	put(writer, start, (size_t)(digits + sizeof(digits) - start));
}

void eg_writer_number(struct eg_writer *writer, const char *key, uint64_t number)
{
	prepare(writer, key);
	put_digits(writer, number < INTEGER_MAX ? number : INTEGER_MAX);
}

void eg_writer_bool(struct eg_writer *writer, const char *key, bool value)
{
	prepare(writer, key);
	put(writer, value ? "true" : "false", value ? 4 : 5);
}

void eg_writer_null(struct eg_writer *writer, const char *key)
{
	prepare(writer, key);
	put(writer, "null", 4);
}

void eg_writer_optional(struct eg_writer *writer, const char *key, bool known, uint64_t number)
{
	if (known)
		eg_writer_number(writer, key, number);
	else
		eg_writer_null(writer, key);
}

void eg_writer_time(struct eg_writer *writer, const char *key, int64_t real_ns)
{
	char text[EG_TIME_TEXT_MAX];

	eg_writer_text(writer, key, real_ns ? eg_time_text(real_ns, text) : NULL);
}

void eg_writer_id(struct eg_writer *writer, const char *key, uint64_t id)
{
	if (!id) {
		eg_writer_null(writer, key);
		return;
	}
	prepare(writer, key);
	putc_unlocked('"', writer->stream);
	put_digits(writer, id);
	putc_unlocked('"', writer->stream);
}

int eg_stream_status(FILE *stream)
{
	if (!ferror(stream))
		return 0;
	return errno ? -errno : -EIO;
}
