/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Packet sockets: frames past IP, by sendto(), by a ring, past the queues. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/frame.h>
#include <harness/sock.h>
#include <harness/suites.h>

/* The client sends frames to a UDP socket of the server behind eg0. */
struct scene {
	struct test *test;
	struct actor *client, *server;
	struct egret *egret;
	unsigned char bytes[FRAME_ROOM];
	struct frame frame;
	int in, link;
};

static struct scene scene_open(struct test *test)
{
	struct scene scene = { .test = test, .client = actor_start(test, "client") };
	int net = net_new(test);

	net_join(test, 0, net);
	scene.server =
		actor_start_as(test, &(struct actor_options){ .name = "server", .net = net });
	scene.egret = egret_start(test, NULL);
	scene.link = net_index(test, "eg0");
	scene.in = sock_open(scene.server, test->family, SOCK_DGRAM, 0);
	scene.frame = (struct frame){
		.from = net_ip_of(test, 1),
		.to = net_ip_of(test, 2),
		.from_port = 4000,
		.to_port = sock_bind(scene.server, scene.in, net_ip_of(test, 2), 0),
		.size = 100,
	};
	return scene;
}

/* The server got every frame's payload; the client's bytes are whole frames. */
static struct result *scene_end(struct scene *scene, long count, long long sent, const char *ip)
{
	struct test *test = scene->test;
	struct result *result;

	expect_equal(test, sock_receive_many(scene->server, scene->in, count), 100 * count);
	result = egret_stop(scene->egret);
	expect_row(result, scene->client, OUT("packet", ip, NO_PORT), .sent = sent,
		   .connections = ANY);
	expect_rows(result, scene->client, 1);
	expect_row(result, scene->server, IN("udp", net_ip_of(test, 1), scene->frame.to_port),
		   .received = 100 * count, .connections = 1);
	expect_process(result, scene->client);
	return result;
}

static uint16_t ethertype(const struct test *test)
{
	return test->family == AF_INET6 ? ETH_P_IPV6 : ETH_P_IP;
}

static struct sockaddr_ll peer(int link, uint16_t protocol)
{
	return (struct sockaddr_ll){
		.sll_family = AF_PACKET,
		.sll_ifindex = link,
		.sll_protocol = htons(protocol),
		.sll_halen = 6,
		.sll_addr = { 2, 0, 0, 0, 0x77, 2 },
	};
}

/* arg: descriptor, link, ethertype, size of what is in `text`, how often. */
static long f_send_frames(struct call *call)
{
	struct sockaddr_ll to = peer((int)call->arg[1], (uint16_t)call->arg[2]);
	long done = 0;

	for (long i = 0; i < call->arg[4]; i++) {
		ssize_t sent = sendto((int)call->arg[0], call->text, (size_t)call->arg[3], 0,
				      (struct sockaddr *)&to, sizeof(to));

		if (sent < 0)
			return -errno;
		done += sent;
	}
	return done;
}

static void send_frames(struct scene *scene, int fd, uint16_t protocol, size_t size, long count)
{
	struct call call = { .arg = { fd, scene->link, protocol, (long)size, count } };

	memcpy(call.text, scene->bytes, size);
	expect_equal(scene->test, actor_call(scene->client, f_send_frames, &call),
		     (long)size * count);
}

static void whole_frames(struct test *test)
{
	struct scene scene = scene_open(test);
	size_t size = frame_ethernet(&scene.frame, scene.bytes);
	int fd = sock_open(scene.client, AF_PACKET, SOCK_RAW, 0);

	send_frames(&scene, fd, ethertype(test), size, 7);
	scene_end(&scene, 7, 7 * (long)size, net_ip_of(test, 2));
}

/* The kernel writes Ethernet's header: that is not among the bytes given to send(). */
static void without_header(struct test *test)
{
	struct scene scene = scene_open(test);
	size_t size = frame_ip(&scene.frame, scene.bytes);
	int fd = sock_open(scene.client, AF_PACKET, SOCK_DGRAM, 0);

	send_frames(&scene, fd, ethertype(test), size, 3);
	scene_end(&scene, 3, 3 * (long)size, net_ip_of(test, 2));
}

/* No IP inside: no address. */
static void not_ip(struct test *test)
{
	struct scene scene = scene_open(test);
	struct result *result;
	int fd = sock_open(scene.client, AF_PACKET, SOCK_RAW, 0);

	frame_ethernet(&scene.frame, scene.bytes);
	scene.bytes[12] = 0x88; /* IEEE 802: for local experiments */
	scene.bytes[13] = 0xb5;
	send_frames(&scene, fd, 0x88b5, 77, 4);
	result = egret_stop(scene.egret);
	expect_row(result, scene.client, OUT("packet", NULL, NO_PORT), .sent = 4 * 77,
		   .connections = ANY);
	expect_rows(result, scene.client, 1);
}

/* ARP names no destination that is an IP address of a frame; nor is it lost. */
static void arp(struct test *test)
{
	struct scene scene = scene_open(test);
	struct result *result;
	int fd = sock_open(scene.client, AF_PACKET, SOCK_DGRAM, 0);

	send_frames(&scene, fd, ETH_P_ARP, 28, 2);
	result = egret_stop(scene.egret);
	expect_sums(result, scene.client, 56, 0);
}

/* Several addresses inside the frames of one socket. */
static void several(struct test *test)
{
	struct scene scene = scene_open(test);
	int fd = sock_open(scene.client, AF_PACKET, SOCK_RAW, 0);
	struct result *result;
	size_t size = 0;

	for (int i = 2; i < 6; i++) {
		scene.frame.to = net_ip_of(test, i);
		size = frame_ethernet(&scene.frame, scene.bytes);
		send_frames(&scene, fd, ethertype(test), size, i);
	}
	result = egret_stop(scene.egret);
	for (int i = 2; i < 6; i++)
		expect_row(result, scene.client, OUT("packet", net_ip_of(test, i), NO_PORT),
			   .sent = i * (long)size, .connections = ANY);
	expect_rows(result, scene.client, 4);
}

/* --- a ring shared with the kernel (packet_mmap) --- */

#define RING_FRAME 2048
#define RING_FRAMES 8

/*
 * arg: descriptor, link, ethertype, size of the frame in `text`, how many (one
 * ring at most), 1: name the receiver, as the kernel needs it for its header.
 */
static long f_send_ring(struct call *call)
{
	struct sockaddr_ll to = peer((int)call->arg[1], (uint16_t)call->arg[2]);
	struct tpacket_req request = {
		.tp_block_size = RING_FRAME * RING_FRAMES,
		.tp_block_nr = 1,
		.tp_frame_size = RING_FRAME,
		.tp_frame_nr = RING_FRAMES,
	};
	int version = TPACKET_V2, fd = (int)call->arg[0];
	char *ring;
	ssize_t sent;

	if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_TX_RING, &request, sizeof(request)) < 0)
		return -errno;
	ring = mmap(NULL, request.tp_block_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ring == MAP_FAILED || bind(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		return -errno;
	for (long i = 0; i < call->arg[4]; i++) {
		struct tpacket2_hdr *slot =
			(struct tpacket2_hdr *)(void *)(ring + (size_t)i * RING_FRAME);

		memcpy((char *)slot + TPACKET2_HDRLEN - sizeof(struct sockaddr_ll), call->text,
		       (size_t)call->arg[3]);
		slot->tp_len = (unsigned)call->arg[3];
		slot->tp_status = TP_STATUS_SEND_REQUEST;
	}
	sent = sendto(fd, NULL, 0, 0, call->arg[5] ? (struct sockaddr *)&to : NULL,
		      call->arg[5] ? sizeof(to) : 0);
	return sent < 0 ? -errno : sent;
}

static void by_ring_of(struct test *test, int type)
{
	struct scene scene = scene_open(test);
	size_t size = type == SOCK_RAW ? frame_ethernet(&scene.frame, scene.bytes)
				       : frame_ip(&scene.frame, scene.bytes);
	int fd = sock_open(scene.client, AF_PACKET, type, 0);
	struct call call = { .arg = { fd, scene.link, ethertype(test), (long)size, 5,
				      type == SOCK_DGRAM } };

	memcpy(call.text, scene.bytes, size);
	expect_equal(test, actor_call(scene.client, f_send_ring, &call), (long)size * 5);
	scene_end(&scene, 5, 5 * (long)size, net_ip_of(test, 2));
}

static void by_ring(struct test *test)
{
	by_ring_of(test, SOCK_RAW);
}

static void by_ring_without_header(struct test *test)
{
	by_ring_of(test, SOCK_DGRAM);
}

/* Past the queues a frame has no address that could be seen; before 6.3 it isn't seen at all. */
static void past_queues(struct test *test)
{
	struct scene scene = scene_open(test);
	size_t size = frame_ethernet(&scene.frame, scene.bytes);
	int fd = sock_open(scene.client, AF_PACKET, SOCK_RAW, 0);
	struct result *result;

	sock_set(scene.client, fd, SOL_PACKET, PACKET_QDISC_BYPASS, 1);
	send_frames(&scene, fd, ethertype(test), size, 6);
	expect_equal(test, sock_receive_many(scene.server, scene.in, 6), 600);
	result = egret_stop(scene.egret);
	if (result && result_degraded(result, "packet"))
		test_skip(test, "%s", result_degraded(result, "packet"));
	expect_row(result, scene.client, OUT("packet", NULL, NO_PORT), .sent = 6 * (long)size,
		   .connections = ANY);
	expect_rows(result, scene.client, 1);
	expect_process(result, scene.client);
}

/* A socket that only listens has sent nothing, and is not told of as a sender. */
static void listening(struct test *test)
{
	struct scene scene = scene_open(test);
	int fd = sock_open(scene.client, AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)), out;
	struct result *result;

	out = sock_open(scene.client, test->family, SOCK_DGRAM, 0);
	expect_equal(test,
		     sock_send_to(scene.client, out, scene.frame.to, scene.frame.to_port, 100),
		     100);
	expect_equal(test, sock_receive_many(scene.server, scene.in, 1), 100);
	sock_receive_many(scene.client, fd, 1);
	result = egret_stop(scene.egret);
	expect_row(result, scene.client, OUT("udp", scene.frame.to, scene.frame.to_port),
		   .sent = 100, .connections = 1);
	expect_rows(result, scene.client, 1);
}

/* Older than the tracer: nothing announces it. */
static void older(struct test *test)
{
	struct actor *client = actor_start(test, "client");
	int fd = sock_open(client, AF_PACKET, SOCK_RAW, 0);
	unsigned char bytes[FRAME_ROOM];
	struct egret *egret;
	struct result *result;
	struct call call = { 0 };
	size_t size;

	net_join(test, 0, net_new(test));
	egret = egret_start(test, NULL);
	size = frame_ethernet(&(struct frame){ .from = net_ip_of(test, 1),
					       .to = net_ip_of(test, 2),
					       .from_port = 1,
					       .to_port = 9,
					       .size = 60 },
			      bytes);
	call.arg[0] = fd;
	call.arg[1] = net_index(test, "eg0");
	call.arg[2] = ethertype(test);
	call.arg[3] = (long)size;
	call.arg[4] = 2;
	memcpy(call.text, bytes, size);
	expect_equal(test, actor_call(client, f_send_frames, &call), 2 * (long)size);
	result = egret_stop(egret);
	expect_row(result, client, OUT("packet", net_ip_of(test, 2), NO_PORT),
		   .sent = 2 * (long)size, .connections = ANY);
}

const struct test_case packet_cases[] = {
	CASE_BOTH("packet/raw", whole_frames),
	CASE_BOTH("packet/dgram", without_header),
	CASE("packet/not-ip", not_ip),
	CASE("packet/arp", arp),
	CASE_BOTH("packet/several", several),
	CASE_BOTH("packet/ring", by_ring),
	CASE_BOTH("packet/ring-dgram", by_ring_without_header),
	CASE_BOTH("packet/qdisc-bypass", past_queues),
	CASE("packet/listening", listening),
	CASE_BOTH("packet/older", older),
	{ 0 },
};
