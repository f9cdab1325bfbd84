/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The programs: each reads its context, calls one function, and lets everything pass. */

#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <stdbool.h>
#include <stddef.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include <egret/abi.h>

#include "kern.h"
#include "maps.bpf.h"
#include "compat.bpf.h"
#include "process.bpf.h"
#include "exec.bpf.h"
#include "entry.bpf.h"
#include "account.bpf.h"
#include "socket.bpf.h"
#include "mptcp.bpf.h"
#include "stream.bpf.h"
#include "names.bpf.h"
#include "sample.bpf.h"
#include "sctp.bpf.h"
#include "datagram.bpf.h"
#include "connect.bpf.h"
#include "inherit.bpf.h"
#include "packet.bpf.h"
#include "iter.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define PASS 1

SEC("cgroup/connect4")
int eg_connect4(struct bpf_sock_addr *ctx)
{
	connecting(ctx, AF_INET);
	return PASS;
}

SEC("cgroup/connect6")
int eg_connect6(struct bpf_sock_addr *ctx)
{
	connecting(ctx, AF_INET6);
	return PASS;
}

SEC("cgroup/sendmsg4")
int eg_sendmsg4(struct bpf_sock_addr *ctx)
{
	sending(ctx);
	return PASS;
}

SEC("cgroup/sendmsg6")
int eg_sendmsg6(struct bpf_sock_addr *ctx)
{
	sending(ctx);
	return PASS;
}

SEC("cgroup/post_bind4")
int eg_bind4(struct bpf_sock *ctx)
{
	created(ctx, true);
	return PASS;
}

SEC("cgroup/post_bind6")
int eg_bind6(struct bpf_sock *ctx)
{
	created(ctx, true);
	return PASS;
}

SEC("cgroup/sock_create")
int eg_create(struct bpf_sock *ctx)
{
	created(ctx, false);
	return PASS;
}

SEC("cgroup/sock_release")
int eg_release(struct bpf_sock *ctx)
{
	releasing(ctx);
	return PASS;
}

/*
 * Is what bpf_tcp_sock() takes for TCP really that? It looks at the protocol
 * alone. A raw socket of that protocol has the protocol's number for a port.
 */
static __always_inline bool is_stream(struct bpf_sock *common)
{
	struct bpf_sock *sk;

	if (common->src_port != IPPROTO_TCP)
		return true;
	sk = bpf_sk_fullsock(common);
	return sk && sk->type == SOCK_STREAM;
}

/* TCP counts itself: its packets matter only until their sender is known. */
static __always_inline void packet_passes(struct __sk_buff *skb, bool egress)
{
	struct bpf_sock *common = skb->sk, *sk;
	struct bpf_tcp_sock *tp;

	if (!common)
		return;
	tp = bpf_tcp_sock(common);
	if (tp && is_stream(common)) {
		if (egress) {
			stream_claim(skb, common, tp);
			stream_sent(skb, common, tp);
		} else if (common->state == TCP_LISTEN) {
			listener_heard(common);
		} else {
			stream_received(skb, common, tp);
		}
		return;
	}
	sk = bpf_sk_fullsock(common);
	if (sk)
		datagram(skb, sk, egress);
}

SEC("cgroup_skb/egress")
int eg_egress(struct __sk_buff *skb)
{
	packet_passes(skb, true);
	return PASS;
}

SEC("cgroup_skb/ingress")
int eg_ingress(struct __sk_buff *skb)
{
	packet_passes(skb, false);
	return PASS;
}

/*
 * The kernel skips a program of this kind that it would run inside itself: a
 * softirq that interrupts it, and changes a state, goes unseen (6.1 and newer
 * count that as a recursion miss). So there are two of it, one after the
 * other, and an interrupt can only be inside one of them. The first notes what
 * it was given. The second (`again`) is done when it finds that note; without
 * it (an interrupt came between them) it looks closer, and does nothing where
 * it finds that the first has run.
 *
 * Since 7.0 (a46023d5616e, "tracing: Guard __DECLARE_TRACE() use of
 * __DO_TRACE_CALL() with SRCU-fast") another task may come between, too, even
 * while it is inside: then both may be skipped on that processor. What is lost of
 * a connection so is made good where it shows: its end by eg_destroy, its
 * beginning by stream_claim() or at its end.
 */
static __always_inline bool is_done(struct sock *sk, __u32 oldstate, __u32 newstate, bool again)
{
	__u32 zero = 0;
	struct state_change *seen = bpf_map_lookup_elem(&eg_state_seen, &zero);
	__u64 address = (__u64)sk;
	bool done;

	if (!seen)
		return false;
	done = again && seen->sk == address && seen->oldstate == oldstate &&
	       seen->newstate == newstate;
	seen->sk = again ? 0 : address;
	seen->oldstate = oldstate;
	seen->newstate = newstate;
	return done;
}

static __always_inline void state_changes(struct sock *sk, int oldstate, int newstate, bool again)
{
	if (is_done(sk, oldstate, newstate, again))
		return;
	switch (sk->sk_protocol) {
	case IPPROTO_TCP:
		stream_state(sk, oldstate, newstate, again);
		break;
	case EG_TRANSPORT_MPTCP:
		mptcp_state(sk, newstate);
		break;
	case IPPROTO_SCTP:
		if (newstate == TCP_LISTEN)
			stream_listening(sk);
		else if (oldstate == TCP_LISTEN)
			listener_closed(sk);
		break;
	}
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(eg_state, struct sock *sk, int oldstate, int newstate)
{
	state_changes(sk, oldstate, newstate, false);
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(eg_state_again, struct sock *sk, int oldstate, int newstate)
{
	state_changes(sk, oldstate, newstate, true);
	return 0;
}

SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(eg_destroy, struct sock *sk)
{
	stream_destroyed(sk);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(eg_exec, struct task_struct *task, int old_pid, struct linux_binprm *program)
{
	executed(task, program);
	files_inherited(task);
	return 0;
}

SEC("tp_btf/net_dev_queue")
int BPF_PROG(eg_queue, struct sk_buff *skb)
{
	struct sock *sk = skb->sk;

	if (sk && sk->__sk_common.skc_family == AF_PACKET)
		packet_queued(skb, sk);
	return 0;
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(eg_sent, struct sock *sk, int size, int flags)
{
	if (sk->__sk_common.skc_family == AF_PACKET)
		packet_sent(sk, size);
	return 0;
}

SEC("iter/bpf_map_elem")
int eg_sweep(struct bpf_iter__bpf_map_elem *ctx)
{
	sweep(ctx);
	return 0;
}

SEC("iter/task_file")
int eg_old_listen(struct bpf_iter__task_file *ctx)
{
	held_file(ctx, true);
	return 0;
}

SEC("iter/task_file")
int eg_old_files(struct bpf_iter__task_file *ctx)
{
	held_file(ctx, false);
	return 0;
}

SEC("iter/tcp")
int eg_old_tcp(struct bpf_iter__tcp *ctx)
{
	struct sock_common *sk = ctx->sk_common;

	if (sk)
		unheld_stream((struct sock *)address_of(sk));
	return 0;
}
