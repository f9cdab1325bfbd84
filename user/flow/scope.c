/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The scope of an address, from the IANA special-purpose address registries. */
#include <egret/flow.h>

#include <string.h>

#include <egret/base.h>
#include <egret/ip.h>

/*
 * The contract has fewer scopes than the registries have entries. Blocks that
 * are not globally reachable and have no scope of their own are "private": their
 * packets end in networks that somebody runs for himself. An address in no block
 * is "internet", so that what is unknown is shown and never left out.
 */
struct block {
	uint8_t prefix[16];
	uint8_t bits;
	enum eg_scope scope;
	uint8_t ipv4_at; /* an IPv4 address begins at this byte and decides, 0: no */
	bool tunnel; /* another address is in it, which says where packets go */
};

/* IPv4 blocks as the low 32 bits of ::ffff:0:0/96. */
#define IPV4(a, b, c, d, length)                                                                   \
	.prefix = { [10] = 0xff, [11] = 0xff, (a), (b), (c), (d) }, .bits = 96 + (length)

/* The first block that holds the address counts: a part stands before the whole. */
static const struct block blocks[] = {
	/* RFC 1122 3.2.1.3: this host; Linux sends it to itself */
	{ IPV4(0, 0, 0, 0, 32), .scope = EG_SCOPE_LOOPBACK },
	/* RFC 791 3.2: this network */
	{ IPV4(0, 0, 0, 0, 8), .scope = EG_SCOPE_LINK_LOCAL },
	/* RFC 1918 */
	{ IPV4(10, 0, 0, 0, 8), .scope = EG_SCOPE_PRIVATE },
	/* RFC 6598 */
	{ IPV4(100, 64, 0, 0, 10), .scope = EG_SCOPE_CGNAT },
	/* RFC 1122 3.2.1.3 */
	{ IPV4(127, 0, 0, 0, 8), .scope = EG_SCOPE_LOOPBACK },
	/* RFC 3927 */
	{ IPV4(169, 254, 0, 0, 16), .scope = EG_SCOPE_LINK_LOCAL },
	/* RFC 1918 */
	{ IPV4(172, 16, 0, 0, 12), .scope = EG_SCOPE_PRIVATE },
	/* RFC 7723, RFC 8155: anycast of PCP and TURN, globally reachable */
	{ IPV4(192, 0, 0, 9, 32), .scope = EG_SCOPE_INTERNET },
	{ IPV4(192, 0, 0, 10, 32), .scope = EG_SCOPE_INTERNET },
	/* RFC 6890 2.1: protocol assignments, DS-Lite (RFC 7335) among them */
	{ IPV4(192, 0, 0, 0, 24), .scope = EG_SCOPE_PRIVATE },
	/* RFC 5737 */
	{ IPV4(192, 0, 2, 0, 24), .scope = EG_SCOPE_DOCUMENTATION },
	/* RFC 1918 */
	{ IPV4(192, 168, 0, 0, 16), .scope = EG_SCOPE_PRIVATE },
	/* RFC 2544: benchmarking */
	{ IPV4(198, 18, 0, 0, 15), .scope = EG_SCOPE_PRIVATE },
	/* RFC 5737 */
	{ IPV4(198, 51, 100, 0, 24), .scope = EG_SCOPE_DOCUMENTATION },
	{ IPV4(203, 0, 113, 0, 24), .scope = EG_SCOPE_DOCUMENTATION },
	/* RFC 5771 */
	{ IPV4(224, 0, 0, 0, 4), .scope = EG_SCOPE_MULTICAST },
	/* RFC 919 7 */
	{ IPV4(255, 255, 255, 255, 32), .scope = EG_SCOPE_BROADCAST },
	/* RFC 1112 4: reserved; where it works, somebody uses it inside */
	{ IPV4(240, 0, 0, 0, 4), .scope = EG_SCOPE_PRIVATE },
	/* the rest of IPv4 */
	{ IPV4(0, 0, 0, 0, 0), .scope = EG_SCOPE_INTERNET },

	/* RFC 4291 2.5.2, 2.5.3: unspecified (this host, as 0.0.0.0) and loopback */
	{ .prefix = { 0 }, .bits = 128, .scope = EG_SCOPE_LOOPBACK },
	{ .prefix = { [15] = 1 }, .bits = 128, .scope = EG_SCOPE_LOOPBACK },
	/* RFC 6052: IPv4 behind a translator */
	{ .prefix = { 0x00, 0x64, 0xff, 0x9b }, .bits = 96, .ipv4_at = 12 },
	/* RFC 8215: the same, for one's own use */
	{ .prefix = { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, .bits = 48, .scope = EG_SCOPE_PRIVATE },
	/* RFC 6666: discard; RFC 9780: dummy */
	{ .prefix = { 0x01, 0x00 }, .bits = 63, .scope = EG_SCOPE_PRIVATE },
	/* RFC 4380: Teredo */
	{ .prefix = { 0x20, 0x01 }, .bits = 32, .scope = EG_SCOPE_INTERNET, .tunnel = true },
	/* RFC 7723, RFC 8155, RFC 9665: anycast of PCP, TURN, DNS-SD registration */
	{ .prefix = { 0x20, 0x01, 0x00, 0x01, [15] = 1 }, .bits = 128, .scope = EG_SCOPE_INTERNET },
	{ .prefix = { 0x20, 0x01, 0x00, 0x01, [15] = 2 }, .bits = 127, .scope = EG_SCOPE_INTERNET },
	/* RFC 7450: AMT; RFC 7535: AS112; RFC 7343: ORCHIDv2; RFC 9374: drones */
	{ .prefix = { 0x20, 0x01, 0x00, 0x03 }, .bits = 32, .scope = EG_SCOPE_INTERNET },
	{ .prefix = { 0x20, 0x01, 0, 4, 0x01, 0x12 }, .bits = 48, .scope = EG_SCOPE_INTERNET },
	{ .prefix = { 0x20, 0x01, 0x00, 0x20 }, .bits = 27, .scope = EG_SCOPE_INTERNET },
	/* RFC 2928: protocol assignments, benchmarking (RFC 5180) among them */
	{ .prefix = { 0x20, 0x01 }, .bits = 23, .scope = EG_SCOPE_PRIVATE },
	/* RFC 3849, RFC 9637 */
	{ .prefix = { 0x20, 0x01, 0x0d, 0xb8 }, .bits = 32, .scope = EG_SCOPE_DOCUMENTATION },
	{ .prefix = { 0x3f, 0xff }, .bits = 20, .scope = EG_SCOPE_DOCUMENTATION },
	/* RFC 3056: 6to4 */
	{ .prefix = { 0x20, 0x02 }, .bits = 16, .ipv4_at = 2 },
	/* RFC 9602: segment routing */
	{ .prefix = { 0x5f, 0x00 }, .bits = 16, .scope = EG_SCOPE_PRIVATE },
	/* RFC 4193: unique local; RFC 3879: site-local, its predecessor */
	{ .prefix = { 0xfc }, .bits = 7, .scope = EG_SCOPE_PRIVATE },
	{ .prefix = { 0xfe, 0xc0 }, .bits = 10, .scope = EG_SCOPE_PRIVATE },
	/* RFC 4291 2.5.6, 2.7 */
	{ .prefix = { 0xfe, 0x80 }, .bits = 10, .scope = EG_SCOPE_LINK_LOCAL },
	{ .prefix = { 0xff }, .bits = 8, .scope = EG_SCOPE_MULTICAST },
};

static bool holds(const struct block *block, const uint8_t ip[16])
{
	size_t bytes = block->bits / 8;
	unsigned rest = block->bits % 8;

	if (memcmp(block->prefix, ip, bytes) != 0)
		return false;
	return !rest || (block->prefix[bytes] ^ ip[bytes]) >> (8 - rest) == 0;
}

static const struct block *find(const uint8_t ip[16])
{
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		if (holds(&blocks[i], ip))
			return &blocks[i];
	}
	return NULL;
}

/*
 * The packet leaves for a translator or relay whatever the IPv4 address in it
 * is; so that one can't hide as loopback, which is left out by default.
 */
static enum eg_scope embedded_scope(const uint8_t ipv4[4])
{
	uint8_t ip[16];
	enum eg_scope scope;

	eg_ip_from_ipv4(ipv4, ip);
	scope = find(ip)->scope;
	switch (scope) {
	case EG_SCOPE_PRIVATE:
	case EG_SCOPE_CGNAT:
	case EG_SCOPE_DOCUMENTATION:
		return scope;
	default:
		return EG_SCOPE_INTERNET;
	}
}

enum eg_scope eg_scope_of(const uint8_t ip[16])
{
	const struct block *block = find(ip);

	if (!block)
		return EG_SCOPE_INTERNET;
	return block->ipv4_at ? embedded_scope(ip + block->ipv4_at) : block->scope;
}

bool eg_scope_is_located(const uint8_t ip[16])
{
	const struct block *block = find(ip);

	return !block || !(block->ipv4_at || block->tunnel);
}
