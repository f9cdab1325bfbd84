/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* JSON from outside: what is found good can be walked through, and cJSON agrees. */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include <egret/json.h>

#include "fuzz.h"

static void walk(struct eg_json value, unsigned depth);

static void walk_members(struct eg_json value, unsigned depth)
{
	struct eg_json_cursor cursor = eg_json_open(value);
	struct eg_json key, member;
	size_t count = 0;

	fuzz_require(depth < EG_JSON_DEPTH);
	for (; eg_json_next(&cursor, &key, &member); count++) {
		fuzz_require(cursor.object == (key.start != NULL));
		fuzz_require(member.start >= value.start && member.end <= value.end);
		if (key.start)
			walk(key, depth + 1);
		walk(member, depth + 1);
	}
	fuzz_require(count == eg_json_count(value));
}

static void walk(struct eg_json value, unsigned depth)
{
	char *text;

	switch (eg_json_type(value)) {
	case EG_JSON_OBJECT:
	case EG_JSON_ARRAY:
		walk_members(value, depth);
		break;
	case EG_JSON_TEXT:
		text = eg_json_decode(value);
		fuzz_require(text);
		fuzz_require(eg_json_is(value, text));
		free(text);
		break;
	case EG_JSON_NUMBER:
		eg_json_double(value);
		break;
	case EG_JSON_BOOL:
		fuzz_require(eg_json_true(value) == (*value.start == 't'));
		break;
	case EG_JSON_NULL:
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *reason = NULL;
	size_t offset = SIZE_MAX;
	cJSON *tree;

	if (eg_json_check(text, size, &offset, &reason) < 0) {
		fuzz_require(offset <= size);
		fuzz_require(reason && *reason);
		return 0;
	}
	walk(eg_json_document(text, size), 0);
	tree = cJSON_ParseWithLength(text, size);
	fuzz_require(tree);
	cJSON_Delete(tree);
	return 0;
}
