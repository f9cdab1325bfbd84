/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* UDP, UDP-Lite, ICMP, raw IP and SCTP: payload counted packet by packet. */
#pragma once

#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86DD
#define IPV6_EXTENSIONS_MAX 4 /* extension headers looked through, of up to 2,048 bytes each */
/* How far away the upper layer can be, for the verifier: more than all of them. */
#define UPPER_LAYER_MASK 0x3fff
#define RTCF_BROADCAST 0x10000000 /* include/uapi/linux/in_route.h */

/* What a packet says, seen from this host. */
struct packet {
	__u8 peer[16] __attribute__((aligned(8)));
	__u16 peer_port;
	__u8 protocol;
	bool egress;
	__u32 offset; /* of the transport header */
	__u64 payload;
};

/* Whose a packet is: a process's, on a socket of this user's, as in struct eg_flow_key. */
struct party {
	struct eg_proc_key proc;
	__u32 owner;
	__u32 speaker;
};

/*
 * Bytes of the packet, which begins with its network header: read in place
 * where they are in the buffer's linear part, as headers nearly always are.
 */
static __always_inline bool load(struct __sk_buff *skb, __u32 offset, void *to, __u32 size)
{
	const void *from = (const void *)(long)skb->data + offset;

	if (from + size > (const void *)(long)skb->data_end)
		return !bpf_skb_load_bytes(skb, offset, to, size);
	__builtin_memcpy(to, from, size);
	return true;
}

static __always_inline bool parse_ipv4(struct __sk_buff *skb, struct packet *packet)
{
	struct iphdr ip;

	if (!load(skb, 0, &ip, sizeof(ip)))
		return false;
	map_ipv4(packet->peer, packet->egress ? ip.daddr : ip.saddr);
	packet->protocol = ip.protocol;
	packet->offset = ip.ihl * 4;
	return true;
}

/*
 * RFC 8200 section 4: the upper-layer header comes after any extension headers.
 * Returns its offset, and in the lowest byte its type; `protocol`: the type of
 * the first header after the fixed one. A global function of numbers, as are
 * those for SCTP and for raw sockets below: the verifier looks at it once, and
 * not again with each state of what comes before it and after it.
 */
__noinline int upper_layer(struct __sk_buff *skb, __u32 protocol)
{
	__u32 offset = sizeof(struct ipv6hdr);
	__u8 extension[2];

	for (int i = 0; i < IPV6_EXTENSIONS_MAX; i++) {
		bool fragment = protocol == IPPROTO_FRAGMENT;

		if (!fragment && protocol != IPPROTO_HOPOPTS && protocol != IPPROTO_ROUTING &&
		    protocol != IPPROTO_DSTOPTS)
			break;
		if (bpf_skb_load_bytes(skb, offset, extension, sizeof(extension)))
			break;
		protocol = extension[0];
		offset += fragment ? 8 : (extension[1] + 1) * 8;
	}
	return offset << 8 | protocol;
}

static __always_inline bool parse_ipv6(struct __sk_buff *skb, struct packet *packet)
{
	struct ipv6hdr ip;
	__u32 upper;

	if (!load(skb, 0, &ip, sizeof(ip)))
		return false;
	copy_ip(packet->peer, packet->egress ? &ip.daddr : &ip.saddr);
	packet->protocol = ip.nexthdr;
	packet->offset = sizeof(ip);
	if (ip.nexthdr != IPPROTO_UDP) {
		upper = upper_layer(skb, ip.nexthdr);
		packet->protocol = upper;
		packet->offset = upper >> 8 & UPPER_LAYER_MASK;
	}
	return true;
}

/* Fills in the rest of *packet; false: nothing that a socket sends as payload. */
static __always_inline bool parse(struct __sk_buff *skb, struct bpf_sock *sk, struct packet *packet)
{
	bool ipv4 = skb->protocol == bpf_htons(ETH_P_IP);
	__be32 ports;

	if (!(ipv4 ? parse_ipv4(skb, packet) : parse_ipv6(skb, packet)))
		return false;
	packet->payload = since(skb->len, packet->offset);
	if (sk->type == SOCK_RAW)
		return true;
	if (sk->protocol != IPPROTO_UDP && sk->protocol != IPPROTO_UDPLITE &&
	    sk->protocol != IPPROTO_SCTP)
		return true;
	if (!load(skb, packet->offset, &ports, sizeof(ports)))
		return false;
	packet->peer_port = bpf_ntohl(ports) >> (packet->egress ? 0 : 16);
	packet->payload = since(packet->payload, 8);
	return true;
}

static __always_inline bool is_datagram(struct bpf_sock *sk)
{
	return sk->type == SOCK_DGRAM && sk->protocol == IPPROTO_UDP;
}

static __always_inline __u16 transport_of(struct bpf_sock *sk, const struct packet *packet)
{
	__u8 protocol = packet->protocol;

	if (sk->type != SOCK_RAW)
		return sk->protocol;
	if (protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6)
		return protocol;
	return EG_TRANSPORT_RAW | protocol;
}

/* Was the packet routed as a broadcast? (struct rtable begins with its dst.) */
struct rtable {
	unsigned int rt_flags;
} __attribute__((preserve_access_index));
struct sk_buff___refdst {
	unsigned long _skb_refdst;
} __attribute__((preserve_access_index));

static __always_inline bool is_broadcast(struct __sk_buff *skb, const struct packet *packet)
{
	unsigned long route;

	if (!packet->egress || skb->protocol != bpf_htons(ETH_P_IP))
		return false;
	/* A subnet that has a broadcast address has two bits or more for its hosts, all set. */
	if ((packet->peer[15] & 3) != 3)
		return false;
	route = BPF_CORE_READ((struct sk_buff___refdst *)skb, _skb_refdst) & ~1UL;
	return route && BPF_CORE_READ((struct rtable *)route, rt_flags) & RTCF_BROADCAST;
}

static __always_inline void row_of(struct eg_flow_key *row, struct __sk_buff *skb,
				   struct bpf_sock *sk, const struct packet *packet,
				   enum eg_direction direction)
{
	copy_ip(row->ip, packet->peer);
	row->transport = transport_of(sk, packet);
	row->direction = direction;
	row->flags = 0;
	row->port = 0;
	if (row->transport != IPPROTO_UDP && row->transport != IPPROTO_UDPLITE &&
	    row->transport != IPPROTO_SCTP)
		row->flags |= EG_FLOW_NO_PORT;
	else
		row->port = direction == EG_OUTBOUND ? packet->peer_port : sk->src_port;
	if (skb->ifindex == LOOPBACK_IFINDEX)
		row->flags |= EG_FLOW_LOCAL;
}

/*
 * Is the first packet of a socket, or of a row, a connection? An SCTP listener
 * hears the handshake of those that its accepted sockets will count.
 */
static __always_inline bool opens(const struct bpf_sock *sk)
{
	return sk->protocol != IPPROTO_SCTP || sk->type != SOCK_STREAM || sk->state != TCP_LISTEN;
}

/*
 * Notes that something was exchanged just now. The clock is read once a tick:
 * it costs as much as all the rest of a datagram.
 */
static __always_inline void touch(__u64 *last_ns, __u32 *last_tick)
{
	__u32 tick = bpf_jiffies64();

	if (*last_tick == tick && *last_ns)
		return;
	*last_tick = tick;
	*last_ns = bpf_ktime_get_boot_ns();
}

/* Counts a packet in a socket's entry or in a flow: both have these fields. */
#define COUNT(counters, packet)                                                                    \
	({                                                                                         \
		if ((packet)->egress)                                                              \
			__sync_fetch_and_add(&(counters)->bytes_sent, (packet)->payload);          \
		else                                                                               \
			__sync_fetch_and_add(&(counters)->bytes_received, (packet)->payload);      \
		touch(&(counters)->last_ns, &(counters)->tick);                                    \
	})

/* A socket may have exchanged something with this peer before it began to speak QUIC. */
static __always_inline struct eg_flow *find_flow(struct eg_flow_key *row)
{
	struct eg_flow *flow = bpf_map_lookup_elem(&eg_flows, row);
	__u32 speaker = row->speaker;

	if (flow || !speaker)
		return flow;
	row->speaker = 0;
	flow = bpf_map_lookup_elem(&eg_flows, row);
	row->speaker = speaker;
	return flow;
}

/*
 * A packet that does not count in its socket's entry. It goes to a row that
 * this host opened, if there is one; else to one that the peer opened; else to
 * a new one, of the direction that `news` tells.
 */
static __always_inline void account_packet(struct __sk_buff *skb, struct bpf_sock *sk,
					   const struct packet *packet, const struct party *party,
					   enum eg_direction news)
{
	struct eg_flow_key row = { .proc = party->proc,
				   .owner = party->owner,
				   .speaker = party->speaker };
	struct eg_flow delta = {}, *flow;

	row_of(&row, skb, sk, packet, EG_OUTBOUND);
	flow = find_flow(&row);
	if (!flow && is_broadcast(skb, packet)) {
		row.flags |= EG_FLOW_BROADCAST;
		flow = find_flow(&row);
	}
	if (!flow) {
		row.direction = EG_INBOUND;
		if (!(row.flags & EG_FLOW_NO_PORT))
			row.port = sk->src_port;
		flow = find_flow(&row);
	}
	if (flow) {
		COUNT(flow, packet);
		return;
	}
	if (news == EG_OUTBOUND) {
		row.direction = EG_OUTBOUND;
		row.port = packet->peer_port;
	}
	delta.connections = opens(sk);
	COUNT(&delta, packet);
	delta.first_ns = delta.last_ns;
	account(&row, &delta);
}

/* The end of what a datagram socket's entry stands for. */
static __always_inline void datagram_sample(__u64 address, const struct eg_socket *socket,
					    __u32 owner, struct eg_sample *sample)
{
	sample->key.sk = address;
	sample->key.born_ns = socket->born_ns;
	sample->row = socket->row;
	sample->row.owner = owner;
	sample->flags = socket->flags | (socket->swept ? EG_SOCKET_SWEPT : 0);
	sample->totals.bytes_sent = socket->bytes_sent;
	sample->totals.bytes_received = socket->bytes_received;
	sample->totals.first_ns = socket->first_ns;
	sample->totals.last_ns = socket->last_ns;
	sample->totals.connections = socket->connections;
	sample->totals.failed = socket->failed;
	sample->error = socket->error;
}

static __always_inline void datagram_settle(__u64 key, const void *sk, struct eg_socket *socket)
{
	struct eg_sample sample = {};

	if (!socket->last_ns) {
		socket_drop(key, socket);
		return;
	}
	/* SCTP: an INIT that was never answered. */
	if (socket->init_tag)
		socket->failed++;
	datagram_sample(key, socket, owner_of(sk), &sample);
	emit_event(EG_RECORD_CLOSE, key, sk, &sample.row, &sample.totals, 0);
	settle(&sample);
	socket_drop(key, socket);
}

static __always_inline bool same_peer(const struct eg_socket *socket, const struct packet *packet)
{
	return same_ip(socket->row.ip, packet->peer) && socket->peer_port == packet->peer_port;
}

/*
 * The first packet of a socket gives the entry its row. CPUs may race here:
 * each counts itself, and only one that finds itself alone goes on. The packet
 * of a loser, and of all after it, takes the slower way.
 */
static __always_inline bool claim_row(struct eg_socket *socket, struct __sk_buff *skb,
				      struct bpf_sock *sk, const struct packet *packet)
{
	if (socket->claims)
		return false;
	__sync_fetch_and_add(&socket->claims, 1);
	if (*(volatile __u32 *)&socket->claims != 1)
		return false;
	if (!(socket->flags & EG_SOCKET_CONNECTED))
		socket->row.proc = socket->sender;
	socket->row.owner = owner_of(sk);
	socket->peer_port = packet->peer_port;
	socket->first_ns = bpf_ktime_get_boot_ns();
	socket->connections = opens(sk);
	/* A socket made by accept() has its direction from its listener. */
	row_of(&socket->row, skb, sk, packet,
	       packet->egress && !(socket->flags & EG_SOCKET_UNCLAIMED) ? EG_OUTBOUND : EG_INBOUND);
	if (is_broadcast(skb, packet))
		socket->row.flags |= EG_FLOW_BROADCAST;
	socket->flags |= EG_SOCKET_ROW;
	emit_event(EG_RECORD_CONNECT, 0, NULL, &socket->row, NULL, 0);
	return true;
}

/* --- whose packet is it? --- */

/* Sockets for which no hook tells who sends: what leaves, leaves in the sender's context. */
static __always_inline bool sender_is_current(struct bpf_sock *sk)
{
	return sk->type == SOCK_RAW || sk->protocol == IPPROTO_UDPLITE ||
	       sk->protocol == IPPROTO_ICMP || sk->protocol == IPPROTO_ICMPV6;
}

/*
 * Does the running process send on this socket as it did not before? What the
 * kernel sends by itself, it sends in anybody's context.
 */
__noinline int sender_is_new(__u64 address)
{
	struct eg_proc_key sender = key_current();
	struct eg_socket *socket = socket_find(address);

	if (!sender.tgid || (socket && same_process(&socket->sender, &sender)))
		return false;
	return !is_kernel_sock(address) && admit(&sender);
}

/* (A function apart from the one above: their stacks together would be too much.) */
__noinline int sent_by_current(__u64 address)
{
	struct eg_proc_key sender = key_current();

	store_sender(address, socket_find(address), &sender);
	return 0;
}

/* The entry of the packet's socket, made or brought up to date where that is possible now. */
static __always_inline struct eg_socket *socket_of(struct bpf_sock *sk, bool egress)
{
	__u64 key = socket_key(sk);
	struct eg_socket *socket;

	if (egress && sender_is_current(sk) && sender_is_new(address_of(sk)))
		sent_by_current(address_of(sk));
	socket = socket_find(key);
	if (socket || sk->protocol != IPPROTO_SCTP)
		return socket;
	adopt_accepted(address_of(sk));
	return socket_find(key);
}

/*
 * No owner: the kernel's own (ICMP replies, ...), or a socket that nobody was
 * seen to open. Its resets and acknowledgements for no socket are TCP without
 * payload. False: does not count.
 */
static __always_inline bool owner_of_ownerless(const struct packet *packet,
					       const struct bpf_sock *sk, struct party *ret_party)
{
	bool kernel = is_kernel_sock(address_of(sk));

	ret_party->proc = nobody(kernel ? EG_NOBODY_KERNEL : EG_NOBODY_UNKNOWN);
	return armed && !config.scope_cgroup_id && !(kernel && packet->protocol == IPPROTO_TCP);
}

/*
 * Counts a packet in its socket's entry, if that is where it belongs; else says
 * to whom it does belong, and who began the conversation.
 */
static __always_inline bool exchange(struct eg_socket *socket, struct __sk_buff *skb,
				     struct bpf_sock *sk, const struct packet *packet,
				     struct party *ret_party, enum eg_direction *ret_direction)
{
	bool connected = socket->flags & EG_SOCKET_CONNECTED, first_peer;

	if (!(socket->flags & EG_SOCKET_ROW) && (!connected || same_peer(socket, packet)))
		claim_row(socket, skb, sk, packet);
	first_peer = socket->flags & EG_SOCKET_ROW && same_peer(socket, packet);
	if (first_peer && (connected || same_process(&socket->row.proc, &socket->sender))) {
		COUNT(socket, packet);
		return true;
	}
	/* Another process answers for the one that the peer spoke to first. */
	if (first_peer)
		*ret_direction = socket->row.direction;
	ret_party->proc = socket->sender;
	return false;
}

/*
 * The port that a connected socket asks, 0: it is not. In a packet that leaves
 * it may be another by now: a container's resolver is reached by translation.
 */
static __always_inline __u16 asked_port(struct bpf_sock *sk)
{
	return bpf_ntohs(sk->dst_port);
}

static __always_inline void datagram(struct __sk_buff *skb, struct bpf_sock *sk, bool egress)
{
	enum eg_direction direction = egress ? EG_OUTBOUND : EG_INBOUND;
	struct packet packet = { .egress = egress };
	struct eg_socket *socket;
	struct party party = {};
	bool counted;

	if (!parse(skb, sk, &packet))
		return;
	if (sk->type == SOCK_RAW && egress && sock_header_included((void *)address_of(sk)))
		packet.payload = skb->len;
	socket = socket_of(sk, egress);
	if (sk->protocol == IPPROTO_SCTP && sk->type != SOCK_RAW)
		packet.payload = sctp_packet(skb, address_of(sk), packet.offset + 12, egress);
	counted = socket ? exchange(socket, skb, sk, &packet, &party, &direction)
			 : !owner_of_ownerless(&packet, sk, &party);
	/* After the first packet has told whose the socket is. */
	if (config.names && is_datagram(sk))
		datagram_payload(skb, packet.offset,
				 (__u32)(asked_port(sk) ?: packet.peer_port) << 16 | sk->src_port,
				 packet.payload, egress);
	if (counted)
		return;
	if (socket) {
		party.owner = socket->row.owner;
		party.speaker = socket->row.speaker;
	}
	account_packet(skb, sk, &packet, &party, direction);
}
