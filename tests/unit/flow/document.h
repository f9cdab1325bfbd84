/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For the tests of reading: documents, good and bad. */
#pragma once

#include "model.h"

#include <errno.h>

#include <egret/out.h>

/* The text as memory of exactly its size, so that reading beyond it shows. */
static inline int document_read(const char *text, size_t size, struct eg_summary **ret_summary,
				struct eg_read_error *ret_error)
{
	char *copy = malloc(size ? size : 1);
	int r;

	assert_non_null(copy);
	memcpy(copy, text, size);
	r = eg_summary_read(copy, size, ret_summary, ret_error);
	free(copy);
	return r;
}

/* Reads a document that is good. */
static inline struct eg_summary *document_good(const char *text)
{
	struct eg_summary *summary = NULL;
	struct eg_read_error error;

	if (document_read(text, strlen(text), &summary, &error) != 0)
		fail_msg("byte %zu: %s\n%s", error.offset, error.reason, text);
	return summary;
}

/* Reads a document that is bad: `place` is the text that begins at the error's offset. */
static inline void document_bad(const char *text, const char *place, const char *reason)
{
	struct eg_summary *summary = NULL;
	struct eg_read_error error;
	int r = document_read(text, strlen(text), &summary, &error);

	if (r != -EINVAL || strcmp(error.reason, reason) != 0 || error.offset > strlen(text) ||
	    strncmp(text + error.offset, place, strlen(place)) != 0)
		fail_msg("%d, byte %zu: %s; not at %s: %s\n%s", r, error.offset, error.reason,
			 place, reason, text);
	assert_null(summary);
}

/* A document of one part, the rest of which is as small as can be. */
#define DOCUMENT_HEAD "{\"schema\":\"egret.summary/1\",\"by\":\"app\",\"ledger\":{\"lost\":{}},"
#define DOCUMENT_NO_APPS "\"apps\":[]}"
#define DOCUMENT_APPS(apps) DOCUMENT_HEAD "\"apps\":[" apps "]}"
#define DOCUMENT_SUMS "\"bytes_sent\":0,\"bytes_received\":0,\"connections\":0,\"failed\":0"
#define DOCUMENT_APP(members)                                                                      \
	DOCUMENT_APPS("{\"id\":\"exe:/a\"," DOCUMENT_SUMS ",\"destinations\":[]," members "}")
#define DOCUMENT_ROWS(rows)                                                                        \
	DOCUMENT_APPS("{\"id\":\"exe:/a\"," DOCUMENT_SUMS ",\"destinations\":[" rows "]}")
#define DOCUMENT_KEY                                                                               \
	"\"ip\":\"192.0.2.1\",\"port\":443,\"transport\":\"tcp\",\"direction\":\"outbound\""
#define DOCUMENT_ROW(members) DOCUMENT_ROWS("{" DOCUMENT_KEY "," DOCUMENT_SUMS "," members "}")

/* The JSON of a summary, by the printer; the caller frees it. */
static inline char *document_print(const struct eg_summary *summary, bool compact)
{
	const struct eg_print_options options = { .compact = compact, .command_lines = true };
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_int_equal(eg_print_summary(stream, EG_FORMAT_JSON, summary, &options), 0);
	assert_int_equal(fclose(stream), 0);
	return text;
}
