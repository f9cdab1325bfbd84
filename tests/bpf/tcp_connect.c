/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TCP: connections that come about, and connections that don't. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

static void both_sides(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct result *result;

	sock_transfer(client, pair.client_fd, server, pair.server_fd, 5000);
	sock_transfer(server, pair.server_fd, client, pair.client_fd, 700);
	sock_pair_close(&pair);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .scope = "loopback",
		   .sent = 5000, .received = 700, .connections = 1);
	expect_row(result, server, IN("tcp", test->ip, pair.port), .scope = "loopback", .sent = 700,
		   .received = 5000, .connections = 1);
	expect_rows(result, client, 1);
	expect_rows(result, server, 1);
	expect_process(result, client);
	expect_process(result, server);
}

static void nothing_sent(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct result *result;

	sock_pair_close(&pair);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .connections = 1);
	expect_row(result, server, IN("tcp", test->ip, pair.port), .connections = 1);
}

static void still_open(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct result *result;

	sock_transfer(client, pair.client_fd, server, pair.server_fd, 123456);
	sock_transfer(server, pair.server_fd, client, pair.client_fd, 1);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .sent = 123456, .received = 1,
		   .connections = 1);
	expect_row(result, server, IN("tcp", test->ip, pair.port), .sent = 1, .received = 123456,
		   .connections = 1);
	sock_pair_close(&pair);
}

/* Two connections to one port are one row; to another port, another. */
static void several(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct pair first = sock_pair(client, server, test->ip, 0);
	struct pair again = sock_pair_again(&first, test->ip, 0);
	struct pair other = sock_pair(client, server, test->ip, 0);
	struct result *result;

	sock_transfer(client, first.client_fd, server, first.server_fd, 10);
	sock_transfer(client, again.client_fd, server, again.server_fd, 200);
	sock_transfer(client, other.client_fd, server, other.server_fd, 3000);
	sock_pair_close(&first);
	sock_pair_close(&other);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, first.port), .sent = 210, .connections = 2);
	expect_row(result, client, OUT("tcp", test->ip, other.port), .sent = 3000,
		   .connections = 1);
	expect_row(result, server, IN("tcp", test->ip, first.port), .received = 210,
		   .connections = 2);
	expect_row(result, server, IN("tcp", test->ip, other.port), .received = 3000,
		   .connections = 1);
	expect_rows(result, client, 2);
	expect_sums(result, client, 3210, 0);
}

static void nonblocking(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct result *result;
	int listener, fd, accepted, port, rc;

	listener = sock_open(server, test->family, SOCK_STREAM, 0);
	port = sock_bind(server, listener, test->ip, 0);
	sock_listen(server, listener);
	fd = sock_open(client, test->family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	rc = sock_connect(client, fd, test->ip, port);
	require(test, rc == 0 || rc == -EINPROGRESS);
	sock_wait(client, fd, POLLOUT);
	expect_equal(test, sock_error(client, fd), 0);
	accepted = sock_accept(server, listener);
	sock_transfer(client, fd, server, accepted, 999);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, port), .sent = 999, .connections = 1);
	expect_row(result, server, IN("tcp", test->ip, port), .received = 999, .connections = 1);
}

/* An IPv6 socket that speaks IPv4, on both sides. */
static void mapped(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct result *result;
	int listener, fd, accepted, port;

	listener = sock_open(server, AF_INET6, SOCK_STREAM, 0);
	sock_set(server, listener, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	port = sock_bind(server, listener, "::", 0);
	sock_listen(server, listener);
	fd = sock_open(client, AF_INET6, SOCK_STREAM, 0);
	expect_equal(test, sock_connect(client, fd, "::ffff:127.0.0.1", port), 0);
	accepted = sock_accept(server, listener);
	sock_transfer(client, fd, server, accepted, 4321);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", "127.0.0.1", port), .sent = 4321, .connections = 1,
		   .scope = "loopback");
	expect_row(result, server, IN("tcp", "127.0.0.1", port), .received = 4321, .connections = 1,
		   .scope = "loopback");
}

/* connect() to 0.0.0.0 or :: goes to this host: the address is final only in SYN_SENT. */
static void to_any(struct test *test)
{
	const char *any = test->family == AF_INET6 ? "::" : "0.0.0.0";
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct pair pair = sock_pair(client, server, any, 0);
	struct result *result;

	sock_transfer(client, pair.client_fd, server, pair.server_fd, 50);
	sock_pair_close(&pair);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .sent = 50, .connections = 1);
	expect_row(result, server, IN("tcp", test->ip, pair.port), .received = 50,
		   .connections = 1);
	expect_rows(result, client, 1);
}

static void refused(struct test *test)
{
	struct actor *client = actor_start(test, "client");
	struct egret *egret = egret_start(test, NULL);
	struct result *result;

	for (int i = 0; i < 3; i++) {
		int fd = sock_open(client, test->family, SOCK_STREAM, 0);

		expect_equal(test, sock_connect(client, fd, test->ip, 7), -ECONNREFUSED);
		sock_close(client, fd);
	}
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, 7), .connections = 3, .failed = 3,
		   .error = "ECONNREFUSED");
	expect_rows(result, client, 1);
	expect_process(result, client);
}

/* A socket whose first attempt fails is good for a second. */
static void refused_then_accepted(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct result *result;
	int listener, fd, accepted, port;

	listener = sock_open(server, test->family, SOCK_STREAM, 0);
	port = sock_bind(server, listener, test->ip, 0);
	fd = sock_open(client, test->family, SOCK_STREAM, 0);
	expect_equal(test, sock_connect(client, fd, test->ip, port), -ECONNREFUSED);
	sock_listen(server, listener);
	expect_equal(test, sock_connect(client, fd, test->ip, port), 0);
	accepted = sock_accept(server, listener);
	sock_transfer(client, fd, server, accepted, 1000);
	sock_close(client, fd);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, port), .sent = 1000, .connections = 2,
		   .failed = 1, .error = "ECONNREFUSED");
}

/* Fails before a SYN: the kernel shows no errno. */
static void no_route(struct test *test)
{
	const char *ip = test->family == AF_INET6 ? "2001:db8::1" : "192.0.2.1";
	struct actor *client = actor_start(test, "client");
	struct egret *egret = egret_start(test, NULL);
	struct result *result;
	int fd = sock_open(client, test->family, SOCK_STREAM, 0);

	expect_equal(test, sock_connect(client, fd, ip, 80), -ENETUNREACH);
	sock_close(client, fd);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", ip, 80), .scope = "documentation", .connections = 1,
		   .failed = 1, .error = "unknown");
	expect_rows(result, client, 1);
}

static void prohibited(struct test *test)
{
	const char *ip = test->family == AF_INET6 ? "2001:db8::2" : "192.0.2.2";
	struct actor *client = actor_start(test, "client");
	struct egret *egret;
	struct result *result;
	int fd = sock_open(client, test->family, SOCK_STREAM, 0);

	net_ip(test, 0, "route add prohibit %s", ip);
	egret = egret_start(test, NULL);
	expect_equal(test, sock_connect(client, fd, ip, 80), -EACCES);
	sock_close(client, fd);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", ip, 80), .connections = 1, .failed = 1,
		   .error = "unknown");
}

/* A router on the way says that there is no such host; in IPv6 that means "no route". */
static void unreachable(struct test *test)
{
	bool v6 = test->family == AF_INET6;
	const char *ip = test->family == AF_INET6 ? "2001:db8::3" : "192.0.2.3";
	struct actor *client = actor_start(test, "client");
	struct egret *egret;
	struct result *result;
	int router = net_new(test), fd = sock_open(client, test->family, SOCK_STREAM, 0);

	net_join(test, 0, router);
	net_sysctl(test, router, "ipv4/ip_forward", "1");
	net_sysctl(test, router, "ipv6/conf/all/forwarding", "1");
	net_ip(test, router, "route add unreachable %s", ip);
	net_ip(test, 0, "route add %s via %s", ip, net_ip_of(test, 2));
	egret = egret_start(test, NULL);
	expect_equal(test, sock_connect(client, fd, ip, 80), v6 ? -ENETUNREACH : -EHOSTUNREACH);
	sock_close(client, fd);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", ip, 80), .connections = 1, .failed = 1,
		   .error = v6 ? "ENETUNREACH" : "EHOSTUNREACH");
}

/* Nobody answers: the neighbour is known by a made-up link address. */
static struct actor *client_of_nobody(struct test *test)
{
	int peer = net_new(test);

	net_join(test, 0, peer);
	net_ip(test, 0, "neigh replace %s lladdr 02:00:00:00:77:99 dev eg0", net_ip_of(test, 9));
	return actor_start(test, "client");
}

static void timed_out(struct test *test)
{
	struct actor *client = client_of_nobody(test);
	struct egret *egret = egret_start(test, NULL);
	const char *ip = net_ip_of(test, 9);
	struct result *result;
	int fd = sock_open(client, test->family, SOCK_STREAM, 0);

	sock_set(client, fd, IPPROTO_TCP, TCP_SYNCNT, 1);
	sock_try_set(client, fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 500);
	expect_equal(test, sock_connect(client, fd, ip, 80), -ETIMEDOUT);
	sock_close(client, fd);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", ip, 80), .connections = 1, .failed = 1,
		   .error = "ETIMEDOUT");
}

/* Closed by the program while nobody had answered yet. */
static void given_up(struct test *test)
{
	struct actor *client = client_of_nobody(test);
	struct egret *egret = egret_start(test, NULL);
	const char *ip = net_ip_of(test, 9);
	struct result *result;
	int fd = sock_open(client, test->family, SOCK_STREAM | SOCK_NONBLOCK, 0);

	expect_equal(test, sock_connect(client, fd, ip, 80), -EINPROGRESS);
	sock_close(client, fd);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", ip, 80), .connections = 1, .failed = 1);
	expect_rows(result, client, 1);
}

/* Not decided yet when the result is printed: an attempt, not a failure. */
static void in_progress(struct test *test)
{
	struct actor *client = client_of_nobody(test);
	struct egret *egret = egret_start(test, NULL);
	const char *ip = net_ip_of(test, 9);
	struct result *result;
	int fd = sock_open(client, test->family, SOCK_STREAM | SOCK_NONBLOCK, 0);

	expect_equal(test, sock_connect(client, fd, ip, 80), -EINPROGRESS);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", ip, 80), .connections = 1);
}

/* A second connect() on a connected socket fails and changes nothing. */
static void connected_twice(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct result *result;

	sock_transfer(client, pair.client_fd, server, pair.server_fd, 60);
	expect_equal(test, sock_connect(client, pair.client_fd, test->ip, 9), -EISCONN);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 40);
	sock_pair_close(&pair);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .sent = 100, .connections = 1);
}

const struct test_case tcp_connect_cases[] = {
	CASE_BOTH("tcp/connect", both_sides),
	CASE_BOTH("tcp/connect-only", nothing_sent),
	CASE_BOTH("tcp/still-open", still_open),
	CASE_BOTH("tcp/several", several),
	CASE_BOTH("tcp/nonblocking", nonblocking),
	CASE("tcp/mapped", mapped),
	CASE_BOTH("tcp/to-any", to_any),
	CASE_BOTH("tcp/refused", refused),
	CASE_BOTH("tcp/refused-then-accepted", refused_then_accepted),
	CASE_BOTH("tcp/no-route", no_route),
	CASE_BOTH("tcp/prohibited", prohibited),
	CASE_BOTH("tcp/unreachable", unreachable),
	CASE_BOTH("tcp/timed-out", timed_out),
	CASE_BOTH("tcp/given-up", given_up),
	CASE_BOTH("tcp/in-progress", in_progress),
	CASE_BOTH("tcp/connected-twice", connected_twice),
	{ 0 },
};
