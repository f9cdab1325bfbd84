/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a live test case may use: its surroundings, its checks, how it is skipped. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/*
 * A case runs in a process of its own, in a network and a mount namespace of
 * its own (lo is up, nothing else is there), in a cgroup of its own. Whatever it
 * starts or makes there ends with it, whether it passes, fails or hangs. It is
 * a straight script: actors (actor.h) do what it says with sockets (sock.h),
 * egret watches (egret.h), and the result is compared with the truth (result.h).
 */
struct test;

struct test_case {
	const char *name; /* "tcp/connect/ipv4" */
	void (*run)(struct test *test);
	int family; /* AF_INET or AF_INET6; 0: it makes no difference */
};

/* Entries of a table of cases; the table ends with an empty one. */
#define CASE(name_, run_)                                                                          \
	{                                                                                          \
		.name = (name_), .run = (run_)                                                     \
	}
#define CASE_IPV4(name_, run_)                                                                     \
	{                                                                                          \
		.name = name_ "/ipv4", .run = (run_), .family = AF_INET                            \
	}
#define CASE_IPV6(name_, run_)                                                                     \
	{                                                                                          \
		.name = name_ "/ipv6", .run = (run_), .family = AF_INET6                           \
	}
#define CASE_BOTH(name_, run_) CASE_IPV4(name_, run_), CASE_IPV6(name_, run_)

#define PATH_ROOM 512

struct test {
	const struct test_case *self;
	const char
		*egret; /* program under test; NULL: the actors are only compared with each other */
	const struct shared *shared; /* NULL: each case has an egret of its own */
	int family; /* AF_INET if the case has none */
	const char *ip; /* loopback address of that family */
	char dir[PATH_ROOM]; /* this case's own directory */
	char cgroup[PATH_ROOM]; /* this case's own cgroup2 directory; "": there is no cgroup2 */
	char cgroup_path[PATH_ROOM]; /* the same as /proc/PID/cgroup shows it */
	int host_net, host_mnt; /* namespaces the harness was started in */
	unsigned failures;
	unsigned programs; /* started so far, for the names of their files */
	const char *waiting; /* for what; told when time is up */
	struct outcome *outcome; /* shared with the runner */
};

/* Reports one wrong thing and goes on. */
#define test_wrong(test, ...) test_wrong_at(test, __FILE__, __LINE__, __VA_ARGS__)
void test_wrong_at(struct test *test, const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Reports why the case can't go on, and ends it as failed. */
#define test_fail(test, ...) test_fail_at(test, __FILE__, __LINE__, __VA_ARGS__)
void test_fail_at(struct test *test, const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 4, 5), noreturn));

/* Ends the case as skipped: this machine can't do it, and why. */
void test_skip(struct test *test, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));

/*
 * A cgroup outside the case's own, with all in it, ends with the case as well; it
 * need not be there yet.
 */
void test_sweep(struct test *test, const char *cgroup);

/* What must hold for the case to make sense at all. */
#define require(test, condition)                                                                   \
	do {                                                                                       \
		if (!(condition))                                                                  \
			test_fail(test, "%s", #condition);                                         \
	} while (0)

/* Two numbers that must be equal. */
#define expect_equal(test, got, expected)                                                          \
	expect_equal_at(test, __FILE__, __LINE__, #got, (long long)(got), (long long)(expected))
void expect_equal_at(struct test *test, const char *file, int line, const char *what, long long got,
		     long long expected);

/* A path below the case's directory, in memory that lives as long as the case. */
const char *test_path(struct test *test, const char *name);
/* printf into memory that lives as long as the case. */
const char *test_text(struct test *test, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Memory, zeroed, that lives as long as the case. */
void *test_alloc(struct test *test, size_t size);

/* Whole file as text, in memory that lives as long as the case; NULL: no such file. */
char *file_read(struct test *test, const char *path);
/* Writes text into an existing or new file; 0 or -errno. */
int file_write(const char *path, const char *text);
/* Copies an executable; 0 or -errno. */
int file_copy(const char *from, const char *to);

/* A decimal number at the beginning of a text; 0: there is none. */
long text_number(const char *text);

/* Milliseconds since boot, for measuring, never for waiting. */
long long now_ms(void);
/* Gives other processes the time to change a condition that is being polled. */
void breathe(void);
