/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What all kinds of sockets share: addresses, senders, listeners, events. */
#pragma once

/* Reads a field directly where the verifier knows the type, else as memory. */
#define READ(typed, pointer, field) ((typed) ? (pointer)->field : BPF_CORE_READ(pointer, field))

static __always_inline void map_ipv4(__u8 ip[16], __u32 address_be)
{
	__u32 *words = (void *)ip;

	words[0] = 0;
	words[1] = 0;
	words[2] = bpf_htonl(0xffff);
	words[3] = address_be;
}

static __always_inline void copy_ip(__u8 to[16], const void *from)
{
	const __u32 *words = from;

	for (int i = 0; i < 4; i++)
		((__u32 *)to)[i] = words[i];
}

static __always_inline bool same_ip(const __u8 a[16], const __u8 b[16])
{
	const __u64 *left = (const void *)a, *right = (const void *)b;

	return left[0] == right[0] && left[1] == right[1];
}

/* 0.0.0.0, mapped, or :: */
static __always_inline bool is_any_address(const __u8 ip[16])
{
	const __u32 *words = (const void *)ip;

	return !words[0] && !words[1] && (!words[2] || words[2] == bpf_htonl(0xffff)) && !words[3];
}

static __always_inline void peer_address(__u8 ip[16], struct sock *sk, bool typed)
{
	__u32 *words = (void *)ip;

	if (READ(typed, sk, __sk_common.skc_family) != AF_INET6)
		map_ipv4(ip, READ(typed, sk, __sk_common.skc_daddr));
	else
		for (int i = 0; i < 4; i++)
			words[i] = READ(typed, sk, __sk_common.skc_v6_daddr.in6_u.u6_addr32[i]);
}

static __always_inline void own_address(__u8 ip[16], struct sock *sk, bool typed)
{
	__u32 *words = (void *)ip;

	if (READ(typed, sk, __sk_common.skc_family) != AF_INET6)
		map_ipv4(ip, READ(typed, sk, __sk_common.skc_rcv_saddr));
	else
		for (int i = 0; i < 4; i++)
			words[i] = READ(typed, sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32[i]);
}

/*
 * Does the peer live in this network namespace? The route says so; a socket
 * that has lost its route may still show the same address at both ends.
 */
static __always_inline bool is_local(struct sock *sk, const __u8 peer[16], bool typed)
{
	struct dst_entry *route = READ(typed, sk, sk_dst_cache);
	__u8 own[16] __attribute__((aligned(8)));

	if (route)
		return (typed ? route->dev->ifindex : BPF_CORE_READ(route, dev, ifindex)) ==
		       LOOPBACK_IFINDEX;
	own_address(own, sk, typed);
	return same_ip(own, peer);
}

/*
 * The same number, of which the verifier does not know where it came from: a
 * constant out of one of two branches, on which another depends, makes it look
 * at all that follows twice.
 */
__noinline __u64 any_number(__u64 number)
{
	asm volatile("" : "+r"(number));
	return number;
}

static __always_inline __u64 since(__u64 now, __u64 then)
{
	return now > then ? now - then : 0;
}

static __always_inline bool is_kernel_sock(__u64 address)
{
	return BPF_CORE_READ_BITFIELD_PROBED((struct sock *)address, sk_kern_sock);
}

/*
 * Whose socket it is: of the user that made it, or the one that fchown(2) has
 * given it to since. Asked as a socket is connected, as its first datagram
 * passes, and at its end; not for each packet.
 */
static __always_inline __u32 owner_of(const void *sk)
{
	return BPF_CORE_READ((struct sock *)address_of(sk), sk_uid.val);
}

/* Makes an admitted process the sender of what leaves this socket unconnected. */
static __always_inline void store_sender(__u64 key, struct eg_socket *socket,
					 const struct eg_proc_key *sender)
{
	struct eg_socket news = { .sender = *sender };

	if (socket) {
		socket->sender = *sender;
		return;
	}
	news.born_ns = bpf_ktime_get_boot_ns();
	if (socket_store(key, &news, BPF_ANY))
		lose(EG_LOSS_STORAGE_FAILED);
}

static __always_inline void set_sender(__u64 key, const struct eg_proc_key *sender)
{
	struct eg_socket *socket = socket_find(key);

	if ((!socket || !same_process(&socket->sender, sender)) && admit(sender))
		store_sender(key, socket, sender);
}

/* The socket behind an open file; NULL: it is no socket. */
static __always_inline struct sock *sock_of_file(struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct socket *socket;

	if ((BPF_CORE_READ(inode, i_mode) & S_IFMT) != S_IFSOCK ||
	    BPF_CORE_READ(inode, i_sb, s_magic) != SOCKFS_MAGIC)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(socket, sk);
}

/* --- listeners, and who owns what they accept --- */

/* An MPTCP socket listens by the TCP socket that would be its first subflow. */
static __always_inline struct sock *listening_sock(struct sock *sk)
{
	struct mptcp_sock *connection = (void *)sk;

	if (BPF_CORE_READ(sk, sk_protocol) != EG_TRANSPORT_MPTCP ||
	    !bpf_core_field_exists(connection->first))
		return sk;
	return BPF_CORE_READ(connection, first);
}

/*
 * tcp_set_state() gives a port that was not asked for by number back before it
 * tells of CLOSE: only what the socket sent from is there then.
 */
static __always_inline __u16 own_port(struct sock *sk, bool typed)
{
	__u16 port = READ(typed, sk, __sk_common.skc_num);

	return port ? port : bpf_ntohs(BPF_CORE_READ((struct inet_sock *)sk, inet_sport));
}

static __always_inline void listener_key(struct eg_listener_key *key, struct sock *sk, bool typed)
{
	key->net = (__u64)READ(typed, sk, __sk_common.skc_net.net);
	own_address(key->ip, sk, typed);
	key->port = own_port(sk, typed);
	key->transport = READ(typed, sk, sk_protocol);
	if (key->transport == EG_TRANSPORT_MPTCP)
		key->transport = IPPROTO_TCP;
	key->pad = 0;
}

/* `inherited`: the owner got it from an init, which opened it for others. */
static __always_inline void listener_opened(struct sock *sk, const struct eg_proc_key *owner,
					    bool inherited)
{
	struct eg_listener listener = { .proc = *owner, .sk = (__u64)sk };
	struct eg_opener opener = { .proc = *owner, .inherited = inherited };
	struct eg_listener_key key;

	listener_key(&key, sk, false);
	opener.net = key.net;
	opener.port = key.port;
	if (bpf_map_update_elem(&eg_listeners, &key, &listener, BPF_ANY) ||
	    bpf_map_update_elem(&eg_openers, &listener.sk, &opener, BPF_ANY))
		lose(EG_LOSS_LISTENER_MAP_FULL);
}

static __always_inline void listener_closed(struct sock *sk)
{
	struct eg_listener *listener;
	struct eg_listener_key key;
	__u64 address = (__u64)sk;

	bpf_map_delete_elem(&eg_openers, &address);
	listener_key(&key, sk, false);
	listener = bpf_map_lookup_elem(&eg_listeners, &key);
	if (listener && listener->sk == (__u64)sk)
		bpf_map_delete_elem(&eg_listeners, &key);
}

static __always_inline bool is_mapped_ipv4(const __u8 ip[16])
{
	const __u32 *words = (const void *)ip;

	return !words[0] && !words[1] && words[2] == bpf_htonl(0xffff);
}

/*
 * The listener that a socket with this local address and port came from: that
 * of the address, or of any address of its family, or of any address at all.
 */
static __always_inline struct eg_listener *listener_of(struct sock *sk, bool typed)
{
	struct eg_listener *listener;
	struct eg_listener_key key;

	listener_key(&key, sk, typed);
	listener = bpf_map_lookup_elem(&eg_listeners, &key);
	if (!listener && is_mapped_ipv4(key.ip)) {
		map_ipv4(key.ip, 0);
		listener = bpf_map_lookup_elem(&eg_listeners, &key);
	}
	if (listener)
		return listener;
	__builtin_memset(key.ip, 0, sizeof(key.ip));
	return bpf_map_lookup_elem(&eg_listeners, &key);
}

/* A packet came to a listener: what it accepts, it accepts while handling it. */
static __always_inline void listener_heard(const void *sk)
{
	__u32 zero = 0;
	__u64 *heard = bpf_map_lookup_elem(&eg_heard, &zero);

	if (heard)
		*heard = (__u64)sk;
}

/* Whose listener accepted this socket just now; else whose listens where it is. */
static __always_inline struct eg_proc_key *opener_of(struct sock *sk)
{
	__u64 net = (__u64)sk->__sk_common.skc_net.net, *heard;
	struct eg_opener *opener = NULL;
	struct eg_listener *listener;
	__u32 zero = 0;

	heard = bpf_map_lookup_elem(&eg_heard, &zero);
	if (heard)
		opener = bpf_map_lookup_elem(&eg_openers, heard);
	if (opener && opener->net == net && opener->port == sk->__sk_common.skc_num)
		return &opener->proc;
	listener = listener_of(sk, true);
	return listener ? &listener->proc : NULL;
}

/* --- trace --- */

static __always_inline __u64 socket_cookie(const void *sk)
{
	return BPF_CORE_READ((struct sock *)address_of(sk), __sk_common.skc_cookie.counter);
}

/* A socket has no cookie until somebody asks for it; here the kernel gives it, since 5.12. */
static __always_inline void make_cookie(struct sock *sk)
{
	if (config.trace && config.cookies)
		bpf_get_socket_cookie(sk);
}

static __always_inline void emit_event_of(__u32 type, __u64 key, __u64 cookie,
					  const struct eg_flow_key *row,
					  const struct eg_flow *totals, __s32 error)
{
	struct eg_event *event = ring_reserve(sizeof(*event));

	if (!event) {
		lose(EG_LOSS_RING_FULL);
		return;
	}
	event->header.type = type;
	event->header.size = sizeof(*event);
	event->header.time_ns = bpf_ktime_get_boot_ns();
	event->sk = key;
	event->cookie = cookie;
	event->row = *row;
	event->error = error;
	event->pad = 0;
	if (totals)
		event->totals = *totals;
	else
		__builtin_memset(&event->totals, 0, sizeof(event->totals));
	ring_submit(event);
}

static __always_inline void emit_event(__u32 type, __u64 key, const void *sk,
				       const struct eg_flow_key *row, const struct eg_flow *totals,
				       __s32 error)
{
	if (config.trace)
		emit_event_of(type, key, sk ? socket_cookie(sk) : 0, row, totals, error);
}
