/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* IPFire's format, as far as egret reads it by itself: a whole check, and look-ups. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The tree of a file that is whole; it lives as long as the bytes do. */
struct eg_loc_tree {
	const uint8_t *nodes, *networks;
	/* Where every IPv4 address begins, and the network that has been passed on the way. */
	uint32_t ipv4_node, ipv4_network;
};

/* What a network's record says. */
struct eg_loc_network {
	char country[2]; /* not terminated; NUL or anything else where it is unknown */
	uint32_t as_number; /* 0: unknown */
	uint16_t flags; /* enum loc_network_flags */
};

/*
 * Looks at all of a file of format version 1 that a look-up may follow: sections
 * inside the file, texts with an end, a tree whose branches lead further down, no
 * deeper than an address is long, and to networks that there are. libloc, and
 * eg_loc_find(), believe the file in this. 0, -EINVAL with a reason (a
 * constant), or -ENOMEM. Pure.
 */
int eg_loc_check(const uint8_t *bytes, size_t size, struct eg_loc_tree *ret_tree,
		 const char **ret_reason);

/*
 * The smallest network that the address (network order; IPv4 as ::ffff:a.b.c.d)
 * is in; false: none. libloc's own look-up makes an object, with the network's
 * first address and its prefix in words, of each answer, which takes it
 * 3.5 us. Pure.
 */
bool eg_loc_find(const struct eg_loc_tree *tree, const uint8_t ip[16],
		 struct eg_loc_network *ret_network);
