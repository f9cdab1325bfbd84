/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What commands are made of: options, output, exit status. Private to user/cmd/ and main.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <egret/flow.h>
#include <egret/out.h>

/* Exit statuses (contract section 1). With `-- CMD`, CMD's own status wins over the first six. */
enum eg_exit {
	EG_EXIT_OK = 0,
	EG_EXIT_FINDING = 1,
	EG_EXIT_USAGE = 2, /* usage or malformed input */
	EG_EXIT_PRIVILEGE = 3, /* the message names the capability */
	EG_EXIT_KERNEL = 4, /* the message names what the kernel has not */
	EG_EXIT_INCOMPLETE = 5, /* something was lost, or could not be written */
	EG_EXIT_FAILED = 125, /* egret itself failed */
	EG_EXIT_NOT_EXECUTABLE = 126, /* CMD */
	EG_EXIT_NOT_FOUND = 127, /* CMD */
};

/* --- options --- */
enum eg_option {
	EG_OPTION_DURATION,
	EG_OPTION_INTERVAL,
	EG_OPTION_FORMAT,
	EG_OPTION_OUTPUT,
	EG_OPTION_BY,
	EG_OPTION_APP,
	EG_OPTION_USER,
	EG_OPTION_COUNTRY,
	EG_OPTION_OPERATOR,
	EG_OPTION_OWNER,
	EG_OPTION_DOMAIN,
	EG_OPTION_SCOPE,
	EG_OPTION_SUMMARY,
	EG_OPTION_DATABASE,
	EG_OPTION_KEEP,
	EG_OPTION_KEEP_HOURLY,
	EG_OPTION_KEEP_DAILY,
	EG_OPTION_MAX_SIZE,
	EG_OPTION_COMMAND_LINES,
	EG_OPTION_SINCE,
	EG_OPTION_UNTIL,
	EG_OPTION_REDACT,
	EG_OPTION_BASELINE,
	EG_OPTION_FAIL_ON_NEW,
	EG_OPTION_POLICY,
	EG_OPTION_ON_VIOLATION,
	EG_OPTION_TEXTFILE,
	EG_OPTION_GEO,
	EG_OPTION_OWNERS,
	EG_OPTION_INCLUDE_LOOPBACK,
	EG_OPTION_NO_NAMES,
	EG_OPTION_NO_COMMAND_LINES,
	EG_OPTION_MAX_FLOWS,
	EG_OPTION_MAX_SOCKETS,
	EG_OPTION_STDIN,
	EG_OPTION_COLOR,
	EG_OPTION_VERBOSE,
	EG_OPTION_QUIET,
	EG_OPTION_HELP,
	EG_OPTION_VERSION,
	EG_OPTION_COUNT,
};

#define EG_BIT(number) (1ULL << (number))
/* What every command takes. */
#define EG_OPTIONS_COMMON                                                                          \
	(EG_BIT(EG_OPTION_COLOR) | EG_BIT(EG_OPTION_VERBOSE) | EG_BIT(EG_OPTION_QUIET) |           \
	 EG_BIT(EG_OPTION_HELP) | EG_BIT(EG_OPTION_VERSION))
#define EG_OPTIONS_OUTPUT (EG_BIT(EG_OPTION_FORMAT) | EG_BIT(EG_OPTION_OUTPUT))
#define EG_OPTIONS_FILTER                                                                          \
	(EG_BIT(EG_OPTION_APP) | EG_BIT(EG_OPTION_USER) | EG_BIT(EG_OPTION_COUNTRY) |              \
	 EG_BIT(EG_OPTION_OPERATOR) | EG_BIT(EG_OPTION_OWNER) | EG_BIT(EG_OPTION_DOMAIN) |         \
	 EG_BIT(EG_OPTION_SCOPE))
/* Where what is known of destinations comes from. */
#define EG_OPTIONS_PLACES (EG_BIT(EG_OPTION_GEO) | EG_BIT(EG_OPTION_OWNERS))
#define EG_OPTIONS_TRACING                                                                         \
	(EG_OPTIONS_PLACES | EG_BIT(EG_OPTION_DURATION) | EG_BIT(EG_OPTION_INCLUDE_LOOPBACK) |     \
	 EG_BIT(EG_OPTION_NO_NAMES) | EG_BIT(EG_OPTION_NO_COMMAND_LINES) |                         \
	 EG_BIT(EG_OPTION_MAX_FLOWS) | EG_BIT(EG_OPTION_MAX_SOCKETS))
#define EG_FORMATS_SUMMARY                                                                         \
	(EG_BIT(EG_FORMAT_TEXT) | EG_BIT(EG_FORMAT_JSON) | EG_BIT(EG_FORMAT_NDJSON) |              \
	 EG_BIT(EG_FORMAT_CSV) | EG_BIT(EG_FORMAT_PROMETHEUS))

/* What the command line says. Texts belong to argv; free with eg_options_free(). */
struct eg_options {
	const struct eg_command *of;
	int64_t duration, interval; /* ns; 0: not given */
	enum eg_format format; /* one that the command has, or EG_FORMAT_AUTO */
	const char *output; /* -o; NULL: not given, "-": standard output */
	enum eg_by by;
	struct eg_filter filter;
	const char **geo; /* database files, NULL-terminated; NULL: not given */
	const char *owners; /* NULL: not given */
	const char *summary; /* file of summaries; NULL: not given */
	const char *database; /* NULL: not given */
	int64_t keep, keep_hourly, keep_daily; /* ns; 0: not given */
	uint64_t max_size; /* bytes; 0: not given */
	int64_t since, until, baseline; /* CLOCK_REALTIME ns; 0: not given */
	bool fail_on_new;
	const char *policy; /* NULL: not given */
	const char *on_violation; /* NULL: not given */
	const char *textfile; /* directory; NULL: not given */
	bool redact;
	bool command_lines;
	bool include_loopback, no_names, no_command_lines, from_stdin;
	uint32_t max_flows, max_sockets; /* 0: not given */
	const char *color; /* "auto", "always" or "never" */
	bool verbose, quiet, help, version;
	char **operands; /* what is no option, NULL-terminated */
	int operands_count;
	char **command; /* CMD and its arguments, NULL-terminated; NULL: none */
};

/* One command: its file fills it in, main.c has it in its table. */
struct eg_command {
	const char *name;
	const char *help; /* one line, without a dot */
	const char *arguments; /* what follows the options in the usage line, "": nothing */
	uint64_t options; /* EG_BIT()s of enum eg_option */
	unsigned formats; /* EG_BIT()s of enum eg_format, for --format */
	int operands_min, operands_max; /* -1: any number */
	bool serves; /* runs without end: SIGHUP has it begin anew with its files */
	bool traces_command; /* takes `-- CMD ARG...`, else -- just ends the options */
	int (*run)(const struct eg_options *options); /* returns enum eg_exit or CMD's status */
};

/*
 * Parses argv, of which argv[0] is the command's name. 0, or -EINVAL after one
 * line on stderr that names the mistake; also then ret_options is to be freed.
 */
int eg_options_parse(const struct eg_command *command, int argc, char **argv,
		     struct eg_options *ret_options);
void eg_options_free(struct eg_options *options);
/* Prints the usage of a command, made from its options' table. */
void eg_options_help(FILE *stream, const struct eg_command *command);

/* Says in one line that a command can't go on, because of -errno; returns EG_EXIT_FAILED. */
int eg_command_fail(const struct eg_command *command, int error);

/* The word of a NULL-terminated list that `word` is a likely misspelling of; NULL: none. */
const char *eg_suggest(const char *word, const char *const *words);

/* --- output --- */
/* Where the results of a command go, and how they look there. */
struct eg_output {
	const char *path; /* NULL: stream */
	FILE *stream;
	enum eg_format format; /* never EG_FORMAT_AUTO */
	struct eg_print_options print;
	bool appends; /* each result is added to the file at `path` */
	bool begun; /* the stream has a result already */
};

/*
 * Decides by the options: -o FILE, else standard error with `-- CMD`, else
 * standard output; the format for EG_FORMAT_AUTO; colour and width. 0, or
 * -errno after one line on stderr when FILE can't be written.
 */
int eg_output_open(const struct eg_options *options, struct eg_output *ret_output);

/*
 * Prints one result, or lets `print` do it, and sees that all of it arrives; a
 * file is replaced at once or, where `appends`, restored on failure. 0, or
 * -errno after one line on stderr (then exit with EG_EXIT_INCOMPLETE).
 */
int eg_output_print(struct eg_output *output, const struct eg_summary *summary);
int eg_output_write(struct eg_output *output, int (*print)(FILE *stream, void *data), void *data);

/* --- commands --- */
extern const struct eg_command eg_command_summary;
extern const struct eg_command eg_command_trace;
extern const struct eg_command eg_command_top;
extern const struct eg_command eg_command_record;
extern const struct eg_command eg_command_report;
extern const struct eg_command eg_command_diff;
extern const struct eg_command eg_command_check;
extern const struct eg_command eg_command_merge;
extern const struct eg_command eg_command_explain;
extern const struct eg_command eg_command_app;
extern const struct eg_command eg_command_doctor;
extern const struct eg_command eg_command_schema;
