/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is said of a name on a TCP stream: pieces put together, whichever protocol it is. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <egret/names.h>

#include "host.h"

struct eg_stream_name {
	char name[EG_HOST_MAX + 1]; /* "": none */
	enum eg_name_source source;
	bool ech;
};

/*
 * Reads the beginning of what a client has sent: a ClientHello, alone, in an
 * HTTP tunnel or behind STARTTLS; or an HTTP request. 0: that is all that will
 * be known; -EAGAIN: more may follow, and what is known so far is in
 * *ret_name; -EBADMSG: nothing that shows a name. Pure.
 */
int eg_stream_name(const uint8_t *bytes, size_t size, struct eg_stream_name *ret_name);

#define EG_STREAM_MAX 32768 /* bytes of a stream that are kept at a time */
#define EG_STREAM_IDLE_NS (10ULL * 1000000000) /* then what is unfinished will not be finished */
#define EG_STREAMS_MAX 512 /* streams that are put together at a time */

struct eg_streams;

struct eg_streams *eg_streams_new(void); /* NULL: no memory */
void eg_streams_free(struct eg_streams *streams);

/*
 * Adds a piece of a stream (one direction of a connection) to what is there:
 * *ret_bytes is then its beginning as far as it is known without a gap, valid
 * until the next call. The first piece need not be kept: bytes are only copied
 * by eg_streams_keep(). 0, or -ENOENT: the piece belongs to nothing that is
 * being put together.
 */
int eg_streams_add(struct eg_streams *streams, const struct eg_payload *payload,
		   const uint8_t **ret_bytes, size_t *ret_size);
/*
 * More is needed: of what eg_streams_add() has given, keeps the last `size`
 * bytes, at `bytes`; with none, where the stream goes on. `owner` is as
 * eg_recent_add() has it. 0 or -ENOMEM.
 */
int eg_streams_keep(struct eg_streams *streams, uint64_t owner, const struct eg_payload *payload,
		    const uint8_t *bytes, size_t size);
/* Nothing more is needed of this stream. */
void eg_streams_end(struct eg_streams *streams, const struct eg_payload *payload);
/* Nor of any of this socket, which is as in struct eg_gain: it was closed. */
void eg_streams_forget(struct eg_streams *streams, const struct eg_sample_key *socket);
/* Forgets those that have payload here and got none for EG_STREAM_IDLE_NS. */
void eg_streams_expire(struct eg_streams *streams, uint64_t now_ns);
size_t eg_streams_count(const struct eg_streams *streams);
