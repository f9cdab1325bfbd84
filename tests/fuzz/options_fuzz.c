/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Command lines: words that end with a newline, for each command. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

#include <user/cmd/cmd.h>

#include "fuzz.h"

#define WORDS_MAX 32

static void parse(const struct eg_command *command, const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *next = text;
	char *argv[WORDS_MAX + 2] = { (char[]){ "command" } };
	struct eg_options options;
	int argc = 1, r;

	while (argc <= WORDS_MAX && next && *next)
		argv[argc++] = strsep(&next, "\n");
	r = eg_options_parse(command, argc, argv, &options);
	fuzz_require(r == 0 || r == -EINVAL);
	if (r == 0 && !options.help && !options.version) {
		fuzz_require(options.operands_count >= command->operands_min);
		fuzz_require(!options.operands[options.operands_count]);
		fuzz_require(!options.command || options.command[0]);
	}
	eg_options_free(&options);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct eg_command *const commands[] = {
		&eg_command_summary, &eg_command_trace,	 &eg_command_record, &eg_command_report,
		&eg_command_diff,    &eg_command_check,	 &eg_command_merge,  &eg_command_explain,
		&eg_command_app,     &eg_command_doctor, &eg_command_schema, &eg_command_top,
	};

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		parse(commands[i], data, size);
	return 0;
}
