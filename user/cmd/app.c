/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret app: which app a process is, and how one knows. */
#include "cmd.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <egret/base.h>
#include <egret/ident.h>
#include <egret/json.h>

#define LINE_MAX_SIZE (1 << 24) /* of facts: packages.list of a full phone has 100 KB */

/* What becomes of the lines on standard input. */
struct reading {
	const struct eg_output *output;
	char *line;
	size_t capacity;
	uint64_t number;
	bool malformed; /* one was */
};

/*
 * The next line, without its end; longer ones than the limit are cut. 1; 0: there
 * is none; -ENOMEM.
 */
static int read_line(struct reading *reading, size_t *ret_size)
{
	size_t size = 0;
	int c;

	while ((c = getc_unlocked(stdin)) != EOF && c != '\n') {
		if (size + 1 >= reading->capacity) {
			size_t capacity = reading->capacity ? 2 * reading->capacity : 4096;
			char *grown = size < LINE_MAX_SIZE ? realloc(reading->line, capacity)
							   : reading->line;

			if (!grown)
				return -ENOMEM;
			if (size >= LINE_MAX_SIZE)
				continue;
			reading->line = grown;
			reading->capacity = capacity;
		}
		reading->line[size++] = (char)c;
	}
	reading->number++;
	*ret_size = size;
	return c != EOF || size;
}

static void refuse_line(struct reading *reading, const char *reason, const char *what)
{
	eg_error("app: line %" PRIu64 ": %s%s", reading->number, reason, what);
	reading->malformed = true;
}

static int print_fixture(FILE *stream, const struct reading *reading,
			 const struct eg_fixture *fixture)
{
	const struct eg_process_facts *facts = eg_fixture_facts(fixture);
	struct eg_identity identity = {};
	struct eg_app_answer answer = {
		.identity = &identity,
		.pid = facts->pid,
		.uid = facts->uid,
		.has_uid = !facts->uid_unknown,
	};
	struct eg_print_options options = reading->output->print;
	int error = eg_identify_app(facts, eg_fixture_lookup(fixture), true, &identity);

	options.compact = true;
	if (!error)
		error = eg_print_app(stream, reading->output->format, &answer, &options);
	eg_identity_clear(&identity);
	return error;
}

static int answer_line(FILE *stream, struct reading *reading, size_t size)
{
	struct eg_fixture *fixture;
	const char *reason;
	size_t offset;
	int error;

	if (eg_json_check(reading->line, size, &offset, &reason) < 0) {
		refuse_line(reading, reason, "");
		return 0;
	}
	error = eg_fixture_parse(eg_json_document(reading->line, size), &fixture, &reason);
	if (error == -EINVAL) {
		refuse_line(reading, *reason ? "a value of the wrong type: " : "not an object",
			    reason);
		return 0;
	}
	if (error)
		return error;
	error = print_fixture(stream, reading, fixture);
	eg_fixture_free(fixture);
	/* Somebody may wait for this answer before he asks again. */
	if (!error && fflush(stream) == EOF)
		error = -errno;
	return error;
}

static bool is_blank(const char *line, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (!strchr(" \t\r", line[i]) || !line[i])
			return false;
	}
	return true;
}

static int answer_lines(FILE *stream, void *data)
{
	struct reading *reading = data;
	int error = 0, more;
	size_t size;

	while (!error && (more = read_line(reading, &size)) != 0) {
		if (more < 0)
			error = more;
		else if (!is_blank(reading->line, size))
			error = answer_line(stream, reading, size);
	}
	if (!error && ferror(stdin)) {
		eg_error("cannot read standard input: %m");
		reading->malformed = true;
	}
	return error;
}

/* --- living processes --- */

struct asking {
	const struct eg_output *output;
	char **pids; /* NULL-terminated */
	bool several;
	bool missing; /* one was not there */
	bool denied; /* one could not be looked at */
};

static int print_living(FILE *stream, const struct asking *asking, struct eg_machine *machine,
			const struct eg_living *living)
{
	const struct eg_process_facts *facts = eg_living_facts(living);
	struct eg_print_options options = asking->output->print;
	struct eg_identity identity = {};
	struct eg_app_answer answer = {
		.identity = &identity,
		.pid = facts->pid,
		.start = facts->start,
		.uid = facts->uid,
		.has_uid = !facts->uid_unknown,
	};
	int error = eg_identify_app(facts, eg_machine_lookup(machine, facts), true, &identity);

	options.compact = asking->several;
	if (!error)
		error = eg_print_app(stream, asking->output->format, &answer, &options);
	eg_identity_clear(&identity);
	return error;
}

static int answer_pids(FILE *stream, void *data)
{
	struct asking *asking = data;
	struct eg_machine *machine;
	int error = eg_machine_new(&machine);

	if (error)
		return error;
	for (char **pid = asking->pids; !error && *pid; pid++) {
		uint32_t number = (uint32_t)strtoul(*pid, NULL, 10);
		struct eg_living *living;
		int missing = eg_living_read(machine, number, &living);

		if (missing) {
			eg_error("app: process %s: %s", *pid, strerror(-missing));
			asking->missing = true;
			continue;
		}
		if (eg_living_is_denied(living)) {
			eg_error("app: process %s: what it executes may not be read; "
				 "root may, or who has CAP_SYS_PTRACE",
				 *pid);
			asking->denied = true;
		}
		error = print_living(stream, asking, machine, living);
		eg_living_free(living);
	}
	eg_machine_free(machine);
	return error;
}

static bool is_pid(const char *text)
{
	size_t size = strlen(text);

	return size > 0 && size < 10 && strspn(text, "0123456789") == size && *text != '0';
}

/* --- the command --- */

static int run_pids(struct eg_output *output, const struct eg_options *options)
{
	struct asking asking = {
		.output = output,
		.pids = options->operands,
		.several = options->operands_count > 1,
	};

	if (eg_output_write(output, answer_pids, &asking) < 0)
		return EG_EXIT_INCOMPLETE;
	if (asking.missing)
		return EG_EXIT_USAGE;
	return asking.denied ? EG_EXIT_PRIVILEGE : EG_EXIT_OK;
}

static int run_stdin(struct eg_output *output)
{
	struct reading reading = { .output = output };
	int error = eg_output_write(output, answer_lines, &reading);

	free(reading.line);
	if (error < 0)
		return EG_EXIT_INCOMPLETE;
	return reading.malformed ? EG_EXIT_USAGE : EG_EXIT_OK;
}

static int check(const struct eg_options *options)
{
	if (options->from_stdin == (options->operands_count > 0)) {
		eg_error("app: %s", options->from_stdin ? "--stdin and a PID are too much"
							: "a PID or --stdin is missing");
		return EG_EXIT_USAGE;
	}
	for (int i = 0; i < options->operands_count; i++) {
		if (!is_pid(options->operands[i])) {
			eg_error("app: '%s' is no PID", options->operands[i]);
			return EG_EXIT_USAGE;
		}
	}
	return EG_EXIT_OK;
}

static int run(const struct eg_options *options)
{
	struct eg_output output;
	int status = check(options);

	if (status != EG_EXIT_OK)
		return status;
	if (eg_output_open(options, &output) < 0)
		return EG_EXIT_INCOMPLETE;
	return options->from_stdin ? run_stdin(&output) : run_pids(&output, options);
}

const struct eg_command eg_command_app = {
	.name = "app",
	.help = "tell which app a process is, and by which evidence",
	.arguments = "PID... | --stdin",
	.options = EG_OPTIONS_COMMON | EG_OPTIONS_OUTPUT | EG_BIT(EG_OPTION_STDIN),
	.formats = EG_BIT(EG_FORMAT_TEXT) | EG_BIT(EG_FORMAT_JSON) | EG_BIT(EG_FORMAT_NDJSON),
	.operands_max = -1,
	.run = run,
};
