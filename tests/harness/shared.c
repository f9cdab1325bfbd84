/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Starting, asking and stopping the egret that cases share. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <egret/base.h>

#include <harness/result.h>
#include <harness/shared.h>

#define TRACING "egret: tracing\n"
#define LOOK_MS 1000 /* so often, whether it still lives */

static void execute(const char *program, const struct shared *shared, int errors_fd)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(errors_fd, STDERR_FILENO);
	execl(program, program, "summary", "--format", "json", "--include-loopback", "-o",
	      shared->file, NULL);
	fprintf(stderr, "%s: %s\n", program, strerror(errno));
	_exit(127);
}

/* It has said what it says before it begins: 0, or -ECHILD: it ended instead. */
static int await_start(int fd)
{
	char said[sizeof(TRACING)] = "";
	size_t size = 0;
	ssize_t got;

	while (size < sizeof(TRACING) - 1) {
		got = read(fd, said + size, sizeof(TRACING) - 1 - size);
		if (got <= 0 && errno != EINTR)
			return -ECHILD;
		size += (size_t)(got > 0 ? got : 0);
	}
	return strcmp(said, TRACING) == 0 ? 0 : -ECHILD;
}

int shared_start(const char *program, const char *dir, struct shared *ret_shared)
{
	int pipe_fds[2];

	*ret_shared = (struct shared){ .pid = -1 };
	snprintf(ret_shared->dir, sizeof(ret_shared->dir), "%.400s/shared", dir);
	snprintf(ret_shared->file, sizeof(ret_shared->file), "%.410s/summary.json",
		 ret_shared->dir);
	if (mkdir(ret_shared->dir, 0755) < 0 || pipe2(pipe_fds, O_CLOEXEC) < 0)
		return -errno;
	fflush(stdout);
	ret_shared->pid = fork();
	if (ret_shared->pid == 0)
		execute(program, ret_shared, pipe_fds[1]);
	close(pipe_fds[1]);
	ret_shared->errors_fd = pipe_fds[0];
	return ret_shared->pid < 0 ? -errno : await_start(pipe_fds[0]);
}

static void print_errors(int fd)
{
	_cleanup_(eg_fclosep) FILE *stream = fdopen(fd, "r");
	_cleanup_(eg_freep) char *line = NULL;
	size_t room = 0;

	while (stream && getline(&line, &room, stream) > 0)
		printf("# %s", line);
}

int shared_stop(struct shared *shared)
{
	int status = 0;

	if (kill(shared->pid, SIGINT) < 0 || waitpid(shared->pid, &status, 0) < 0)
		status = -1;
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
	if (status)
		print_errors(shared->errors_fd);
	else
		close(shared->errors_fd);
	return status;
}

/* --- snapshots --- */

/* As egret prints it; the texts are in the order of the times. */
static void print_now(char *text, size_t size)
{
	struct timespec now;
	struct tm broken;
	size_t used;

	clock_gettime(CLOCK_REALTIME, &now);
	used = strftime(text, size, "%Y-%m-%dT%H:%M:%S", gmtime_r(&now.tv_sec, &broken));
	snprintf(text + used, size - used, ".%09ldZ", now.tv_nsec);
}

/* Waits until the file was written anew. */
static void await_file(const struct shared *shared, struct test *test, int watch_fd)
{
	struct pollfd waiting = { .fd = watch_fd, .events = POLLIN };
	char events[4096];

	while (poll(&waiting, 1, LOOK_MS) <= 0) {
		if (kill(shared->pid, 0) < 0)
			test_fail(test, "the shared egret is gone");
	}
	if (read(watch_fd, events, sizeof(events)) < 0 && errno != EAGAIN)
		test_fail(test, "inotify: %s", strerror(errno));
}

/* When the period of a document ends; "": it is no whole document yet. */
static const char *end_of(struct test *test, const char *text)
{
	static const char name[] = "\"end\":";
	const char *found = text ? strstr(text, name) : NULL;

	found = found ? strchr(found + strlen(name), '"') : NULL;
	return found ? test_text(test, "%.30s", found + 1) : "";
}

/* One case asks at a time: a snapshot that is being taken for another began too early. */
char *shared_snapshot(const struct shared *shared, struct test *test)
{
	_cleanup_(eg_closep) int turn_fd = open(shared->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_(eg_closep) int watch_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	char asked[40];
	char *text;

	if (turn_fd < 0 || flock(turn_fd, LOCK_EX) < 0)
		test_fail(test, "%s: %s", shared->dir, strerror(errno));
	if (watch_fd < 0 ||
	    inotify_add_watch(watch_fd, shared->dir, IN_MOVED_TO | IN_CLOSE_WRITE) < 0)
		test_fail(test, "inotify: %s", strerror(errno));
	print_now(asked, sizeof(asked));
	if (kill(shared->pid, SIGUSR1) < 0)
		test_fail(test, "the shared egret is gone");
	test->waiting = "a snapshot";
	do {
		await_file(shared, test, watch_fd);
		text = file_read(test, shared->file);
	} while (strcmp(end_of(test, text), asked) < 0);
	test->waiting = NULL;
	return text;
}
