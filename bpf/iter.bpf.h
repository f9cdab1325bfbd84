/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Walks that user space starts: sockets older than the tracer, and totals of open ones. */
#pragma once

/* --- what open sockets have exchanged so far --- */

/* A connect() that has not sent its SYN after this time has failed. */
#define CONNECT_NS 100000000

static __always_inline void sample_stream(__u64 address, struct eg_socket *socket,
					  struct eg_sample *sample)
{
	struct tcp_sock *tp = (void *)address;
	struct sock *sk = (void *)address;
	int state = BPF_CORE_READ(sk, __sk_common.skc_state);
	struct eg_flow_key requested = socket->row;

	sample_begin(sample, address, socket);
	stream_measure(tp, state, false, socket->bytes_sent, socket->bytes_received, sample);
	sample->totals.last_ns = bpf_ktime_get_boot_ns();
	if (socket->flags & EG_SOCKET_PENDING && state == TCP_CLOSE &&
	    !BPF_CORE_READ(sk, __sk_common.skc_dport)) {
		/* connect() has failed, unless it is about to send its SYN just now. */
		bool failed = since(sample->totals.last_ns, socket->born_ns) > CONNECT_NS;

		sample->row = requested;
		sample->totals.bytes_sent = 0;
		sample->totals.bytes_received = 0;
		sample->totals.failed = failed ? sample->totals.connections : 0;
		sample->flags |= failed ? EG_SOCKET_FAILED : 0;
	}
}

/*
 * One entry of eg_sockets. It is marked as swept before its counters are read:
 * if the socket ends in between, either its end sees the mark and goes to
 * eg_closed, or user space finds the entry gone from both and drops the sample.
 * This program may be interrupted for long: a sample says nothing if the entry,
 * or the memory of the socket, has become another's meanwhile (which begins
 * without the mark).
 */
static __always_inline bool is_same_still(const struct eg_socket *socket, const __u64 *key,
					  const struct eg_sample *sample)
{
	asm volatile("" ::: "memory");
	return *key == sample->key.sk && socket->born_ns == sample->key.born_ns && socket->swept &&
	       !(socket->flags & EG_SOCKET_SPARE);
}

static __always_inline void sweep(struct bpf_iter__bpf_map_elem *ctx)
{
	struct eg_socket *socket = ctx->value;
	struct eg_sample sample = {};
	__u64 *key = ctx->key, address;
	bool known, parent;

	if (!key || !socket || socket->flags & EG_SOCKET_SPARE)
		return;
	parent = socket->flags & EG_SOCKET_PARENT;
	if (parent ? !mptcp_counts() : !(socket->flags & EG_SOCKET_STREAM) && !socket->last_ns)
		return;
	known = socket->swept;
	socket->swept = 1;
	address = *key;
	if (parent)
		mptcp_sample(address, socket, bpf_ktime_get_boot_ns(), &sample);
	else if (socket->flags & EG_SOCKET_STREAM)
		sample_stream(address, socket, &sample);
	else
		datagram_sample(address, socket, BPF_CORE_READ((struct sock *)address, sk_uid.val),
				&sample);
	sample.flags &= ~EG_SOCKET_SWEPT;
	if (known)
		sample.flags |= EG_SOCKET_SWEPT;
	if (is_same_still(socket, key, &sample))
		bpf_seq_write(ctx->meta->seq, &sample, sizeof(sample));
}

/* --- sockets that are older than the tracer --- */

/* The younger holder of a shared socket, and anybody rather than PID 1. */
static __always_inline bool better_owner(const struct eg_proc_key *old,
					 const struct eg_proc_key *news)
{
	if (!old->tgid || old->tgid == 1)
		return true;
	return news->tgid != 1 && news->start_ns > old->start_ns;
}

/* A stream that exists already: its counters up to now are not ours. */
static __always_inline void old_stream(struct eg_socket *socket, struct sock *sk)
{
	struct eg_flow before = {};

	stream_bytes((void *)sk, BPF_CORE_READ(sk, __sk_common.skc_state), false, &before);
	socket->flags |= EG_SOCKET_STREAM;
	socket->bytes_sent = before.bytes_sent;
	socket->bytes_received = before.bytes_received;
}

/* Who opened a connection that exists already? Whoever it is, not a port that listens. */
static __always_inline void old_row(struct eg_flow_key *row, struct sock *sk)
{
	peer_address(row->ip, sk, false);
	if (listener_of(sk, false)) {
		row->direction = EG_INBOUND;
		row->port = BPF_CORE_READ(sk, __sk_common.skc_num);
	} else {
		row->port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	}
}

static __always_inline void old_socket(struct eg_socket *socket, struct sock *sk, __u16 protocol)
{
	struct eg_flow before = {};

	socket->born_ns = bpf_ktime_get_boot_ns();
	socket->flags = EG_SOCKET_OLD;
	socket->sender = socket->row.proc;
	socket->row.owner = BPF_CORE_READ(sk, sk_uid.val);
	if (protocol == IPPROTO_TCP) {
		socket->row.transport = protocol;
		old_row(&socket->row, sk);
		old_stream(socket, sk);
	} else if (protocol == EG_TRANSPORT_MPTCP) {
		socket->row.transport = protocol;
		socket->flags |= EG_SOCKET_PARENT;
		old_row(&socket->row, sk);
		if (mptcp_counts()) {
			mptcp_bytes((__u64)sk, &before);
			socket->bytes_sent = before.bytes_sent;
			socket->bytes_received = before.bytes_received;
		}
	} else if (BPF_CORE_READ(sk, __sk_common.skc_dport)) {
		/* A connected datagram socket; raw sockets are never that. */
		socket->row.transport = protocol;
		socket->flags |= EG_SOCKET_CONNECTED;
		peer_address(socket->row.ip, sk, false);
		socket->peer_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	}
}

static __always_inline void old_listener(struct sock *sk, const struct eg_proc_key *owner)
{
	__u64 address = (__u64)sk;
	struct eg_opener *opener = bpf_map_lookup_elem(&eg_openers, &address);

	if (!opener || better_owner(&opener->proc, owner))
		listener_opened(sk, owner, false);
}

/* Gives a socket to a process that holds it, unless a better one has it already. */
static __always_inline void hold(struct sock *sk, const struct eg_proc_key *owner)
{
	__u16 protocol = BPF_CORE_READ(sk, sk_protocol);
	struct eg_socket news = { .row.proc = *owner }, *known;
	__u64 address = (__u64)sk;

	known = socket_find(address);
	if (!known) {
		/* A TCP socket that is connected to nothing is connect()'s business. */
		if (protocol == IPPROTO_TCP &&
		    BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_CLOSE)
			return;
		old_socket(&news, sk, protocol);
		if (socket_store(address, &news, BPF_NOEXIST) == -E2BIG)
			lose(EG_LOSS_STORAGE_FAILED);
	} else if (known->flags & EG_SOCKET_OLD && better_owner(&known->row.proc, owner)) {
		known->row.proc = *owner;
		known->sender = *owner;
	}
}

/*
 * One open file of one task. Listeners come in a first walk, so that the
 * second knows which connections were accepted.
 */
static __always_inline void held_file(struct bpf_iter__task_file *ctx, bool listeners)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct eg_proc_key owner;
	unsigned short family;
	struct sock *sk;

	if (!task || !file)
		return;
	sk = sock_of_file(file);
	if (!sk)
		return;
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (family != AF_INET && family != AF_INET6)
		return;
	if ((BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_LISTEN) != listeners)
		return;
	owner = key_of(task);
	if (!bpf_map_lookup_elem(&eg_processes, &owner))
		introduce(address_of(task), &owner, EG_PROCESS_OLD);
	if (listeners)
		old_listener(listening_sock(sk), &owner);
	else
		hold(sk, &owner);
}

/*
 * A TCP socket of the opener's network namespace that no file led to: in an
 * accept queue, on its way between two processes, or a subflow of MPTCP.
 */
static __always_inline void unheld_stream(struct sock *sk)
{
	struct eg_socket news = {}, *parent;
	__u64 address = (__u64)sk, parent_address;
	struct eg_listener *listener;
	int state = BPF_CORE_READ(sk, __sk_common.skc_state);

	if (state == TCP_LISTEN || state == TCP_CLOSE || state == TCP_TIME_WAIT ||
	    state == TCP_NEW_SYN_RECV)
		return;
	if (socket_find(address))
		return;
	listener = listener_of(sk, false);
	if (listener)
		news.row.proc = listener->proc;
	old_socket(&news, sk, IPPROTO_TCP);
	if (listener)
		news.flags |= EG_SOCKET_UNCLAIMED;
	if (sock_is_mptcp_subflow(sk, false)) {
		parent_address = mptcp_parent((void *)sk);
		parent = socket_find(parent_address);
		if (parent) {
			news.row = parent->row;
			news.flags |= EG_SOCKET_SUBFLOW;
		}
	}
	if (socket_store(address, &news, BPF_NOEXIST) == -E2BIG)
		lose(EG_LOSS_STORAGE_FAILED);
}
