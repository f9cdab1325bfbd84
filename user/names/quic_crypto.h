/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The protection of QUIC's Initial packets, which keeps nobody out. libcrypto lives behind this. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <egret/abi.h>

#define EG_QUIC_SAMPLE 16 /* bytes that the header's mask is made from */
#define EG_QUIC_TAG 16

/* What a client protects its Initial packets with. */
struct eg_quic_keys {
	uint8_t key[16], iv[12], header[16];
};

/* libcrypto's algorithms, looked up once; not for use by two threads at a time. */
struct eg_quic_crypto;

bool eg_quic_crypto_built(void); /* false: built without libcrypto */
/* 0, -ENOMEM, or -EOPNOTSUPP: built without libcrypto, or it lacks an algorithm. Opens no file. */
int eg_quic_crypto_new(struct eg_quic_crypto **ret_crypto);
void eg_quic_crypto_free(struct eg_quic_crypto *crypto);

/*
 * Derives a client's keys from the first destination connection id it chose
 * (RFC 9001 section 5.2, RFC 9369 section 3.3). 0, -EINVAL: no such version, or -EIO.
 */
int eg_quic_derive(struct eg_quic_crypto *crypto, uint32_t version, const uint8_t *id,
		   size_t id_size, struct eg_quic_keys *ret_keys);

/* The mask of a header (RFC 9001 section 5.4.3). 0 or -EIO. */
int eg_quic_mask(struct eg_quic_crypto *crypto, const struct eg_quic_keys *keys,
		 const uint8_t sample[static EG_QUIC_SAMPLE], uint8_t ret_mask[static 5]);

/*
 * Opens a packet (RFC 9001 section 5.3): `size` bytes of payload with its tag,
 * sealed together with the header; writes size - EG_QUIC_TAG bytes to
 * ret_plain. 0, or -EBADMSG: that was not sealed with these keys.
 */
struct eg_quic_sealed {
	uint64_t number; /* of the packet */
	const uint8_t *header, *payload;
	size_t header_size, size;
};
int eg_quic_open(struct eg_quic_crypto *crypto, const struct eg_quic_keys *keys,
		 const struct eg_quic_sealed *sealed, uint8_t *ret_plain);
