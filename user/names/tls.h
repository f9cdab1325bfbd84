/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TLS: the server's name that a ClientHello shows. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host.h"

struct eg_tls_hello {
	char name[EG_HOST_MAX + 1]; /* server_name (RFC 6066 section 3); "": none */
	bool ech; /* encrypted_client_hello (RFC 9849): the name may be an outer one */
};

/*
 * Reads a ClientHello (RFC 8446 section 4.1.2) at the beginning of a stream of
 * handshake messages, as QUIC carries it. 0; -EAGAIN: not all of it is there
 * yet; -EBADMSG: that is no ClientHello, or a malformed one.
 */
int eg_tls_parse_handshake(const uint8_t *bytes, size_t size, struct eg_tls_hello *ret_hello);

/* The same in records (RFC 8446 section 5.1), over any number of them, as TCP carries it. */
int eg_tls_parse_records(const uint8_t *bytes, size_t size, struct eg_tls_hello *ret_hello);

/* Could these bytes be the beginning of a ClientHello in a record? */
bool eg_tls_begins(const uint8_t *bytes, size_t size);
