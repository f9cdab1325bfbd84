/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs that a test case runs: start, wait for a line, signal, collect. */
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <harness/test.h>

/* A list of texts as it is wanted here: NULL-terminated. It lives as long as the block it is in. */
#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

struct program_options {
	const char *const *argv; /* argv[0] is the path; NULL-terminated */
	int net; /* network namespace; 0: the case's own */
	int input, output, error; /* descriptors; 0: /dev/null, and two pipes that are read */
	const char *const *environment; /* "NAME=value"..., added; NULL: none */
	const char *cgroup; /* directory to enter; NULL: the case's own */
	uid_t uid; /* 0: root */
	uint64_t capabilities; /* to keep with another uid than root's, as bits */
	pid_t pid; /* the pid to have; 0: any */
	int supervisor; /* who says what it is refused (refusal.h); 0: nobody */
	bool host; /* in the namespaces that the harness was started in */
	bool group; /* leads a process group of its own */
};

/* What a program wrote so far, as text, and how it ended. */
struct output {
	int status; /* exit status, or 128 + signal, as in a shell; -1: still runs */
	char *out, *err;
};

struct program {
	struct test *test;
	pid_t pid;
	const char *name;
	int out_fd, err_fd; /* -1: not ours */
	struct output output;
};

/* The path of an installed program; skips the case if there is none. */
const char *program_find(struct test *test, const char *name);
/* The same, NULL if there is none. */
const char *program_look(struct test *test, const char *name);

/* Memory lives as long as the case. A program that can't be executed exits with 127. */
struct program *program_start(struct test *test, const struct program_options *options);

/* Waits until its stdout (or stderr) holds `text`; fails the case if it ends before. */
enum program_stream { PROGRAM_OUT, PROGRAM_ERR };
void program_expect(struct program *program, enum program_stream stream, const char *text);
/* Reads what there is, without waiting; the lines of its stdout so far. */
int program_lines(struct program *program);

/* Fails the case if it ends within so many milliseconds. */
void program_expect_alive(struct program *program, int ms);

/* Waits until it ends, and reads all it wrote. */
const struct output *program_wait(struct program *program);

/* All in one. */
struct output program_run(struct test *test, const struct program_options *options);
