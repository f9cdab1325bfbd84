/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sockets older than the tracer: owner found, bytes counted from then on. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

/* Bytes from before the tracer, which must not be counted. */
#define BEFORE 77777

static void established(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct egret *egret;
	struct result *result;

	sock_transfer(client, pair.client_fd, server, pair.server_fd, BEFORE);
	sock_transfer(server, pair.server_fd, client, pair.client_fd, BEFORE);
	sock_settle(client, pair.client_fd);
	sock_settle(server, pair.server_fd);
	egret = egret_start_own(test, NULL);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 5000);
	sock_transfer(server, pair.server_fd, client, pair.client_fd, 600);
	sock_pair_close(&pair);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .sent = 5000, .received = 600);
	expect_row(result, server, IN("tcp", test->ip, pair.port), .sent = 600, .received = 5000);
	expect_rows(result, client, 1);
	expect_rows(result, server, 1);
	expect_process(result, client);
	expect_process(result, server);
}

static void established_open(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct egret *egret;
	struct result *result;

	sock_transfer(client, pair.client_fd, server, pair.server_fd, BEFORE);
	sock_settle(client, pair.client_fd);
	egret = egret_start_own(test, NULL);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 4444);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .sent = 4444);
	expect_row(result, server, IN("tcp", test->ip, pair.port), .received = 4444);
}

/* It says nothing while it is watched: then there is nothing to tell. */
static void silent(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct egret *egret;
	struct result *result;

	sock_transfer(client, pair.client_fd, server, pair.server_fd, BEFORE);
	sock_settle(client, pair.client_fd);
	egret = egret_start_own(test, NULL);
	result = egret_stop(egret);
	if (result && result_app_of(result, client->identity.exe))
		expect_sums(result, client, 0, 0);
	if (result && result_app_of(result, server->identity.exe))
		expect_sums(result, server, 0, 0);
}

/* Bytes that were on their way when the tracer began: sent before, acknowledged after. */
static void under_way(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct egret *egret;
	struct result *result;
	long taken, sent, before;

	taken = sock_fill(client, pair.client_fd);
	before = taken - sock_unsent(client, pair.client_fd);
	egret = egret_start_own(test, NULL);
	sock_shutdown(client, pair.client_fd, SHUT_WR);
	sent = sock_drain(server, pair.server_fd);
	expect_equal(test, sent, taken);
	sock_close(server, pair.server_fd);
	sock_close(client, pair.client_fd);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .sent = taken - before);
	expect_row(result, server, IN("tcp", test->ip, pair.port), .received = taken - before);
}

static struct actor *actor_in(struct test *test, const char *name, int net)
{
	return actor_start_as(test, &(struct actor_options){ .name = name, .net = net });
}

static void other_namespace(struct test *test)
{
	int net = net_new(test);
	struct actor *client = actor_in(test, "client", net);
	struct actor *server = actor_in(test, "server", net);
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct egret *egret;
	struct result *result;

	sock_transfer(client, pair.client_fd, server, pair.server_fd, BEFORE);
	sock_settle(client, pair.client_fd);
	egret = egret_start_own(test, NULL);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 321);
	sock_pair_close(&pair);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .sent = 321);
	expect_row(result, server, IN("tcp", test->ip, pair.port), .received = 321);
	expect_process(result, client);
}

/* Both ends on the loopback interface of the namespace that the harness was started in. */
static void same_namespace(struct test *test)
{
	struct actor *client =
		actor_start_as(test, &(struct actor_options){ .name = "client", .host = true });
	struct actor *server =
		actor_start_as(test, &(struct actor_options){ .name = "server", .host = true });
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct egret *egret;
	struct result *result;

	sock_transfer(client, pair.client_fd, server, pair.server_fd, BEFORE);
	sock_settle(client, pair.client_fd);
	egret = egret_start_own(test, NULL);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 321);
	sock_pair_close(&pair);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .sent = 321);
	expect_row(result, server, IN("tcp", test->ip, pair.port), .received = 321);
}

/* An old listener's children are new. */
static void listening(struct test *test, int protocol, const char *transport)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct pair pair = { .client = client, .server = server };
	struct egret *egret;
	struct result *result;

	pair.listener = sock_open(server, test->family, SOCK_STREAM, protocol);
	pair.port = sock_bind(server, pair.listener, test->ip, 0);
	sock_listen(server, pair.listener);
	egret = egret_start_own(test, NULL);
	pair = sock_pair_again(&pair, test->ip, protocol);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 1000);
	sock_pair_close(&pair);
	result = egret_stop(egret);
	expect_row(result, client, OUT(transport, test->ip, pair.port), .sent = 1000,
		   .connections = 1);
	expect_row(result, server, IN(transport, test->ip, pair.port), .received = 1000,
		   .connections = 1);
	expect_process(result, server);
}

static void listener(struct test *test)
{
	listening(test, 0, "tcp");
}

static void mptcp_listener(struct test *test)
{
	sock_mptcp_needed(test);
	listening(test, IPPROTO_MPTCP, "mptcp");
}

/* Established before, accepted after: it waited in the listener's queue. */
static void in_queue(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret;
	struct result *result;
	int listening, port, fd, accepted;

	listening = sock_open(server, test->family, SOCK_STREAM, 0);
	port = sock_bind(server, listening, test->ip, 0);
	sock_listen(server, listening);
	fd = sock_open(client, test->family, SOCK_STREAM, 0);
	expect_equal(test, sock_connect(client, fd, test->ip, port), 0);
	expect_equal(test, sock_send(client, fd, 100), 100);
	sock_settle(client, fd);
	egret = egret_start_own(test, NULL);
	accepted = sock_accept(server, listening);
	expect_equal(test, sock_receive(server, accepted, 100), 100);
	sock_transfer(client, fd, server, accepted, 2000);
	sock_transfer(server, accepted, client, fd, 30);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, port), .sent = 2000, .received = 30);
	expect_row(result, server, IN("tcp", test->ip, port), .sent = 30, .received = 2000,
		   .connections = ANY);
}

/* connect() had been called, and the answer came later. */
static void connecting(struct test *test)
{
	struct actor *client = actor_start(test, "client");
	struct egret *egret;
	struct result *result;
	const char *ip = net_ip_of(test, 9);
	int fd;

	net_join(test, 0, net_new(test));
	net_ip(test, 0, "neigh replace %s lladdr 02:00:00:00:77:99 dev eg0", ip);
	fd = sock_open(client, test->family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	expect_equal(test, sock_connect(client, fd, ip, 80), -EINPROGRESS);
	egret = egret_start_own(test, NULL);
	sock_close(client, fd);
	result = egret_stop(egret);
	if (result && result_app_of(result, client->identity.exe))
		expect_sums(result, client, 0, 0);
}

static void udp_of(struct test *test, bool connected)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret;
	struct result *result;
	int in, port, out;
	const char *to = connected ? NULL : test->ip;

	in = sock_open(server, test->family, SOCK_DGRAM, 0);
	port = sock_bind(server, in, test->ip, 0);
	out = sock_open(client, test->family, SOCK_DGRAM, 0);
	if (connected)
		expect_equal(test, sock_connect(client, out, test->ip, port), 0);
	expect_equal(test, sock_send_to(client, out, to, port, 9999), 9999);
	expect_equal(test, sock_answer(server, in, 8888), 9999);
	expect_equal(test, sock_receive_many(client, out, 1), 8888);
	egret = egret_start_own(test, NULL);
	expect_equal(test, sock_send_to(client, out, to, port, 100), 100);
	expect_equal(test, sock_answer(server, in, 20), 100);
	expect_equal(test, sock_receive_many(client, out, 1), 20);
	result = egret_stop(egret);
	expect_row(result, client, OUT("udp", test->ip, port), .sent = 100, .received = 20,
		   .connections = ANY);
	expect_row(result, server, IN("udp", test->ip, port), .sent = 20, .received = 100,
		   .connections = ANY);
	expect_rows(result, client, 1);
	expect_rows(result, server, 1);
	expect_process(result, client);
	expect_process(result, server);
}

static void udp_connected(struct test *test)
{
	udp_of(test, true);
}

static void udp_unconnected(struct test *test)
{
	udp_of(test, false);
}

/* It only ever receives; nothing but its holder can tell whose it is. */
static void udp_receiver(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret;
	struct result *result;
	int in, port, out;

	in = sock_open(server, test->family, SOCK_DGRAM, 0);
	port = sock_bind(server, in, test->ip, 0);
	out = sock_open(client, test->family, SOCK_DGRAM, 0);
	egret = egret_start_own(test, NULL);
	expect_equal(test, sock_send_many(client, out, test->ip, port, 50, 0, 6), 300);
	expect_equal(test, sock_receive_many(server, in, 6), 300);
	result = egret_stop(egret);
	expect_row(result, server, IN("udp", test->ip, port), .received = 300, .connections = ANY);
	expect_process(result, server);
}

static void raw(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server;
	int net = net_new(test), in, out;
	struct egret *egret;
	struct result *result;

	net_join(test, 0, net);
	server = actor_in(test, "server", net);
	in = sock_open(server, test->family, SOCK_RAW, 253);
	out = sock_open(client, test->family, SOCK_RAW, 253);
	egret = egret_start_own(test, NULL);
	expect_equal(test, sock_send_to(client, out, net_ip_of(test, 2), 0, 90), 90);
	sock_receive_many(server, in, 1);
	result = egret_stop(egret);
	expect_row(result, client, OUT("ip-proto-253", net_ip_of(test, 2), NO_PORT), .sent = 90,
		   .connections = ANY);
	expect_row(result, server, IN("ip-proto-253", net_ip_of(test, 1), NO_PORT), .received = 90,
		   .connections = ANY);
}

/* Shared when tracing began: one holder has it, the youngest. */
static void shared(struct test *test)
{
	struct actor *first = actor_start(test, "first"), *server = actor_start(test, "server");
	struct pair pair = sock_pair(first, server, test->ip, 0);
	struct actor *second = actor_fork(first);
	struct egret *egret;
	struct result *result;

	actor_exec(second, actor_executable(test, "second"));
	egret = egret_start_own(test, NULL);
	sock_transfer(first, pair.client_fd, server, pair.server_fd, 40);
	sock_transfer(second, pair.client_fd, server, pair.server_fd, 500);
	result = egret_stop(egret);
	expect_row(result, second, OUT("tcp", test->ip, pair.port), .sent = 540);
	expect_rows(result, first, 0);
	expect_row(result, server, IN("tcp", test->ip, pair.port), .received = 540);
}

static void mptcp(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret;
	struct result *result;
	struct pair pair;

	sock_mptcp_needed(test);
	pair = sock_pair(client, server, test->ip, IPPROTO_MPTCP);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, BEFORE);
	egret = egret_start_own(test, NULL);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 3000);
	sock_transfer(server, pair.server_fd, client, pair.client_fd, 40);
	result = egret_stop(egret);
	expect_row(result, client, OUT("mptcp", test->ip, pair.port), .sent = 3000, .received = 40);
	expect_row(result, server, IN("mptcp", test->ip, pair.port), .sent = 40, .received = 3000);
}

/* An egret that does not see the process says so; what is new has its owner all the same. */
static void other_pid_namespace(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	const char *file = test_path(test, "inside.json");
	const char *const argv[] = { program_find(test, "unshare"),
				     "-pf",
				     "--mount-proc",
				     test->egret,
				     "summary",
				     "--format",
				     "json",
				     "-o",
				     file,
				     "--include-loopback",
				     "--duration",
				     "3s",
				     NULL };
	struct pair pair = sock_pair(client, server, test->ip, 0), newer;
	struct egret egret = { .test = test, .file = file };
	struct result *result;

	egret_needed(test);
	egret.program = program_start(test, &(struct program_options){ .argv = argv });
	program_expect(egret.program, PROGRAM_ERR, "egret: tracing");
	newer = sock_pair(client, server, test->ip, 0);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 700);
	sock_transfer(client, newer.client_fd, server, newer.server_fd, 4444);
	result = egret_finish(&egret);
	expect_row(result, client, OUT("tcp", test->ip, newer.port), .sent = 4444,
		   .connections = 1);
	expect_equal(test, !!result_degraded(result, "outside the pid namespace"), 1);
}

const struct test_case older_cases[] = {
	CASE("older/other-pid-namespace", other_pid_namespace),
	CASE_BOTH("older/tcp", established),
	CASE_BOTH("older/tcp-open", established_open),
	CASE_BOTH("older/tcp-silent", silent),
	CASE_BOTH("older/tcp-under-way", under_way),
	CASE_BOTH("older/tcp-other-namespace", other_namespace),
	CASE_BOTH("older/tcp-same-namespace", same_namespace),
	CASE_BOTH("older/tcp-listener", listener),
	CASE_BOTH("older/tcp-in-queue", in_queue),
	CASE_BOTH("older/tcp-connecting", connecting),
	CASE_BOTH("older/tcp-shared", shared),
	CASE_BOTH("older/udp-connected", udp_connected),
	CASE_BOTH("older/udp", udp_unconnected),
	CASE_BOTH("older/udp-receiver", udp_receiver),
	CASE_BOTH("older/raw", raw),
	CASE_BOTH("older/mptcp", mptcp),
	CASE_BOTH("older/mptcp-listener", mptcp_listener),
	{ 0 },
};
