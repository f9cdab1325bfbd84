/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A TCP peer that is no socket of this host: packets, written and read through a TUN device. */
#pragma once

#include <stdint.h>

#include <harness/test.h>

/*
 * egret's programs see both ends of a connection on loopback. Against this peer
 * they see one: what they cost on the connecting and on the accepting side is
 * measured apart. The peer answers as a socket in the connect loop does: it
 * acknowledges data at once, and the host's FIN together with its own.
 */
struct peer {
	int tun;
	int listener; /* ours, for connections from the peer */
	uint32_t ours, theirs; /* addresses, network byte order */
	uint16_t port; /* of the peer, host byte order; moves on */
	uint16_t listener_port;
};

/* Makes the device in this network namespace; skips the case if it can't be made. */
void peer_open(struct test *test, struct peer *peer);
/* So many connections to the peer, or from it: 5 bytes, close; `data` is the peer. */
void peer_connect(struct test *test, void *data, unsigned connections);
void peer_accept(struct test *test, void *data, unsigned connections);
