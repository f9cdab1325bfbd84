/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Thousands of processes that live a millisecond, each with traffic of its own. */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/once.h>
#include <harness/sock.h>
#include <harness/suites.h>

/* How many processes; EG_STORM in the environment: what an emulated machine can do in time. */
static long storm_size(void)
{
	const char *wanted = getenv("EG_STORM");

	return wanted ? text_number(wanted) : 2000;
}

/* once_storm() with children that have a program of their own, and each its own arguments. */
static long f_exec_storm(struct call *call)
{
	long living = 0, rc = 0;
	char ip[64], port[16], type[16], size[16], number[24];
	char label[] = "--once";
	char *argv[] = { call->text, label, ip, port, type, size, number, NULL };

	once_arguments(&call->to, (int)call->arg[2], call->arg[1], ip, port, type, size);
	for (long i = 0; i < call->arg[0] && rc == 0; i++) {
		pid_t pid;

		snprintf(number, sizeof(number), "%ld", i);
		rc = -posix_spawn(&pid, call->text, NULL, NULL, argv, environ);
		living += rc == 0;
		rc = rc ? rc : once_reap(&living, ONCE_AT_A_TIME - 1);
	}
	return rc ? rc : once_reap(&living, 0);
}

/* A storm against a TCP server that counts. */
static void storm_over_tcp(struct test *test, actor_function *storm, const char *program)
{
	struct actor *source = actor_start(test, "source"), *server = actor_start(test, "server");
	const char *exe = program ? actor_executable(test, program) : source->identity.exe;
	struct egret *egret = egret_start(test, NULL);
	long size = storm_size();
	struct call call = { .arg = { size, 11, SOCK_STREAM } };
	struct result *result;
	int listener, port;

	listener = sock_open(server, test->family, SOCK_STREAM, 0);
	port = sock_bind(server, listener, test->ip, 0);
	sock_listen(server, listener);
	call.to = address(test->ip, port);
	snprintf(call.text, sizeof(call.text), "%.500s", exe);
	actor_begin(server, once_accept, &(struct call){ .arg = { listener, size } });
	actor_begin(source, storm, &call);
	expect_equal(test, actor_end(source, NULL), 0);
	expect_equal(test, actor_end(server, NULL), size * 11);
	result = egret_stop(egret);
	expect_row_of(result, exe, OUT("tcp", test->ip, port), .sent = size * 11,
		      .connections = size);
	expect_rows_of(result, exe, 1);
	expect_processes_at(result, exe, size, __FILE__, __LINE__);
	expect_row(result, server, IN("tcp", test->ip, port), .received = size * 11,
		   .connections = size);
	expect_processes(result, server, 1);
	if (program)
		expect_rows(result, source, 0);
	if (result && program)
		once_check_processes(result, exe);
}

static void forked(struct test *test)
{
	storm_over_tcp(test, once_storm, NULL);
}

static void executed(struct test *test)
{
	storm_over_tcp(test, f_exec_storm, "shortlived");
}

static void datagrams(struct test *test)
{
	struct actor *source = actor_start(test, "source"), *server = actor_start(test, "server");
	const char *exe = actor_executable(test, "shortlived");
	struct egret *egret = egret_start(test, NULL);
	long size = storm_size();
	struct call call = { .arg = { size, 23, SOCK_DGRAM } };
	struct result *result;
	int in, port;

	in = sock_open(server, test->family, SOCK_DGRAM, 0);
	sock_set(server, in, SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20);
	port = sock_bind(server, in, test->ip, 0);
	call.to = address(test->ip, port);
	snprintf(call.text, sizeof(call.text), "%.500s", exe);
	expect_equal(test, actor_call(source, f_exec_storm, &call), 0);
	expect_equal(test, sock_receive_many(server, in, size), size * 23);
	result = egret_stop(egret);
	expect_row_of(result, exe, OUT("udp", test->ip, port), .sent = size * 23,
		      .connections = ANY);
	expect_processes_at(result, exe, size, __FILE__, __LINE__);
	expect_row(result, server, IN("udp", test->ip, port), .received = size * 23,
		   .connections = ANY);
	if (result)
		once_check_processes(result, exe);
}

/* Several programs at a time: none is taken for another. */
static void mixed(struct test *test)
{
	enum { KINDS = 4, EACH = 200 };
	struct actor *sources[KINDS], *server = actor_start(test, "server");
	struct egret *egret;
	const char *exes[KINDS];
	struct result *result;
	int listener, port;

	for (int i = 0; i < KINDS; i++) {
		sources[i] = actor_start(test, "source");
		exes[i] = actor_executable(test, test_text(test, "kind-%d", i));
	}
	egret = egret_start(test, NULL);
	listener = sock_open(server, test->family, SOCK_STREAM, 0);
	port = sock_bind(server, listener, test->ip, 0);
	sock_listen(server, listener);
	actor_begin(server, once_accept, &(struct call){ .arg = { listener, EACH * KINDS } });
	for (int i = 0; i < KINDS; i++) {
		struct call call = { .arg = { EACH, 10 + i, SOCK_STREAM },
				     .to = address(test->ip, port) };

		snprintf(call.text, sizeof(call.text), "%s", exes[i]);
		actor_begin(sources[i], f_exec_storm, &call);
	}
	for (int i = 0; i < KINDS; i++)
		expect_equal(test, actor_end(sources[i], NULL), 0);
	expect_equal(test, actor_end(server, NULL), EACH * (10 + 11 + 12 + 13));
	result = egret_stop(egret);
	for (int i = 0; i < KINDS; i++) {
		expect_row_of(result, exes[i], OUT("tcp", test->ip, port), .sent = EACH * (10 + i),
			      .connections = EACH);
		expect_processes_at(result, exes[i], EACH, __FILE__, __LINE__);
	}
	expect_rows(result, sources[0], 0);
}

const struct test_case storm_cases[] = {
	CASE_BOTH("storm/forked", forked),
	CASE_BOTH("storm/executed", executed),
	CASE_BOTH("storm/datagrams", datagrams),
	CASE_BOTH("storm/mixed", mixed),
	{ 0 },
};
