/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* IPFire's format, version 1, after libloc/format.h: a check of the file, and look-ups. */
#include "loc_format.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/ip.h>

#define MAGIC "LOCDBXX\1" /* with the version */
#define HEADER_SIZE 4208 /* up to the end of its padding, magic included */
#define DEPTH_MAX 128 /* bits of an address */
#define NO_NETWORK UINT32_MAX
#define NO_NODE UINT32_MAX /* the root is 0, to which no branch leads */

/* Offsets in the header; every number is in network byte order. */
#define VENDOR_AT 16
#define DESCRIPTION_AT 20
#define LICENSE_AT 24
#define SECTIONS_AT 28

enum section {
	SECTION_AS,
	SECTION_NETWORKS,
	SECTION_TREE,
	SECTION_COUNTRIES,
	SECTION_POOL,
	SECTIONS
};

struct part {
	const uint8_t *start;
	uint32_t size; /* bytes */
};

/* How long an element of a section is, and which of its words is a text in the pool. */
static const struct {
	uint32_t size;
	uint32_t text_at; /* 0: none */
} elements[] = {
	[SECTION_AS] = { .size = 8, .text_at = 4 },
	[SECTION_NETWORKS] = { .size = 12 },
	[SECTION_TREE] = { .size = 12 },
	[SECTION_COUNTRIES] = { .size = 8, .text_at = 4 },
	[SECTION_POOL] = { .size = 1 },
};
_Static_assert(ARRAY_SIZE(elements) == SECTIONS, "every section has elements");

static uint32_t word(const uint8_t *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return ntohl(value);
}

static int find_part(const uint8_t *bytes, size_t size, enum section section, struct part *ret_part)
{
	const uint8_t *entry = bytes + SECTIONS_AT + (size_t)section * 8;
	uint32_t offset = word(entry), length = word(entry + 4);

	if (offset > size || length > size - offset || length % elements[section].size)
		return -EINVAL;
	*ret_part = (struct part){ .start = bytes + offset, .size = length };
	return 0;
}

/* --- texts --- */

static bool is_text(const struct part *pool, uint32_t offset)
{
	return offset < pool->size; /* the pool's last byte ends the last text */
}

static bool are_texts(const struct part *pool, const struct part *part, enum section section)
{
	uint32_t size = elements[section].size;

	for (uint32_t at = 0; at < part->size; at += size) {
		if (!is_text(pool, word(part->start + at + elements[section].text_at)))
			return false;
	}
	return true;
}

static int check_texts(const uint8_t *bytes, const struct part parts[SECTIONS])
{
	static const uint32_t own[] = { VENDOR_AT, DESCRIPTION_AT, LICENSE_AT };
	const struct part *pool = &parts[SECTION_POOL];

	if (!pool->size || pool->start[pool->size - 1])
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		if (!is_text(pool, word(bytes + own[i])))
			return -EINVAL;
	}
	return are_texts(pool, &parts[SECTION_AS], SECTION_AS) &&
			       are_texts(pool, &parts[SECTION_COUNTRIES], SECTION_COUNTRIES)
		       ? 0
		       : -EINVAL;
}

/* --- the tree --- */

struct tree {
	const uint8_t *nodes;
	uint32_t count, networks;
	uint8_t *depths; /* of each node; 0: no branch has led there yet */
};

/* A branch leads to a node that comes later, so that one pass sees parents first. */
static bool follow(struct tree *tree, uint32_t node, uint32_t child)
{
	uint8_t depth = tree->depths[node];

	if (!child)
		return true;
	if (child <= node || child >= tree->count || depth >= DEPTH_MAX)
		return false;
	if (tree->depths[child] < depth + 1)
		tree->depths[child] = (uint8_t)(depth + 1);
	return true;
}

static int check_tree(const struct part parts[SECTIONS])
{
	uint32_t size = elements[SECTION_TREE].size;
	struct tree tree = {
		.nodes = parts[SECTION_TREE].start,
		.count = parts[SECTION_TREE].size / size,
		.networks = parts[SECTION_NETWORKS].size / elements[SECTION_NETWORKS].size,
	};
	_cleanup_(eg_freep) uint8_t *depths = calloc((size_t)tree.count + 1, 1);

	if (!depths)
		return -ENOMEM;
	tree.depths = depths;
	for (uint32_t i = 0; i < tree.count; i++) {
		const uint8_t *node = tree.nodes + (size_t)i * size;
		uint32_t network = word(node + 8);

		if (!follow(&tree, i, word(node)) || !follow(&tree, i, word(node + 4)) ||
		    (network != NO_NETWORK && network >= tree.networks))
			return -EINVAL;
	}
	return tree.count ? 0 : -EINVAL;
}

/* --- look-ups --- */

/* Follows an address from a node; the last network that was passed, `known` if there was none. */
static uint32_t descend(const struct eg_loc_tree *tree, const uint8_t ip[16], unsigned bit,
			unsigned end, uint32_t *node, uint32_t known)
{
	for (;; bit++) {
		const uint8_t *at = tree->nodes + (size_t)*node * elements[SECTION_TREE].size;
		uint32_t network = word(at + 8), next;

		if (network != NO_NETWORK)
			known = network;
		if (bit == end)
			return known;
		next = word(at + (ip[bit / 8] >> (7 - bit % 8) & 1 ? 4 : 0));
		if (!next)
			break;
		*node = next;
	}
	*node = NO_NODE;
	return known;
}

static const uint8_t ipv4[16] = { [10] = 0xff, [11] = 0xff };
#define IPV4_BITS 96 /* of the prefix above */

bool eg_loc_find(const struct eg_loc_tree *tree, const uint8_t ip[16],
		 struct eg_loc_network *ret_network)
{
	bool is_ipv4 = eg_ip_is_ipv4(ip);
	uint32_t node = is_ipv4 ? tree->ipv4_node : 0;
	uint32_t found = is_ipv4 ? tree->ipv4_network : NO_NETWORK;
	const uint8_t *record;

	if (node != NO_NODE)
		found = descend(tree, ip, is_ipv4 ? IPV4_BITS : 0, DEPTH_MAX, &node, found);
	if (found == NO_NETWORK)
		return false;
	record = tree->networks + (size_t)found * elements[SECTION_NETWORKS].size;
	*ret_network = (struct eg_loc_network){
		.country = { (char)record[0], (char)record[1] },
		.as_number = word(record + 4),
		.flags = (uint16_t)(record[8] << 8 | record[9]),
	};
	return true;
}

static void open_tree(const struct part parts[SECTIONS], struct eg_loc_tree *ret_tree)
{
	uint32_t node = 0;

	ret_tree->nodes = parts[SECTION_TREE].start;
	ret_tree->networks = parts[SECTION_NETWORKS].start;
	ret_tree->ipv4_network = descend(ret_tree, ipv4, 0, IPV4_BITS, &node, NO_NETWORK);
	ret_tree->ipv4_node = node;
}

int eg_loc_check(const uint8_t *bytes, size_t size, struct eg_loc_tree *ret_tree,
		 const char **ret_reason)
{
	struct part parts[SECTIONS];
	int r = 0;

	if (size < HEADER_SIZE || memcmp(bytes, MAGIC, sizeof(MAGIC) - 1) != 0) {
		*ret_reason = "no libloc database of version 1, or a truncated one";
		return -EINVAL;
	}
	for (enum section i = 0; i < SECTIONS && r == 0; i++)
		r = find_part(bytes, size, i, &parts[i]);
	if (r < 0) {
		*ret_reason = "damaged or truncated: parts of it lie outside of the file";
		return r;
	}
	r = check_texts(bytes, parts);
	*ret_reason = "damaged: a name of it has no end";
	if (r < 0)
		return r;
	*ret_reason = "damaged: its tree of networks leads nowhere";
	r = check_tree(parts);
	if (r == 0)
		open_tree(parts, ret_tree);
	return r;
}
