/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Options: parsing and usage text, both made from one table; a command names those it takes. */
#include "cmd.h"
#include "option_table.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include <egret/base.h>

#define LONG_FIRST 256 /* getopt's value of the first row: above every character */
#define HELP_COLUMN 26

static bool takes(const struct eg_command *command, size_t option)
{
	return command->options & EG_BIT(option);
}

/* The formats that the command has; NULL: no memory. */
static char *list_formats(const struct eg_command *command)
{
	const char *names[EG_FORMAT_COUNT + 1] = { NULL };
	size_t count = 0;

	for (enum eg_format format = 0; format < EG_FORMAT_COUNT; format++) {
		if (command->formats & EG_BIT(format))
			names[count++] = eg_format_name(format);
	}
	return eg_option_join(names);
}

/* --- parsing --- */

/* What getopt_long() wants to know about the options that the command takes. */
struct grammar {
	char letters[2 * EG_OPTION_COUNT + 2];
	struct option options[EG_OPTION_COUNT + 1];
};

static void make_grammar(const struct eg_command *command, struct grammar *grammar)
{
	struct option *option = grammar->options;
	char *letter = grammar->letters;

	*letter++ = ':'; /* tell a missing value from an unknown option */
	for (size_t i = 0; i < EG_OPTION_COUNT; i++) {
		if (!takes(command, i))
			continue;
		*option++ = (struct option){
			.name = eg_option_rows[i].name,
			.has_arg = eg_option_rows[i].value ? required_argument : no_argument,
			.val = LONG_FIRST + (int)i,
		};
		if (!eg_option_rows[i].letter)
			continue;
		*letter++ = eg_option_rows[i].letter;
		if (eg_option_rows[i].value)
			*letter++ = ':';
	}
	*option = (struct option){ 0 };
	*letter = '\0';
}

static const struct eg_option_row *find_row(int value)
{
	if (value >= LONG_FIRST)
		return &eg_option_rows[value - LONG_FIRST];
	for (size_t i = 0; i < EG_OPTION_COUNT; i++) {
		if (eg_option_rows[i].letter && eg_option_rows[i].letter == value)
			return &eg_option_rows[i];
	}
	return NULL;
}

/* A long option that is none of the command's, or begins like more than one of them. */
static int refuse_name(const struct eg_command *command, const char *name)
{
	const char *names[EG_OPTION_COUNT + 1] = { NULL }, *like[EG_OPTION_COUNT + 1] = { NULL };
	_cleanup_(eg_freep) char *list = NULL;
	size_t count = 0, alike = 0;
	const char *meant;

	for (size_t i = 0; i < EG_OPTION_COUNT; i++) {
		if (!takes(command, i))
			continue;
		names[count++] = eg_option_rows[i].name;
		if (!strncmp(eg_option_rows[i].name, name, strlen(name)))
			like[alike++] = eg_option_rows[i].name;
	}
	list = eg_option_join(like);
	meant = eg_suggest(name, names);
	if (!list)
		return -ENOMEM;
	if (alike && *name)
		eg_error("%s: option '--%s' could be any of: %s", command->name, name, list);
	else
		eg_error("%s: unknown option '--%s'%s%s%s", command->name, name,
			 meant ? " (did you mean --" : "", meant ? meant : "", meant ? "?)" : "");
	return -EINVAL;
}

/* An option that getopt_long() does not know, or that has a value and should not. */
static int refuse_option(const struct eg_command *command, const char *word)
{
	_cleanup_(eg_freep) char *name = NULL;

	if (optopt >= LONG_FIRST) {
		eg_error("%s: --%s takes no value", command->name, find_row(optopt)->name);
		return -EINVAL;
	}
	if (optopt) {
		eg_error("%s: unknown option '-%c'", command->name, optopt);
		return -EINVAL;
	}
	name = strndup(word + 2, strcspn(word + 2, "="));
	return name ? refuse_name(command, name) : -ENOMEM;
}

static int refuse_missing(const struct eg_command *command)
{
	const struct eg_option_row *row = find_row(optopt);

	eg_error("%s: --%s wants a value: %s", command->name, row->name, row->value);
	return -EINVAL;
}

static int take_options(const struct eg_command *command, int argc, char **argv,
			struct eg_options *options)
{
	struct grammar grammar;
	int r = 0;

	make_grammar(command, &grammar);
	opterr = 0;
	optind = 0; /* begin anew, also glibc's own state */
	while (r == 0) {
		int value = getopt_long(argc, argv, grammar.letters, grammar.options, NULL);
		const struct eg_option_row *row;

		if (value == -1)
			return 0;
		if (value == '?')
			return refuse_option(command, argv[optind - 1]);
		if (value == ':')
			return refuse_missing(command);
		row = find_row(value);
		r = row->take((char *)options + row->field, row, optarg);
	}
	return r;
}

/* The place of "--", after which comes CMD; argc: nowhere. */
static int find_command(const struct eg_command *command, int argc, char **argv)
{
	if (!command->traces_command)
		return argc;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0)
			return i;
	}
	return argc;
}

static int check_format(const struct eg_options *options)
{
	const struct eg_command *command = options->of;
	_cleanup_(eg_freep) char *list = NULL;

	if (options->format == EG_FORMAT_AUTO || command->formats & EG_BIT(options->format))
		return 0;
	list = list_formats(command);
	if (!list)
		return -ENOMEM;
	eg_error("%s: has no format '%s'; it has: %s", command->name,
		 eg_format_name(options->format), list);
	return -EINVAL;
}

static int check_operands(const struct eg_options *options)
{
	const struct eg_command *command = options->of;

	if (options->operands_count < command->operands_min) {
		eg_error("%s: %s is missing", command->name, command->arguments);
		return -EINVAL;
	}
	if (command->operands_max >= 0 && options->operands_count > command->operands_max) {
		eg_error("%s: too many arguments at '%s'%s", command->name,
			 options->operands[command->operands_max],
			 command->traces_command ? " (a command to trace comes after --)" : "");
		return -EINVAL;
	}
	if (options->command && !options->command[0]) {
		eg_error("%s: no command after --", command->name);
		return -EINVAL;
	}
	return check_format(options);
}

int eg_options_parse(const struct eg_command *command, int argc, char **argv,
		     struct eg_options *ret_options)
{
	int end = find_command(command, argc, argv), r;

	*ret_options = (struct eg_options){ .of = command, .color = "auto" };
	/* getopt_long() moves what is no option to the end, of its own part only. */
	if (end < argc) {
		argv[end] = NULL;
		ret_options->command = argv + end + 1;
	}
	r = take_options(command, end, argv, ret_options);
	if (r < 0 || ret_options->help || ret_options->version)
		return r;
	ret_options->operands = argv + optind;
	ret_options->operands_count = end - optind;
	return check_operands(ret_options);
}

void eg_options_free(struct eg_options *options)
{
	for (size_t i = 0; i < ARRAY_SIZE(options->filter.patterns); i++)
		free(options->filter.patterns[i]);
	options->filter = (struct eg_filter){ 0 };
	free(options->geo);
	options->geo = NULL;
}

int eg_command_fail(const struct eg_command *command, int error)
{
	eg_error("%s: %s", command->name, error == -ENOMEM ? "out of memory" : strerror(-error));
	return EG_EXIT_FAILED;
}

/* --- usage --- */

static void put_usage_line(FILE *stream, const struct eg_command *command)
{
	fprintf(stream, "usage: egret %s [OPTION...]", command->name);
	if (*command->arguments)
		fprintf(stream, " %s", command->arguments);
	fprintf(stream, "\n%c%s.\n\n", toupper(command->help[0]), command->help + 1);
}

static void put_option(FILE *stream, const struct eg_command *command, size_t option)
{
	const struct eg_option_row *row = &eg_option_rows[option];
	_cleanup_(eg_freep) char *formats = NULL;
	int width = fprintf(stream, "  ");

	if (row->letter)
		width += fprintf(stream, "-%c, ", row->letter);
	width += fprintf(stream, "--%s%s%s", row->name, row->value ? " " : "",
			 row->value ? row->value : "");
	fprintf(stream, "%*s%s", width < HELP_COLUMN ? HELP_COLUMN - width : 1, "", row->help);
	if (option == EG_OPTION_FORMAT)
		formats = list_formats(command);
	fprintf(stream, "%s\n", formats ? formats : "");
}

/* What countries in a result mean, and what they don't. */
static const char places[] =
	"\nA country is where an address is, by registry or geolocation. The place of a\n"
	"server is not the place of everyone who can read the data there.\n";

void eg_options_help(FILE *stream, const struct eg_command *command)
{
	put_usage_line(stream, command);
	for (size_t i = 0; i < EG_OPTION_COUNT; i++) {
		if (takes(command, i))
			put_option(stream, command, i);
	}
	if (takes(command, EG_OPTION_GEO) || takes(command, EG_OPTION_COUNTRY))
		fputs(places, stream);
}
