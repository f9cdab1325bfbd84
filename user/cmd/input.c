/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading files of summaries: any number of documents in each, added up. */
#include "input.h"

#include <errno.h>
#include <string.h>

#include <egret/base.h>

#define READ_SIZE (1 << 16)

/* One input, read whole: documents are merged one at a time. */
struct input {
	const char *name; /* for messages */
	char *text;
	size_t size;
};

static void free_input(struct input *input)
{
	free(input->text);
}

static int read_stream(FILE *stream, struct input *input)
{
	size_t capacity = 0, size;

	do {
		if (input->size == capacity) {
			char *grown = realloc(input->text, capacity ? 2 * capacity : READ_SIZE);

			if (!grown)
				return -ENOMEM;
			input->text = grown;
			capacity = capacity ? 2 * capacity : READ_SIZE;
		}
		size = fread(input->text + input->size, 1, capacity - input->size, stream);
		input->size += size;
	} while (size > 0);
	return ferror(stream) ? -errno : 0;
}

static int read_input(const char *path, struct input *input)
{
	_cleanup_(eg_fclosep) FILE *opened = NULL;
	FILE *stream = stdin;
	int r;

	*input = (struct input){ .name = path };
	if (strcmp(path, "-") == 0) {
		input->name = "standard input";
	} else {
		stream = opened = fopen(path, "re");
		if (!stream) {
			eg_error("cannot read %s: %m", path);
			return -EINVAL;
		}
	}
	r = read_stream(stream, input);
	if (r < 0)
		eg_error("cannot read %s: %s", input->name, strerror(-r));
	return r;
}

/*
 * The end of the document that starts at `start`: where the outermost bracket
 * closes. Intervals are one document after the other. Only finds the end; what
 * is wrong inside, the reader says.
 */
static size_t document_end(const struct input *input, size_t start)
{
	size_t depth = 0, i = start;
	bool quoted = false;

	for (; i < input->size; i++) {
		char c = input->text[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '['))
			depth++;
		else if (!quoted && (c == '}' || c == ']') && depth-- <= 1)
			return i + 1;
	}
	return input->size;
}

static size_t skip_space(const struct input *input, size_t i)
{
	while (i < input->size && strchr(" \t\r\n", input->text[i]) && input->text[i])
		i++;
	return i;
}

static void free_summary(struct eg_summary **summary)
{
	eg_summary_free(*summary);
}

static int merge_document(struct eg_summary **into, const struct input *input, size_t start,
			  size_t end)
{
	_cleanup_(free_summary) struct eg_summary *summary = NULL;
	struct eg_read_error error;
	int r = eg_summary_read(input->text + start, end - start, &summary, &error);

	if (r == -EINVAL)
		eg_error("%s: byte %zu: %s", input->name, start + error.offset, error.reason);
	if (r < 0)
		return r;
	if (!*into)
		*into = eg_summary_new(summary->by);
	if (!*into)
		return -ENOMEM;
	r = eg_summary_merge(*into, summary);
	if (r == -EINVAL)
		eg_error("%s: byte %zu: is grouped by %s, what came before by %s", input->name,
			 start, eg_by_name(summary->by), eg_by_name((*into)->by));
	return r;
}

int input_merge(const char *path, struct eg_summary **into)
{
	_cleanup_(free_input) struct input input = { 0 };
	size_t start, end;
	int r = read_input(path, &input);

	if (r < 0)
		return r;
	start = skip_space(&input, 0);
	if (start == input.size) {
		eg_error("%s: byte %zu: no summary in it", input.name, start);
		return -EINVAL;
	}
	for (; start < input.size && r == 0; start = skip_space(&input, end)) {
		end = document_end(&input, start);
		r = merge_document(into, &input, start, end);
	}
	return r;
}
