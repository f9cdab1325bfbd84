/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TCP Fast Open (RFC 7413): data in the SYN, accepted or not. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

/* The port of a listener that will take so many connections with data in their SYN. */
static int bind_at(struct actor *server, int listener, int queue)
{
	if (queue)
		sock_set(server, listener, IPPROTO_TCP, TCP_FASTOPEN, queue);
	return sock_bind(server, listener, server->test->ip, 0);
}

static void enable(struct test *test)
{
	int rc = net_sysctl(test, 0, "ipv4/tcp_fastopen", "3");

	if (rc < 0)
		test_skip(test, "no TCP Fast Open: %s", strerror(-rc));
}

/* sendto(MSG_FASTOPEN) on a fresh socket; its descriptor. */
static int open_fast(struct actor *client, int port, long size)
{
	int fd = sock_open(client, client->test->family, SOCK_STREAM, 0);

	expect_equal(client->test,
		     sock_send_many(client, fd, client->test->ip, port, size, MSG_FASTOPEN, 1),
		     size);
	return fd;
}

/*
 * The first connection gets a cookie and sends its data after the handshake. Its
 * port is free again then: whoever wants another has bound that before.
 */
static void get_cookie(struct actor *client, struct actor *server)
{
	int listener = sock_open(server, server->test->family, SOCK_STREAM, 0);
	int port = bind_at(server, listener, 5), fd, accepted;

	sock_listen(server, listener);
	fd = open_fast(client, port, 10);
	accepted = sock_accept(server, listener);
	expect_equal(client->test, sock_receive(server, accepted, 10), 10);
	sock_close(client, fd);
	sock_close(server, accepted);
	sock_close(server, listener);
}

#define SYN_DATA(info) ((info).tcpi_options & TCPI_OPT_SYN_DATA)

static void talk(struct test *test, int queue, bool accepted_in_syn)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	int listener = sock_open(server, test->family, SOCK_STREAM, 0), port, fd, accepted;
	struct result *result;
	struct egret *egret;

	enable(test);
	port = bind_at(server, listener, queue);
	get_cookie(client, server);
	egret = egret_start(test, NULL);
	sock_listen(server, listener);
	fd = open_fast(client, port, 600);
	accepted = sock_accept(server, listener);
	expect_equal(test, sock_receive(server, accepted, 600), 600);
	expect_equal(test, !!SYN_DATA(sock_info(client, fd)), accepted_in_syn);
	sock_transfer(client, fd, server, accepted, 4000);
	sock_transfer(server, accepted, client, fd, 50);
	sock_close(client, fd);
	expect_equal(test, sock_drain(server, accepted), 0);
	sock_close(server, accepted);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, port), .sent = 4600, .received = 50,
		   .connections = 1);
	expect_row(result, server, IN("tcp", test->ip, port), .sent = 50, .received = 4600,
		   .connections = 1);
	expect_process(result, client);
}

static void accepted(struct test *test)
{
	talk(test, 5, true);
}

/* This listener takes no data from a SYN: it is sent again after the handshake. */
static void rejected(struct test *test)
{
	talk(test, 0, false);
}

static void without_cookie(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	int listener = sock_open(server, test->family, SOCK_STREAM, 0), port, fd, child;
	struct result *result;
	struct egret *egret;

	enable(test);
	egret = egret_start(test, NULL);
	port = bind_at(server, listener, 5);
	sock_listen(server, listener);
	fd = open_fast(client, port, 600);
	child = sock_accept(server, listener);
	expect_equal(test, sock_receive(server, child, 600), 600);
	sock_close(client, fd);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, port), .sent = 600, .connections = 1);
	expect_row(result, server, IN("tcp", test->ip, port), .received = 600, .connections = 1);
}

/* TCP_FASTOPEN_CONNECT: connect() only remembers, the first send() connects. */
static void deferred(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	int listener = sock_open(server, test->family, SOCK_STREAM, 0), port, fd, child;
	struct result *result;
	struct egret *egret;

	enable(test);
	port = bind_at(server, listener, 5);
	get_cookie(client, server);
	egret = egret_start(test, NULL);
	sock_listen(server, listener);
	fd = sock_open(client, test->family, SOCK_STREAM, 0);
	sock_set(client, fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1);
	expect_equal(test, sock_connect(client, fd, test->ip, port), 0);
	expect_equal(test, sock_send(client, fd, 321), 321);
	child = sock_accept(server, listener);
	expect_equal(test, sock_receive(server, child, 321), 321);
	sock_close(client, fd);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, port), .sent = 321, .connections = 1);
	expect_row(result, server, IN("tcp", test->ip, port), .received = 321, .connections = 1);
}

/* Nobody listens: the data in the SYN went nowhere, but it went. */
static void refused(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct result *result;
	struct egret *egret;
	int fd = sock_open(client, test->family, SOCK_STREAM, 0);

	enable(test);
	get_cookie(client, server);
	egret = egret_start(test, NULL);
	expect_equal(test, sock_send_many(client, fd, test->ip, 7, 90, MSG_FASTOPEN, 1),
		     -ECONNREFUSED);
	sock_close(client, fd);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, 7), .sent = ANY, .connections = 1,
		   .failed = 1, .error = "ECONNREFUSED");
}

const struct test_case tcp_fastopen_cases[] = {
	CASE_BOTH("tcp/fastopen/accepted", accepted),
	CASE_BOTH("tcp/fastopen/rejected", rejected),
	CASE_BOTH("tcp/fastopen/without-cookie", without_cookie),
	CASE_BOTH("tcp/fastopen/deferred", deferred),
	CASE_BOTH("tcp/fastopen/refused", refused),
	{ 0 },
};
