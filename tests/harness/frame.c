/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Ethernet, IP and UDP headers (RFC 791, 8200, 768), with their checksums (RFC 1071). */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <string.h>

#include <harness/frame.h>
#include <harness/net.h>

static unsigned add_words(unsigned sum, const void *data, size_t size)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < size; i++)
		sum += i % 2 ? bytes[i] : (unsigned)bytes[i] << 8;
	return sum;
}

static uint16_t fold(unsigned sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* Where an address keeps its bytes, and how many. */
static const void *raw_address(const struct address *address, size_t *ret_size)
{
	bool v6 = address->storage.ss_family == AF_INET6;

	*ret_size = v6 ? 16 : 4;
	return v6 ? (const void *)&((const struct sockaddr_in6 *)&address->storage)->sin6_addr
		  : (const void *)&((const struct sockaddr_in *)&address->storage)->sin_addr;
}

size_t frame_udp(const struct frame *frame, unsigned char out[static FRAME_ROOM])
{
	struct address from = address(frame->from, 0), to = address(frame->to, 0);
	struct udphdr header = {
		.source = htons((uint16_t)frame->from_port),
		.dest = htons((uint16_t)frame->to_port),
		.len = htons((uint16_t)(sizeof(header) + frame->size)),
	};
	size_t size, length = sizeof(header) + frame->size;
	const void *bytes = raw_address(&from, &size);
	unsigned sum = IPPROTO_UDP + (unsigned)length;

	memset(out, 0, length);
	sum = add_words(sum, bytes, size);
	sum = add_words(sum, raw_address(&to, &size), size);
	header.check = fold(add_words(sum, &header, sizeof(header)));
	memcpy(out, &header, sizeof(header));
	return length;
}

static size_t ip4(const struct frame *frame, unsigned char *out)
{
	struct address from = address(frame->from, 0), to = address(frame->to, 0);
	size_t size = frame_udp(frame, out + sizeof(struct iphdr)), bytes;
	struct iphdr header = {
		.version = 4,
		.ihl = 5,
		.ttl = 64,
		.protocol = IPPROTO_UDP,
		.tot_len = htons((uint16_t)(sizeof(header) + size)),
	};

	memcpy(&header.saddr, raw_address(&from, &bytes), 4);
	memcpy(&header.daddr, raw_address(&to, &bytes), 4);
	header.check = fold(add_words(0, &header, sizeof(header)));
	memcpy(out, &header, sizeof(header));
	return sizeof(header) + size;
}

static size_t ip6(const struct frame *frame, unsigned char *out)
{
	struct address from = address(frame->from, 0), to = address(frame->to, 0);
	size_t size = frame_udp(frame, out + sizeof(struct ip6_hdr)), bytes;
	struct ip6_hdr header = { 0 };

	header.ip6_flow = htonl(6U << 28);
	header.ip6_plen = htons((uint16_t)size);
	header.ip6_nxt = IPPROTO_UDP;
	header.ip6_hlim = 64;
	memcpy(&header.ip6_src, raw_address(&from, &bytes), 16);
	memcpy(&header.ip6_dst, raw_address(&to, &bytes), 16);
	memcpy(out, &header, sizeof(header));
	return sizeof(header) + size;
}

size_t frame_ip(const struct frame *frame, unsigned char out[static FRAME_ROOM])
{
	return strchr(frame->to, ':') ? ip6(frame, out) : ip4(frame, out);
}

size_t frame_ethernet(const struct frame *frame, unsigned char out[static FRAME_ROOM])
{
	unsigned char packet[FRAME_ROOM];
	size_t size = frame_ip(frame, packet);
	struct ethhdr header = {
		.h_dest = { 2, 0, 0, 0, 0x77, 2 },
		.h_source = { 2, 0, 0, 0, 0x77, 1 },
		.h_proto = htons(strchr(frame->to, ':') ? ETH_P_IPV6 : ETH_P_IP),
	};

	memcpy(out, &header, sizeof(header));
	memcpy(out + sizeof(header), packet, size);
	return sizeof(header) + size;
}
