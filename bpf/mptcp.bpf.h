/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* MPTCP (RFC 8684): a connection, the parent, and the TCP sockets that carry it. */
#pragma once

static __always_inline __u64 mptcp_parent(struct tcp_sock *tp)
{
	struct mptcp_subflow_context *context;

	if (!bpf_core_type_exists(struct mptcp_subflow_context))
		return 0;
	context = BPF_CORE_READ((struct inet_connection_sock *)tp, icsk_ulp_data);
	return context ? (__u64)BPF_CORE_READ(context, conn) : 0;
}

/* The first subflow found nobody there: that was told, and there is nothing to close. */
static __always_inline void parent_failed(struct tcp_sock *tp)
{
	struct eg_socket *parent = socket_find(mptcp_parent(tp));

	if (parent)
		parent->flags |= EG_SOCKET_FAILED;
}

/*
 * A subflow belongs to its parent's row. The first one counts as the
 * connection and, if the parent is not known yet, tells it its row.
 */
static __always_inline void join_parent(struct eg_socket *subflow, struct sock *sk,
					__u64 parent_address)
{
	struct eg_socket *parent = socket_find(parent_address);
	struct eg_socket news;

	subflow->row.transport = EG_TRANSPORT_MPTCP;
	if (parent) {
		if (!(parent->flags & EG_SOCKET_PENDING))
			subflow->flags |= EG_SOCKET_SUBFLOW;
		parent->flags = (parent->flags & ~EG_SOCKET_PENDING) | EG_SOCKET_PARENT;
		if (config.trace && !parent->first_ns)
			parent->first_ns = socket_cookie(sk);
		subflow->row = parent->row;
		return;
	}
	news = *subflow;
	news.flags = EG_SOCKET_PARENT;
	if (config.trace)
		news.first_ns = socket_cookie(sk);
	if (parent_address && socket_store(parent_address, &news, BPF_NOEXIST))
		lose(EG_LOSS_STORAGE_FAILED);
}

/* A subflow is about to send its SYN: the first in connect(), more in a worker. */
static __always_inline void subflow_connecting(struct sock *sk, bool again)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);
	struct eg_socket *known, subflow = {};
	__u64 address = (__u64)sk, parent;

	if (!tp || !sock_is_mptcp_subflow(tp, true))
		return;
	parent = mptcp_parent(tp);
	known = socket_find(address);
	if (config.scope_cgroup_id && !known && !socket_find(parent))
		return;
	if (again && known && known->row.transport == EG_TRANSPORT_MPTCP)
		return;
	if (known)
		subflow = *known;
	subflow.born_ns = bpf_ktime_get_boot_ns();
	subflow.row.owner = sk->sk_uid.val;
	subflow.flags |= EG_SOCKET_STREAM;
	join_parent(&subflow, sk, parent);
	if (socket_store(address, &subflow, BPF_ANY))
		lose(EG_LOSS_STORAGE_FAILED);
}

/* The bytes of an MPTCP connection; its subflows tell all the rest of it. */
static __always_inline void mptcp_sample(__u64 address, const struct eg_socket *socket, __u64 now,
					 struct eg_sample *sample)
{
	sample->key.sk = address;
	sample->key.born_ns = socket->born_ns;
	sample->row = socket->row;
	sample->flags = socket->flags | (socket->swept ? EG_SOCKET_SWEPT : 0);
	mptcp_bytes(address, &sample->totals);
	sample->totals.bytes_sent = since(sample->totals.bytes_sent, socket->bytes_sent);
	sample->totals.bytes_received =
		since(sample->totals.bytes_received, socket->bytes_received);
	sample->totals.first_ns = socket->born_ns;
	sample->totals.last_ns = now;
	if (is_local((void *)address, sample->row.ip, false))
		sample->row.flags |= EG_FLOW_LOCAL;
}

static __always_inline void mptcp_state(struct sock *sk, int newstate)
{
	__u64 address = (__u64)sk;
	struct eg_sample sample = {};
	struct eg_socket *socket;

	if (newstate != TCP_CLOSE)
		return;
	socket = socket_find(address);
	if (!socket || !(socket->flags & EG_SOCKET_PARENT))
		return;
	if (mptcp_counts()) {
		mptcp_sample(address, socket, bpf_ktime_get_boot_ns(), &sample);
		if (config.trace && !(socket->flags & EG_SOCKET_FAILED))
			emit_event_of(EG_RECORD_CLOSE, address, socket->first_ns, &sample.row,
				      &sample.totals, 0);
		settle(&sample);
	}
	socket_drop(address, socket);
}
