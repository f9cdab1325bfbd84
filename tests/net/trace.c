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
#include <harness/names.h>
#include <harness/sock.h>
#include <harness/suites.h>

static struct program *start_with(struct test *test, const char *const *options)
{
	const char *argv[8] = { test->egret, "trace" };
	struct program *program;

	egret_needed(test);
	for (size_t i = 0; i < 5 && options[i]; i++)
		argv[i + 2] = options[i];
	program = program_start(test, &(struct program_options){ .argv = argv, .host = true });
	program_expect(program, PROGRAM_ERR, "egret: tracing");
	return program;
}

static struct program *start(struct test *test)
{
	return start_with(test, WORDS("--include-loopback"));
}

/* Every line must be JSON of this schema with a time and an event. */
static cJSON *parse_lines(struct test *test, char *text)
{
	cJSON *lines = cJSON_CreateArray();
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		cJSON *event = *line ? cJSON_Parse(line) : NULL;
		const char *schema = json_text(event, "schema");

		if (!*line)
			continue;
		if (!schema || strcmp(schema, "egret.trace/1") != 0 || !json_text(event, "event") ||
		    !json_text(event, "time"))
			test_fail(test, "no event: %.300s", line);
		cJSON_AddItemToArray(lines, event);
	}
	return lines;
}

static cJSON *finish(struct test *test, struct program *program)
{
	kill(program->pid, SIGINT);
	expect_equal(test, program_wait(program)->status, 0);
	return parse_lines(test, program->output.out);
}

/* What an event must say; NULL and ANY: anything. A result "" must be null. */
struct event {
	const char *name, *exe, *transport, *direction, *result;
	int port;
	long long sent, received;
};

static bool is(const cJSON *item, const char *path, const char *text)
{
	const char *got = json_text(item, path);

	return !text || (got && strcmp(got, text) == 0);
}

static bool matches(const cJSON *item, const struct event *event)
{
	const cJSON *result = json_get(item, "result");

	if (!is(item, "event", event->name) || !is(item, "process.executable", event->exe) ||
	    !is(item, "transport", event->transport) || !is(item, "direction", event->direction))
		return false;
	if (event->port && json_number(item, "port") != event->port)
		return false;
	if (event->result && !*event->result)
		return cJSON_IsNull(result);
	return is(item, "result", event->result);
}

/* The last such event of those that must be so many; NULL after a complaint. */
static const cJSON *expect_count(struct test *test, const cJSON *lines, int expected,
				 const struct event *event)
{
	const cJSON *item, *found = NULL;
	int count = 0;

	cJSON_ArrayForEach(item, lines) {
		if (!matches(item, event))
			continue;
		found = item;
		count++;
	}
	if (count == expected)
		return found;
	test_wrong(test, "%d events, not %d: %s %s by %s with port %d and result %s", count,
		   expected, event->direction ? event->direction : "",
		   event->name ? event->name : "of any kind", event->exe, event->port,
		   event->result ? event->result : "any");
	return NULL;
}

static const cJSON *expect_one(struct test *test, const cJSON *lines, const struct event *event)
{
	return expect_count(test, lines, 1, event);
}

static void expect_none(struct test *test, const cJSON *lines, const struct event *event)
{
	expect_count(test, lines, 0, event);
}

static const cJSON *expect_close(struct test *test, const cJSON *lines, const struct event *event)
{
	const cJSON *item = expect_one(test, lines, event);

	if (!item)
		return NULL;
	expect_equal(test, json_number(item, "bytes_sent"), event->sent);
	expect_equal(test, json_number(item, "bytes_received"), event->received);
	expect_equal(test, json_number(item, "duration_us") >= 0, 1);
	return item;
}

static bool same_socket(const cJSON *a, const cJSON *b)
{
	const char *left = json_text(a, "socket"), *right = json_text(b, "socket");

	return left && right ? !strcmp(left, right) : left == right;
}

/* A connection's whole life, on both sides; each side's events are known by its cookie. */
static void live(struct test *test, int protocol, const char *transport)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct program *program = start(test);
	struct pair pair = sock_pair(client, server, test->ip, protocol);
	const char *exes[2] = { client->identity.exe, server->identity.exe };
	const cJSON *lines, *begun, *accepted;

	sock_transfer(client, pair.client_fd, server, pair.server_fd, 5000);
	sock_transfer(server, pair.server_fd, client, pair.client_fd, 60);
	sock_pair_close(&pair);
	lines = finish(test, program);
	begun = expect_one(test, lines,
			   &(struct event){ .name = "connect",
					    .exe = exes[0],
					    .direction = "outbound",
					    .port = pair.port,
					    .result = "" });
	expect_equal(test, begun && is(begun, "ip", test->ip), 1);
	expect_equal(test, begun && json_number(begun, "process.pid") == client->pid, 1);
	expect_one(test, lines,
		   &(struct event){
			   .name = "connect", .exe = exes[0], .port = pair.port, .result = "ok" });
	accepted = expect_one(
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
		expect_one(test, lines, &(struct event){ .name = "process", .exe = exes[i] });
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
	struct program *program = start(test);
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
	lines = finish(test, program);
	begun.name = "connect";
	begun.result = heard.result = "";
	ended.name = "close";
	for (int i = 0; i < 3; i++) {
		any.port = begun.port = ended.port = heard.port = ports[i];
		ended.sent = i ? 30 : 100;
		ended.received = i ? 0 : 20;
		expect_one(test, lines, &heard);
		expect_count(test, lines, i < 2 ? 2 : 0, &any);
		expect_count(test, lines, i < 2 ? 1 : 0, &begun);
		if (i < 2)
			expect_close(test, lines, &ended);
	}
}

static void refuse(struct test *test, int protocol)
{
	struct actor *client = actor_start(test, "client");
	const char *exe = client->identity.exe;
	struct program *program = start(test);
	int fd = sock_open(client, test->family, SOCK_STREAM, protocol);
	const cJSON *lines;

	expect_equal(test, sock_connect(client, fd, test->ip, 7), -ECONNREFUSED);
	sock_close(client, fd);
	lines = finish(test, program);
	expect_none(test, lines, &(struct event){ .name = "close", .exe = exe });
	expect_one(test, lines,
		   &(struct event){ .name = "connect", .exe = exe, .port = 7, .result = "" });
	expect_one(test, lines,
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
	struct program *program = start(test);
	int fd = sock_open(client, test->family, SOCK_STREAM, 0);
	const cJSON *lines;

	expect_equal(test, sock_connect(client, fd, ip, 80), -ENETUNREACH);
	sock_close(client, fd);
	lines = finish(test, program);
	expect_one(test, lines,
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
	expect_close(test, parse_lines(test, program->output.out),
		     &(struct event){ .name = "close",
				      .exe = client->identity.exe,
				      .port = pair.port,
				      .sent = size });
}

/* Events come while they happen, not at the end. */
static void at_once(struct test *test)
{
	struct actor *client = actor_start(test, "client");
	struct program *program = start(test);
	int fd = sock_open(client, test->family, SOCK_STREAM, 0);

	expect_equal(test, sock_connect(client, fd, test->ip, 7), -ECONNREFUSED);
	program_expect(program, PROGRAM_OUT, "ECONNREFUSED");
	finish(test, program);
}

/* Many of them: none is lost, or the loss is told. */
static void many(struct test *test)
{
	enum { COUNT = 300 };
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct program *program = start(test);
	struct pair pair = sock_pair(client, server, test->ip, 0);
	const cJSON *lines, *item;
	int closes = 0;

	for (int i = 0; i < COUNT; i++) {
		struct pair more = sock_pair_again(&pair, test->ip, 0);

		sock_close(client, more.client_fd);
		sock_close(server, more.server_fd);
	}
	lines = finish(test, program);
	cJSON_ArrayForEach(item, lines) {
		if (is(item, "event", "loss"))
			test_skip(test, "this machine was too slow: events were lost, and told of");
		closes += matches(item, &(struct event){ .name = "close",
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
	struct program *program = start_with(test, WORDS("--include-loopback", "--max-flows", "8"));
	const cJSON *lines, *item;
	struct pair pair;

	for (int i = 0; i < COUNT; i++) {
		pair = sock_pair(client, server, test->ip, 0);
		sock_pair_close(&pair);
	}
	kill(program->pid, SIGINT);
	program_wait(program);
	lines = parse_lines(test, program->output.out);
	expect_one(
		test, lines,
		&(struct event){ .name = "close", .exe = client->identity.exe, .port = pair.port });
	cJSON_ArrayForEach(item, lines)
		expect_equal(test, is(item, "reason", "flow_map_full"), 0);
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
	program = start_with(test, WORDS(NULL));
	own = sock_pair(client, server, net_ip_of(test, 1), 0);
	far = sock_pair(client, other, net_ip_of(test, 2), 0);
	sock_pair_close(&own);
	sock_pair_close(&far);
	lines = finish(test, program);
	expect_one(test, lines, &(struct event){ .exe = exes[0], .port = own.port, .result = "" });
	expect_one(test, lines, &(struct event){ .exe = exes[0], .port = own.port });
	expect_none(test, lines, &(struct event){ .name = "accept", .exe = exes[1] });
	expect_none(test, lines, &(struct event){ .name = "close", .exe = exes[1] });
	expect_one(test, lines,
		   &(struct event){
			   .name = "connect", .exe = exes[0], .port = far.port, .result = "ok" });
	expect_one(test, lines,
		   &(struct event){ .name = "close", .exe = exes[0], .port = far.port });
	expect_one(
		test, lines,
		&(struct event){ .name = "accept", .exe = other->identity.exe, .port = far.port });
}

/* --- filters: those of a summary, by what is known when an event happens --- */

/* All of the client's events, and none of the server's. */
static void expect_client_only(struct test *test, const char *option, const char *pattern)
{
	struct actor *server = actor_start(test, "server"),
		     *client = actor_start_as(test, &(struct actor_options){ .name = "client",
									     .uid = 1 });
	struct program *program = start_with(test, WORDS("--include-loopback", option, pattern));
	struct pair pair = sock_pair(client, server, test->ip, 0);
	const char *exe = client->identity.exe;
	const cJSON *lines;

	sock_pair_close(&pair);
	lines = finish(test, program);
	expect_one(test, lines, &(struct event){ .name = "process", .exe = exe });
	expect_one(test, lines,
		   &(struct event){
			   .name = "connect", .exe = exe, .port = pair.port, .result = "ok" });
	expect_one(test, lines, &(struct event){ .name = "close", .exe = exe, .port = pair.port });
	expect_none(test, lines, &(struct event){ .exe = server->identity.exe });
}

static void filter_app(struct test *test)
{
	expect_client_only(test, "--app", "client");
}

static void filter_user(struct test *test)
{
	expect_client_only(test, "--user", "daemon");
}

/* Nobody listens where this goes. */
static void knock(struct test *test, const char *curl, const char *host)
{
	const char *url = test_text(test, "http://%s:7/", host);
	struct program *program = names_start(test, WORDS(curl, "-s", "--noproxy", "*", url));

	expect_equal(test, program_wait(program)->status, 7); /* CURLE_COULDNT_CONNECT */
}

/* By what DNS has told, from the beginning; the name itself is told as well. */
static void filter_domain(struct test *test)
{
	const char *first = names_copy(test, "curl", "first"),
		   *second = names_copy(test, "curl", "second");
	const struct event begun = { .name = "connect", .exe = first, .port = 7, .result = "" };
	struct program *program;
	const cJSON *lines;

	names_site(test);
	names_serve_dns(test, "127.0.0.1",
			WORDS("--address=/a.example/" SITE, "--address=/b.example/" SITE));
	names_configure(test, "nameserver 127.0.0.1\n");
	program = start_with(test, WORDS("--include-loopback", "--domain", "?.example"));
	knock(test, first, "a.example");
	program_expect(program, PROGRAM_OUT, "ECONNREFUSED");
	expect_one(test, finish(test, program), &begun);
	program = start_with(test, WORDS("--include-loopback", "--domain", "b.*"));
	knock(test, first, "a.example");
	knock(test, second, "b.example");
	program_expect(program, PROGRAM_OUT, "ECONNREFUSED");
	lines = finish(test, program);
	expect_none(test, lines, &begun);
	expect_none(test, lines, &(struct event){ .name = "name", .exe = first });
	expect_one(test, lines, &(struct event){ .name = "name", .exe = second });
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
	CASE("trace/filter-app", filter_app),
	CASE("trace/filter-user", filter_user),
	CASE("trace/filter-domain", filter_domain),
	{ 0 },
};
