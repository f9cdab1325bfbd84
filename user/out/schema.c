/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The JSON Schemas of our documents, built in from user/out/schema/. */
#include <egret/out.h>

#include <string.h>

#include <egret/base.h>

static const struct {
	const char *name, *text;
} schemas[] = {
#include "schemas.inc"
};

const char *eg_schema_text(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(schemas); i++) {
		if (strcmp(schemas[i].name, name) == 0)
			return schemas[i].text;
	}
	return NULL;
}

const char *const *eg_schema_names(void)
{
	static const char *const names[] = {
		"summary", "row",    "trace", "report",	 "diff", "check",
		"policy",  "doctor", "app",   "explain", NULL,
	};

	return names;
}
