/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* QUIC's ClientHellos that are being put together, each of one socket to one peer. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <egret/names.h>

#include "tls.h"

#define EG_QUIC_FLOWS_MAX 128
#define EG_QUIC_IDLE_NS (10ULL * 1000000000) /* then no more comes of a ClientHello */

struct eg_quic_flows;

struct eg_quic_flows *eg_quic_flows_new(void); /* NULL: no memory */
void eg_quic_flows_free(struct eg_quic_flows *flows);
/* False: this build can't decrypt them, and reads none. */
bool eg_quic_flows_readable(const struct eg_quic_flows *flows);

/*
 * Reads a datagram that a client has sent; `payload` says which socket and whom
 * to, `owner` is as eg_recent_add() has it. 0: the ClientHello is complete, and
 * in *ret_hello; -EAGAIN: a part of it is missing; -EBADMSG: nothing was read;
 * -ENOMEM.
 */
int eg_quic_flows_add(struct eg_quic_flows *flows, uint64_t owner, const struct eg_payload *payload,
		      const uint8_t *datagram, size_t size, struct eg_tls_hello *ret_hello);
/* Forgets what got no more for EG_QUIC_IDLE_NS. */
void eg_quic_flows_expire(struct eg_quic_flows *flows, uint64_t now_ns);
/* And what is of this socket, which is as in struct eg_gain: it was closed. */
void eg_quic_flows_forget(struct eg_quic_flows *flows, const struct eg_sample_key *socket);
size_t eg_quic_flows_count(const struct eg_quic_flows *flows);
