/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How `egret summary -- CMD` ends: with CMD and its status, by a signal, or before it began. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <harness/cgroup.h>
#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

static int status_of(struct test *test, const char *const *command)
{
	const char *argv[16] = { "summary", "-o", test_path(test, "status.json"), "--" };
	struct output output;

	for (size_t i = 0; i < 11 && command[i]; i++)
		argv[i + 4] = command[i];
	output = egret_run(test, argv);
	return output.status;
}

static void exit_status(struct test *test)
{
	const char *sh = program_find(test, "sh"), *plain = test_path(test, "plain");

	require(test, file_write(plain, "no program\n") == 0);
	expect_equal(test, status_of(test, WORDS(sh, "-c", "exit 0")), 0);
	expect_equal(test, status_of(test, WORDS(sh, "-c", "exit 7")), 7);
	expect_equal(test, status_of(test, WORDS(sh, "-c", "kill -KILL $$")), 128 + SIGKILL);
	expect_equal(test, status_of(test, WORDS(sh, "-c", "kill -TERM $$")), 128 + SIGTERM);
	expect_equal(test, status_of(test, WORDS(test_path(test, "missing"))), 127);
	expect_equal(test, status_of(test, WORDS("no-such-program-anywhere")), 127);
	expect_equal(test, status_of(test, WORDS(plain)), 126);
	expect_equal(test, status_of(test, WORDS(test->dir)), 126);
}

/*
 * Runs egret by a shell script, of which $0 is the root of all cgroups and "$@"
 * egret with a command; returns the cgroup that the script has printed.
 */
static const char *run_by(struct test *test, const char *script)
{
	char root[PATH_ROOM];
	const char *const argv[] = {
		program_find(test, "sh"),   "-c", script, root, test->egret, "summary", "-q", "--",
		program_find(test, "true"), NULL
	};
	struct output output;

	require(test, cgroup_root(test_path(test, "cgroup2"), root, sizeof(root)) >= 0);
	output = program_run(test, &(struct program_options){ .argv = argv });
	expect_equal(test, output.status, 0);
	output.out[strcspn(output.out, "\n")] = '\0';
	return output.out;
}

/* An egret of the same pid was killed, and its cgroup is still there. */
static void name_taken(struct test *test)
{
	const char *taken = run_by(test, "path=$0$(sed -n s/^0:://p /proc/self/cgroup)/egret-$$;"
					 "mkdir \"$path\" && echo \"$path\" && exec \"$@\"");

	expect_equal(test, rmdir(taken), 0);
}

/* What was not executed has no result; that there is no such program is all that is said. */
static void not_executed(struct test *test)
{
	const char *file = test_path(test, "nothing.json"), *missing = test_path(test, "missing");
	const char *const argv[] = { "summary", "-q", "-o", file, "--", missing, NULL };
	struct output output = egret_run(test, argv);

	expect_equal(test, output.status, 127);
	expect_equal(test, access(file, F_OK) == 0, 0);
	expect_equal(test, strcmp(output.out, ""), 0);
	expect_equal(test,
		     strcmp(output.err,
			    test_text(test, "egret: %s: No such file or directory\n", missing)),
		     0);
}

/* PATH is searched as a shell would. */
static void found_in_path(struct test *test)
{
	expect_equal(test, status_of(test, WORDS("sh", "-c", "exit 5")), 5);
}

/* egret itself can't: CMD is not even started. */
static void egret_fails(struct test *test)
{
	const char *trace = test_path(test, "was-run"), *touch = program_find(test, "touch");
	const char *const argv[] = {
		"summary", "-o", "/nonexistent/file", "--", touch, trace, NULL
	};
	const char *const mistaken[] = { "summary", "--no-such-option", "--", touch, trace, NULL };
	struct output output = egret_run(test, argv);

	expect_equal(test, output.status, 125);
	output = egret_run(test, mistaken);
	expect_equal(test, output.status, 125);
	expect_equal(test, access(trace, F_OK) == 0, 0);
}

/* Our signals are CMD's signals. */
static void signalled(struct test *test, int number)
{
	struct actor *server = actor_start(test, "server");
	struct command command = egret_command(test, "cmd", NULL, NULL);
	struct pair pair = sock_pair(command.actor, server, test->ip, 0);
	struct result *result;

	sock_transfer(command.actor, pair.client_fd, server, pair.server_fd, 31);
	kill(command.egret->program->pid, number);
	result = egret_finish(command.egret);
	expect_equal(test, command.egret->program->output.status, 128 + number);
	expect_row(result, command.actor, OUT("tcp", test->ip, pair.port), .sent = 31,
		   .connections = 1);
}

static void terminated(struct test *test)
{
	signalled(test, SIGTERM);
}

/* The terminal has gone: what goes to a file is not lost. */
static void hung_up(struct test *test)
{
	signalled(test, SIGHUP);
}

/* Time enough for what comes before its end, on an emulated machine too. */
static void duration(struct test *test)
{
	static const char *const limit[] = { "--duration", "4s", NULL };
	struct actor *server = actor_start(test, "server");
	struct command command = egret_command(test, "cmd", limit, NULL);
	struct pair pair = sock_pair(command.actor, server, test->ip, 0);
	struct result *result;

	sock_transfer(command.actor, pair.client_fd, server, pair.server_fd, 17);
	result = egret_finish(command.egret);
	expect_equal(test, command.egret->program->output.status, 128 + SIGTERM);
	expect_row(result, command.actor, OUT("tcp", test->ip, pair.port), .sent = 17,
		   .connections = 1);
}

static long f_ignore(struct call *call)
{
	return signal((int)call->arg[0], SIG_IGN) == SIG_ERR ? -errno : 0;
}

/* SIGINT waits until somebody asks for it. */
static long f_heed(struct call *call)
{
	sigset_t set;

	(void)call;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	return sigprocmask(SIG_BLOCK, &set, NULL) < 0 ? -errno : 0;
}

static long f_await_signal(struct call *call)
{
	int number = -1;
	sigset_t set;

	(void)call;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigwait(&set, &number);
	return number;
}

/* A CMD that won't hear is killed five seconds later, and so are its descendants. */
static void deaf(struct test *test)
{
	static const char *const limit[] = { "--duration", "2s", NULL };
	struct command command = egret_command(test, "cmd", limit, NULL);
	struct actor *child;
	long long begin = now_ms();

	actor_call(command.actor, f_ignore, &(struct call){ .arg = { SIGTERM } });
	child = actor_fork(command.actor);
	egret_finish(command.egret);
	expect_equal(test, command.egret->program->output.status, 128 + SIGKILL);
	expect_equal(test, now_ms() - begin >= 4900, 1);
	expect_equal(test, kill(child->pid, 0) < 0 && errno == ESRCH, 1);
}

/* Who asks twice waits no longer. */
static void interrupted_twice(struct test *test)
{
	struct command command = egret_command(test, "cmd", NULL, NULL);
	pid_t egret = command.egret->program->pid;

	actor_call(command.actor, f_heed, &(struct call){ 0 });
	kill(egret, SIGINT);
	expect_equal(test, actor_call(command.actor, f_await_signal, &(struct call){ 0 }), SIGINT);
	kill(egret, SIGINT);
	egret_finish(command.egret);
	expect_equal(test, command.egret->program->output.status, 128 + SIGKILL);
}

static long f_enter_cgroup(struct call *call)
{
	return cgroup_enter(call->text);
}

/* CMD is killed wherever it is; a descendant that has left the cgroup is not, nor waited for. */
static void out_of_reach(struct test *test)
{
	static const char *const limit[] = { "--duration", "2s", NULL };
	const char *dir = test_text(test, "%s/elsewhere", test->cgroup);
	struct command command = egret_command(test, "cmd", limit, NULL);
	struct call call = { 0 };
	struct actor *child;

	if (!test->cgroup[0] || cgroup_make(dir) < 0)
		test_skip(test, "no cgroup2");
	actor_call(command.actor, f_ignore, &(struct call){ .arg = { SIGTERM } });
	snprintf(call.text, sizeof(call.text), "%s", dir);
	expect_equal(test, actor_call(command.actor, f_enter_cgroup, &call), 0);
	child = actor_fork(command.actor);
	egret_finish(command.egret);
	expect_equal(test, command.egret->program->output.status, 128 + SIGKILL);
	expect_equal(test, kill(child->pid, 0), 0);
	actor_quit(child, 0);
}

/* The directory of a cgroup, given by its path below the root. */
static const char *cgroup_directory(struct test *test, const char *path)
{
	size_t root = strlen(test->cgroup) - strlen(test->cgroup_path);

	return test_text(test, "%.*s%s", (int)root, test->cgroup, path);
}

/* What CMD has made in its cgroup ends with it, whoever is in there. */
static void nested(struct test *test)
{
	static const char *const limit[] = { "--duration", "2s", NULL };
	struct command command = egret_command(test, "cmd", limit, NULL);
	const char *own = cgroup_directory(test, command.actor->identity.cgroup);
	struct call call = { 0 };
	struct actor *child;

	if (!test->cgroup[0])
		test_skip(test, "no cgroup2");
	snprintf(call.text, sizeof(call.text), "%s/a/b", own);
	expect_equal(test, cgroup_make(test_text(test, "%s/empty", own)), 0);
	expect_equal(test, cgroup_make(test_text(test, "%s/a", own)), 0);
	expect_equal(test, cgroup_make(call.text), 0);
	actor_call(command.actor, f_ignore, &(struct call){ .arg = { SIGTERM } });
	child = actor_fork(command.actor);
	expect_equal(test, actor_call(child, f_enter_cgroup, &call), 0);
	egret_finish(command.egret);
	expect_equal(test, command.egret->program->output.status, 128 + SIGKILL);
	expect_equal(test, kill(child->pid, 0) < 0 && errno == ESRCH, 1);
	expect_equal(test, access(own, F_OK) < 0, 1);
}

/* CMD has the descriptors that egret was given, and none of egret's own. */
static void descriptors(struct test *test)
{
	const char *list = "for fd in /proc/self/fd/*; do readlink $fd; done; exit 7";
	struct output output = egret_run(test, WORDS("summary", "-o", "/dev/null", "--",
						     program_find(test, "sh"), "-c", list));

	expect_equal(test, output.status, 7);
	for (const char *line = output.out; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (*line && strncmp(line, "/dev/null\n", 10) != 0 &&
		    strncmp(line, "pipe:", 5) != 0)
			test_wrong(test, "CMD has %.60s", line);
	}
}

/* The cgroup that egret made for CMD is gone with it. */
static void leaves_nothing(struct test *test)
{
	struct command command = egret_command(test, "cmd", NULL, NULL);
	const char *own = cgroup_directory(test, command.actor->identity.cgroup);

	if (!test->cgroup[0])
		test_skip(test, "no cgroup2");
	expect_equal(test, strcmp(own, test->cgroup) != 0, 1);
	expect_equal(test, access(own, F_OK), 0);
	actor_quit(command.actor, 0);
	egret_finish(command.egret);
	expect_equal(test, command.egret->program->output.status, 0);
	expect_equal(test, access(own, F_OK) < 0, 1);
}

/* Nor in the root of all cgroups, which is writable to nobody, where nothing else is written. */
static void leaves_the_root(struct test *test)
{
	const char *own = run_by(test, "echo $$ >\"$0/cgroup.procs\" && echo \"$0/egret-$$\" && "
				       "exec \"$@\"");

	expect_equal(test, rmdir(own) < 0 && errno == ENOENT, 1);
}

const struct test_case command_end_cases[] = {
	CASE("command/name-taken", name_taken),
	CASE("command/exit-status", exit_status),
	CASE("command/not-executed", not_executed),
	CASE("command/found-in-path", found_in_path),
	CASE("command/egret-fails", egret_fails),
	CASE("command/terminated", terminated),
	CASE("command/hung-up", hung_up),
	CASE("command/duration", duration),
	CASE("command/deaf", deaf),
	CASE("command/out-of-reach", out_of_reach),
	CASE("command/nested", nested),
	CASE("command/interrupted-twice", interrupted_twice),
	CASE("command/descriptors", descriptors),
	CASE("command/leaves-nothing", leaves_nothing),
	CASE("command/leaves-the-root", leaves_the_root),
	{ 0 },
};
