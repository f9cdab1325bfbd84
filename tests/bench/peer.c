/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Just enough of TCP (RFC 9293) to be connected to, and to connect. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <harness/net.h>

#include "loop.h"
#include "peer.h"

#define OURS "10.78.0.1"
#define THEIRS "10.78.0.2"
#define PATIENCE_MS 5000

struct packet {
	struct iphdr ip;
	struct tcphdr tcp;
	char data[LOOP_BYTES];
} __attribute__((packed));

/* --- packets --- */

/* RFC 1071, not yet complemented. */
static uint32_t sum(const void *bytes, size_t size, uint32_t start)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < size; i++)
		start += (uint32_t)byte[i] << (i % 2 ? 0 : 8);
	return start;
}

static uint16_t checksum(uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return htons((uint16_t)~total);
}

/* What the peer knows of its connection. */
struct state {
	uint16_t our_port; /* the host's, network byte order */
	uint32_t next; /* number of the next byte to send */
	uint32_t expected; /* and of the next to come */
};

#define FIN 1
#define SYN 2
#define PSH 8
#define ACK 16

static void transmit(struct test *test, const struct peer *peer, struct state *state,
		     unsigned char flags, size_t size)
{
	size_t length = sizeof(struct iphdr) + sizeof(struct tcphdr) + size;
	struct packet packet = {
		.ip = { .version = 4,
			.ihl = 5,
			.ttl = 64,
			.protocol = IPPROTO_TCP,
			.tot_len = htons((uint16_t)length),
			.saddr = peer->theirs,
			.daddr = peer->ours },
		.tcp = { .th_sport = htons(peer->port),
			 .th_dport = state->our_port,
			 .th_seq = htonl(state->next),
			 .th_ack = htonl(state->expected),
			 .th_off = 5,
			 .th_flags = flags,
			 .th_win = htons(65535) },
		.data = "hello",
	};
	uint32_t pseudo = sum(&packet.ip.saddr, 8, IPPROTO_TCP + (uint32_t)length - 20);

	packet.ip.check = checksum(sum(&packet.ip, sizeof(packet.ip), 0));
	packet.tcp.th_sum = checksum(sum(&packet.tcp, length - sizeof(packet.ip), pseudo));
	state->next += (uint32_t)size + !!(flags & SYN) + !!(flags & FIN);
	if (write(peer->tun, &packet, length) != (ssize_t)length)
		test_fail(test, "tun: %s", strerror(errno));
}

static bool is_ours(const struct peer *peer, const struct packet *packet, ssize_t size)
{
	return size >= (ssize_t)(sizeof(packet->ip) + sizeof(packet->tcp)) &&
	       packet->ip.version == 4 && packet->ip.ihl == 5 &&
	       packet->ip.protocol == IPPROTO_TCP && packet->tcp.th_dport == htons(peer->port);
}

/* Reads until a packet of the connection has one of these flags, or data; its flags. */
static unsigned receive(struct test *test, const struct peer *peer, struct state *state,
			unsigned flags)
{
	struct pollfd ready = { .fd = peer->tun, .events = POLLIN };
	char buffer[2048];
	struct packet packet;
	unsigned data;

	do {
		ssize_t size;

		if (poll(&ready, 1, PATIENCE_MS) <= 0)
			test_fail(test, "the host sends nothing to the peer");
		size = read(peer->tun, buffer, sizeof(buffer));
		memcpy(&packet, buffer, sizeof(packet));
		if (!is_ours(peer, &packet, size)) {
			data = packet.tcp.th_flags = 0;
			continue;
		}
		data = ntohs(packet.ip.tot_len) - 20U - packet.tcp.th_off * 4U;
	} while (!data && !(packet.tcp.th_flags & flags));
	state->our_port = packet.tcp.th_sport;
	state->expected = ntohl(packet.tcp.th_seq) + data + !!(packet.tcp.th_flags & SYN) +
			  !!(packet.tcp.th_flags & FIN);
	return packet.tcp.th_flags;
}

/* What the host acknowledged stays in the device until it is read. */
static void drain(const struct peer *peer)
{
	char buffer[2048];

	while (read(peer->tun, buffer, sizeof(buffer)) > 0)
		;
}

/* --- connections --- */

static void connect_once(struct test *test, struct peer *peer)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = peer->theirs,
		.sin_port = htons(peer->port),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct state state = { .next = 1000 };

	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 ||
	    errno != EINPROGRESS)
		test_fail(test, "connect: %s", strerror(errno));
	receive(test, peer, &state, SYN);
	transmit(test, peer, &state, SYN | ACK, 0);
	if (send(fd, "hello", LOOP_BYTES, 0) != LOOP_BYTES)
		test_fail(test, "send: %s", strerror(errno));
	receive(test, peer, &state, PSH);
	transmit(test, peer, &state, ACK, 0);
	close(fd);
	receive(test, peer, &state, FIN);
	transmit(test, peer, &state, FIN | ACK, 0);
	drain(peer);
}

static void accept_once(struct test *test, struct peer *peer)
{
	struct state state = { .next = 1000, .our_port = htons(peer->listener_port) };
	char buffer[2 * LOOP_BYTES];
	int fd;

	transmit(test, peer, &state, SYN, 0);
	receive(test, peer, &state, SYN);
	transmit(test, peer, &state, ACK, 0);
	transmit(test, peer, &state, PSH | ACK, LOOP_BYTES);
	fd = accept4(peer->listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0 || recv(fd, buffer, sizeof(buffer), 0) != LOOP_BYTES)
		test_fail(test, "accept: %s", strerror(errno));
	transmit(test, peer, &state, FIN | ACK, 0);
	if (recv(fd, buffer, sizeof(buffer), 0) != 0)
		test_fail(test, "no end of stream");
	close(fd);
	receive(test, peer, &state, FIN);
	transmit(test, peer, &state, ACK, 0);
	drain(peer);
}

/* Another port each time: nothing of an earlier connection is taken for this one's. */
static void next_port(struct peer *peer)
{
	peer->port = peer->port < 60000 ? peer->port + 1 : 10000;
}

void peer_connect(struct test *test, void *data, unsigned connections)
{
	for (unsigned i = 0; i < connections; i++, next_port(data))
		connect_once(test, data);
}

void peer_accept(struct test *test, void *data, unsigned connections)
{
	for (unsigned i = 0; i < connections; i++, next_port(data))
		accept_once(test, data);
}

/* --- the device --- */

static int listen_on(struct test *test, uint32_t ip, uint16_t *ret_port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = ip };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof(address);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, 128) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		test_fail(test, "listener: %s", strerror(errno));
	*ret_port = ntohs(address.sin_port);
	return fd;
}

void peer_open(struct test *test, struct peer *peer)
{
	struct ifreq request = { .ifr_name = "eg-peer", .ifr_flags = IFF_TUN | IFF_NO_PI };

	*peer = (struct peer){
		.tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC),
		.ours = inet_addr(OURS),
		.theirs = inet_addr(THEIRS),
		.port = 10000,
	};
	if (peer->tun < 0 || ioctl(peer->tun, TUNSETIFF, &request) < 0)
		test_skip(test, "no TUN device: %s", strerror(errno));
	net_sysctl(test, 0, "ipv6/conf/eg-peer/disable_ipv6", "1");
	net_sysctl(test, 0, "ipv4/tcp_max_tw_buckets", "0");
	net_ip(test, 0, "address add " OURS "/24 dev eg-peer");
	net_up(test, "eg-peer");
	peer->listener = listen_on(test, peer->ours, &peer->listener_port);
}
