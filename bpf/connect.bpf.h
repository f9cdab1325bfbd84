/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What processes do to sockets: connect, send unconnected, bind, create, release. */
#pragma once

/* The address that the program asked for; the kernel may still change it. */
static __always_inline void requested_peer(struct eg_flow_key *row, struct bpf_sock_addr *ctx,
					   int family)
{
	if (family == AF_INET) {
		map_ipv4(row->ip, ctx->user_ip4);
	} else {
		__u32 *words = (void *)row->ip;

		words[0] = ctx->user_ip6[0];
		words[1] = ctx->user_ip6[1];
		words[2] = ctx->user_ip6[2];
		words[3] = ctx->user_ip6[3];
	}
	row->port = bpf_ntohs((__u16)ctx->user_port);
}

static __always_inline void connect_stream(__u64 key, struct eg_socket *news)
{
	struct eg_socket *old;
	long error;

	news->flags = EG_SOCKET_STREAM | EG_SOCKET_PENDING;
	error = socket_store(key, news, BPF_NOEXIST);
	if (!error)
		return;
	/* Still there: the attempt before this one never got as far as a SYN. */
	old = socket_find(key);
	if (old && (old->flags & EG_SOCKET_PENDING))
		stream_failed_early(key, old);
	if (socket_store(key, news, BPF_ANY))
		lose(EG_LOSS_STORAGE_FAILED);
}

/*
 * A connected datagram socket: its bytes to and from this peer belong to the
 * process that connected it. What it exchanged with the peer before is settled.
 */
static __always_inline void connect_datagram(__u64 key, const void *sk, struct eg_socket *news)
{
	struct eg_socket *old = socket_find(key);

	if (old)
		datagram_settle(key, sk, old);
	news->sender = news->row.proc;
	news->flags = EG_SOCKET_CONNECTED;
	if (socket_store(key, news, BPF_ANY))
		lose(EG_LOSS_STORAGE_FAILED);
}

/*
 * Does the kernel connect on its own account? MPTCP makes its subflows itself,
 * but the first one connects in the program's context, and for it.
 */
static __always_inline bool kernel_connects(struct bpf_sock_addr *ctx, __u32 protocol)
{
	bool tcp = protocol == IPPROTO_TCP;
	struct tcp_sock *tp = NULL;
	struct sock *sk;

	if (config.pointer_keys && tcp)
		tp = bpf_skc_to_tcp_sock(ctx->sk);
	if (tp)
		return BPF_CORE_READ_BITFIELD((struct sock *)tp, sk_kern_sock) &&
		       !sock_is_mptcp_subflow(tp, true);
	sk = (void *)address_of(ctx->sk);
	return is_kernel_sock((__u64)sk) && !(tcp && sock_is_mptcp_subflow(sk, false));
}

static __always_inline void connecting(struct bpf_sock_addr *ctx, int family)
{
	__u32 protocol = ctx->protocol;
	struct eg_socket news = { .row.proc = key_current() };
	__u64 key;

	/* Raw and ping sockets: who sends is seen as it sends. */
	if (protocol != IPPROTO_TCP && protocol != EG_TRANSPORT_MPTCP && protocol != IPPROTO_UDP)
		return;
	if (kernel_connects(ctx, protocol))
		news.row.proc = nobody(EG_NOBODY_KERNEL);
	if (!admit(&news.row.proc))
		return;
	key = socket_key(ctx->sk);
	news.born_ns = bpf_ktime_get_boot_ns();
	news.row.transport = protocol;
	requested_peer(&news.row, ctx, family);
	news.row.owner = owner_of(ctx->sk);
	news.peer_port = news.row.port;
	if (protocol == IPPROTO_UDP) {
		connect_datagram(key, ctx->sk, &news);
		return;
	}
	connect_stream(key, &news);
	if (config.trace)
		bpf_get_socket_cookie(ctx); /* makes one, for this event and all later ones */
	emit_event(EG_RECORD_CONNECT, key, ctx->sk, &news.row, NULL, 0);
}

static __always_inline void sending(struct bpf_sock_addr *ctx)
{
	struct eg_proc_key sender = key_current();

	set_sender(socket_key(ctx->sk), &sender);
}

/*
 * bind() of a UDP socket, or the birth of a socket without any later hook:
 * until somebody sends, what arrives belongs to this process. (Here the
 * context is the socket itself.)
 */
static __always_inline void created(struct bpf_sock *ctx, bool bound)
{
	struct eg_proc_key creator;

	if (ctx->type == SOCK_STREAM && ctx->protocol != IPPROTO_SCTP)
		return;
	if ((ctx->protocol == IPPROTO_UDP && ctx->type == SOCK_DGRAM) != bound)
		return;
	creator = key_current();
	set_sender(socket_key(ctx), &creator);
}

/*
 * A stream that is closed and still has an entry never began to connect; if it
 * has a peer, it did, and eg_state missed its end: it is left to eg_destroy.
 */
static __always_inline void releasing(struct bpf_sock *ctx)
{
	struct eg_socket *socket;
	__u64 key;

	if (ctx->type == SOCK_STREAM && ctx->protocol != IPPROTO_SCTP && ctx->state != TCP_CLOSE)
		return;
	key = socket_key(ctx);
	socket = socket_find(key);
	if (!socket)
		return;
	if (!(socket->flags & (EG_SOCKET_STREAM | EG_SOCKET_PARENT)))
		datagram_settle(key, ctx, socket);
	else if (socket->flags & EG_SOCKET_PENDING && !ctx->dst_port)
		stream_failed_early(key, socket);
}
