/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Starting and stopping egret. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/shared.h>

#define ARGUMENTS_MAX 32

/* Our arguments, then the case's, then what follows `--`. */
static const char **command_line(struct egret *egret, const char *const *arguments,
				 const char *command)
{
	struct test *test = egret->test;
	const char *const ours[] = { test->egret, "summary",   "--format",	    "json",
				     "-o",	  egret->file, "--include-loopback" };
	const char **argv = test_alloc(test, ARGUMENTS_MAX * sizeof(*argv));
	size_t count = sizeof(ours) / sizeof(ours[0]);

	memcpy(argv, ours, sizeof(ours));
	for (; arguments && *arguments && count < ARGUMENTS_MAX - 5; arguments++)
		argv[count++] = *arguments;
	if (command) {
		argv[count++] = "--";
		argv[count++] = command;
		argv[count++] = "--actor";
	}
	return argv;
}

static struct egret *prepare(struct test *test)
{
	struct egret *egret = test_alloc(test, sizeof(*egret));

	*egret = (struct egret){
		.test = test,
		.file = test_text(test, "%s/%u.json", test->dir, test->programs++),
	};
	return egret;
}

static struct egret *start(struct test *test, const char *const *arguments, bool host,
			   int supervisor)
{
	struct egret *egret = prepare(test);

	if (!test->egret)
		return egret;
	egret->program = program_start(test, &(struct program_options){
						     .argv = command_line(egret, arguments, NULL),
						     .supervisor = supervisor,
						     .host = host,
					     });
	program_expect(egret->program, PROGRAM_ERR, "egret: tracing");
	return egret;
}

struct egret *egret_start(struct test *test, const char *const *arguments)
{
	struct egret *egret;

	if (!test->shared || arguments)
		return egret_start_own(test, arguments);
	egret = prepare(test);
	egret->file = test->shared->file;
	return egret;
}

struct egret *egret_start_own(struct test *test, const char *const *arguments)
{
	return start(test, arguments, true, 0);
}

struct egret *egret_start_here(struct test *test, const char *const *arguments)
{
	return start(test, arguments, false, 0);
}

struct egret *egret_start_supervised(struct test *test, const char *const *arguments,
				     int supervisor)
{
	return start(test, arguments, true, supervisor);
}

static struct result *read_result(struct egret *egret, const char *text)
{
	struct result *result = result_parse(egret->test, text, egret->file);

	result_check_sums(result);
	return result;
}

struct result *egret_finish(struct egret *egret)
{
	struct test *test = egret->test;
	const struct output *output;
	char *text;

	if (!egret->program)
		return NULL;
	output = program_wait(egret->program);
	text = file_read(test, egret->file);
	if (!text)
		test_fail(test, "no result; egret exits with %d: %s", output->status, output->err);
	return read_result(egret, text);
}

struct result *egret_stop_lossy(struct egret *egret)
{
	const struct shared *shared = egret->test->shared;

	if (egret->program)
		kill(egret->program->pid, SIGINT);
	else if (shared)
		return read_result(egret, shared_snapshot(shared, egret->test));
	return egret_finish(egret);
}

struct result *egret_stop(struct egret *egret)
{
	struct result *result = egret_stop_lossy(egret);
	const struct output *output = egret->program ? &egret->program->output : NULL;

	if (!result)
		return NULL;
	if (output && output->status)
		test_wrong(egret->test, "egret exits with %d: %s", output->status, output->err);
	result_check_complete(result);
	return result;
}

struct output egret_run(struct test *test, const char *const *arguments)
{
	const char *argv[ARGUMENTS_MAX] = { test->egret };

	egret_needed(test);
	for (size_t i = 0; i < ARGUMENTS_MAX - 2 && arguments[i]; i++)
		argv[i + 1] = arguments[i];
	return program_run(test, &(struct program_options){ .argv = argv });
}

void egret_needed(struct test *test)
{
	if (!test->egret)
		test_skip(test, "is about egret alone");
}

struct command egret_command(struct test *test, const char *name, const char *const *arguments,
			     const char *const *environment)
{
	struct command command = { .egret = prepare(test) };
	int input;

	egret_needed(test);
	command.actor = actor_prepare(test, name, &input);
	command.egret->program =
		program_start(test, &(struct program_options){
					    .argv = command_line(command.egret, arguments,
								 actor_executable(test, name)),
					    .input = input,
					    .environment = environment,
				    });
	close(input);
	actor_await(command.actor);
	return command;
}
