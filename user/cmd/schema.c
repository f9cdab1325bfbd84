/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret schema: prints the JSON Schema of one of our documents. */
#include "cmd.h"

#include <errno.h>
#include <string.h>

#include <egret/base.h>

static int print(FILE *stream, void *data)
{
	const char *const *text = data;

	return fputs(*text, stream) == EOF ? -errno : 0;
}

static int refuse(const char *name)
{
	const char *const *names = eg_schema_names();
	const char *meant = eg_suggest(name, names);

	for (size_t i = 0; names[i]; i++) {
		if (strcmp(names[i], name) == 0) {
			eg_error("schema: egret " EG_VERSION " prints no document '%s'", name);
			return EG_EXIT_USAGE;
		}
	}
	if (meant)
		eg_error("schema: unknown document '%s' (did you mean %s?)", name, meant);
	else
		eg_error("schema: unknown document '%s'; `egret schema --help` names them", name);
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
	.help = "print the JSON Schema of a document: summary row trace doctor app",
	.arguments = "NAME",
	.options = EG_OPTIONS_COMMON | EG_BIT(EG_OPTION_OUTPUT),
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
