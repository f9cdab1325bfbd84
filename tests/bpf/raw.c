/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Raw IP sockets, with any protocol number, with the kernel's header or their own. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <harness/egret.h>
#include <harness/frame.h>
#include <harness/sock.h>
#include <harness/suites.h>

#define PROTOCOL 253 /* RFC 3692: for experiments */

/* arg: descriptor, size of the packet in `text`. */
static long f_send_packet(struct call *call)
{
	ssize_t sent = sendto((int)call->arg[0], call->text, (size_t)call->arg[1], 0,
			      (struct sockaddr *)&call->to.storage, call->to.length);

	return sent < 0 ? -errno : sent;
}

static long send_packet(struct actor *actor, int fd, const char *ip, const unsigned char *packet,
			size_t size)
{
	struct call call = { .arg = { fd, (long)size }, .to = address(ip, 0) };

	memcpy(call.text, packet, size);
	return actor_call(actor, f_send_packet, &call);
}

/* On loopback the sender is given a copy of what it sends: it asked for that protocol. */
static void protocol(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	int in = sock_open(server, test->family, SOCK_RAW, PROTOCOL);
	int out = sock_open(client, test->family, SOCK_RAW, PROTOCOL);
	struct result *result;
	long header = test->family == AF_INET6 ? 0 : 20;

	sock_bind(server, in, test->ip, 0);
	expect_equal(test, sock_send_many(client, out, test->ip, 0, 300, 0, 3), 900);
	expect_equal(test, sock_receive_many(server, in, 3), 900 + 3 * header);
	sock_close(client, out);
	result = egret_stop(egret);
	expect_row(result, client, OUT("ip-proto-253", test->ip, NO_PORT), .sent = 900,
		   .received = 900, .connections = ANY);
	expect_row(result, server, IN("ip-proto-253", test->ip, NO_PORT), .received = 900,
		   .connections = 1);
	expect_process(result, client);
	expect_process(result, server);
}

static void protocol_far(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server;
	struct result *result;
	struct egret *egret;
	int net = net_new(test), in, out;

	net_join(test, 0, net);
	server = actor_start_as(test, &(struct actor_options){ .name = "server", .net = net });
	egret = egret_start(test, NULL);
	in = sock_open(server, test->family, SOCK_RAW, PROTOCOL);
	out = sock_open(client, test->family, SOCK_RAW, PROTOCOL);
	expect_equal(test, sock_connect(client, out, net_ip_of(test, 2), 0), 0);
	expect_equal(test, sock_send_many(client, out, NULL, 0, 41, 0, 2), 82);
	/* One that has to be cut: 3000 bytes over a link of 1500. */
	expect_equal(test, sock_send_to(client, out, NULL, 0, 3000), 3000);
	sock_receive_many(server, in, 3);
	expect_equal(test, sock_send_to(server, in, net_ip_of(test, 1), 0, 500), 500);
	sock_receive_many(client, out, 1);
	result = egret_stop(egret);
	expect_row(result, client, OUT("ip-proto-253", net_ip_of(test, 2), NO_PORT), .sent = 3082,
		   .received = 500, .connections = 1);
	expect_row(result, server, IN("ip-proto-253", net_ip_of(test, 1), NO_PORT), .sent = 500,
		   .received = 3082, .connections = 1);
	expect_rows(result, client, 1);
	expect_rows(result, server, 1);
}

/* The program writes IP's header itself: that is among the bytes it gives to send(). */
static void own_header(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server;
	int net = net_new(test), in, out, port;
	unsigned char packet[FRAME_ROOM];
	struct result *result;
	struct egret *egret;
	size_t size;

	net_join(test, 0, net);
	server = actor_start_as(test, &(struct actor_options){ .name = "server", .net = net });
	egret = egret_start(test, NULL);
	in = sock_open(server, test->family, SOCK_DGRAM, 0);
	port = sock_bind(server, in, net_ip_of(test, 2), 0);
	out = sock_open(client, test->family, SOCK_RAW, IPPROTO_RAW);
	size = frame_ip(&(struct frame){ .from = net_ip_of(test, 1),
					 .to = net_ip_of(test, 2),
					 .from_port = 4000,
					 .to_port = port,
					 .size = 111 },
			packet);
	for (int i = 0; i < 2; i++)
		expect_equal(test, send_packet(client, out, net_ip_of(test, 2), packet, size),
			     size);
	expect_equal(test, sock_receive_many(server, in, 2), 222);
	result = egret_stop(egret);
	expect_sums(result, client, 2 * (long)size, 0);
	expect_rows(result, client, 1);
	expect_row(result, client, OUT("ip-proto-17|udp", net_ip_of(test, 2), NO_PORT),
		   .sent = 2 * (long)size, .connections = 1);
	expect_row(result, server, IN("udp", net_ip_of(test, 1), port), .received = 222,
		   .connections = 1);
}

/* A raw socket that speaks UDP is not a UDP socket. */
static void raw_udp(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server;
	int net = net_new(test), in, out, port;
	unsigned char packet[FRAME_ROOM];
	struct result *result;
	struct egret *egret;
	size_t size;

	net_join(test, 0, net);
	server = actor_start_as(test, &(struct actor_options){ .name = "server", .net = net });
	egret = egret_start(test, NULL);
	in = sock_open(server, test->family, SOCK_DGRAM, 0);
	port = sock_bind(server, in, net_ip_of(test, 2), 0);
	out = sock_open(client, test->family, SOCK_RAW, IPPROTO_UDP);
	size = frame_udp(&(struct frame){ .from = net_ip_of(test, 1),
					  .to = net_ip_of(test, 2),
					  .from_port = 4000,
					  .to_port = port,
					  .size = 20 },
			 packet);
	expect_equal(test, send_packet(client, out, net_ip_of(test, 2), packet, size), size);
	expect_equal(test, sock_receive_many(server, in, 1), 20);
	result = egret_stop(egret);
	expect_row(result, client, OUT("ip-proto-17", net_ip_of(test, 2), NO_PORT),
		   .sent = (long)size, .connections = 1);
	expect_row(result, server, IN("udp", net_ip_of(test, 1), port), .received = 20,
		   .connections = 1);
}

/* Nor is one that speaks TCP a stream, which counts itself. */
static void raw_tcp(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server;
	struct result *result;
	struct egret *egret;
	int net = net_new(test), in, out;

	net_join(test, 0, net);
	server = actor_start_as(test, &(struct actor_options){ .name = "server", .net = net });
	egret = egret_start(test, NULL);
	in = sock_open(server, test->family, SOCK_RAW, IPPROTO_TCP);
	out = sock_open(client, test->family, SOCK_RAW, IPPROTO_TCP);
	/* Nothing that the peer's TCP would answer. */
	expect_equal(test, sock_send_many(client, out, net_ip_of(test, 2), 0, 15, 0, 2), 30);
	sock_receive_many(server, in, 2);
	result = egret_stop(egret);
	expect_row(result, client, OUT("ip-proto-6", net_ip_of(test, 2), NO_PORT), .sent = 30,
		   .connections = 1);
	expect_row(result, server, IN("ip-proto-6", net_ip_of(test, 1), NO_PORT), .received = 30,
		   .connections = 1);
}

const struct test_case raw_cases[] = {
	CASE_BOTH("raw/protocol", protocol),	 CASE_BOTH("raw/protocol-veth", protocol_far),
	CASE_BOTH("raw/own-header", own_header), CASE_BOTH("raw/udp", raw_udp),
	CASE_BOTH("raw/tcp", raw_tcp),		 { 0 },
};
