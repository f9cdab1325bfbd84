/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret: the table of commands. */
#include "cmd/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>

#include <egret/base.h>
#include <egret/probe.h>

#define LARGE (256 * 1024)
#define HELP "help"

static const struct eg_command *const commands[] = {
	&eg_command_summary, /* the main job: who sent what where */
	&eg_command_trace, /* one line per event */
	&eg_command_top, /* live in the terminal */
	&eg_command_record, /* the same without end, into the history */
	&eg_command_report, /* out of the history */
	&eg_command_diff, /* what is new in it */
	&eg_command_check, /* rules held against it */
	&eg_command_merge, /* several summaries into one */
	&eg_command_explain, /* all that is known of one destination */
	&eg_command_app, /* which app is this process */
	&eg_command_doctor, /* what works here */
	&eg_command_schema, /* what the documents look like */
};

static void put_usage(FILE *stream)
{
	fputs("usage: egret COMMAND [OPTION...]\n"
	      "Tells which app on this Linux host sends data where.\n\n",
	      stream);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(stream, "  %-10s%s\n", commands[i]->name, commands[i]->help);
	fputs("\n`egret COMMAND --help` and `egret help COMMAND` list the command's options.\n",
	      stream);
}

/* The optional libraries that this build has, or has not, after these words. */
static void put_libraries(FILE *stream, bool present, const char *words)
{
	const char *separator = words;

	for (size_t i = 0; i < EG_LIBRARIES; i++) {
		if (eg_libraries()[i].present != present)
			continue;
		fprintf(stream, "%s%s", separator, eg_libraries()[i].name);
		separator = ", ";
	}
}

static void put_version(FILE *stream)
{
	fprintf(stream, "egret " EG_VERSION " (libbpf %s", eg_probe_library());
	put_libraries(stream, true, "; with ");
	put_libraries(stream, false, "; without ");
	fputs(eg_html_exists() ? "; with HTML" : "; without HTML", stream);
	fputs(")\n", stream);
}

/* What was printed to standard output has arrived, or one line says that it has not. */
static int finish_stdout(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EG_EXIT_OK;
	eg_error("cannot write to standard output: %m");
	return EG_EXIT_INCOMPLETE;
}

/* Of a command that is traced, every other status is its own. */
static int usage_status(const struct eg_options *options)
{
	return options->command && *options->command ? EG_EXIT_FAILED : EG_EXIT_USAGE;
}

static int run(const struct eg_command *command, int argc, char **argv)
{
	struct eg_options options;
	int r = eg_options_parse(command, argc, argv, &options), status;

	if (r < 0) {
		status = r == -ENOMEM ? eg_command_fail(command, r) : usage_status(&options);
	} else if (options.help) {
		eg_options_help(stdout, command);
		status = finish_stdout();
	} else if (options.version) {
		put_version(stdout);
		status = finish_stdout();
	} else {
		eg_log_set_level(options.quiet	   ? EG_LEVEL_ERROR
				 : options.verbose ? EG_LEVEL_DEBUG
						   : EG_LEVEL_INFO);
		status = command->run(&options);
	}
	eg_options_free(&options);
	return status;
}

static const struct eg_command *find_command(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(word, commands[i]->name) == 0)
			return commands[i];
	}
	return NULL;
}

static int refuse(const char *word)
{
	const char *names[ARRAY_SIZE(commands) + 2] = { [ARRAY_SIZE(commands)] = HELP };
	const char *meant;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		names[i] = commands[i]->name;
	meant = eg_suggest(word, names);
	eg_error("unknown %s '%s'%s%s%s; `egret --help` lists what there is",
		 *word == '-' ? "option" : "command", word, meant ? " (did you mean " : "",
		 meant ? meant : "", meant ? "?)" : "");
	return EG_EXIT_USAGE;
}

static int print_usage(void)
{
	put_usage(stdout);
	return finish_stdout();
}

static bool is_help(const char *word)
{
	return strcmp(word, HELP) == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* What --help prints, of egret or of a command; no command itself, for it takes no options. */
static int help(int argc, char **argv)
{
	const struct eg_command *command = argc > 1 ? find_command(argv[1]) : NULL;

	if (argc > 2) {
		eg_error(HELP ": too many arguments at '%s'", argv[2]);
		return EG_EXIT_USAGE;
	}
	if (argc == 1 || is_help(argv[1]))
		return print_usage();
	if (!command)
		return refuse(argv[1]);
	eg_options_help(stdout, command);
	return finish_stdout();
}

/*
 * A closed standard descriptor would become the next file that is opened, and
 * what is printed would land in it. Opened the wrong way round, so that using
 * it is still an error.
 */
static void fill_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	}
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;
	const struct eg_command *command = word ? find_command(word) : NULL;

	fill_standard_descriptors();
	/*
	 * A table that grows out of its room gives that back to the system: by itself
	 * malloc() comes to keep up to 32 MB of such rooms.
	 */
	mallopt(M_MMAP_THRESHOLD, LARGE);
	/* A closed pipe, and a file that may not grow, are errors like a full disk. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (!word) {
		put_usage(stderr);
		return EG_EXIT_USAGE;
	}
	if (strcmp(word, HELP) == 0)
		return help(argc - 1, argv + 1);
	if (is_help(word))
		return print_usage();
	if (strcmp(word, "--version") == 0) {
		put_version(stdout);
		return finish_stdout();
	}
	return command ? run(command, argc - 1, argv + 1) : refuse(word);
}
