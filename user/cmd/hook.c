/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Running a user's command from a recorder that may execute nothing any more. */
#include "hook.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <egret/base.h>
#include <egret/caps.h>
#include <egret/json.h>

#include "cmd.h"

#define RUN_MS 30000
#define ARGUMENTS_MAX 100

struct hook {
	char **argv; /* NULL-terminated */
	int fd;
	pid_t pid;
};

/* --- the command --- */

static int take_arguments(struct eg_json array, char **argv)
{
	struct eg_json_cursor cursor = eg_json_open(array);
	struct eg_json key, value;
	size_t count = 0;

	while (eg_json_next(&cursor, &key, &value)) {
		if (eg_json_type(value) != EG_JSON_TEXT || count == ARGUMENTS_MAX)
			return -EINVAL;
		argv[count] = eg_json_decode(value);
		if (!argv[count++])
			return -ENOMEM;
	}
	return count && *argv[0] ? 0 : -EINVAL;
}

static int parse_command(const char *command, char **argv)
{
	size_t size = strlen(command), offset;
	const char *reason;

	if (*command != '[') {
		argv[0] = strdup(command);
		return argv[0] ? 0 : -ENOMEM;
	}
	if (eg_json_check(command, size, &offset, &reason) < 0)
		return -EINVAL;
	return take_arguments(eg_json_document(command, size), argv);
}

/* --- the process that runs it --- */

/* A file without a name: however slowly it is read, nobody waits for that. */
static int make_input(const char *text, size_t size)
{
	int fd = memfd_create("egret-violations", MFD_CLOEXEC);

	if (fd < 0 || write(fd, text, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) < 0) {
		eg_closep(&fd);
		return -1;
	}
	return fd;
}

static _Noreturn void execute(char *const *argv, int input)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ };

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		signal(signals[i], SIG_DFL);
	if (dup2(input, STDIN_FILENO) >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0)
		execvp(argv[0], argv);
	eg_error("%s: %m", argv[0]);
	_exit(errno == ENOENT ? EG_EXIT_NOT_FOUND : EG_EXIT_NOT_EXECUTABLE);
}

static void wait_for(pid_t pid, const char *name)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0), status = 0;
	struct pollfd ended = { .fd = fd, .events = POLLIN };

	if (fd >= 0 && poll(&ended, 1, RUN_MS) == 0) {
		eg_warning("%s has not ended in time and is killed", name);
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
	}
	eg_closep(&fd);
	if (waitpid(pid, &status, 0) == pid && status)
		eg_warning("%s: ended with %s %d", name, WIFSIGNALED(status) ? "signal" : "status",
			   WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static void run_once(char *const *argv, const char *text, size_t size)
{
	_cleanup_(eg_closep) int input = make_input(text, size);
	pid_t pid;

	if (input < 0) {
		eg_error("%s: no input for it: %m", argv[0]);
		return;
	}
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		execute(argv, input);
	}
	if (pid < 0)
		eg_error("%s: %m", argv[0]);
	else
		wait_for(pid, argv[0]);
}

/* Lives until the recorder's end of the socket is closed, whatever ends that. */
static _Noreturn void serve(const struct hook *hook, int fd)
{
	char *text = malloc(HOOK_SIZE_MAX);
	ssize_t size;

	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	unsetenv("NOTIFY_SOCKET");
	if (!text || eg_caps_drop_all() < 0)
		_exit(EG_EXIT_FAILED);
	while ((size = recv(fd, text, HOOK_SIZE_MAX, 0)) > 0)
		run_once(hook->argv, text, (size_t)size);
	_exit(EG_EXIT_OK);
}

/* --- the recorder's side --- */

static int start(struct hook *hook)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	hook->fd = ends[0];
	hook->pid = fork();
	if (hook->pid == 0) {
		close(ends[0]);
		serve(hook, ends[1]);
	}
	close(ends[1]);
	return hook->pid < 0 ? -errno : 0;
}

int hook_start(const char *command, struct hook **ret_hook)
{
	struct hook *hook = calloc(1, sizeof(*hook));
	int r = -ENOMEM;

	if (hook) {
		hook->fd = -1;
		hook->argv = calloc(ARGUMENTS_MAX + 1, sizeof(*hook->argv));
		r = hook->argv ? parse_command(command, hook->argv) : -ENOMEM;
	}
	if (r == -EINVAL)
		eg_error("--on-violation: '%s' is neither a program nor a JSON array of one and "
			 "its arguments",
			 command);
	if (r == 0 && strchr(hook->argv[0], '/') && access(hook->argv[0], X_OK) < 0) {
		eg_error("--on-violation: %s: %m", hook->argv[0]);
		r = -EINVAL;
	}
	if (r == 0)
		r = start(hook);
	if (r < 0 && r != -EINVAL)
		eg_error("can't start what runs %s: %s", command, strerror(-r));
	if (r == 0) {
		*ret_hook = hook;
		return EG_EXIT_OK;
	}
	hook_stop(hook);
	return r == -EINVAL ? EG_EXIT_USAGE : EG_EXIT_FAILED;
}

int hook_run(struct hook *hook, const char *text, size_t size)
{
	if (size > HOOK_SIZE_MAX)
		return -EMSGSIZE;
	return send(hook->fd, text, size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

void hook_stop(struct hook *hook)
{
	if (!hook)
		return;
	eg_closep(&hook->fd);
	/* One that still runs the command isn't waited for: it ends after that. */
	if (hook->pid > 0)
		waitpid(hook->pid, NULL, WNOHANG);
	for (char **argument = hook->argv; argument && *argument; argument++)
		free(*argument);
	free(hook->argv);
	free(hook);
}
