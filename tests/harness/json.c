/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Looking things up in egret's JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <harness/result.h>

const cJSON *json_get(const cJSON *object, const char *path)
{
	char name[64];

	while (object && *path) {
		size_t size = strcspn(path, ".");

		snprintf(name, sizeof(name), "%.*s", (int)size, path);
		object = cJSON_GetObjectItemCaseSensitive(object, name);
		path += size + (path[size] == '.');
	}
	return object;
}

long long json_number(const cJSON *object, const char *path)
{
	const cJSON *item = json_get(object, path);

	return cJSON_IsNumber(item) ? (long long)item->valuedouble : ANY;
}

const char *json_text(const cJSON *object, const char *path)
{
	const cJSON *item = json_get(object, path);

	return cJSON_IsString(item) ? item->valuestring : NULL;
}

struct result *result_parse(struct test *test, const char *text, const char *name)
{
	struct result *result = test_alloc(test, sizeof(*result));
	const char *schema;

	*result = (struct result){ .test = test, .json = cJSON_Parse(text) };
	if (!result->json)
		test_fail(test, "%s is no JSON: %.200s", name, text);
	schema = json_text(result->json, "schema");
	if (!schema || strcmp(schema, "egret.summary/1") != 0)
		test_fail(test, "%s has schema %s", name, schema ? schema : "null");
	return result;
}

cJSON *result_app(struct result *result, const char *id)
{
	cJSON *app;

	cJSON_ArrayForEach(app, json_get(result->json, "apps")) {
		const char *text = json_text(app, "id");

		if (text && strcmp(text, id) == 0)
			return app;
	}
	return NULL;
}

/* As an id has it: what could be taken for something else is percent-encoded. */
static void encode(const char *text, size_t size, FILE *out)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];

		fprintf(out, c <= ' ' || strchr("\"\\%", c) ? "%%%02X" : "%c", c);
	}
}

cJSON *result_app_of(struct result *result, const char *exe)
{
	static const char deleted[] = " (deleted)";
	size_t size = strlen(exe), tail = sizeof(deleted) - 1;
	char *id = NULL;
	FILE *out = open_memstream(&id, &(size_t){ 0 });
	cJSON *app;

	if (!out)
		test_fail(result->test, "out of memory");
	if (size > tail && strcmp(exe + size - tail, deleted) == 0)
		size -= tail;
	fputs("exe:", out);
	encode(exe, size, out);
	fclose(out);
	app = result_app(result, id);
	free(id);
	return app;
}

/* Equal texts; both NULL and null are equal as well. */
static bool same_text(const cJSON *item, const char *text)
{
	if (!text)
		return cJSON_IsNull(item);
	return cJSON_IsString(item) && strcmp(item->valuestring, text) == 0;
}

/* One of the names separated by |. */
static bool one_of(const char *names, const char *name)
{
	size_t size = name ? strlen(name) : 0;

	while (size && names) {
		if (strncmp(names, name, size) == 0 && (!names[size] || names[size] == '|'))
			return true;
		names = strchr(names, '|');
		names += names ? 1 : 0;
	}
	return false;
}

static bool is_row(const cJSON *item, const struct row *row)
{
	const cJSON *port = json_get(item, "port");

	if (!same_text(json_get(item, "ip"), row->ip))
		return false;
	if (row->port == NO_PORT ? !cJSON_IsNull(port) : json_number(item, "port") != row->port)
		return false;
	return one_of(row->transport, json_text(item, "transport")) &&
	       same_text(json_get(item, "direction"), row->direction);
}

cJSON *result_row(struct result *result, const char *exe, const struct row *row)
{
	cJSON *app = result ? result_app_of(result, exe) : NULL, *item;

	cJSON_ArrayForEach(item, json_get(app, "destinations")) {
		if (is_row(item, row))
			return item;
	}
	return NULL;
}

const char *result_degraded(struct result *result, const char *text)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, json_get(result->json, "ledger.degraded")) {
		if (cJSON_IsString(item) && strcasestr(item->valuestring, text))
			return item->valuestring;
	}
	return NULL;
}
