/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Any bytes, as each sink escapes them, and as an app id. */
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/json.h>

#include "fuzz.h"

static char *put(int (*put_text)(FILE *stream, const char *text), const char *text)
{
	struct fuzz_stream stream;
	char *printed;

	fuzz_open(&stream);
	fuzz_require(put_text(stream.stream, text) == 0);
	printed = fuzz_close(&stream);
	fuzz_require_harmless(printed, stream.size);
	fuzz_require(!strchr(printed, '\n'));
	return printed;
}

static void check_json(const char *text)
{
	char *printed = put(eg_put_json, text), *decoded, *again;
	const char *reason;
	size_t offset;

	fuzz_require(eg_json_check(printed, strlen(printed), &offset, &reason) == 0);
	decoded = eg_json_decode(eg_json_document(printed, strlen(printed)));
	fuzz_require(decoded);
	again = put(eg_put_json, decoded);
	fuzz_require(!strcmp(printed, again));
	free(again);
	free(decoded);
	free(printed);
}

/* RFC 4180: within quotes, quotes come in pairs. A spreadsheet sees no formula. */
static void check_csv(const char *text)
{
	char *printed = put(eg_put_csv, text), *cell = printed;
	size_t size = strlen(printed);

	if (*cell == '"') {
		fuzz_require(size > 1 && cell[size - 1] == '"');
		cell++;
		for (char *quote = cell; quote < printed + size - 1; quote++)
			fuzz_require(*quote != '"' || *++quote == '"');
	} else {
		fuzz_require(!strpbrk(cell, ",\"\n"));
	}
	fuzz_require(!*cell || !strchr("=+-@", *cell));
	free(printed);
}

/* An id needs no escaping anywhere, and no two texts have the same. */
static void check_id(const char *text)
{
	char *id = eg_id_encode("exe:", text), *printed;
	const char *at = id ? id + 4 : NULL;

	fuzz_require(id && !strncmp(id, "exe:", 4));
	fuzz_require(!strpbrk(id, " \"\\\n"));
	fuzz_require_harmless(id, strlen(id));
	for (; *text; text++, at++) {
		char digits[3] = "";

		if (*at != '%') {
			fuzz_require(*at == *text);
			continue;
		}
		memcpy(digits, at + 1, 2);
		fuzz_require(strtoul(digits, NULL, 16) == (unsigned char)*text);
		at += 2;
	}
	fuzz_require(!*at);
	printed = put(eg_put_json, id);
	fuzz_require(strlen(printed) == strlen(id) + 2);
	free(printed);
	free(id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	free(put(eg_put_terminal, text));
	free(put(eg_put_prometheus, text));
	check_json(text);
	check_csv(text);
	check_id(text);
	free(text);
	return 0;
}
