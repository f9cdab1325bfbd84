/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What processes do to sockets: connect, send unconnected, bind, create, release. */
#pragma once

/* The address of the kernel's struct sock behind a context. */
static __always_inline __u64 sock_of_addr(struct bpf_sock_addr *ctx)
{
	return (__u64)BPF_CORE_READ((struct bpf_sock_addr_kern *)ctx, sk);
}

/* Here the context itself is that socket. */
static __always_inline __u64 sock_of_sock(struct bpf_sock *ctx)
{
	return address_of(ctx);
}

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

static __always_inline void connect_stream(__u64 address, struct eg_socket *news)
{
	struct eg_socket *old;
	long error;

	news->flags = EG_SOCKET_STREAM | EG_SOCKET_PENDING;
	error = bpf_map_update_elem(&eg_sockets, &address, news, BPF_NOEXIST);
	if (!error)
		return;
	/* Still there: the attempt before this one never got as far as a SYN. */
	old = bpf_map_lookup_elem(&eg_sockets, &address);
	if (old && (old->flags & EG_SOCKET_PENDING))
		stream_failed_early(address, old);
	if (bpf_map_update_elem(&eg_sockets, &address, news, BPF_ANY))
		lose(EG_LOSS_STORAGE_FAILED);
}

/*
 * A connected datagram socket: its bytes to and from this peer belong to the
 * process that connected it. What it exchanged with the peer before is settled.
 */
static __always_inline void connect_datagram(__u64 address, struct eg_socket *news)
{
	struct eg_socket *old = bpf_map_lookup_elem(&eg_sockets, &address);

	if (old)
		datagram_settle(address, old);
	news->sender = news->row.proc;
	news->flags = EG_SOCKET_CONNECTED;
	if (bpf_map_update_elem(&eg_sockets, &address, news, BPF_ANY))
		lose(EG_LOSS_STORAGE_FAILED);
}

static __always_inline void connecting(struct bpf_sock_addr *ctx, int family)
{
	__u32 protocol = ctx->protocol;
	struct eg_socket news = { .row.proc = key_current() };
	__u64 address = sock_of_addr(ctx);

	/* Raw and ping sockets: who sends is seen as it sends. */
	if (protocol != IPPROTO_TCP && protocol != EG_TRANSPORT_MPTCP && protocol != IPPROTO_UDP)
		return;
	/* MPTCP makes its subflows itself; the first connects in the program's context. */
	if (is_kernel_sock(address) &&
	    !(protocol == IPPROTO_TCP && sock_is_mptcp_subflow((void *)address, false)))
		news.row.proc = nobody(EG_NOBODY_KERNEL);
	if (!admit(&news.row.proc))
		return;
	news.born_ns = bpf_ktime_get_boot_ns();
	news.row.transport = protocol;
	requested_peer(&news.row, ctx, family);
	news.peer_port = news.row.port;
	if (protocol == IPPROTO_UDP) {
		connect_datagram(address, &news);
		return;
	}
	connect_stream(address, &news);
	if (config.trace)
		bpf_get_socket_cookie(ctx); /* makes one, for this event and all later ones */
	emit_event(EG_RECORD_CONNECT, address, (void *)address, &news.row, NULL, 0);
}

static __always_inline void sending(struct bpf_sock_addr *ctx)
{
	__u64 address = sock_of_addr(ctx);
	struct eg_proc_key sender = key_current();

	set_sender(address, &sender);
}

/*
 * bind() of a UDP socket, or the birth of a socket without any later hook:
 * until somebody sends, what arrives belongs to this process.
 */
static __always_inline void created(struct bpf_sock *ctx, bool bound)
{
	struct eg_proc_key creator;

	if (ctx->type == SOCK_STREAM && ctx->protocol != IPPROTO_SCTP)
		return;
	if ((ctx->protocol == IPPROTO_UDP && ctx->type == SOCK_DGRAM) != bound)
		return;
	creator = key_current();
	set_sender(sock_of_sock(ctx), &creator);
}

static __always_inline void releasing(struct bpf_sock *ctx)
{
	struct eg_socket *socket;
	__u64 address;

	if (ctx->type == SOCK_STREAM && ctx->protocol != IPPROTO_SCTP && ctx->state != TCP_CLOSE)
		return;
	address = sock_of_sock(ctx);
	socket = bpf_map_lookup_elem(&eg_sockets, &address);
	if (!socket)
		return;
	if (!(socket->flags & (EG_SOCKET_STREAM | EG_SOCKET_PARENT)))
		datagram_settle(address, socket);
	else if (socket->flags & EG_SOCKET_PENDING)
		stream_failed_early(address, socket);
}
