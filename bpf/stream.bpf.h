/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TCP: owners of connections, and the counters that the kernel keeps anyway. */
#pragma once

/* How often counters that move are looked at before the last look has to do. */
#define LOOKS_MAX 4

/* What a stream's socket says of its bytes at one moment. */
struct stream_look {
	__u64 acked, received;
	__u32 unacked; /* the first number that is not acknowledged */
	__u32 next; /* to send */
	__u32 end; /* of what was written */
	__u16 state;
	bool done; /* a FIN has come */
};

static __always_inline void stream_look(struct tcp_sock *tp, bool typed, struct stream_look *look)
{
	struct sock *sk = (void *)tp;

	look->state = READ(typed, sk, __sk_common.skc_state);
	/* In this order, so that what moves meanwhile is missing rather than there twice. */
	look->acked = READ(typed, tp, bytes_acked);
	look->unacked = READ(typed, tp, snd_una);
	look->next = READ(typed, tp, snd_nxt);
	look->end = READ(typed, tp, write_seq);
	look->received = READ(typed, tp, bytes_received);
	look->done = READ(typed, sk, __sk_common.skc_flags) & (1UL << SOCK_DONE);
}

static __always_inline bool same_look(const struct stream_look *a, const struct stream_look *b)
{
	return a->acked == b->acked && a->received == b->received && a->unacked == b->unacked &&
	       a->next == b->next && a->end == b->end && a->state == b->state && a->done == b->done;
}

/*
 * Payload bytes since the socket's first, each counted once (RFC 793 sequence
 * space): acknowledged, plus sent and not yet acknowledged. A FIN takes a
 * number as well; it is the last one, so it was sent when all was. The SYN's
 * number is the caller's to take off. Received likewise: tcp_fin() sets DONE.
 *
 * `typed`: the socket is in its last state change, from `state`, and its lock is
 * held. Else its counters may move meanwhile, one after the other: they are
 * looked at until they have stood still.
 */
static __always_inline void stream_bytes(struct tcp_sock *tp, int state, bool typed,
					 struct eg_flow *ret_totals)
{
	struct stream_look look, again;
	bool closing;

	stream_look(tp, typed, &look);
	for (int i = 1; !typed && i < LOOKS_MAX; i++) {
		stream_look(tp, typed, &again);
		if (same_look(&look, &again))
			break;
		look = again;
	}
	if (!typed)
		state = look.state;
	closing = state == TCP_FIN_WAIT1 || state == TCP_FIN_WAIT2 || state == TCP_CLOSING ||
		  state == TCP_LAST_ACK || state == TCP_TIME_WAIT;
	/* The state changes just before the FIN is written: until then there is one too few. */
	ret_totals->bytes_sent = since(look.acked + (__u32)(look.next - look.unacked),
				       closing && look.next == look.end);
	ret_totals->bytes_received = since(look.received, look.done);
}

/* What a sample of this socket's connection begins with. */
static __always_inline void sample_begin(struct eg_sample *sample, __u64 address,
					 const struct eg_socket *socket)
{
	sample->key.sk = address;
	sample->key.born_ns = socket->born_ns;
	sample->row = socket->row;
	sample->flags = socket->flags | (socket->swept ? EG_SOCKET_SWEPT : 0);
}

/*
 * What the connection amounts to so far, but for the bytes `before`; `state`: the
 * last before the end.
 */
static __always_inline void stream_measure(struct tcp_sock *tp, int state, bool typed,
					   __u64 sent_before, __u64 received_before,
					   struct eg_sample *sample)
{
	struct sock *sk = (void *)tp;
	bool outbound = sample->row.direction == EG_OUTBOUND;
	__u32 rtt;

	stream_bytes(tp, state, typed, &sample->totals);
	if (outbound && !(sample->flags & EG_SOCKET_OLD))
		sample->totals.bytes_sent = since(sample->totals.bytes_sent, 1);
	sample->totals.bytes_sent = since(sample->totals.bytes_sent, sent_before);
	sample->totals.bytes_received = since(sample->totals.bytes_received, received_before);
	sample->totals.first_ns = sample->key.born_ns;
	sample->totals.connections =
		any_number(!(sample->flags & (EG_SOCKET_OLD | EG_SOCKET_SUBFLOW)));
	if (sample->row.transport == EG_TRANSPORT_MPTCP && mptcp_counts()) {
		sample->totals.bytes_sent = 0;
		sample->totals.bytes_received = 0;
	}
	sample->totals.bytes_sent = any_number(sample->totals.bytes_sent);
	sample->totals.bytes_received = any_number(sample->totals.bytes_received);
	rtt = READ(typed, tp, rtt_min.s[0].v);
	sample->totals.rtt_min_us = any_number(rtt == ~0U ? 0 : rtt);
	/* A further subflow may lead elsewhere; its bytes belong to the connection's row. */
	if (!(sample->flags & EG_SOCKET_SUBFLOW)) {
		peer_address(sample->row.ip, sk, typed);
		sample->row.owner = READ(typed, sk, sk_uid.val);
	}
	if (outbound && !(sample->flags & EG_SOCKET_SUBFLOW))
		sample->row.port = bpf_ntohs(READ(typed, sk, __sk_common.skc_dport));
	if (is_local(sk, sample->row.ip, typed))
		sample->row.flags |= EG_FLOW_LOCAL;
}

/* connect() failed before a SYN was sent: neither state nor errno were seen. */
static __always_inline void stream_failed_early(__u64 address, struct eg_socket *socket)
{
	struct eg_sample sample = {
		.key = { .sk = address, .born_ns = socket->born_ns },
		.row = socket->row,
		.flags = socket->flags | EG_SOCKET_FAILED | (socket->swept ? EG_SOCKET_SWEPT : 0),
		.totals = { .first_ns = socket->born_ns,
			    .last_ns = bpf_ktime_get_boot_ns(),
			    .connections = 1,
			    .failed = 1 },
	};

	emit_event(EG_RECORD_RESULT, address, NULL, &sample.row, NULL, -1);
	settle(&sample);
	socket_drop(address, socket);
}

/*
 * Whose row a stream without an entry is: its beginning was missed, or the map was
 * full. If a listener has its port, it was accepted there. 0: nobody asks for it.
 * (A function of its own, so that the caller's stack has room for all else.)
 */
static __noinline int stranger_row(struct eg_flow_key *row, struct sock *sk)
{
	struct eg_listener *listener = listener_of(sk, true);

	row->transport = IPPROTO_TCP;
	if (!listener)
		return !config.scope_cgroup_id;
	row->proc = listener->proc;
	row->direction = EG_INBOUND;
	row->port = own_port(sk, true);
	return 1;
}

/*
 * The socket reached CLOSE: its counters are final, and still there. `again`:
 * see stream_state(); then only what has still an entry was left undone.
 */
static __always_inline void stream_closed(struct sock *sk, int oldstate, bool again)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);
	__u64 address = (__u64)sk, now = bpf_ktime_get_boot_ns();
	struct eg_sample sample = {};
	struct eg_socket *known;

	if (!tp)
		return;
	known = socket_find(address);
	if (known) {
		sample_begin(&sample, address, known);
	} else {
		if (again || !armed || !stranger_row(&sample.row, sk))
			return;
		sample.key.born_ns = now;
	}
	sample.totals.last_ns = now;
	stream_measure(tp, oldstate, true, known ? known->bytes_sent : 0,
		       known ? known->bytes_received : 0, &sample);
	if (oldstate == TCP_SYN_SENT) {
		sample.totals.failed = sample.totals.connections;
		sample.error = sk->sk_err;
		sample.flags |= EG_SOCKET_FAILED;
		emit_event(EG_RECORD_RESULT, address, sk, &sample.row, NULL,
			   sample.error ? sample.error : -1);
		if (config.trace && sample.row.transport == EG_TRANSPORT_MPTCP &&
		    !(sample.flags & EG_SOCKET_SUBFLOW))
			parent_failed(tp);
	} else if (sample.row.transport != EG_TRANSPORT_MPTCP || !mptcp_counts()) {
		emit_event(EG_RECORD_CLOSE, address, sk, &sample.row, &sample.totals, 0);
	}
	sample.totals.failed = any_number(sample.totals.failed);
	settle(&sample);
	if (known)
		socket_drop(address, known);
}

/*
 * Which state a stream was in before CLOSE, as far as that matters. A FIN was
 * sent if there is one number more than bytes were (or, where packets were
 * dropped on their way out and sent again, than can be told: most are closed
 * with a FIN).
 */
static __always_inline int state_before(struct tcp_sock *tp, bool outbound)
{
	__u64 numbers = tp->bytes_acked + (__u32)(tp->snd_nxt - tp->snd_una);

	if (outbound && !tp->bytes_acked)
		return TCP_SYN_SENT;
	return numbers == tp->bytes_sent - tp->bytes_retrans + outbound ? TCP_ESTABLISHED
									: TCP_LAST_ACK;
}

/* A socket is freed. Its end was counted, and its entry with it, unless both programs missed it. */
static __always_inline void stream_destroyed(struct sock *sk)
{
	__u64 address = (__u64)sk;
	struct eg_socket *socket = socket_find(address);
	struct tcp_sock *tp;

	if (!socket || !(socket->flags & EG_SOCKET_STREAM))
		return;
	tp = bpf_skc_to_tcp_sock(sk);
	if (!tp)
		return;
	if (!sk->__sk_common.skc_dport) {
		if (!tp->write_seq) {
			stream_failed_early(address, socket);
			return;
		}
		/* Disconnected by its program: the counters are zero. */
		lose(EG_LOSS_END_MISSED);
	}
	stream_closed(sk, state_before(tp, socket->row.direction == EG_OUTBOUND), true);
}

/* Fills in what a connection that a listener has accepted begins with. */
static __always_inline void accepted_socket(struct eg_socket *socket, struct sock *sk, bool typed,
					    const struct eg_proc_key *opener)
{
	socket->flags = EG_SOCKET_STREAM | EG_SOCKET_UNCLAIMED;
	socket->born_ns = bpf_ktime_get_boot_ns();
	if (opener)
		socket->row.proc = *opener;
	socket->row.direction = EG_INBOUND;
	socket->row.transport = IPPROTO_TCP;
	socket->row.port = READ(typed, sk, __sk_common.skc_num);
	socket->row.owner = READ(typed, sk, sk_uid.val);
	peer_address(socket->row.ip, sk, typed);
}

/*
 * A connection that a listener of this host has accepted; or the end of a
 * simultaneous open, which unlike the former is some file's socket and has an
 * entry. Any other entry under this address would be a leftover.
 */
static __always_inline void stream_accepted(struct sock *sk, bool again)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);
	struct eg_socket socket = {}, *known;
	struct eg_proc_key *opener;
	__u64 address = (__u64)sk;

	if (!tp)
		return;
	known = again || sk->sk_socket ? socket_find(address) : NULL;
	if (known && (sk->sk_socket || known->row.direction == EG_INBOUND))
		return;
	opener = opener_of(sk);
	if (!opener && config.scope_cgroup_id)
		return;
	make_cookie(sk);
	accepted_socket(&socket, sk, true, opener);
	if (sock_is_mptcp_subflow(tp, true))
		join_parent(&socket, sk, mptcp_parent(tp));
	if (config.trace && is_local(sk, socket.row.ip, true))
		socket.row.flags |= EG_FLOW_LOCAL;
	if (socket_store(address, &socket, BPF_ANY))
		lose(EG_LOSS_STORAGE_FAILED);
	emit_event(EG_RECORD_ACCEPT, address, sk, &socket.row, NULL, 0);
}

static __always_inline void stream_established(struct sock *sk)
{
	__u64 address = (__u64)sk;
	struct eg_socket *socket;
	struct eg_flow_key row;

	if (!config.trace)
		return;
	socket = socket_find(address);
	if (!socket || !(socket->flags & EG_SOCKET_PENDING))
		return;
	socket->flags &= ~EG_SOCKET_PENDING;
	row = socket->row;
	peer_address(row.ip, sk, true);
	if (is_local(sk, row.ip, true))
		row.flags |= EG_FLOW_LOCAL;
	emit_event(EG_RECORD_RESULT, address, sk, &row, NULL, 0);
}

static __always_inline void stream_listening(struct sock *sk)
{
	struct eg_proc_key owner = key_current();

	if (admit(&owner))
		listener_opened(sk, &owner, false);
}

static __always_inline void stream_state(struct sock *sk, int oldstate, int newstate, bool again)
{
	if (newstate == TCP_CLOSE) {
		if (oldstate == TCP_LISTEN)
			listener_closed(sk);
		else if (oldstate != TCP_CLOSE && oldstate != TCP_SYN_RECV)
			stream_closed(sk, oldstate, again);
	} else if (oldstate == TCP_SYN_RECV) {
		stream_accepted(sk, again);
	} else if (newstate == TCP_SYN_SENT) {
		subflow_connecting(sk, again);
	} else if (newstate == TCP_ESTABLISHED) {
		stream_established(sk);
	} else if (newstate == TCP_LISTEN) {
		stream_listening(sk);
	}
}

/* A connection whose acceptance both programs missed sends its first data; NULL: it is none. */
static __always_inline struct eg_socket *accepted_late(__u64 key, struct sock *sk)
{
	struct eg_listener *listener = armed ? listener_of(sk, false) : NULL;
	struct eg_socket socket = {};

	if (!listener || sock_is_mptcp_subflow(sk, false))
		return NULL;
	accepted_socket(&socket, sk, false, &listener->proc);
	if (socket_store(key, &socket, BPF_NOEXIST))
		lose(EG_LOSS_STORAGE_FAILED);
	return socket_find(key);
}

/* Who owns a connection is known now; an MPTCP connection's bytes are its parent's. */
static __always_inline void stream_belongs(struct eg_socket *socket, struct sock *sk,
					   const struct eg_proc_key *owner)
{
	struct eg_socket *parent;

	socket->row.proc = *owner;
	if (socket->row.transport != EG_TRANSPORT_MPTCP)
		return;
	parent = socket_find(mptcp_parent((void *)sk));
	if (parent)
		parent->row.proc = *owner;
}

/*
 * The first data of an accepted connection leaves in the context of the
 * process that sent it: while somebody holds the socket's lock it can be
 * nobody else. That process, not the listener's opener, owns the connection.
 */
static __always_inline void stream_claim(struct __sk_buff *skb, struct bpf_sock *common,
					 struct bpf_tcp_sock *tp)
{
	struct sock *sk;
	__u64 key;
	struct eg_proc_key sender;
	struct eg_socket *socket;

	/* A client's SYN is acknowledged by then; what is acknowledged was claimed. */
	if (tp->bytes_acked || !tp->data_segs_out || tp->data_segs_out != skb->gso_segs)
		return;
	key = socket_key(common);
	socket = socket_find(key);
	if (socket && !(socket->flags & EG_SOCKET_UNCLAIMED))
		return;
	sk = (void *)address_of(common);
	if (!socket)
		socket = accepted_late(key, sk);
	if (!socket)
		return;
	if (BPF_CORE_READ(sk, sk_lock.owned) != 1)
		return;
	sender = key_current();
	if (!sender.tgid || !admit(&sender))
		return;
	socket->flags &= ~EG_SOCKET_UNCLAIMED;
	stream_belongs(socket, sk, &sender);
}
