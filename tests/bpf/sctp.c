/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* SCTP: user data in DATA chunks, to 2 %. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

#define TOLERANCE 0.02

static void skip_without(struct actor *actor)
{
	int fd = sock_try_open(actor, actor->test->family, SOCK_STREAM, IPPROTO_SCTP);

	if (fd < 0)
		test_skip(actor->test, "no SCTP: %s", strerror(-fd));
	sock_close(actor, fd);
}

static void one_to_one(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct result *result;
	struct egret *egret;
	struct pair pair;

	skip_without(client);
	egret = egret_start(test, NULL);
	pair = sock_pair(client, server, test->ip, IPPROTO_SCTP);
	for (int i = 0; i < 50; i++) {
		sock_transfer(client, pair.client_fd, server, pair.server_fd, 5000);
		sock_transfer(server, pair.server_fd, client, pair.client_fd, 700);
	}
	sock_close(client, pair.client_fd);
	expect_equal(test, sock_drain(server, pair.server_fd), 0);
	sock_close(server, pair.server_fd);
	result = egret_stop(egret);
	expect_row(result, client, OUT("sctp", test->ip, pair.port), .sent = 250000,
		   .received = 35000, .connections = 1, .tolerance = TOLERANCE);
	expect_row(result, server, IN("sctp", test->ip, pair.port), .sent = 35000,
		   .received = 250000, .connections = 1, .tolerance = TOLERANCE);
	expect_process(result, client);
	expect_process(result, server);
}

static void one_to_many(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct result *result;
	struct egret *egret;
	int in, out, port;

	skip_without(client);
	egret = egret_start(test, NULL);
	in = sock_open(server, test->family, SOCK_SEQPACKET, IPPROTO_SCTP);
	port = sock_bind(server, in, test->ip, 0);
	sock_listen(server, in);
	out = sock_open(client, test->family, SOCK_SEQPACKET, IPPROTO_SCTP);
	for (int i = 0; i < 50; i++)
		expect_equal(test, sock_send_to(client, out, test->ip, port, 1000), 1000);
	expect_equal(test, sock_receive_many(server, in, 50), 50000);
	result = egret_stop(egret);
	expect_row(result, client, OUT("sctp", test->ip, port), .sent = 50000, .connections = ANY,
		   .tolerance = TOLERANCE);
	expect_row(result, server, IN("sctp", test->ip, port), .received = 50000,
		   .connections = ANY, .tolerance = TOLERANCE);
}

static void refused(struct test *test)
{
	struct actor *client = actor_start(test, "client");
	struct result *result;
	struct egret *egret;
	int fd;

	skip_without(client);
	egret = egret_start(test, NULL);
	fd = sock_open(client, test->family, SOCK_STREAM, IPPROTO_SCTP);
	expect_equal(test, sock_connect(client, fd, test->ip, 7), -ECONNREFUSED);
	result = egret_stop(egret);
	expect_row(result, client, OUT("sctp", test->ip, 7), .connections = ANY, .failed = ANY);
}

const struct test_case sctp_cases[] = {
	CASE_BOTH("sctp/one-to-one", one_to_one),
	CASE_BOTH("sctp/one-to-many", one_to_many),
	CASE_BOTH("sctp/refused", refused),
	{ 0 },
};
