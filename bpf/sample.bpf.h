/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Samples of payload in which user space may find a name: bounded, and never waited for. */
#pragma once

/*
 * What is sampled of a connection that this host opened: what it sends, up to
 * EG_PLAIN_MAX, in which a request or the beginning of a conversation stands, and
 * all of a ClientHello that begins in there. eg_socket.sampled says how far, in
 * units of SAMPLED_UNIT; 0: nothing yet.
 */
#define SAMPLED_UNIT 128
#define SAMPLED_DONE 255
#define STREAM_MAX (SAMPLED_UNIT * (SAMPLED_DONE - 1))
#define DNS_STREAM_MAX (1 << 20) /* of each direction; what comes then is counted as skipped */
#define PIECES_MAX 33 /* of one packet */

/* QUIC (RFC 9000 section 14.1, 17.2.2, RFC 9369 section 3.2). */
#define QUIC_INITIAL_MIN 1200

#define FIRST_USER_NS 0xEFFFFFFDU /* the host's, on every kernel: PROC_USER_INIT_INO */

#define TLS_RECORD_HEAD 5
#define TLS_HELLO_HEAD 9 /* record and handshake header */

/* What is sampled of one packet. */
struct piece {
	__u32 begin; /* of the payload in the packet */
	__u32 offset; /* of the payload in the stream or datagram */
	__u32 size;
	__u32 total; /* of the datagram */
	__u16 port;
	__u8 flags; /* enum eg_payload_flag */
};

/* The peer of a connected socket, without a helper's price; any address: it is not. */
static __always_inline void connected_address(struct bpf_sock *sk, __u8 ret_ip[16])
{
	__u32 *words = (void *)ret_ip;

	if (sk->family != AF_INET6) {
		map_ipv4(ret_ip, sk->dst_ip4);
		return;
	}
	words[0] = sk->dst_ip6[0];
	words[1] = sk->dst_ip6[1];
	words[2] = sk->dst_ip6[2];
	words[3] = sk->dst_ip6[3];
}

/* The other end, or of a server this one. A connected socket knows better than the packet. */
static __always_inline void piece_address(struct __sk_buff *skb, struct bpf_sock *sk, __u8 flags,
					  __u8 ret_ip[16])
{
	bool source = !(flags & EG_PAYLOAD_SENT) || flags & EG_PAYLOAD_SERVER;
	__u32 ip = 0;

	if (!(flags & EG_PAYLOAD_SERVER)) {
		connected_address(sk, ret_ip);
		if (!is_any_address(ret_ip))
			return;
	}
	if (skb->protocol != bpf_htons(ETH_P_IP)) {
		bpf_skb_load_bytes(skb, source ? 8 : 24, ret_ip, 16);
		return;
	}
	bpf_skb_load_bytes(skb, source ? 12 : 16, &ip, sizeof(ip));
	map_ipv4(ret_ip, ip);
}

/* Where a user has all rights over the network, and so over what any address there answers. */
static __always_inline __u8 net_flags(struct net *net)
{
	return BPF_CORE_READ(net, user_ns, ns.inum) == FIRST_USER_NS ? 0 : EG_PAYLOAD_OWN_NET;
}

/* Who owns the socket, or sent last. */
static __always_inline const struct eg_proc_key *speaker_of(const struct eg_socket *socket)
{
	return socket->flags & (EG_SOCKET_STREAM | EG_SOCKET_CONNECTED) ? &socket->row.proc
									: &socket->sender;
}

static __always_inline void fill_payload(struct eg_payload *payload, struct eg_socket *socket,
					 __u64 address)
{
	struct sock *sk = (void *)address;
	struct net *net = BPF_CORE_READ(sk, __sk_common.skc_net.net);

	payload->header.type = EG_RECORD_PAYLOAD;
	payload->header.time_ns = bpf_ktime_get_boot_ns();
	payload->socket.sk = address;
	payload->socket.born_ns = socket->born_ns;
	payload->cookie = config.trace ? BPF_CORE_READ(sk, __sk_common.skc_cookie.counter) : 0;
	payload->proc = *speaker_of(socket);
	payload->owner = socket->row.owner;
	payload->speaker = socket->row.speaker;
	payload->transport = socket->flags & EG_SOCKET_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
	payload->net_ns = BPF_CORE_READ(net, ns.inum);
	payload->flags = net_flags(net);
	payload->direction = socket->row.direction;
	payload->pad[0] = 0;
	payload->pad[1] = 0;
}

/*
 * Copies as much of a piece as there is room for into a record of that room,
 * which the verifier wants to know beforehand: a power of two, so that it sees
 * that the size is none larger, and not zero.
 */
#define COPY_PIECE(skb, sk, socket, piece, room)                                                   \
	({                                                                                         \
		__u64 whole_ = offsetof(struct eg_payload, data) + (room);                         \
		struct eg_payload *payload_ = bpf_ringbuf_reserve(&eg_names, whole_, 0);           \
		__u64 size_ = (piece)->size < (room) ? (piece)->size : (room), last_ = size_ - 1;  \
                                                                                                   \
		if (!payload_) {                                                                   \
			lose(EG_LOSS_NAMES_SKIPPED);                                               \
			size_ = 0;                                                                 \
		} else {                                                                           \
			fill_payload(payload_, socket, address_of(sk));                            \
			payload_->header.size = whole_;                                            \
			payload_->port = (piece)->port;                                            \
			payload_->offset = (piece)->offset;                                        \
			payload_->total = (piece)->total;                                          \
			payload_->segment = (skb)->gso_size;                                       \
			payload_->flags |= (piece)->flags;                                         \
			payload_->size = size_;                                                    \
			piece_address(skb, sk, (piece)->flags, payload_->ip);                      \
			asm volatile("" : "+r"(last_));                                            \
			last_ &= (room)-1;                                                         \
			if (!size_ ||                                                              \
			    bpf_skb_load_bytes(skb, (piece)->begin, payload_->data, last_ + 1))    \
				payload_->size = 0;                                                \
			bpf_ringbuf_submit(payload_, names_wakeup(payload_));                      \
		}                                                                                  \
		size_;                                                                             \
	})

/*
 * Copies the beginning of a piece; returns how much of it. A function of its
 * own, and of numbers only: the verifier looks at it once, and not once for
 * each piece of each kind of packet.
 */
__noinline int copy_piece(struct __sk_buff *skb, __u64 place, __u64 sizes, __u32 rest)
{
	struct bpf_sock *sk = skb->sk;
	struct eg_socket *socket;
	struct piece piece = {
		.begin = place >> 32,
		.offset = place,
		.size = sizes >> 32,
		.total = sizes,
		.port = rest >> 16,
		.flags = rest,
	};

	if (!sk)
		return 0;
	socket = socket_find(socket_key(sk));
	if (!socket)
		return 0;
	if (piece.size > EG_PAYLOAD_SMALL)
		return COPY_PIECE(skb, sk, socket, &piece, EG_PAYLOAD_LARGE);
	return COPY_PIECE(skb, sk, socket, &piece, EG_PAYLOAD_SMALL);
}

/* Copies the piece; what finds no room is lost, and with it perhaps a name. */
static __always_inline void copy_pieces(struct __sk_buff *skb, const struct eg_socket *socket,
					struct piece *piece)
{
	__u32 size, rest = (__u32)piece->port << 16 | piece->flags;

	if (!has_share(speaker_of(socket)->tgid, piece->size)) {
		lose(EG_LOSS_NAMES_SKIPPED);
		return;
	}
#pragma clang loop unroll(disable)
	for (int i = 0; i < PIECES_MAX; i++) {
		size = copy_piece(skb, (__u64)piece->begin << 32 | piece->offset,
				  (__u64)piece->size << 32 | piece->total, rest);
		if (!size || size >= piece->size)
			return;
		piece->begin += size;
		piece->offset += size;
		piece->size -= size;
	}
	lose(EG_LOSS_NAMES_SKIPPED);
}

/* --- streams --- */

/* Does this begin a conversation in which a name may stand? */
static __always_inline bool may_name(__u8 first)
{
	return first == 0x16 /* TLS */ || (first >= 'A' && first <= 'Z') ||
	       (first >= 'a' && first <= 'z') || first == '.' || first == '<' ||
	       first == 0 /* PostgreSQL */ || first == 0x20 /* MySQL */ || first == 0x30 /* LDAP */;
}

/*
 * Where the sampling ends, as an offset in the stream: behind a ClientHello that
 * begins in this packet. One that goes on in other records may have a header for
 * each byte: how large these are, only they say.
 */
static __always_inline __u32 sampling_end(struct __sk_buff *skb, const struct piece *piece,
					  __u32 end)
{
	__u8 head[TLS_HELLO_HEAD] = { 0 };
	bool whole = piece->size >= sizeof(head);
	__u32 record, hello;

	if (bpf_skb_load_bytes(skb, piece->begin, head, whole ? sizeof(head) : 1) ||
	    (!piece->offset && !may_name(head[0])))
		return 0;
	/* Too little to see how long it is: as long as one may be, in a record. */
	if (!whole)
		return head[0] == 0x16 ? piece->offset + EG_HELLO_MAX + TLS_HELLO_HEAD : end;
	record = head[3] << 8 | head[4];
	hello = 4 + (head[6] << 16 | head[7] << 8 | head[8]);
	if (head[0] != 0x16 || head[1] != 3 || head[5] != 1 || hello > EG_HELLO_MAX || !record)
		return end;
	return piece->offset +
	       (hello <= record ? TLS_RECORD_HEAD + hello : (TLS_RECORD_HEAD + 1) * hello);
}

/*
 * The part of the packet's payload that is wanted, noted as sampled; false:
 * nothing is. `end`: where sampling ends as far as is known.
 */
static __always_inline bool want_stream(struct __sk_buff *skb, struct eg_socket *socket,
					struct piece *piece)
{
	__u32 end = socket->sampled ? socket->sampled * SAMPLED_UNIT : EG_PLAIN_MAX;

	if (piece->offset < end)
		end = sampling_end(skb, piece, end);
	if (end > STREAM_MAX)
		end = STREAM_MAX;
	socket->sampled = piece->offset + piece->size < end
				  ? (end + SAMPLED_UNIT - 1) / SAMPLED_UNIT
				  : SAMPLED_DONE;
	if (piece->offset >= end)
		return false;
	if (piece->size > end - piece->offset)
		piece->size = end - piece->offset;
	socket->flags |= EG_SOCKET_TOLD;
	return true;
}

/*
 * What a subflow says, its MPTCP connection says: there the bytes are counted,
 * and all its subflows have this number from now on.
 */
__noinline int subflow_speaks(__u64 address)
{
	struct eg_socket *subflow = socket_find(address), *parent;

	if (!subflow || subflow->row.speaker)
		return 0;
	parent = socket_find(mptcp_parent((struct tcp_sock *)address));
	if (!parent)
		return 0;
	subflow->row.speaker = (__u32)subflow->born_ns ?: 1;
	parent->row.speaker = subflow->row.speaker;
	parent->flags |= EG_SOCKET_TOLD;
	return 0;
}

/*
 * Both directions of DNS are wanted; TLS may go there, too. Connections to a
 * resolver last, but a tunnel that takes the port is not copied without end.
 */
static __always_inline bool want_dns(struct __sk_buff *skb, struct eg_socket *socket,
				     const struct piece *piece)
{
	__u8 first = 0;

	if (!piece->offset && !bpf_skb_load_bytes(skb, piece->begin, &first, 1) && first == 0x16)
		socket->flags |= EG_SOCKET_TOLD;
	if (piece->offset + piece->size <= DNS_STREAM_MAX)
		return true;
	socket->sampled = SAMPLED_DONE;
	lose(EG_LOSS_NAMES_SKIPPED);
	return false;
}

struct tcp_head {
	__be32 ports;
	__be32 seq, ack;
	__u8 length; /* in the upper half, of 4 bytes each */
	__u8 flags;
} __attribute__((packed));
#define TCP_FLAG_SYN 2

/*
 * Finds the payload of a TCP packet: where it begins, in the upper half, and at
 * which offset of the stream, whose first byte ever has this number. 0: it has
 * none, or none that is looked at, which is at `most` there. Most packets stop
 * here, so no helper is called: the headers lie where they can be read.
 */
static __always_inline __u64 find_payload(struct __sk_buff *skb, __u32 first, __u32 most)
{
	const void *data = (const void *)(long)skb->data, *end = (const void *)(long)skb->data_end;
	const struct tcp_head *tcp;
	__u32 header = sizeof(struct ipv6hdr), begin, offset;

	if (data + 1 > end)
		return 0;
	if (skb->protocol == bpf_htons(ETH_P_IP))
		header = (*(const __u8 *)data & 15) * 4;
	tcp = data + header;
	if ((const void *)(tcp + 1) > end)
		return 0;
	begin = header + (tcp->length >> 4) * 4;
	offset = bpf_ntohl(tcp->seq) - first + !!(tcp->flags & TCP_FLAG_SYN);
	return skb->len > begin && offset <= most ? (__u64)begin << 32 | offset : 0;
}

/*
 * Samples a packet of a connection, with payload at this place. A function of
 * its own also for the verifier, which looks at it once.
 */
__noinline int stream_payload(struct __sk_buff *skb, __u64 place, __u32 sent)
{
	struct piece piece = {
		.begin = place >> 32,
		.offset = place,
		.flags = sent ? EG_PAYLOAD_SENT : 0,
	};
	struct bpf_sock *sk = skb->sk;
	struct eg_socket *socket;

	if (!sk)
		return 0;
	socket = socket_find(socket_key(sk));
	if (!socket || socket->sampled == SAMPLED_DONE || socket->row.direction != EG_OUTBOUND ||
	    socket->flags & EG_SOCKET_SUBFLOW)
		return 0;
	if (socket->row.transport == EG_TRANSPORT_MPTCP)
		subflow_speaks(address_of(sk));
	piece.size = since(skb->len, piece.begin);
	piece.port = bpf_ntohs(sk->dst_port);
	if (!(piece.port == EG_DNS_PORT ? want_dns(skb, socket, &piece)
					: sent && want_stream(skb, socket, &piece)))
		return 0;
	copy_pieces(skb, socket, &piece);
	return 0;
}

/* A packet leaves: is there anything in it that was not sampled yet? */
static __always_inline void stream_sent(struct __sk_buff *skb, struct bpf_sock *common,
					struct bpf_tcp_sock *tp)
{
	__u32 most = common->dst_port == bpf_htons(EG_DNS_PORT) ? DNS_STREAM_MAX : STREAM_MAX;
	__u64 place;

	if (!config.names || !tp->data_segs_out || tp->bytes_acked > most)
		return;
	/* The SYN has taken the first number. */
	place = find_payload(skb, tp->snd_una - (__u32)tp->bytes_acked + 1, most);
	if (place)
		stream_payload(skb, place, 1);
}

/* A packet arrives: DNS has answers in it. */
static __always_inline void stream_received(struct __sk_buff *skb, struct bpf_sock *common,
					    struct bpf_tcp_sock *tp)
{
	__u64 place;

	if (!config.names || common->dst_port != bpf_htons(EG_DNS_PORT) ||
	    tp->bytes_received > DNS_STREAM_MAX)
		return;
	place = find_payload(skb, tp->rcv_nxt - (__u32)tp->bytes_received, DNS_STREAM_MAX);
	if (place)
		stream_payload(skb, place, 0);
}

/* --- datagrams --- */

/* Does a client's Initial stand at this place? Only these are as long as that. */
static __always_inline bool is_quic_initial(struct __sk_buff *skb, __u32 begin)
{
	__u8 head[5];
	__u32 version;

	if (bpf_skb_load_bytes(skb, begin, head, sizeof(head)) || (head[0] & 0xc0) != 0xc0)
		return false;
	version = (__u32)head[1] << 24 | head[2] << 16 | head[3] << 8 | head[4];
	return (version == EG_QUIC_V1 && (head[0] & 0x30) == 0) ||
	       (version == EG_QUIC_V2 && (head[0] & 0x30) == 0x10);
}

/*
 * The address that a server's datagram comes from, in a byte that is neither 0
 * nor SAMPLED_DONE: it is told again where it is another than the last time.
 */
static __always_inline __u8 source_digest(struct __sk_buff *skb)
{
	__u32 words[4] = { 0 }, digest;

	if (skb->protocol == bpf_htons(ETH_P_IP))
		bpf_skb_load_bytes(skb, 12, words, 4);
	else
		bpf_skb_load_bytes(skb, 8, words, sizeof(words));
	digest = words[0] ^ words[1] ^ words[2] ^ words[3];
	return 1 + (digest * 0x9e3779b1 >> 16) % (SAMPLED_DONE - 1);
}

/* A socket that says names itself: what it exchanges from now on is told apart. */
static __always_inline void speaks(struct eg_socket *socket)
{
	socket->flags |= EG_SOCKET_TOLD;
	socket->row.speaker = (__u32)socket->born_ns ?: 1;
}

/*
 * Samples a datagram in which a name may stand: DNS, by its port, and QUIC. Who
 * answers DNS here is told for each address. `offset`: of the UDP header;
 * `ports`: the peer's and, in the lower half, our own.
 */
__noinline int datagram_payload(struct __sk_buff *skb, __u32 offset, __u32 ports, __u32 payload,
				__u32 sent)
{
	struct piece piece = {
		.begin = offset + 8,
		.port = ports >> 16,
		.flags = sent ? EG_PAYLOAD_SENT : 0,
	};
	struct eg_socket *socket;
	struct bpf_sock *sk;
	bool quic = false;
	__u8 digest;

	if (piece.port != EG_DNS_PORT && !sent)
		return 0;
	if (sent && payload >= QUIC_INITIAL_MIN)
		quic = is_quic_initial(skb, piece.begin);
	if (piece.port != EG_DNS_PORT && !quic) {
		if ((ports & 0xffff) != EG_DNS_PORT)
			return 0;
		piece.flags |= EG_PAYLOAD_SERVER;
	}
	sk = skb->sk;
	if (!sk)
		return 0;
	socket = socket_find(socket_key(sk));
	if (!socket)
		return 0;
	if (piece.flags & EG_PAYLOAD_SERVER) {
		digest = source_digest(skb);
		if (socket->sampled == digest)
			return 0;
		socket->sampled = digest;
	} else {
		piece.total = payload;
		piece.size = payload < EG_DATAGRAM_MAX ? payload : EG_DATAGRAM_MAX;
		if (quic)
			speaks(socket);
	}
	copy_pieces(skb, socket, &piece);
	return 0;
}
