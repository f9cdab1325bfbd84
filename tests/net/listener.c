/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whose listener: several on one port, one after the other, in odd ways. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

static int listen_on(struct actor *server, const char *ip, int port, bool shared, int *ret_port)
{
	int fd = sock_open(server, address(ip, 0).storage.ss_family, SOCK_STREAM, 0);

	if (strchr(ip, ':'))
		sock_set(server, fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (shared)
		sock_set(server, fd, SOL_SOCKET, SO_REUSEPORT, 1);
	*ret_port = sock_bind(server, fd, ip, port);
	sock_listen(server, fd);
	return fd;
}

/* Sends `size` bytes that nobody answers: the listener's opener is the owner. */
static int send_unanswered_by(struct actor *client, int protocol, const char *ip, int port,
			      long size)
{
	int fd = sock_open(client, address(ip, 0).storage.ss_family, SOCK_STREAM, protocol);

	expect_equal(client->test, sock_connect(client, fd, ip, port), 0);
	expect_equal(client->test, sock_send(client, fd, size), size);
	sock_shutdown(client, fd, SHUT_WR);
	return fd;
}

static int send_unanswered(struct actor *client, const char *ip, int port, long size)
{
	return send_unanswered_by(client, 0, ip, port, size);
}

static long accept_and_drain(struct actor *server, int listener)
{
	int fd = sock_accept(server, listener);
	long got = sock_drain(server, fd);

	sock_close(server, fd);
	return got;
}

/* SO_REUSEPORT: the kernel deals connections out to two programs. */
static void shared_port(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *servers[2];
	struct egret *egret = egret_start_own(test, NULL);
	long long counts[2] = { 0 }, sums[2] = { 0 };
	struct result *result;
	int fds[2], port = 0;

	for (int i = 0; i < 2; i++) {
		servers[i] = actor_start(test, i ? "right" : "left");
		fds[i] = listen_on(servers[i], test->ip, port, true, &port);
		sock_nonblock(servers[i], fds[i]);
	}
	for (int i = 0; i < 40; i++) {
		int fd = send_unanswered(client, test->ip, port, 100 + i), to = 0;

		/* Whichever listener has it: both are asked. */
		while (sock_ready(servers[to], fds[to]) == 0)
			to = !to;
		sums[to] += accept_and_drain(servers[to], fds[to]);
		counts[to]++;
		sock_close(client, fd);
	}
	result = egret_stop(egret);
	for (int i = 0; i < 2; i++) {
		if (counts[i])
			expect_row(result, servers[i], IN("tcp", test->ip, port),
				   .received = sums[i], .connections = counts[i]);
		else
			expect_rows(result, servers[i], 0);
	}
}

/* The same port in IPv4 and in IPv6, by two programs. */
static void both_families(struct test *test)
{
	struct actor *client = actor_start(test, "client");
	struct actor *four = actor_start(test, "four"), *six = actor_start(test, "six");
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;
	int fds[2], port = 0;

	fds[0] = listen_on(four, "0.0.0.0", 0, false, &port);
	fds[1] = listen_on(six, "::", port, false, &port);
	send_unanswered(client, "127.0.0.1", port, 40);
	send_unanswered(client, "::1", port, 600);
	expect_equal(test, accept_and_drain(four, fds[0]), 40);
	expect_equal(test, accept_and_drain(six, fds[1]), 600);
	result = egret_stop(egret);
	expect_row(result, four, IN("tcp", "127.0.0.1", port), .received = 40, .connections = 1);
	expect_row(result, six, IN("tcp", "::1", port), .received = 600, .connections = 1);
	expect_rows(result, four, 1);
	expect_rows(result, six, 1);
}

/* Different addresses, the same port, two programs. */
static void two_addresses(struct test *test)
{
	const char *other = test->family == AF_INET6 ? "fd77::31" : "127.0.0.31";
	struct actor *client = actor_start(test, "client");
	struct actor *left = actor_start(test, "left"), *right = actor_start(test, "right");
	struct egret *egret;
	struct result *result;
	int fds[2], port = 0;

	net_ip(test, 0, "-6 addr add fd77::31/128 dev lo nodad");
	egret = egret_start_own(test, NULL);
	fds[0] = listen_on(left, test->ip, 0, false, &port);
	fds[1] = listen_on(right, other, port, false, &port);
	send_unanswered(client, test->ip, port, 11);
	send_unanswered(client, other, port, 222);
	expect_equal(test, accept_and_drain(left, fds[0]), 11);
	expect_equal(test, accept_and_drain(right, fds[1]), 222);
	result = egret_stop(egret);
	expect_sums(result, left, 0, 11);
	expect_sums(result, right, 0, 222);
}

/* Closed by one program, opened again by another. */
static void taken_over(struct test *test)
{
	struct actor *client = actor_start(test, "client");
	struct actor *first = actor_start(test, "first"), *second = actor_start(test, "second");
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;
	int fd, port = 0;

	fd = listen_on(first, test->ip, 0, false, &port);
	send_unanswered(client, test->ip, port, 30);
	expect_equal(test, accept_and_drain(first, fd), 30);
	sock_close(first, fd);
	fd = listen_on(second, test->ip, port, false, &port);
	send_unanswered(client, test->ip, port, 500);
	expect_equal(test, accept_and_drain(second, fd), 500);
	result = egret_stop(egret);
	expect_row(result, first, IN("tcp", test->ip, port), .received = 30, .connections = 1);
	expect_row(result, second, IN("tcp", test->ip, port), .received = 500, .connections = 1);
	expect_row(result, client, OUT("tcp", test->ip, port), .sent = 530, .connections = 2);
}

/* Handshakes that leave no trace in the kernel until they are complete. */
static void syn_cookies(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret;
	struct result *result;
	struct pair pair;
	int rc = net_sysctl(test, 0, "ipv4/tcp_syncookies", "2");

	if (rc < 0)
		test_skip(test, "no SYN cookies: %s", strerror(-rc));
	egret = egret_start_own(test, NULL);
	pair = sock_pair(client, server, test->ip, 0);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 4000);
	sock_transfer(server, pair.server_fd, client, pair.client_fd, 50);
	sock_pair_close(&pair);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .sent = 4000, .received = 50,
		   .connections = 1);
	expect_row(result, server, IN("tcp", test->ip, pair.port), .sent = 50, .received = 4000,
		   .connections = 1);
}

/* The server is woken only by data: until then the kernel keeps the request. */
static void deferred(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;
	int listener = sock_open(server, test->family, SOCK_STREAM, 0), port, fd;

	sock_set(server, listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, 5);
	port = sock_bind(server, listener, test->ip, 0);
	sock_listen(server, listener);
	fd = send_unanswered(client, test->ip, port, 345);
	expect_equal(test, accept_and_drain(server, listener), 345);
	sock_close(client, fd);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, port), .sent = 345, .connections = 1);
	expect_row(result, server, IN("tcp", test->ip, port), .received = 345, .connections = 1);
}

/* A socket that connects to itself is both ends (RFC 9293 3.5, simultaneous open). */
static void to_itself(struct test *test)
{
	struct actor *client = actor_start(test, "client");
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;
	int fd = sock_open(client, test->family, SOCK_STREAM, 0);
	int port = sock_bind(client, fd, test->ip, 0);

	expect_equal(test, sock_connect(client, fd, test->ip, port), 0);
	expect_equal(test, sock_send(client, fd, 700), 700);
	expect_equal(test, sock_receive(client, fd, 700), 700);
	sock_close(client, fd);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, port), .sent = 700, .received = 700,
		   .connections = 1);
	expect_rows(result, client, 1);
}

/* Waited in the queue and was thrown away when the listener closed. */
static void queue_dropped(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;
	int fds[5], port = 0;

	listen_on(server, test->ip, 0, false, &port);
	for (int i = 0; i < 5; i++) {
		fds[i] = sock_open(client, test->family, SOCK_STREAM, 0);
		expect_equal(test, sock_connect(client, fds[i], test->ip, port), 0);
		expect_equal(test, sock_send(client, fds[i], 10), 10);
		sock_settle(client, fds[i]);
	}
	actor_kill(server);
	for (int i = 0; i < 5; i++)
		expect_equal(test, sock_drain(client, fds[i]), -ECONNRESET);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, port), .sent = 50, .connections = 5);
	expect_row(result, server, IN("tcp", test->ip, port), .received = 50, .connections = 5);
}

/*
 * Socket activation (sd_listen_fds(3)): an init opens the listener, and starts
 * what serves it when somebody comes, by way of a helper. Nobody answers, so
 * that only who holds the listener tells whose connections they are.
 */
static void serve_activated(struct test *test, int protocol, const char *transport)
{
	struct actor *client = actor_start(test, "client"), *service;
	struct actor *init = actor_fork_in_pid_namespace(actor_start(test, "starter"));
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;
	int listener, port;

	listener = sock_open(init, test->family, SOCK_STREAM, protocol);
	port = sock_bind(init, listener, test->ip, 0);
	sock_listen(init, listener);
	send_unanswered_by(client, protocol, test->ip, port, 40);
	service = actor_fork(init);
	actor_exec(service, actor_executable(test, "helper"));
	actor_exec(service, actor_executable(test, "service"));
	expect_equal(test, accept_and_drain(service, listener), 40);
	send_unanswered_by(client, protocol, test->ip, port, 600);
	expect_equal(test, accept_and_drain(service, listener), 600);
	result = egret_stop(egret);
	expect_row(result, service, IN(transport, test->ip, port), .received = 640,
		   .connections = 2);
	expect_process(result, service);
	expect_rows(result, init, 0);
}

static void activated(struct test *test)
{
	serve_activated(test, 0, "tcp");
}

static void activated_mptcp(struct test *test)
{
	sock_mptcp_needed(test);
	serve_activated(test, IPPROTO_MPTCP, "mptcp");
}

/* Datagrams that came before the service was started are those of whoever waited for them. */
static void activated_udp(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *service;
	struct actor *init = actor_fork_in_pid_namespace(actor_start(test, "starter"));
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;
	int from = sock_open(client, test->family, SOCK_DGRAM, 0), fd, port;

	fd = sock_open(init, test->family, SOCK_DGRAM, 0);
	port = sock_bind(init, fd, test->ip, 0);
	expect_equal(test, sock_send_to(client, from, test->ip, port, 30), 30);
	service = actor_fork(init);
	actor_exec(service, actor_executable(test, "helper"));
	actor_exec(service, actor_executable(test, "service"));
	expect_equal(test, sock_send_to(client, from, test->ip, port, 500), 500);
	expect_equal(test, sock_receive_many(service, fd, 2), 530);
	result = egret_stop(egret);
	expect_sums(result, service, 0, 500);
	expect_sums(result, init, 0, 30);
}

/* An init that starts something else keeps what it has not passed on. */
static void not_passed_on(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *other;
	struct actor *init = actor_fork_in_pid_namespace(actor_start(test, "starter"));
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;
	int listener, port;

	listener = listen_on(init, test->ip, 0, false, &port);
	other = actor_fork(init);
	sock_close(other, listener);
	actor_exec(other, actor_executable(test, "other"));
	send_unanswered(client, test->ip, port, 70);
	expect_equal(test, accept_and_drain(init, listener), 70);
	result = egret_stop(egret);
	expect_row(result, init, IN("tcp", test->ip, port), .received = 70, .connections = 1);
	expect_rows(result, other, 0);
}

const struct test_case listener_cases[] = {
	CASE_BOTH("listener/shared-port", shared_port),
	CASE("listener/both-families", both_families),
	CASE_BOTH("listener/two-addresses", two_addresses),
	CASE_BOTH("listener/taken-over", taken_over),
	CASE_BOTH("listener/syn-cookies", syn_cookies),
	CASE_BOTH("listener/deferred", deferred),
	CASE_BOTH("listener/to-itself", to_itself),
	CASE_BOTH("listener/queue-dropped", queue_dropped),
	CASE_BOTH("listener/activated", activated),
	CASE_BOTH("listener/activated-mptcp", activated_mptcp),
	CASE_BOTH("listener/activated-udp", activated_udp),
	CASE_BOTH("listener/not-passed-on", not_passed_on),
	{ 0 },
};
