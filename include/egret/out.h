/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Printing: one file per format, all from the same walk over the model. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include <egret/flow.h>

enum eg_format {
	EG_FORMAT_AUTO,
	EG_FORMAT_TEXT,
	EG_FORMAT_JSON,
	EG_FORMAT_NDJSON,
	EG_FORMAT_CSV,
	EG_FORMAT_HTML,
	EG_FORMAT_PROMETHEUS,
	EG_FORMAT_COUNT,
};

/* "json" -> EG_FORMAT_JSON; -EINVAL for no format. */
int eg_format_parse(const char *name, enum eg_format *ret_format);
const char *eg_format_name(enum eg_format format);

struct eg_print_options {
	bool compact; /* JSON on one line (intervals) */
	bool color; /* text only */
	bool header; /* CSV: print the header line first */
	unsigned columns; /* text: width of the terminal, 80 when unknown */
	bool command_lines; /* print argument vectors */
};

/*
 * Prints the summary (contract sections 3 to 5). Documents are streamed: memory
 * does not grow with the number of rows. 0, -EOPNOTSUPP for a format that a
 * summary has not, or the -errno of the stream.
 */
int eg_print_summary(FILE *stream, enum eg_format format, const struct eg_summary *summary,
		     const struct eg_print_options *options);

/*
 * Writes through `print` into a file that appears under its name only when it
 * is whole: temporary file beside it, fsync, rename. 0 or -errno; on failure
 * nothing is left behind.
 */
int eg_write_atomically(const char *path, int (*print)(FILE *stream, void *data), void *data);

/* The JSON Schema of a document (contract: `egret schema NAME`); NULL: no such name. */
const char *eg_schema_text(const char *name);
/* Names in order of the contract, NULL-terminated. */
const char *const *eg_schema_names(void);
