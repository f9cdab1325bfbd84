/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* UDP: many datagrams by one call, and one datagram by many calls or packets. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

#define BATCH 32

static char buffer[65536];

/* arg: descriptor, size of the first datagram; the others grow by one byte. */
static long f_sendmmsg(struct call *call)
{
	struct mmsghdr messages[BATCH] = { 0 };
	struct iovec parts[BATCH];
	long done = 0;
	int sent;

	for (int i = 0; i < BATCH; i++) {
		parts[i] =
			(struct iovec){ .iov_base = buffer, .iov_len = (size_t)(call->arg[1] + i) };
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
		messages[i].msg_hdr.msg_name = &call->to.storage;
		messages[i].msg_hdr.msg_namelen = call->to.length;
	}
	sent = sendmmsg((int)call->arg[0], messages, BATCH, 0);
	if (sent != BATCH)
		return sent < 0 ? -errno : -EIO;
	for (int i = 0; i < BATCH; i++)
		done += messages[i].msg_len;
	return done;
}

static long f_recvmmsg(struct call *call)
{
	struct mmsghdr messages[BATCH] = { 0 };
	struct iovec part = { .iov_base = buffer, .iov_len = sizeof(buffer) };
	long done = 0;
	int got;

	for (int i = 0; i < BATCH; i++) {
		messages[i].msg_hdr.msg_iov = &part;
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	got = recvmmsg((int)call->arg[0], messages, BATCH, MSG_WAITALL, NULL);
	if (got != BATCH)
		return got < 0 ? -errno : -EIO;
	for (int i = 0; i < BATCH; i++)
		done += messages[i].msg_len;
	return done;
}

/* arg: descriptor, bytes in all, bytes per datagram. */
static long f_send_gso(struct call *call)
{
	char room[CMSG_SPACE(sizeof(uint16_t))] __attribute__((aligned(8))) = { 0 };
	struct iovec part = { .iov_base = buffer, .iov_len = (size_t)call->arg[1] };
	struct msghdr header = {
		.msg_name = &call->to.storage,
		.msg_namelen = call->to.length,
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room),
	};
	uint16_t size = (uint16_t)call->arg[2];
	struct cmsghdr *extra = CMSG_FIRSTHDR(&header);
	ssize_t sent;

	extra->cmsg_level = IPPROTO_UDP;
	extra->cmsg_type = UDP_SEGMENT;
	extra->cmsg_len = CMSG_LEN(sizeof(size));
	memcpy(CMSG_DATA(extra), &size, sizeof(size));
	sent = sendmsg((int)call->arg[0], &header, 0);
	return sent < 0 ? -errno : sent;
}

/* Receives until there are `size` bytes, however they are cut. */
static long f_receive_bytes(struct call *call)
{
	long done = 0;

	while (done < call->arg[1]) {
		ssize_t got = recv((int)call->arg[0], buffer, sizeof(buffer), 0);

		if (got < 0)
			return -errno;
		done += got;
	}
	return done;
}

/* Client, server and egret; the client in the case's namespace. */
struct scene {
	struct test *test;
	struct actor *client, *server;
	struct egret *egret;
	const char *client_ip, *server_ip;
	int in, out, port;
};

static void scene_bind(struct scene *scene)
{
	int domain = scene->test->family;

	scene->in = sock_open(scene->server, domain, SOCK_DGRAM, 0);
	scene->port = sock_bind(scene->server, scene->in, scene->server_ip, 0);
	sock_set(scene->server, scene->in, SOL_SOCKET, SO_RCVBUF, 1 << 20);
	scene->out = sock_open(scene->client, domain, SOCK_DGRAM, 0);
}

static struct scene scene_local(struct test *test)
{
	struct scene scene = {
		.test = test,
		.client = actor_start(test, "client"),
		.server = actor_start(test, "server"),
		.client_ip = test->ip,
		.server_ip = test->ip,
	};

	scene.egret = egret_start(test, NULL);
	scene_bind(&scene);
	return scene;
}

/* The server is behind a veth with an MTU of 1500. */
static struct scene scene_far(struct test *test)
{
	struct scene scene = {
		.test = test,
		.client_ip = net_ip_of(test, 1),
		.server_ip = net_ip_of(test, 2),
	};
	int net = net_new(test);

	net_join(test, 0, net);
	scene.client = actor_start(test, "client");
	scene.server =
		actor_start_as(test, &(struct actor_options){ .name = "server", .net = net });
	scene.egret = egret_start(test, NULL);
	scene_bind(&scene);
	return scene;
}

static void scene_end(struct scene *scene, long long sent)
{
	struct result *result = egret_stop(scene->egret);

	expect_row(result, scene->client, OUT("udp", scene->server_ip, scene->port), .sent = sent,
		   .connections = 1);
	expect_row(result, scene->server, IN("udp", scene->client_ip, scene->port),
		   .received = sent, .connections = 1);
	expect_rows(result, scene->client, 1);
	expect_rows(result, scene->server, 1);
}

static void batch(struct test *test)
{
	const long all = BATCH * 100 + BATCH * (BATCH - 1) / 2;
	struct scene scene = scene_local(test);
	struct call call = { .arg = { scene.out, 100 }, .to = address(test->ip, scene.port) };

	expect_equal(test, actor_call(scene.client, f_sendmmsg, &call), all);
	expect_equal(test,
		     actor_call(scene.server, f_recvmmsg, &(struct call){ .arg = { scene.in } }),
		     all);
	scene_end(&scene, all);
}

static void segmented(struct scene *scene)
{
	struct test *test = scene->test;
	struct call call = { .arg = { scene->out, 20100, 1000 },
			     .to = address(scene->server_ip, scene->port) };
	long sent;

	for (int i = 0; i < 3; i++) {
		sent = actor_call(scene->client, f_send_gso, &call);
		if (sent == -EINVAL || sent == -EIO || sent == -ENOPROTOOPT)
			test_skip(test, "no UDP_SEGMENT: %s", strerror((int)-sent));
		expect_equal(test, sent, 20100);
		expect_equal(test,
			     actor_call(scene->server, f_receive_bytes,
					&(struct call){ .arg = { scene->in, 20100 } }),
			     20100);
	}
	scene_end(scene, 60300);
}

static void gso(struct test *test)
{
	struct scene scene = scene_local(test);

	segmented(&scene);
}

static void gso_far(struct test *test)
{
	struct scene scene = scene_far(test);

	segmented(&scene);
}

static void gro_in(struct scene *scene)
{
	int rc = sock_try_set(scene->server, scene->in, IPPROTO_UDP, UDP_GRO, 1);

	if (rc < 0)
		test_skip(scene->test, "no UDP_GRO: %s", strerror(-rc));
	segmented(scene);
}

static void gro(struct test *test)
{
	struct scene scene = scene_local(test);

	gro_in(&scene);
}

static void gro_far(struct test *test)
{
	struct scene scene = scene_far(test);

	gro_in(&scene);
}

/* One datagram out of several calls. */
static void corked(struct test *test)
{
	struct scene scene = scene_local(test);
	long sent = 0;

	for (int i = 0; i < 9; i++)
		sent += sock_send_many(scene.client, scene.out, test->ip, scene.port, 100, MSG_MORE,
				       1);
	sent += sock_send_to(scene.client, scene.out, test->ip, scene.port, 1);
	expect_equal(test, sent, 901);
	expect_equal(test, sock_receive_many(scene.server, scene.in, 1), 901);
	scene_end(&scene, 901);
}

/* What was corked and never let go was not sent. */
static void cork_forgotten(struct test *test)
{
	struct scene scene = scene_local(test);

	expect_equal(test, sock_send_to(scene.client, scene.out, test->ip, scene.port, 5), 5);
	sock_send_many(scene.client, scene.out, test->ip, scene.port, 1000, MSG_MORE, 1);
	sock_close(scene.client, scene.out);
	expect_equal(test, sock_receive_many(scene.server, scene.in, 1), 5);
	scene_end(&scene, 5);
}

/* 60 KB over a link that takes 1500 bytes at a time. */
static void fragmented(struct test *test)
{
	struct scene scene = scene_far(test);

	for (int i = 0; i < 5; i++) {
		expect_equal(test,
			     sock_send_to(scene.client, scene.out, scene.server_ip, scene.port,
					  60001),
			     60001);
		expect_equal(test, sock_receive_many(scene.server, scene.in, 1), 60001);
	}
	scene_end(&scene, 300005);
}

static void fragmented_cork(struct test *test)
{
	struct scene scene = scene_far(test);

	for (int i = 0; i < 30; i++)
		sock_send_many(scene.client, scene.out, scene.server_ip, scene.port, 2000,
			       i < 29 ? MSG_MORE : 0, 1);
	expect_equal(test, sock_receive_many(scene.server, scene.in, 1), 60000);
	scene_end(&scene, 60000);
}

/* IPv6 headers between the first one and UDP's. */
static void extension_headers(struct test *test)
{
	/* RFC 8200 4.3: next header and length are filled in; PadN of four bytes. */
	static const unsigned char options[8] = { 0, 0, 1, 4 };
	struct scene scene = scene_far(test);

	expect_equal(test,
		     sock_set_data(scene.client, scene.out, IPPROTO_IPV6, IPV6_HOPOPTS, options,
				   sizeof(options)),
		     0);
	expect_equal(test,
		     sock_set_data(scene.client, scene.out, IPPROTO_IPV6, IPV6_DSTOPTS, options,
				   sizeof(options)),
		     0);
	expect_equal(test,
		     sock_send_many(scene.client, scene.out, scene.server_ip, scene.port, 123, 0,
				    4),
		     492);
	expect_equal(test,
		     sock_send_to(scene.client, scene.out, scene.server_ip, scene.port, 20000),
		     20000);
	expect_equal(test, sock_receive_many(scene.server, scene.in, 5), 20492);
	scene_end(&scene, 20492);
}

/* IPv4 options make the first header longer. */
static void ip_options(struct test *test)
{
	static const unsigned char options[8] = { IPOPT_NOOP, IPOPT_NOOP, IPOPT_NOOP, IPOPT_NOOP,
						  0 };
	struct scene scene = scene_far(test);

	expect_equal(test,
		     sock_set_data(scene.client, scene.out, IPPROTO_IP, IP_OPTIONS, options,
				   sizeof(options)),
		     0);
	expect_equal(test,
		     sock_send_many(scene.client, scene.out, scene.server_ip, scene.port, 123, 0,
				    4),
		     492);
	expect_equal(test, sock_receive_many(scene.server, scene.in, 4), 492);
	scene_end(&scene, 492);
}

const struct test_case udp_offload_cases[] = {
	CASE_BOTH("udp/batch", batch),
	CASE_BOTH("udp/gso", gso),
	CASE_BOTH("udp/gso-veth", gso_far),
	CASE_BOTH("udp/gro", gro),
	CASE_BOTH("udp/gro-veth", gro_far),
	CASE_BOTH("udp/corked", corked),
	CASE_BOTH("udp/cork-forgotten", cork_forgotten),
	CASE_BOTH("udp/fragmented", fragmented),
	CASE_BOTH("udp/fragmented-cork", fragmented_cork),
	CASE_IPV6("udp/extension-headers", extension_headers),
	CASE_IPV4("udp/ip-options", ip_options),
	{ 0 },
};
