/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Summaries from outside: what is read is printed harmlessly, and read again as the same. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/flow.h>
#include <egret/out.h>

#include "fuzz.h"

static char *print(const struct eg_summary *summary, enum eg_format format, size_t *ret_size)
{
	const struct eg_print_options options = {
		.header = true,
		.columns = 80,
		.command_lines = true,
	};
	struct fuzz_stream stream;
	char *text;

	fuzz_open(&stream);
	fuzz_require(eg_print_summary(stream.stream, format, summary, &options) == 0);
	text = fuzz_close(&stream);
	*ret_size = stream.size;
	return text;
}

/* RFC 4180 ends lines with CR LF, and so does our CSV, where nothing else may hold a CR. */
static void drop_line_ends(char *text, size_t *size)
{
	char *to = text;

	for (const char *from = text; *from; from++)
		if (from[0] != '\r' || from[1] != '\n')
			*to++ = *from;
	*to = '\0';
	*size = (size_t)(to - text);
}

static void print_all(const struct eg_summary *summary)
{
	static const enum eg_format formats[] = {
		EG_FORMAT_TEXT,
		EG_FORMAT_NDJSON,
		EG_FORMAT_CSV,
		EG_FORMAT_PROMETHEUS,
	};

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		size_t size;
		char *text = print(summary, formats[i], &size);

		if (formats[i] == EG_FORMAT_CSV)
			drop_line_ends(text, &size);
		fuzz_require_harmless(text, size);
		free(text);
	}
}

static struct eg_summary *read_good(const char *text, size_t size)
{
	struct eg_summary *summary = NULL;
	struct eg_read_error error;

	fuzz_require(eg_summary_read(text, size, &summary, &error) == 0);
	return summary;
}

static void read_again(const struct eg_summary *summary)
{
	size_t size, again_size;
	char *text = print(summary, EG_FORMAT_JSON, &size), *again_text;
	struct eg_summary *again;

	fuzz_require_harmless(text, size);
	again = read_good(text, size);
	again_text = print(again, EG_FORMAT_JSON, &again_size);
	fuzz_require(size == again_size && !memcmp(text, again_text, size));
	eg_summary_free(again);
	free(again_text);
	free(text);
}

static void merge_twice(const struct eg_summary *summary)
{
	struct eg_summary *both = eg_summary_new(summary->by);

	fuzz_require(both);
	fuzz_require(eg_summary_merge(both, summary) == 0);
	fuzz_require(eg_summary_merge(both, summary) == 0);
	read_again(both);
	eg_summary_free(both);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *patterns[] = { "*e*", NULL };
	const struct eg_filter filter = { .patterns = { [EG_FILTER_DOMAIN] = patterns } };
	struct eg_summary *summary = NULL;
	struct eg_read_error error;

	if (eg_summary_read((const char *)data, size, &summary, &error) < 0) {
		fuzz_require(!summary && error.offset <= size);
		fuzz_require(strlen(error.reason) < sizeof(error.reason));
		fuzz_require_harmless(error.reason, strlen(error.reason));
		return 0;
	}
	print_all(summary);
	read_again(summary);
	merge_twice(summary);
	fuzz_require(eg_summary_exclude(summary, false, &filter) == 0);
	read_again(summary);
	eg_summary_free(summary);
	return 0;
}
