/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* QUIC: the ClientHello in a client's first packets. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "quic_crypto.h"
#include "tls.h"

#define EG_QUIC_RANGES_MAX 32 /* pieces that a ClientHello may be in, out of order */
#define EG_QUIC_PACKETS_MAX 8 /* coalesced in one datagram */
#define EG_QUIC_ID_MAX 20

struct eg_quic_range {
	uint16_t begin, end;
};

/*
 * What a client has sent of its ClientHello to one address; all zeroes to
 * begin with. The keys are those of the first destination connection id, which
 * the client changes as soon as it hears of the server.
 */
struct eg_quic_flow {
	bool keyed;
	uint32_t version;
	struct eg_quic_keys keys;
	struct eg_quic_range ranges[EG_QUIC_RANGES_MAX]; /* in order, apart from each other */
	size_t ranges_count;
	uint8_t hello[EG_HELLO_MAX];
};

/* Could this datagram begin with a client's Initial of a version that we know? */
bool eg_quic_begins(const uint8_t *datagram, size_t size);

/*
 * Reads the Initial packets of a datagram that a client has sent (RFC 9000
 * section 17.2.2, RFC 9001, RFC 9369), alone or coalesced with others, and adds
 * their CRYPTO frames to the flow. 0: the ClientHello is complete, and in
 * *ret_hello; -EAGAIN: a part of it is missing; -EBADMSG: nothing here could be
 * read, or it is no ClientHello.
 */
int eg_quic_add(struct eg_quic_crypto *crypto, struct eg_quic_flow *flow, const uint8_t *datagram,
		size_t size, struct eg_tls_hello *ret_hello);
