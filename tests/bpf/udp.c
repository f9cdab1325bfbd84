/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* UDP and UDP-Lite: connected, unconnected, answered, overfull, to many. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

/* A socket bound to the loopback address, or to another. */
static int bound(struct actor *actor, const char *ip, int *ret_port)
{
	int fd = sock_open(actor, address(ip, 0).storage.ss_family, SOCK_DGRAM, 0);

	*ret_port = sock_bind(actor, fd, ip, 0);
	return fd;
}

static void connected(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct result *result;
	int port, in = bound(server, test->ip, &port);
	int out = sock_open(client, test->family, SOCK_DGRAM, 0);

	expect_equal(test, sock_connect(client, out, test->ip, port), 0);
	expect_equal(test, sock_send_many(client, out, NULL, 0, 100, 0, 10), 1000);
	expect_equal(test, sock_receive_many(server, in, 10), 1000);
	result = egret_stop(egret);
	expect_row(result, client, OUT("udp", test->ip, port), .sent = 1000, .connections = 1,
		   .scope = "loopback");
	expect_row(result, server, IN("udp", test->ip, port), .received = 1000, .connections = 1,
		   .scope = "loopback");
	expect_rows(result, client, 1);
	expect_rows(result, server, 1);
	expect_process(result, client);
	expect_process(result, server);
}

/* What comes back belongs to the same row on both sides. */
static void answered(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct result *result;
	int port, in = bound(server, test->ip, &port);
	int out = sock_open(client, test->family, SOCK_DGRAM, 0);

	expect_equal(test, sock_send_to(client, out, test->ip, port, 40), 40);
	expect_equal(test, sock_answer(server, in, 512), 40);
	expect_equal(test, sock_receive_many(client, out, 1), 512);
	result = egret_stop(egret);
	expect_row(result, client, OUT("udp", test->ip, port), .sent = 40, .received = 512,
		   .connections = 1);
	expect_row(result, server, IN("udp", test->ip, port), .sent = 512, .received = 40,
		   .connections = 1);
	expect_rows(result, client, 1);
	expect_rows(result, server, 1);
}

/* One socket, many destinations: each its own row. */
static void several(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	int out = sock_open(client, test->family, SOCK_DGRAM, 0);
	struct result *result;
	int ports[5], in;

	for (int i = 0; i < 5; i++) {
		in = bound(server, test->ip, &ports[i]);
		expect_equal(test, sock_send_to(client, out, test->ip, ports[i], 10 + i), 10 + i);
		expect_equal(test, sock_answer(server, in, 1000 + i), 10 + i);
		expect_equal(test, sock_receive_many(client, out, 1), 1000 + i);
	}
	expect_equal(test, sock_send_to(client, out, test->ip, ports[1], 300), 300);
	result = egret_stop(egret);
	for (int i = 0; i < 5; i++) {
		int more = i == 1 ? 300 : 0;

		expect_row(result, client, OUT("udp", test->ip, ports[i]), .sent = 10 + i + more,
			   .received = 1000 + i, .connections = 1);
		expect_row(result, server, IN("udp", test->ip, ports[i]), .sent = 1000 + i,
			   .received = 10 + i + more, .connections = 1);
	}
	expect_rows(result, client, 5);
	expect_sums(result, client, 60 + 300, 5010);
}

/*
 * The same with QUIC, whose rows the kernel keeps apart by socket, for their
 * names: nothing of that shows in what is counted.
 */
static void several_quic(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	int fds[2] = { sock_open(client, test->family, SOCK_DGRAM, 0),
		       sock_open(client, test->family, SOCK_DGRAM, 0) };
	struct result *result;
	int ports[4], in[4];

	for (int i = 0; i < 4; i++)
		in[i] = bound(server, test->ip, &ports[i]);
	/* To the first two, something else comes before the first Initial of all. */
	for (int i = 0; i < 2; i++)
		expect_equal(test, sock_send_to(client, fds[0], test->ip, ports[i], 10), 10);
	for (int i = 3; i >= 0; i--) {
		expect_equal(test, sock_send_initial(client, fds[0], test->ip, ports[i]),
			     SOCK_INITIAL);
		expect_equal(test, sock_receive_many(server, in[i], i < 2), i < 2 ? 10 : 0);
		expect_equal(test, sock_answer(server, in[i], 100 + i), SOCK_INITIAL);
		expect_equal(test, sock_receive_many(client, fds[0], 1), 100 + i);
	}
	/* Another socket to two of them: each is the second of the sockets that speak to it. */
	for (int i = 2; i < 4; i++) {
		expect_equal(test, sock_send_initial(client, fds[1], test->ip, ports[i]),
			     SOCK_INITIAL);
		expect_equal(test, sock_answer(server, in[i], 50), SOCK_INITIAL);
		expect_equal(test, sock_receive_many(client, fds[1], 1), 50);
	}
	sock_close(client, fds[0]);
	result = egret_stop(egret);
	for (int i = 0; i < 4; i++)
		expect_row(result, client, OUT("udp", test->ip, ports[i]),
			   .sent = i < 2 ? 10 + SOCK_INITIAL : 2 * SOCK_INITIAL,
			   .received = i < 2 ? 100 + i : 150 + i, .connections = i < 2 ? 1 : 2);
	expect_rows(result, client, 4);
	expect_sums(result, client, 6 * SOCK_INITIAL + 20, 406 + 100);
}

/* connect(), then another connect(): a row for each. */
static void reconnected(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	int out = sock_open(client, test->family, SOCK_DGRAM, 0);
	struct result *result;
	int ports[3], fds[3];

	for (int i = 0; i < 3; i++) {
		fds[i] = bound(server, test->ip, &ports[i]);
		if (i == 2)
			sock_disconnect(client, out);
		expect_equal(test, sock_connect(client, out, test->ip, ports[i]), 0);
		expect_equal(test, sock_send_many(client, out, NULL, 0, 7, 0, i + 1), 7 * (i + 1));
		expect_equal(test, sock_answer(server, fds[i], 100), 7);
		expect_equal(test, sock_receive_many(client, out, 1), 100);
	}
	result = egret_stop(egret);
	for (int i = 0; i < 3; i++)
		expect_row(result, client, OUT("udp", test->ip, ports[i]), .sent = 7 * (i + 1),
			   .received = 100, .connections = 1);
	expect_rows(result, client, 3);
}

/* A connected socket may still name another destination. */
static void connected_elsewhere(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	int out = sock_open(client, test->family, SOCK_DGRAM, 0), near, far;
	struct result *result;

	bound(server, test->ip, &near);
	bound(server, test->ip, &far);
	expect_equal(test, sock_connect(client, out, test->ip, near), 0);
	expect_equal(test, sock_send_to(client, out, NULL, 0, 11), 11);
	expect_equal(test, sock_send_to(client, out, test->ip, far, 222), 222);
	expect_equal(test, sock_send_to(client, out, NULL, 0, 3), 3);
	result = egret_stop(egret);
	expect_row(result, client, OUT("udp", test->ip, near), .sent = 14, .connections = 1);
	expect_row(result, client, OUT("udp", test->ip, far), .sent = 222, .connections = 1);
	expect_rows(result, client, 2);
}

static void empty(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct result *result;
	int port, in = bound(server, test->ip, &port);
	int out = sock_open(client, test->family, SOCK_DGRAM, 0);

	expect_equal(test, sock_send_many(client, out, test->ip, port, 0, 0, 3), 0);
	expect_equal(test, sock_receive_many(server, in, 3), 0);
	result = egret_stop(egret);
	expect_row(result, client, OUT("udp", test->ip, port), .connections = 1);
	expect_row(result, server, IN("udp", test->ip, port), .connections = 1);
}

/* Who never sent first is a server, to each of its clients. */
static void clients(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret;
	struct result *result;
	int fds[4], in, port;

	net_ip(test, 0, "-6 addr add fd77::11/128 dev lo nodad");
	net_ip(test, 0, "-6 addr add fd77::12/128 dev lo nodad");
	egret = egret_start(test, NULL);
	in = bound(server, test->ip, &port);
	for (int i = 0; i < 4; i++) {
		const char *from = test->family == AF_INET6
					   ? test_text(test, "fd77::1%d", 1 + i % 2)
					   : test_text(test, "127.0.1.%d", 1 + i % 2);

		fds[i] = sock_open(client, test->family, SOCK_DGRAM, 0);
		sock_bind(client, fds[i], from, 0);
		expect_equal(test, sock_send_to(client, fds[i], test->ip, port, 10), 10);
		expect_equal(test, sock_answer(server, in, 20), 10);
		expect_equal(test, sock_receive_many(client, fds[i], 1), 20);
	}
	result = egret_stop(egret);
	expect_row(result, client, OUT("udp", test->ip, port), .sent = 40, .received = 80,
		   .connections = ANY);
	for (int i = 1; i <= 2; i++)
		expect_row(result, server,
			   IN("udp",
			      test_text(test, test->family == AF_INET6 ? "fd77::1%d" : "127.0.1.%d",
					i),
			      port),
			   .sent = 40, .received = 20, .connections = ANY);
	expect_rows(result, client, 1);
	expect_rows(result, server, 2);
}

/* One socket that is a client to one peer and a server to another. */
static void both_directions(struct test *test)
{
	struct actor *middle = actor_start(test, "middle"), *left = actor_start(test, "left");
	struct actor *right = actor_start(test, "right");
	struct egret *egret = egret_start(test, NULL);
	struct result *result;
	int fd, port, out, in, right_port;

	fd = bound(middle, test->ip, &port);
	in = bound(right, test->ip, &right_port);
	out = sock_open(left, test->family, SOCK_DGRAM, 0);
	expect_equal(test, sock_send_to(middle, fd, test->ip, right_port, 100), 100);
	expect_equal(test, sock_send_to(left, out, test->ip, port, 20), 20);
	expect_equal(test, sock_answer(middle, fd, 3), 20);
	expect_equal(test, sock_answer(right, in, 4000), 100);
	expect_equal(test, sock_receive_many(middle, fd, 1), 4000);
	result = egret_stop(egret);
	expect_row(result, middle, OUT("udp", test->ip, right_port), .sent = 100, .received = 4000,
		   .connections = 1);
	expect_row(result, middle, IN("udp", test->ip, port), .sent = 3, .received = 20,
		   .connections = 1);
	expect_rows(result, middle, 2);
	expect_row(result, left, OUT("udp", test->ip, port), .sent = 20, .received = 3,
		   .connections = 1);
	expect_row(result, right, IN("udp", test->ip, right_port), .sent = 4000, .received = 100,
		   .connections = 1);
}

/* An address that means something on one link only: IPv6 wants to be told on which. */
static const char *on_link(struct actor *actor, const char *ip)
{
	if (!strchr(ip, ':'))
		return ip;
	return test_text(actor->test, "%s%%%d", ip, sock_link_index(actor, "eg0"));
}

static void link_local(struct test *test)
{
	bool v6 = test->family == AF_INET6;
	const char *near = v6 ? "fe80::77:1" : "169.254.77.1";
	const char *far = v6 ? "fe80::77:2" : "169.254.77.2";
	struct actor *client = actor_start(test, "client"), *server;
	int net = net_new(test), in, out, port;
	struct egret *egret;
	struct result *result;

	net_join(test, 0, net);
	net_give(test, 0, "eg0", near);
	net_give(test, net, "eg0", far);
	server = actor_start_as(test, &(struct actor_options){ .name = "server", .net = net });
	egret = egret_start(test, NULL);
	in = bound(server, on_link(server, far), &port);
	out = sock_open(client, test->family, SOCK_DGRAM, 0);
	sock_bind(client, out, on_link(client, near), 0);
	expect_equal(test, sock_send_to(client, out, on_link(client, far), port, 64), 64);
	expect_equal(test, sock_answer(server, in, 128), 64);
	expect_equal(test, sock_receive_many(client, out, 1), 128);
	result = egret_stop(egret);
	expect_row(result, client, OUT("udp", far, port), .sent = 64, .received = 128,
		   .connections = 1, .scope = "link-local");
	expect_row(result, server, IN("udp", near, port), .sent = 128, .received = 64,
		   .connections = 1, .scope = "link-local");
}

/* Received is what arrived at the socket, before its buffer. */
static void overfull(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct result *result;
	int port, in = bound(server, test->ip, &port);
	int out = sock_open(client, test->family, SOCK_DGRAM, 0);

	sock_set(server, in, SOL_SOCKET, SO_RCVBUF, 2048);
	expect_equal(test, sock_connect(client, out, test->ip, port), 0);
	expect_equal(test, sock_send_many(client, out, NULL, 0, 1000, 0, 500), 500000);
	result = egret_stop(egret);
	expect_row(result, client, OUT("udp", test->ip, port), .sent = 500000, .connections = 1);
	expect_row(result, server, IN("udp", test->ip, port), .received = 500000, .connections = 1);
}

/* Nobody listens: it went out all the same. */
static void refused(struct test *test)
{
	struct actor *client = actor_start(test, "client");
	struct egret *egret = egret_start(test, NULL);
	struct result *result;
	int out = sock_open(client, test->family, SOCK_DGRAM, 0);

	expect_equal(test, sock_connect(client, out, test->ip, 9), 0);
	expect_equal(test, sock_send_to(client, out, NULL, 0, 77), 77);
	expect_equal(test, sock_wait(client, out, POLLIN) & POLLERR, POLLERR);
	expect_equal(test, sock_error(client, out), -ECONNREFUSED);
	sock_close(client, out);
	result = egret_stop(egret);
	expect_row(result, client, OUT("udp", test->ip, 9), .sent = 77, .connections = 1);
	expect_rows(result, client, 1);
}

static void mapped(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	int out = sock_open(client, AF_INET6, SOCK_DGRAM, 0), port, in;
	struct result *result;

	in = sock_open(server, AF_INET6, SOCK_DGRAM, 0);
	sock_set(server, in, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	port = sock_bind(server, in, "::", 0);
	expect_equal(test, sock_send_to(client, out, "::ffff:127.0.0.1", port, 25), 25);
	expect_equal(test, sock_answer(server, in, 36), 25);
	expect_equal(test, sock_receive_many(client, out, 1), 36);
	result = egret_stop(egret);
	expect_row(result, client, OUT("udp", "127.0.0.1", port), .sent = 25, .received = 36,
		   .connections = 1);
	expect_row(result, server, IN("udp", "127.0.0.1", port), .sent = 36, .received = 25,
		   .connections = 1);
}

/* --- to many at once; a link is needed that can do it --- */

static void multicast(struct test *test)
{
	const char *group = test->family == AF_INET6 ? "ff15::77" : "239.7.7.7";
	struct actor *client = actor_start(test, "client"), *server;
	struct group_req join = { 0 };
	int net = net_new(test), in[2], out, port = 7777;
	struct egret *egret;
	struct result *result;

	net_join(test, 0, net);
	net_ip(test, 0, "route add multicast %s dev eg0 table local", group);
	server = actor_start_as(test, &(struct actor_options){ .name = "server", .net = net });
	egret = egret_start(test, NULL);
	for (int i = 0; i < 2; i++) {
		struct address to = address(group, 0);

		in[i] = sock_open(server, test->family, SOCK_DGRAM, 0);
		sock_set(server, in[i], SOL_SOCKET, SO_REUSEADDR, 1);
		sock_bind(server, in[i], group, port);
		memcpy(&join.gr_group, &to.storage, sizeof(to.storage));
		join.gr_interface = (unsigned)sock_link_index(server, "eg0");
		expect_equal(test,
			     sock_set_data(server, in[i],
					   test->family == AF_INET6 ? (int)IPPROTO_IPV6
								    : (int)IPPROTO_IP,
					   MCAST_JOIN_GROUP, &join, sizeof(join)),
			     0);
	}
	out = sock_open(client, test->family, SOCK_DGRAM, 0);
	sock_bind(client, out, net_ip_of(test, 1), 0);
	expect_equal(test, sock_send_many(client, out, group, port, 50, 0, 4), 200);
	expect_equal(test, sock_receive_many(server, in[0], 4), 200);
	expect_equal(test, sock_receive_many(server, in[1], 4), 200);
	result = egret_stop(egret);
	/* Sent once, and received by each socket that asked for it. */
	expect_row(result, client, OUT("udp", group, port), .sent = 200, .connections = 1,
		   .scope = "multicast");
	expect_row(result, server, IN("udp", net_ip_of(test, 1), port), .received = 400,
		   .connections = ANY);
	expect_rows(result, client, 1);
	expect_rows(result, server, 1);
}

static void broadcast(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server;
	int net = net_new(test), in, out, port;
	struct egret *egret;
	struct result *result;

	net_join(test, 0, net);
	net_ip(test, 0, "addr add 10.79.0.1/24 broadcast 10.79.0.255 dev eg0");
	net_ip(test, net, "addr add 10.79.0.2/24 broadcast 10.79.0.255 dev eg0");
	net_ip(test, 0, "route add broadcast 255.255.255.255 dev eg0");
	server = actor_start_as(test, &(struct actor_options){ .name = "server", .net = net });
	egret = egret_start(test, NULL);
	in = bound(server, "0.0.0.0", &port);
	out = sock_open(client, AF_INET, SOCK_DGRAM, 0);
	sock_set(client, out, SOL_SOCKET, SO_BROADCAST, 1);
	expect_equal(test, sock_send_to(client, out, "10.79.0.255", port, 99), 99);
	expect_equal(test, sock_receive_many(server, in, 1), 99);
	expect_equal(test, sock_send_to(client, out, "255.255.255.255", port, 11), 11);
	expect_equal(test, sock_receive_many(server, in, 1), 11);
	result = egret_stop(egret);
	expect_row(result, client, OUT("udp", "10.79.0.255", port), .sent = 99, .connections = 1,
		   .scope = "broadcast");
	expect_row(result, client, OUT("udp", "255.255.255.255", port), .sent = 11,
		   .connections = 1, .scope = "broadcast");
	expect_rows(result, client, 2);
	expect_sums(result, server, 0, 110);
}

static void lite(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret;
	struct result *result;
	int port, in, out = sock_try_open(client, test->family, SOCK_DGRAM, IPPROTO_UDPLITE);

	if (out < 0)
		test_skip(test, "no UDP-Lite: %s", strerror(-out));
	egret = egret_start(test, NULL);
	in = sock_open(server, test->family, SOCK_DGRAM, IPPROTO_UDPLITE);
	port = sock_bind(server, in, test->ip, 0);
	expect_equal(test, sock_send_to(client, out, test->ip, port, 60), 60);
	expect_equal(test, sock_answer(server, in, 70), 60);
	expect_equal(test, sock_receive_many(client, out, 1), 70);
	result = egret_stop(egret);
	expect_row(result, client, OUT("udplite", test->ip, port), .sent = 60, .received = 70,
		   .connections = 1);
	expect_row(result, server, IN("udplite", test->ip, port), .sent = 70, .received = 60,
		   .connections = 1);
}

const struct test_case udp_cases[] = {
	CASE_BOTH("udp/connected", connected),
	CASE_BOTH("udp/answered", answered),
	CASE_BOTH("udp/several", several),
	CASE_BOTH("udp/several-quic", several_quic),
	CASE_BOTH("udp/reconnected", reconnected),
	CASE_BOTH("udp/connected-elsewhere", connected_elsewhere),
	CASE_BOTH("udp/empty", empty),
	CASE_BOTH("udp/clients", clients),
	CASE_BOTH("udp/both-directions", both_directions),
	CASE_BOTH("udp/link-local", link_local),
	CASE_BOTH("udp/overfull", overfull),
	CASE_BOTH("udp/refused", refused),
	CASE("udp/mapped", mapped),
	CASE_BOTH("udp/multicast", multicast),
	CASE("udp/broadcast", broadcast),
	CASE_BOTH("udplite/answered", lite),
	{ 0 },
};
