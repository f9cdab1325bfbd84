/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What fuzz targets have in common. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include <user/base/utf8.h>

void fuzz_fail(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
	abort();
}

char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	fuzz_require(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

void fuzz_open(struct fuzz_stream *ret_stream)
{
	*ret_stream = (struct fuzz_stream){ 0 };
	ret_stream->stream = open_memstream(&ret_stream->text, &ret_stream->size);
	fuzz_require(ret_stream->stream);
}

char *fuzz_close(struct fuzz_stream *stream)
{
	fuzz_require(fclose(stream->stream) == 0);
	return stream->text;
}

void fuzz_require_harmless(const char *text, size_t size)
{
	fuzz_require(strlen(text) == size);
	for (size_t i = 0, length; i < size; i += length) {
		length = text[i] == '\n' ? 1 : eg_utf8_harmless(text + i);
		fuzz_require(length > 0);
	}
}
