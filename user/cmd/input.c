/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading files of summaries: any number of documents in each, added up. */
#include "input.h"

#include <errno.h>
#include <string.h>

#include <egret/base.h>

#define READ_SIZE (1 << 16)

/* One input, of which only the document that is being merged is in memory. */
struct input {
	const char *name; /* for messages */
	FILE *stream;
	size_t document_max;
	char *text; /* a piece of the file, of which `start` bytes are done with */
	size_t start, size, capacity;
	size_t offset; /* of the piece in the file */
};

static void close_input(struct input *input)
{
	if (input->stream && input->stream != stdin)
		fclose(input->stream);
	free(input->text);
}

static int open_input(const char *path, struct input *input)
{
	if (strcmp(path, "-") == 0) {
		input->name = "standard input";
		input->stream = stdin;
		return 0;
	}
	input->name = path;
	input->stream = fopen(path, "re");
	if (input->stream)
		return 0;
	eg_error("cannot read %s: %m", path);
	return -EINVAL;
}

static int grow(struct input *input)
{
	size_t capacity = input->capacity ? 2 * input->capacity : READ_SIZE;
	char *grown = realloc(input->text, capacity);

	if (!grown)
		return -ENOMEM;
	input->text = grown;
	input->capacity = capacity;
	return 0;
}

/* Reads on behind what is there, after what is done with made room; at the end, adds nothing. */
static int read_on(struct input *input)
{
	size_t left = input->size - input->start;

	if (input->start) {
		memmove(input->text, input->text + input->start, left);
		input->offset += input->start;
		input->start = 0;
		input->size = left;
	}
	if (input->size == input->capacity && grow(input) < 0)
		return -ENOMEM;
	errno = 0;
	input->size +=
		fread(input->text + input->size, 1, input->capacity - input->size, input->stream);
	if (!ferror(input->stream))
		return 0;
	eg_error("cannot read %s: %m", input->name);
	return -EINVAL;
}

/* The byte that is so far behind the start: 0 and the byte, 1 at the end, or -errno. */
static int look_at(struct input *input, size_t i, char *ret_byte)
{
	if (i == input->size - input->start) {
		int r = read_on(input);

		if (r < 0)
			return r;
		if (i == input->size)
			return 1;
	}
	*ret_byte = input->text[input->start + i];
	return 0;
}

/* Goes on to the next document: 0; 1: there is none; or -errno. */
static int next_document(struct input *input)
{
	char byte;
	int r;

	while ((r = look_at(input, 0, &byte)) == 0 && byte && strchr(" \t\r\n", byte))
		input->start++;
	if (r == 0 && byte != '{') {
		eg_error("%s: byte %zu: a summary begins with {", input->name,
			 input->offset + input->start);
		return -EINVAL;
	}
	return r;
}

/* How far into a document one has looked. */
struct scan {
	size_t depth;
	bool quoted, escaped;
};

/* Does this byte close the document? */
static bool closes(struct scan *scan, char byte)
{
	if (scan->escaped)
		scan->escaped = false;
	else if (byte == '"')
		scan->quoted = !scan->quoted;
	else if (scan->quoted)
		scan->escaped = byte == '\\';
	else if (byte == '{' || byte == '[')
		scan->depth++;
	else if (byte == '}' || byte == ']')
		return --scan->depth == 0;
	return false;
}

/*
 * Reads the document that begins here up to where its outermost bracket closes,
 * or the file ends: intervals are one document after the other. Only finds the
 * end; what is wrong inside, the reader says.
 */
static int read_document(struct input *input, size_t *ret_size)
{
	struct scan scan = { 0 };
	size_t size = 0;
	char byte;
	int r;

	while ((r = look_at(input, size, &byte)) == 0) {
		if (++size > input->document_max) {
			eg_error("%s: byte %zu: the summary that begins here is longer than %zu "
				 "bytes",
				 input->name, input->offset + input->start, input->document_max);
			return -EFBIG;
		}
		if (closes(&scan, byte))
			break;
	}
	if (r < 0)
		return r;
	*ret_size = size;
	return 0;
}

static void free_summary(struct eg_summary **summary)
{
	eg_summary_free(*summary);
}

static int merge_document(struct eg_summary **into, const struct input *input, size_t size)
{
	_cleanup_(free_summary) struct eg_summary *summary = NULL;
	size_t offset = input->offset + input->start;
	struct eg_read_error error;
	int r = eg_summary_read(input->text + input->start, size, &summary, &error);

	if (r == -EINVAL)
		eg_error("%s: byte %zu: %s", input->name, offset + error.offset, error.reason);
	if (r < 0)
		return r;
	if (!*into)
		*into = eg_summary_new(summary->by);
	if (!*into)
		return -ENOMEM;
	r = eg_summary_merge(*into, summary);
	if (r == -EINVAL)
		eg_error("%s: byte %zu: is grouped by %s, what came before by %s", input->name,
			 offset, eg_by_name(summary->by), eg_by_name((*into)->by));
	return r;
}

int input_merge(const char *path, size_t document_max, struct eg_summary **into)
{
	_cleanup_(close_input) struct input input = { .document_max = document_max };
	size_t count = 0, size;
	int r = open_input(path, &input);

	for (; r == 0 && (r = next_document(&input)) == 0; count++) {
		r = read_document(&input, &size);
		if (r == 0)
			r = merge_document(into, &input, size);
		input.start += r == 0 ? size : 0;
	}
	if (r == 1 && !count) {
		eg_error("%s: byte %zu: no summary in it", input.name, input.offset + input.start);
		return -EINVAL;
	}
	return r < 0 ? r : 0;
}
