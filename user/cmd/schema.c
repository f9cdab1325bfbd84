/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret schema: prints the JSON Schema of one of our documents. */
#include "cmd.h"
#include "option_table.h"

#include <errno.h>
#include <string.h>

#include <egret/base.h>

#define NAMES_MAX 32

static int print(FILE *stream, void *data)
{
	const char *const *text = data;

	return fputs(*text, stream) == EOF ? -errno : 0;
}

/* The names of those that this version prints; NULL: no memory. */
static char *list_names(const char *const *names)
{
	const char *printed[NAMES_MAX + 1] = { NULL };
	size_t count = 0;

	for (size_t i = 0; names[i] && count < NAMES_MAX; i++) {
		if (eg_schema_text(names[i]))
			printed[count++] = names[i];
	}
	return eg_option_join(printed);
}

static int refuse(const char *name)
{
	const char *const *names = eg_schema_names();
	_cleanup_(eg_freep) char *list = list_names(names);
	const char *meant = eg_suggest(name, names);

	if (!list)
		return eg_command_fail(&eg_command_schema, -ENOMEM);
	for (size_t i = 0; names[i]; i++) {
		if (strcmp(names[i], name) == 0) {
			eg_error("schema: egret " EG_VERSION " prints no document '%s'", name);
			return EG_EXIT_USAGE;
		}
	}
	if (meant)
		eg_error("schema: unknown document '%s' (did you mean %s?)", name, meant);
	else
		eg_error("schema: unknown document '%s'; there are: %s", name, list);
	return EG_EXIT_USAGE;
}

static int run(const struct eg_options *options)
{
	const char *text = eg_schema_text(options->operands[0]);
	struct eg_output output;

	if (!text)
		return refuse(options->operands[0]);
	if (eg_output_open(options, &output) < 0)
		return EG_EXIT_INCOMPLETE;
	return eg_output_write(&output, print, &text) < 0 ? EG_EXIT_INCOMPLETE : EG_EXIT_OK;
}

const struct eg_command eg_command_schema = {
	.name = "schema",
	.help = "print the JSON Schema of a document",
	.arguments = "NAME",
	.options = EG_OPTIONS_COMMON | EG_BIT(EG_OPTION_OUTPUT),
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
