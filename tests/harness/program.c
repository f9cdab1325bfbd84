/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Child processes with their outputs read through pipes. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <harness/cgroup.h>
#include <harness/program.h>
#include <harness/refusal.h>

const char *program_look(struct test *test, const char *name)
{
	static const char *const dirs[] = { "/usr/bin", "/usr/sbin", "/bin", "/sbin",
					    "/usr/local/bin" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		const char *path = test_text(test, "%s/%s", dirs[i], name);

		if (access(path, X_OK) == 0)
			return path;
	}
	return NULL;
}

const char *program_find(struct test *test, const char *name)
{
	const char *path = program_look(test, name);

	if (!path)
		test_skip(test, "%s is not installed", name);
	return path;
}

/* fork(), or a fork that gets the wanted pid. */
static pid_t fork_as(pid_t pid)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&pid,
		.set_tid_size = 1,
	};

	if (!pid)
		return fork();
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	_exit(127);
}

static void redirect(int from, int to)
{
	if (from < 0)
		from = open("/dev/null", to == STDIN_FILENO ? O_RDONLY : O_WRONLY);
	if (dup2(from, to) < 0)
		die("dup2");
}

/* Makes a set of capabilities survive setuid() and execve(). */
static void keep_capabilities(uint64_t set)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	/* Not even root need have them all. */
	if (syscall(SYS_capget, &header, data) < 0)
		die("capget");
	set &= data[0].permitted | (uint64_t)data[1].permitted << 32;
	for (int i = 0; i < 2; i++) {
		data[i].effective = (uint32_t)(set >> 32 * i);
		data[i].permitted = data[i].inheritable = data[i].effective;
	}
	if (syscall(SYS_capset, &header, data) < 0)
		die("capset");
	for (int i = 0; i < 64; i++) {
		if (set & 1ULL << i && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
			die("PR_CAP_AMBIENT_RAISE");
	}
}

/*
 * With AddressSanitizer, a program ends with a search for leaks, which a system
 * call filter of its own doesn't let it do: the recorder goes without.
 */
static void forgo_leaks(const char *const *argv)
{
	const char *options = getenv("ASAN_OPTIONS");
	char text[512];

	if (!argv[0] || !argv[1] || strcmp(argv[1], "record") != 0)
		return;
	snprintf(text, sizeof(text), "%s%sdetect_leaks=0", options ? options : "",
		 options ? ":" : "");
	setenv("ASAN_OPTIONS", text, 1);
}

static void become(struct test *test, const struct program_options *options)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGALRM, SIG_DFL);
	if (options->group)
		setpgid(0, 0);
	if (options->cgroup && cgroup_enter(options->cgroup) < 0)
		die(options->cgroup);
	if (options->host && setns(test->host_net, CLONE_NEWNET) < 0)
		die("setns");
	if (options->host && setns(test->host_mnt, CLONE_NEWNS) < 0)
		die("setns");
	if (options->net && setns(options->net, CLONE_NEWNET) < 0)
		die("setns");
	for (const char *const *e = options->environment; e && *e; e++)
		putenv(strdup(*e));
	forgo_leaks(options->argv);
	if (options->capabilities)
		prctl(PR_SET_KEEPCAPS, 1);
	if (options->uid && (setgid(options->uid) < 0 || setuid(options->uid) < 0))
		die("setuid");
	if (options->capabilities)
		keep_capabilities(options->capabilities);
	if (options->supervisor && refusal_enter(options->supervisor) < 0)
		die("seccomp");
}

static void execute(struct test *test, const struct program_options *options, int out, int err)
{
	char *const *argv = (char *const *)(uintptr_t)options->argv;

	redirect(options->input ? options->input : -1, STDIN_FILENO);
	redirect(out, STDOUT_FILENO);
	redirect(err, STDERR_FILENO);
	become(test, options);
	execv(argv[0], argv);
	die(argv[0]);
}

struct program *program_start(struct test *test, const struct program_options *options)
{
	struct program *program = test_alloc(test, sizeof(*program));
	int out[2] = { -1, options->output }, err[2] = { -1, options->error };

	if (!options->output && pipe2(out, O_CLOEXEC) < 0)
		test_fail(test, "pipe: %s", strerror(errno));
	if (!options->error && pipe2(err, O_CLOEXEC) < 0)
		test_fail(test, "pipe: %s", strerror(errno));
	*program = (struct program){
		.test = test,
		.name = options->argv[0],
		.out_fd = out[0],
		.err_fd = err[0],
		.output = { .status = -1, .out = strdup(""), .err = strdup("") },
	};
	fflush(stdout);
	program->pid = fork_as(options->pid);
	if (program->pid == 0)
		execute(test, options, out[1], err[1]);
	if (program->pid < 0 && options->pid)
		test_skip(test, "no process with a chosen pid: %s", strerror(errno));
	if (program->pid < 0)
		test_fail(test, "fork: %s", strerror(errno));
	if (!options->output)
		close(out[1]);
	if (!options->error)
		close(err[1]);
	return program;
}

/* Appends what can be read now; closes at the end. */
static void read_some(struct program *program, int *fd, char **text)
{
	size_t had = strlen(*text);
	char *larger = realloc(*text, had + 65536 + 1);
	ssize_t got;

	if (!larger)
		test_fail(program->test, "out of memory");
	*text = larger;
	got = read(*fd, larger + had, 65536);
	larger[had + (size_t)(got > 0 ? got : 0)] = '\0';
	if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) {
		close(*fd);
		*fd = -1;
	}
}

/* Waits for output or, where pidfd is given, for the end; false: nothing came in time. */
static bool read_either(struct program *program, int pidfd, int timeout_ms)
{
	struct pollfd fds[3] = {
		{ .fd = program->out_fd, .events = POLLIN },
		{ .fd = program->err_fd, .events = POLLIN },
		{ .fd = pidfd, .events = POLLIN },
	};

	if (poll(fds, 3, timeout_ms) <= 0)
		return false;
	if (fds[0].revents)
		read_some(program, &program->out_fd, &program->output.out);
	if (fds[1].revents)
		read_some(program, &program->err_fd, &program->output.err);
	return fds[0].revents || fds[1].revents || fds[2].revents;
}

void program_expect(struct program *program, enum program_stream stream, const char *text)
{
	struct test *test = program->test;
	char **output = stream == PROGRAM_OUT ? &program->output.out : &program->output.err;

	test->waiting = test_text(test, "\"%s\" from %s", text, program->name);
	while (!strstr(*output, text)) {
		if ((stream == PROGRAM_OUT ? program->out_fd : program->err_fd) < 0) {
			program_wait(program);
			test_fail(test, "%s ends with %d before it says \"%s\": %s%s",
				  program->name, program->output.status, text, program->output.out,
				  program->output.err);
		}
		read_either(program, -1, -1);
	}
	test->waiting = NULL;
}

int program_lines(struct program *program)
{
	int lines = 0;

	while (read_either(program, -1, 0))
		;
	for (const char *c = program->output.out; *c; c++)
		lines += *c == '\n';
	return lines;
}

static int exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int open_pidfd(const struct program *program)
{
	int pidfd = (int)syscall(SYS_pidfd_open, program->pid, 0);

	if (pidfd < 0)
		test_fail(program->test, "pidfd_open: %s", strerror(errno));
	return pidfd;
}

void program_expect_alive(struct program *program, int ms)
{
	struct pollfd item = { .fd = open_pidfd(program), .events = POLLIN };

	expect_equal(program->test, poll(&item, 1, ms), 0);
	close(item.fd);
}

const struct output *program_wait(struct program *program)
{
	struct test *test = program->test;
	int status, pidfd;

	if (program->output.status >= 0)
		return &program->output;
	test->waiting = test_text(test, "the end of %s", program->name);
	pidfd = open_pidfd(program);
	while (waitpid(program->pid, &status, WNOHANG) == 0)
		read_either(program, pidfd, -1);
	/* Its descendants may hold the pipes open: take what is there, not more. */
	while (read_either(program, -1, 0))
		;
	close(pidfd);
	program->output.status = exit_status(status);
	test->waiting = NULL;
	return &program->output;
}

struct output program_run(struct test *test, const struct program_options *options)
{
	struct program *program = program_start(test, options);

	return *program_wait(program);
}
