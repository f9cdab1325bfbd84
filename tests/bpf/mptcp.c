/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* MPTCP (RFC 8684): one row per connection, however many subflows it has. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

#define SOL_MPTCP_ 284
#define MPTCP_INFO_ 1

/* struct mptcp_info begins with the number of subflows beside the first. */
static long f_subflows(struct call *call)
{
	unsigned char info[256];
	socklen_t size = sizeof(info);

	if (getsockopt((int)call->arg[0], SOL_MPTCP_, MPTCP_INFO_, info, &size) < 0)
		return -errno;
	return info[0];
}

static void finish(struct egret *egret, const struct pair *pair, const char *ip,
		   const char *client_ip, const char *client_transport,
		   const char *server_transport, long long sent, long long received)
{
	struct result *result = egret_stop(egret);
	/* Where the kernel counts subflows alone, a window probe counts twice. */
	double more = result_degraded(result, "MPTCP") ? 0.0001 : 0;

	expect_row(result, pair->client, OUT(client_transport, ip, pair->port), .sent = sent,
		   .received = received, .connections = 1, .tolerance = more);
	expect_row(result, pair->server, IN(server_transport, client_ip, pair->port),
		   .sent = received, .received = sent, .connections = 1, .tolerance = more);
	expect_rows(result, pair->client, 1);
	expect_rows(result, pair->server, 1);
	expect_process(result, pair->client);
	expect_process(result, pair->server);
}

static void both_sides(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret;
	struct pair pair;

	sock_mptcp_needed(test);
	egret = egret_start(test, NULL);
	pair = sock_pair(client, server, test->ip, IPPROTO_MPTCP);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 300000);
	sock_transfer(server, pair.server_fd, client, pair.client_fd, 7000);
	sock_pair_close(&pair);
	finish(egret, &pair, test->ip, test->ip, "mptcp", "mptcp", 300000, 7000);
}

static void still_open(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret;
	struct pair pair;

	sock_mptcp_needed(test);
	egret = egret_start(test, NULL);
	pair = sock_pair(client, server, test->ip, IPPROTO_MPTCP);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 1000);
	sock_transfer(server, pair.server_fd, client, pair.client_fd, 20000);
	finish(egret, &pair, test->ip, test->ip, "mptcp", "mptcp", 1000, 20000);
}

/* The peer speaks plain TCP: the connection falls back. */
static void fallback_at(struct test *test, int client_protocol, int server_protocol)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct pair pair = { .client = client, .server = server };
	struct egret *egret;

	sock_mptcp_needed(test);
	egret = egret_start(test, NULL);
	pair.listener = sock_open(server, test->family, SOCK_STREAM, server_protocol);
	pair.port = sock_bind(server, pair.listener, test->ip, 0);
	sock_listen(server, pair.listener);
	pair = sock_pair_again(&pair, test->ip, client_protocol);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 4000);
	sock_transfer(server, pair.server_fd, client, pair.client_fd, 600);
	sock_pair_close(&pair);
	finish(egret, &pair, test->ip, test->ip, client_protocol ? "tcp|mptcp" : "tcp",
	       server_protocol ? "tcp|mptcp" : "tcp", 4000, 600);
}

static void fallback_client(struct test *test)
{
	fallback_at(test, IPPROTO_MPTCP, 0);
}

static void fallback_server(struct test *test)
{
	fallback_at(test, 0, IPPROTO_MPTCP);
}

static void refused(struct test *test)
{
	struct actor *client = actor_start(test, "client");
	struct egret *egret;
	struct result *result;
	int fd;

	sock_mptcp_needed(test);
	egret = egret_start(test, NULL);
	fd = sock_open(client, test->family, SOCK_STREAM, IPPROTO_MPTCP);
	expect_equal(test, sock_connect(client, fd, test->ip, 7), -ECONNREFUSED);
	sock_close(client, fd);
	result = egret_stop(egret);
	expect_row(result, client, OUT("mptcp|tcp", test->ip, 7), .connections = 1, .failed = 1,
		   .error = "ECONNREFUSED");
	expect_rows(result, client, 1);
}

/* The path manager acts on the first data, in a worker of the kernel's. */
static bool wait_for_subflow(struct actor *client, int fd)
{
	for (long long end = now_ms() + 5000; now_ms() < end; breathe()) {
		if (actor_call(client, f_subflows, &(struct call){ .arg = { fd } }) >= 1)
			return true;
	}
	return false;
}

/* Two links to a server in another namespace, an endpoint of the path manager on each. */
static struct actor *two_links(struct test *test)
{
	const char *second = test->family == AF_INET6 ? "fd78::1" : "10.78.0.1";
	int net = net_new(test);

	sock_mptcp_needed(test);
	net_join(test, 0, net);
	net_ip(test, 0, "addr add %s/%d dev eg0 %s", second, test->family == AF_INET6 ? 64 : 24,
	       test->family == AF_INET6 ? "nodad" : "");
	net_ip(test, net, "route add %s dev eg0", second);
	net_ip(test, net, "neigh replace %s lladdr 02:00:00:00:77:01 dev eg0", second);
	if (net_ip_try(test, 0, "mptcp limits set subflow 2 add_addr_accepted 2") ||
	    net_ip_try(test, net, "mptcp limits set subflow 2 add_addr_accepted 2") ||
	    net_ip_try(test, 0, "mptcp endpoint add %s dev eg0 subflow", second))
		test_skip(test, "no MPTCP path manager in ip(8)");
	return actor_start_as(test, &(struct actor_options){ .name = "server", .net = net });
}

/* A second subflow carries a part of what is sent `times`. */
static struct pair talk(struct test *test, struct actor *client, struct actor *server, int times)
{
	struct pair pair = sock_pair(client, server, net_ip_of(test, 2), IPPROTO_MPTCP);

	sock_transfer(client, pair.client_fd, server, pair.server_fd, 100000);
	if (!wait_for_subflow(client, pair.client_fd))
		test_skip(test, "no second subflow came about");
	for (int i = 1; i < times; i++)
		sock_transfer(client, pair.client_fd, server, pair.server_fd, 100000);
	sock_transfer(server, pair.server_fd, client, pair.client_fd, 500000);
	sock_pair_close(&pair);
	return pair;
}

static void subflows(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = two_links(test);
	struct egret *egret = egret_start(test, NULL);
	struct pair pair = talk(test, client, server, 40);

	/* The server names a client by the address it first came from. */
	finish(egret, &pair, net_ip_of(test, 2), net_ip_of(test, 1), "mptcp", "mptcp", 4000000,
	       500000);
}

/* A further subflow connects in a worker: whose it is, only its connection tells. */
static void of_a_command(struct test *test)
{
	struct actor *stranger = actor_start(test, "stranger"), *server = two_links(test);
	struct command command = egret_command(test, "cmd", NULL, NULL);
	struct pair pair = talk(test, command.actor, server, 2);
	struct result *result;

	talk(test, stranger, server, 3);
	actor_quit(command.actor, 0);
	result = egret_finish(command.egret);
	expect_row(result, command.actor, OUT("mptcp", net_ip_of(test, 2), pair.port),
		   .sent = 200000, .received = 500000, .connections = 1,
		   .tolerance = result_degraded(result, "MPTCP") ? 0.0001 : 0);
	expect_equal(test, json_number(result->json, "totals.apps"), 1);
	expect_equal(test, json_number(result->json, "totals.connections"), 1);
}

const struct test_case mptcp_cases[] = {
	CASE_BOTH("mptcp/connect", both_sides),
	CASE_BOTH("mptcp/still-open", still_open),
	CASE_BOTH("mptcp/fallback-client", fallback_client),
	CASE_BOTH("mptcp/fallback-server", fallback_server),
	CASE_BOTH("mptcp/refused", refused),
	CASE_BOTH("mptcp/subflows", subflows),
	CASE_BOTH("mptcp/of-a-command", of_a_command),
	{ 0 },
};
