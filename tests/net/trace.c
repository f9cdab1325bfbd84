/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `egret trace`: events as they happen, one line each, and none missing. */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

#include "events.h"

static bool same_socket(const cJSON *a, const cJSON *b)
{
	const char *left = json_text(a, "socket"), *right = json_text(b, "socket");

	return left && right ? !strcmp(left, right) : left == right;
}

/* A connection's whole life, on both sides; each side's events are known by its cookie. */
static void live(struct test *test, int protocol, const char *transport)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct program *program = events_start(test);
	struct pair pair = sock_pair(client, server, test->ip, protocol);
	const char *exes[2] = { client->identity.exe, server->identity.exe };
	const cJSON *lines, *begun, *accepted;

	sock_transfer(client, pair.client_fd, server, pair.server_fd, 5000);
	sock_transfer(server, pair.server_fd, client, pair.client_fd, 60);
	sock_pair_close(&pair);
	lines = events_finish(test, program);
	begun = expect_event(test, lines,
			     &(struct event){ .name = "connect",
					      .exe = exes[0],
					      .direction = "outbound",
					      .port = pair.port,
					      .result = "" });
	expect_equal(test, begun && event_is(begun, "ip", test->ip), 1);
	expect_equal(test, begun && json_number(begun, "process.pid") == client->pid, 1);
	expect_event(
		test, lines,
		&(struct event){
			.name = "connect", .exe = exes[0], .port = pair.port, .result = "ok" });
	accepted = expect_event(
		test, lines,
		&(struct event){ .name = "accept", .direction = "inbound", .port = pair.port });
	expect_equal(test,
		     same_socket(begun, expect_close(test, lines,
						     &(struct event){ .name = "close",
								      .exe = exes[0],
								      .transport = transport,
								      .port = pair.port,
								      .sent = 5000,
								      .received = 60 })),
		     1);
	expect_equal(test,
		     same_socket(accepted, expect_close(test, lines,
							&(struct event){ .name = "close",
									 .exe = exes[1],
									 .transport = transport,
									 .port = pair.port,
									 .sent = 60,
									 .received = 5000 })),
		     1);
	for (int i = 0; i < 2; i++)
		expect_event(test, lines, &(struct event){ .name = "process", .exe = exes[i] });
}

static void connection(struct test *test)
{
	live(test, 0, "tcp");
}

/* One connection has one close, whatever it consists of. */
static void mptcp_connection(struct test *test)
{
	sock_mptcp_needed(test);
	live(test, IPPROTO_MPTCP, "mptcp");
}

/* The first exchange of a datagram socket, and its end; other peers show in a summary only. */
static void datagrams(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct event any = { .exe = client->identity.exe, .transport = "udp" }, begun = any;
	struct event ended = any, heard = { .exe = server->identity.exe, .name = "connect" };
	struct program *program = events_start(test);
	int ports[3], in[3], out[3]; /* a socket that is not used has no events */
	const cJSON *lines;

	for (int i = 0; i < 3; i++) {
		in[i] = sock_open(server, test->family, SOCK_DGRAM, 0);
		ports[i] = sock_bind(server, in[i], test->ip, 0);
		out[i] = sock_open(client, test->family, SOCK_DGRAM, 0);
	}
	expect_equal(test, sock_connect(client, out[0], test->ip, ports[0]), 0);
	sock_send_to(client, out[0], NULL, 0, 100);
	expect_equal(test, sock_answer(server, in[0], 20), 100);
	expect_equal(test, sock_receive_many(client, out[0], 1), 20);
	sock_send_to(client, out[1], test->ip, ports[1], 30);
	sock_send_to(client, out[1], test->ip, ports[2], 40);
	for (int i = 0; i < 3; i++)
		sock_close(client, out[i]);
	lines = events_finish(test, program);
	begun.name = "connect";
	begun.result = heard.result = "";
	ended.name = "close";
	for (int i = 0; i < 3; i++) {
		any.port = begun.port = ended.port = heard.port = ports[i];
		ended.sent = i ? 30 : 100;
		ended.received = i ? 0 : 20;
		expect_event(test, lines, &heard);
		expect_events(test, lines, i < 2 ? 2 : 0, &any);
		expect_events(test, lines, i < 2 ? 1 : 0, &begun);
		if (i < 2)
			expect_close(test, lines, &ended);
	}
}

static void refuse(struct test *test, int protocol)
{
	struct actor *client = actor_start(test, "client");
	const char *exe = client->identity.exe;
	struct program *program = events_start(test);
	int fd = sock_open(client, test->family, SOCK_STREAM, protocol);
	const cJSON *lines;

	expect_equal(test, sock_connect(client, fd, test->ip, 7), -ECONNREFUSED);
	sock_close(client, fd);
	lines = events_finish(test, program);
	expect_no_event(test, lines, &(struct event){ .name = "close", .exe = exe });
	expect_event(test, lines,
		     &(struct event){ .name = "connect", .exe = exe, .port = 7, .result = "" });
	expect_event(test, lines,
		     &(struct event){
			     .name = "connect", .exe = exe, .port = 7, .result = "ECONNREFUSED" });
}

static void refused(struct test *test)
{
	refuse(test, 0);
}

static void mptcp_refused(struct test *test)
{
	sock_mptcp_needed(test);
	refuse(test, IPPROTO_MPTCP);
}

static void no_route(struct test *test)
{
	const char *ip = test->family == AF_INET6 ? "2001:db8::1" : "192.0.2.1";
	struct actor *client = actor_start(test, "client");
	struct program *program = events_start(test);
	int fd = sock_open(client, test->family, SOCK_STREAM, 0);
	const cJSON *lines;

	expect_equal(test, sock_connect(client, fd, ip, 80), -ENETUNREACH);
	sock_close(client, fd);
	lines = events_finish(test, program);
	expect_event(test, lines,
		     &(struct event){ .name = "connect",
				      .exe = client->identity.exe,
				      .port = 80,
				      .result = "unknown" });
}

/* CMD ends before its last bytes are taken, its connection before the trace does. */
static void closed_after_end(struct test *test)
{
	const char *path = actor_executable(test, "cmd");
	const char *const argv[] = { test->egret, "trace",   "--include-loopback",
				     "-o",	  "-",	     "--",
				     path,	  "--actor", NULL };
	struct actor *server = actor_start(test, "server"), *client;
	struct program *program;
	struct pair pair;
	int input;
	long size;

	egret_needed(test);
	client = actor_prepare(test, "cmd", &input);
	program = program_start(test, &(struct program_options){ .argv = argv, .input = input });
	close(input);
	actor_await(client);
	pair = sock_pair(client, server, test->ip, 0);
	size = sock_fill(client, pair.client_fd);
	actor_quit(client, 0);
	program_expect_alive(program, 500);
	expect_equal(test, sock_drain(server, pair.server_fd), size);
	expect_equal(test, program_wait(program)->status, 0);
	expect_close(test, events_parse(test, program->output.out),
		     &(struct event){ .name = "close",
				      .exe = client->identity.exe,
				      .port = pair.port,
				      .sent = size });
}

/* Events come while they happen, not at the end. */
static void at_once(struct test *test)
{
	struct actor *client = actor_start(test, "client");
	struct program *program = events_start(test);
	int fd = sock_open(client, test->family, SOCK_STREAM, 0);

	expect_equal(test, sock_connect(client, fd, test->ip, 7), -ECONNREFUSED);
	program_expect(program, PROGRAM_OUT, "ECONNREFUSED");
	events_finish(test, program);
}

/* Many of them: none is lost, or the loss is told. */
static void many(struct test *test)
{
	enum { COUNT = 300 };
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct program *program = events_start(test);
	struct pair pair = sock_pair(client, server, test->ip, 0);
	const cJSON *lines, *item;
	int closes = 0;

	for (int i = 0; i < COUNT; i++) {
		struct pair more = sock_pair_again(&pair, test->ip, 0);

		sock_close(client, more.client_fd);
		sock_close(server, more.server_fd);
	}
	lines = events_finish(test, program);
	cJSON_ArrayForEach(item, lines) {
		if (event_is(item, "event", "loss"))
			test_skip(test, "this machine was too slow: events were lost, and told of");
		closes += event_matches(item, &(struct event){ .name = "close",
							       .exe = client->identity.exe,
							       .port = pair.port });
	}
	expect_equal(test, closes, COUNT);
}

/* Events are no rows: a trace needs no room for these. */
static void more_than_rows(struct test *test)
{
	enum { COUNT = 20 };
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct program *program =
		events_start_with(test, WORDS("--include-loopback", "--max-flows", "8"));
	const cJSON *lines, *item;
	struct pair pair;

	for (int i = 0; i < COUNT; i++) {
		pair = sock_pair(client, server, test->ip, 0);
		sock_pair_close(&pair);
	}
	kill(program->pid, SIGINT);
	program_wait(program);
	lines = events_parse(test, program->output.out);
	expect_event(
		test, lines,
		&(struct event){ .name = "close", .exe = client->identity.exe, .port = pair.port });
	cJSON_ArrayForEach(item, lines)
		expect_equal(test, event_is(item, "reason", "flow_map_full"), 0);
}

/*
 * This host's own addresses are left out. What an attempt leads to is known only when it has been
 * routed; what comes of it is not told any more.
 */
static void own_address(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct actor *other;
	const char *exes[2] = { client->identity.exe, server->identity.exe };
	struct program *program;
	struct pair own, far;
	const cJSON *lines;
	int net = net_new(test);

	net_join(test, 0, net);
	other = actor_start_as(test, &(struct actor_options){ .name = "other", .net = net });
	program = events_start_with(test, WORDS(NULL));
	own = sock_pair(client, server, net_ip_of(test, 1), 0);
	far = sock_pair(client, other, net_ip_of(test, 2), 0);
	sock_pair_close(&own);
	sock_pair_close(&far);
	lines = events_finish(test, program);
	expect_event(test, lines,
		     &(struct event){ .exe = exes[0], .port = own.port, .result = "" });
	expect_event(test, lines, &(struct event){ .exe = exes[0], .port = own.port });
	expect_no_event(test, lines, &(struct event){ .name = "accept", .exe = exes[1] });
	expect_no_event(test, lines, &(struct event){ .name = "close", .exe = exes[1] });
	expect_event(test, lines,
		     &(struct event){
			     .name = "connect", .exe = exes[0], .port = far.port, .result = "ok" });
	expect_event(test, lines,
		     &(struct event){ .name = "close", .exe = exes[0], .port = far.port });
	expect_event(
		test, lines,
		&(struct event){ .name = "accept", .exe = other->identity.exe, .port = far.port });
}

const struct test_case trace_cases[] = {
	CASE_BOTH("trace/connection", connection),
	CASE_BOTH("trace/mptcp", mptcp_connection),
	CASE_BOTH("trace/datagrams", datagrams),
	CASE_BOTH("trace/refused", refused),
	CASE_BOTH("trace/mptcp-refused", mptcp_refused),
	CASE_BOTH("trace/no-route", no_route),
	CASE_BOTH("trace/own-address", own_address),
	CASE_BOTH("trace/closed-after-end", closed_after_end),
	CASE("trace/at-once", at_once),
	CASE("trace/many", many),
	CASE_BOTH("trace/more-than-rows", more_than_rows),
	{ 0 },
};
