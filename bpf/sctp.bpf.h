/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* SCTP (RFC 9260): which chunks of a packet are payload, and what its handshake tells. */
#pragma once

/* SCTP chunk types (RFC 9260 section 3.2) and how many chunks of a packet are read. */
#define SCTP_DATA 0
#define SCTP_INIT 1
#define SCTP_ABORT 6
#define SCTP_COOKIE_ACK 11
#define SCTP_I_DATA 64 /* RFC 8260 */
#define SCTP_CHUNKS_MAX 8

/* What the chunks of a packet say. */
struct sctp {
	__u64 payload;
	__u64 chunks; /* the types below 64 that the packet carries, a bit each */
	__u32 init_tag; /* of an INIT, which is always alone in its packet */
};

/*
 * User data of the DATA chunks; SACKs and the handshake are no payload. What
 * comes after as many chunks as are read is taken to be like the last of them:
 * so many fit into a packet only if they are small messages, bundled.
 */
static __always_inline void parse_sctp(struct __sk_buff *skb, __u32 offset, struct sctp *sctp)
{
	struct {
		__u8 type;
		__u8 flags;
		__be16 length;
		__be32 tag;
	} chunk;
	__u32 size = 4, data = 0, left;

	for (int i = 0; i < SCTP_CHUNKS_MAX; i++) {
		/* The shortest chunks are a header and nothing else. */
		if (bpf_skb_load_bytes(skb, offset, &chunk, sizeof(chunk)) &&
		    bpf_skb_load_bytes(skb, offset, &chunk, 4))
			return;
		size = bpf_ntohs(chunk.length);
		data = since(size, chunk.type == SCTP_I_DATA ? 20 : 16);
		data *= chunk.type == SCTP_DATA || chunk.type == SCTP_I_DATA;
		sctp->payload += data;
		sctp->init_tag = chunk.tag;
		/* One bit each and no branch: the verifier would follow both ways. */
		sctp->chunks |= (chunk.type < 64) * (1ULL << (chunk.type & 63));
		size = (size + 3) & ~3U;
		if (!size)
			return;
		offset += size;
	}
	left = since(skb->len, offset);
	sctp->payload += (__u64)(left / size) * data;
}

/* The handshake, for the counts of connections and failures (RFC 9260 section 5.1). */
static __always_inline void sctp_handshake(struct eg_socket *socket, const struct sctp *sctp,
					   bool egress)
{
	if (egress && sctp->chunks & (1ULL << SCTP_INIT) && sctp->init_tag != socket->init_tag) {
		if (socket->init_tag)
			socket->failed++;
		if (socket->flags & EG_SOCKET_PENDING)
			socket->connections++;
		socket->flags |= EG_SOCKET_PENDING;
		socket->init_tag = sctp->init_tag;
	}
	if (!egress && sctp->chunks & (1ULL << SCTP_COOKIE_ACK))
		socket->init_tag = 0;
	if (!egress && sctp->chunks & (1ULL << SCTP_ABORT) && socket->init_tag) {
		socket->init_tag = 0;
		socket->failed++;
		socket->error = ECONNREFUSED;
	}
}

/* The payload of a packet whose chunks begin at `offset`; its socket learns of a handshake. */
__noinline int sctp_packet(struct __sk_buff *skb, __u64 address, __u32 offset, __u32 egress)
{
	struct eg_socket *socket = socket_find(address);
	struct sctp sctp = {};

	parse_sctp(skb, offset, &sctp);
	if (socket)
		sctp_handshake(socket, &sctp, egress);
	return sctp.payload;
}

/* A socket that came from accept() has no entry yet: its listener's opener owns it. */
__noinline int adopt_accepted(__u64 address)
{
	struct eg_listener *listener = listener_of((struct sock *)address, false);
	struct eg_socket news = { .flags = EG_SOCKET_UNCLAIMED };

	if (!listener)
		return 0;
	news.sender = listener->proc;
	news.born_ns = bpf_ktime_get_boot_ns();
	if (socket_store(address, &news, BPF_NOEXIST) == -E2BIG)
		lose(EG_LOSS_STORAGE_FAILED);
	return 0;
}
