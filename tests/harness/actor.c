/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The harness's side of actors: start them, call functions in them, know who they are. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <harness/message.h>
#include <harness/program.h>

static long f_exit(struct call *call)
{
	_exit((int)call->arg[0]);
}

static long f_exec(struct call *call)
{
	char label[] = "--actor";
	char *argv[] = { call->text, label, NULL };

	execv(call->text, argv);
	return -errno;
}

static long f_fork(struct call *call)
{
	pid_t pid;

	if (call->arg[0] && unshare((int)call->arg[0]) < 0)
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		dup2(call->taken, STDIN_FILENO);
		close(call->taken);
		actor_main();
	}
	close(call->taken);
	return pid;
}

static long f_give(struct call *call)
{
	call->given = (int)call->arg[0];
	return 0;
}

static long f_take(struct call *call)
{
	return call->taken;
}

const char *actor_executable(struct test *test, const char *name)
{
	const char *path = test_path(test, name);
	int rc;

	if (access(path, X_OK) == 0)
		return path;
	rc = file_copy("/proc/self/exe", path);
	if (rc < 0)
		test_fail(test, "%s: %s", path, strerror(-rc));
	return path;
}

struct actor *actor_prepare(struct test *test, const char *name, int *ret_input)
{
	struct actor *actor = test_alloc(test, sizeof(*actor));
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		test_fail(test, "socketpair: %s", strerror(errno));
	message_ask_sender(ends[0]);
	*actor = (struct actor){ .test = test, .name = name, .control = ends[0] };
	*ret_input = ends[1];
	return actor;
}

static void receive(struct actor *actor, struct message *message, int *ret_fd)
{
	struct test *test = actor->test;
	int rc = message_receive(actor->control, message, ret_fd);

	if (rc < 0)
		test_fail(test, "actor %s is gone while %s: %s", actor->name,
			  test->waiting ? test->waiting : "idle", strerror(-rc));
}

void actor_await(struct actor *actor)
{
	struct message message;
	int fd = 0;

	actor->test->waiting = test_text(actor->test, "the start of actor %s", actor->name);
	receive(actor, &message, &fd);
	if (message.function) /* an answer instead of a hello: exec has failed */
		test_fail(actor->test, "actor %s: %s", actor->name, strerror((int)-message.result));
	actor->pid = message.sender;
	actor->test->waiting = NULL;
	actor_identify(actor);
}

struct actor *actor_start_as(struct test *test, const struct actor_options *options)
{
	const char *path = options->path;
	const char *argv[16] = { path ? path : actor_executable(test, options->name), "--actor" };
	struct actor *actor;
	int input;

	for (size_t i = 0; options->arguments && options->arguments[i] && i < 13; i++)
		argv[i + 2] = options->arguments[i];
	actor = actor_prepare(test, options->name, &input);
	actor->ours = true;
	actor->pid = program_start(test,
				   &(struct program_options){
					   .argv = argv,
					   .input = input,
					   .output = STDOUT_FILENO,
					   .error = STDERR_FILENO,
					   .net = options->net,
					   .cgroup = options->cgroup,
					   .uid = options->uid,
					   .pid = options->pid,
					   .host = options->host,
				   })
			     ->pid;
	close(input);
	actor_await(actor);
	return actor;
}

struct actor *actor_start(struct test *test, const char *name)
{
	return actor_start_as(test, &(struct actor_options){ .name = name });
}

static void begin(struct actor *actor, actor_function *f, const struct call *call, bool thread,
		  int fd)
{
	struct message message = {
		.function = message_name_function(f),
		.in_thread = thread,
		.call = *call,
	};
	int rc;

	if (actor->pending)
		test_fail(actor->test, "actor %s is still busy", actor->name);
	rc = message_send(actor->control, &message, fd);
	if (rc < 0)
		test_fail(actor->test, "actor %s: %s", actor->name, strerror(-rc));
	actor->pending = f;
}

static long end(struct actor *actor, struct call *call, int *ret_fd)
{
	struct message message;

	actor->test->waiting = test_text(actor->test, "a call in actor %s", actor->name);
	receive(actor, &message, ret_fd);
	actor->test->waiting = NULL;
	actor->pending = NULL;
	if (call)
		*call = message.call;
	return message.result;
}

void actor_begin(struct actor *actor, actor_function *f, const struct call *call)
{
	begin(actor, f, call, false, 0);
}

long actor_end(struct actor *actor, struct call *call)
{
	int fd = 0;

	return end(actor, call, &fd);
}

long actor_call(struct actor *actor, actor_function *f, struct call *call)
{
	actor_begin(actor, f, call);
	return actor_end(actor, call);
}

long actor_call_in_thread(struct actor *actor, actor_function *f, struct call *call)
{
	begin(actor, f, call, true, 0);
	return actor_end(actor, call);
}

static struct actor *fork_with(struct actor *actor, int namespaces)
{
	int input;
	struct actor *child = actor_prepare(actor->test, actor->name, &input);
	long pid;

	begin(actor, f_fork, &(struct call){ .arg = { namespaces } }, false, input);
	close(input);
	pid = actor_end(actor, NULL);
	if (pid < 0)
		test_fail(actor->test, "fork in %s: %s", actor->name, strerror((int)-pid));
	actor_await(child);
	return child;
}

struct actor *actor_fork(struct actor *actor)
{
	return fork_with(actor, 0);
}

struct actor *actor_fork_in_pid_namespace(struct actor *actor)
{
	return fork_with(actor, CLONE_NEWPID);
}

void actor_exec(struct actor *actor, const char *path)
{
	struct call call = { 0 };

	snprintf(call.text, sizeof(call.text), "%s", path);
	actor_begin(actor, f_exec, &call);
	actor->pending = NULL; /* the new program says hello instead of answering */
	actor->name = strrchr(path, '/') + 1;
	actor_await(actor);
}

int actor_pass(struct actor *from, int fd, struct actor *to)
{
	int carried = 0, number;

	actor_begin(from, f_give, &(struct call){ .arg = { fd } });
	end(from, NULL, &carried);
	if (carried <= 0)
		test_fail(from->test, "no descriptor came from actor %s", from->name);
	begin(to, f_take, &(struct call){ 0 }, false, carried);
	close(carried);
	number = (int)actor_end(to, NULL);
	if (number <= 0)
		test_fail(to->test, "no descriptor reached actor %s", to->name);
	return number;
}

/* A descriptor that tells of its end, also where it is no child of ours; -1: it has ended. */
static int watch_end(const struct actor *actor)
{
	return (int)syscall(SYS_pidfd_open, actor->pid, 0);
}

static void await_end(struct actor *actor, int pidfd)
{
	struct pollfd item = { .fd = pidfd, .events = POLLIN };

	actor->test->waiting = test_text(actor->test, "the end of actor %s", actor->name);
	while (pidfd >= 0 && poll(&item, 1, -1) < 0)
		;
	if (pidfd >= 0)
		close(pidfd);
	if (actor->ours)
		waitpid(actor->pid, NULL, 0);
	close(actor->control);
	actor->test->waiting = NULL;
}

void actor_quit(struct actor *actor, int status)
{
	int pidfd = watch_end(actor);

	actor_begin(actor, f_exit, &(struct call){ .arg = { status } });
	await_end(actor, pidfd);
}

void actor_kill(struct actor *actor)
{
	int pidfd = watch_end(actor);

	kill(actor->pid, SIGKILL);
	await_end(actor, pidfd);
}
