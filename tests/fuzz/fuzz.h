/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a fuzz target is made of, and what it checks with. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * A target is one file, NAME_fuzz.c, which defines the function below, and one
 * directory of small inputs, corpus/NAME. `make check` runs it on each of them
 * and on their beginnings (replay.c); `make fuzz T=NAME` lets libFuzzer look for
 * more, helped by the words in NAME.dict where there is one. The bytes end where
 * a page ends: who reads on crashes. What the target finds wrong, it says with
 * fuzz_require(), which ends the program.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define fuzz_require(condition)                                                                    \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fuzz_fail(__FILE__, __LINE__, #condition);                                 \
	} while (0)
void fuzz_fail(const char *file, int line, const char *condition) __attribute__((noreturn));

/* The input as text of its own with a NUL behind it; free() it. */
char *fuzz_text(const uint8_t *data, size_t size);

/* A stream into memory; fuzz_close() closes it and returns the text, which is to be freed. */
struct fuzz_stream {
	FILE *stream;
	char *text;
	size_t size;
};
void fuzz_open(struct fuzz_stream *ret_stream);
char *fuzz_close(struct fuzz_stream *stream);

/* What every output must be: valid UTF-8 without control characters; lines end with \n. */
void fuzz_require_harmless(const char *text, size_t size);
