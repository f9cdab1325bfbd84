/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command behind `--`: started in a cgroup of its own, followed to its end. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <egret/base.h>
#include <egret/probe.h>

#include "cmd.h"

struct command {
	struct eg_command_cgroup *cgroup;
	pid_t pid;
	int go_fd; /* a byte written here lets the child go */
	int failed_fd; /* a byte comes from here if it can't be executed, an end of file if it is */
	int status; /* as from waitpid() */
	bool reaped;
	bool killed; /* who has left the cgroup is waited for no longer */
};

/* A number that sudo left in the environment; -1: none. */
static long sudo_number(const char *name)
{
	const char *text = getenv(name);
	char *end;
	long number;

	if (!text || !*text)
		return -1;
	errno = 0;
	number = strtol(text, &end, 10);
	return errno || *end || number < 0 ? -1 : number;
}

/* Becomes the user who called sudo, if anybody did. */
static int become_caller(void)
{
	long uid = sudo_number("SUDO_UID"), gid = sudo_number("SUDO_GID");
	struct passwd *user;

	if (geteuid() != 0 || uid < 0 || gid < 0)
		return 0;
	user = getpwuid((uid_t)uid);
	if (user ? initgroups(user->pw_name, (gid_t)gid) : setgroups(0, NULL))
		return -errno;
	if (setresgid((gid_t)gid, (gid_t)gid, (gid_t)gid) ||
	    setresuid((uid_t)uid, (uid_t)uid, (uid_t)uid))
		return -errno;
	if (user && (setenv("HOME", user->pw_dir, 1) || setenv("USER", user->pw_name, 1) ||
		     setenv("LOGNAME", user->pw_name, 1)))
		return -ENOMEM;
	return 0;
}

static _Noreturn void give_up(int failed_fd, int status)
{
	if (write(failed_fd, "f", 1) != 1)
		eg_debug("nobody hears that the command was not executed");
	_exit(status);
}

static _Noreturn void run_child(const struct command *command, int go_fd, int failed_fd,
				char *const argv[])
{
	sigset_t none;
	int error;
	char go;

	error = eg_command_cgroup_enter(command->cgroup);
	if (!error)
		error = become_caller();
	if (error) {
		eg_error("can't prepare to run %s: %s", argv[0], strerror(-error));
		give_up(failed_fd, EG_EXIT_FAILED);
	}
	/* End of file: the tracer has given up. */
	if (read(go_fd, &go, 1) != 1)
		_exit(EG_EXIT_FAILED);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	execvp(argv[0], argv);
	error = errno;
	eg_error("%s: %s", argv[0], strerror(error));
	give_up(failed_fd, error == ENOENT ? EG_EXIT_NOT_FOUND : EG_EXIT_NOT_EXECUTABLE);
}

/* Of each pipe one end is the child's: all close on exec. */
static int fork_child(struct command *command, char *const argv[])
{
	_cleanup_(eg_closep) int go_fd = -1, failed_fd = -1;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	go_fd = ends[0];
	command->go_fd = ends[1];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	command->failed_fd = ends[0];
	failed_fd = ends[1];
	command->pid = fork();
	if (command->pid < 0)
		return -errno;
	if (command->pid == 0) {
		close(command->go_fd);
		run_child(command, go_fd, failed_fd, argv);
	}
	return 0;
}

int command_new(char *const argv[], struct command **ret_command)
{
	struct command *command = calloc(1, sizeof(*command));
	int error;

	if (!command)
		return -ENOMEM;
	command->go_fd = command->failed_fd = -1;
	error = eg_command_cgroup_new(&command->cgroup);
	if (!error && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		error = -errno;
	if (!error)
		error = fork_child(command, argv);
	if (error) {
		command_free(command);
		return error;
	}
	*ret_command = command;
	return 0;
}

/* Whoever is left is killed. */
static void end(struct command *command)
{
	if (command_ended(command))
		return;
	command_kill(command);
	while (!command->reaped && waitpid(command->pid, &command->status, 0) < 0 && errno == EINTR)
		;
	command->reaped = true;
}

void command_free(struct command *command)
{
	if (!command)
		return;
	eg_closep(&command->go_fd);
	eg_closep(&command->failed_fd);
	if (command->pid > 0)
		end(command);
	eg_command_cgroup_free(command->cgroup);
	free(command);
}

void command_go(struct command *command)
{
	/* One that is gone already has said why. */
	if (write(command->go_fd, "g", 1) != 1 && errno != EPIPE)
		eg_error("can't let the command go: %m");
	close(command->go_fd);
	command->go_fd = -1;
}

uint64_t command_cgroup_id(const struct command *command)
{
	return eg_command_cgroup_id(command->cgroup);
}

bool command_ended(struct command *command)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != command->pid)
			continue;
		command->status = status;
		command->reaped = true;
	}
	if (command->killed ? !command->reaped : pid == 0 || errno != ECHILD)
		return false;
	if (!eg_command_cgroup_populated(command->cgroup))
		return true;
	if (command->killed)
		eg_command_cgroup_kill(command->cgroup);
	return false;
}

void command_signal(const struct command *command, int number)
{
	if (!command->reaped)
		kill(command->pid, number);
}

void command_kill(struct command *command)
{
	eg_command_cgroup_kill(command->cgroup);
	/* It may have left the cgroup. */
	command_signal(command, SIGKILL);
	command->killed = true;
}

bool command_was_executed(const struct command *command)
{
	char byte;

	return read(command->failed_fd, &byte, 1) != 1;
}

int command_status(struct command *command)
{
	end(command);
	if (WIFSIGNALED(command->status))
		return 128 + WTERMSIG(command->status);
	return WEXITSTATUS(command->status);
}
