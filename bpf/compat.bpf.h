/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What differs between the kernels: each entry names the change and when it may go. */
#pragma once

#include "kern.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/*
 * kernfs_node.parent became __parent in 6.15 (633488947ef6, "kernfs: Use RCU
 * to access kernfs_node::parent"). May go with the last kernel before it.
 */
struct kernfs_node___parent {
	struct kernfs_node *parent;
};
struct kernfs_node___rcu {
	struct kernfs_node *__parent;
};

/*
 * inet_sock.hdrincl was a bit of its own until 6.6 (cafbe182a467, "inet: move
 * inet->hdrincl to inet->inet_flags"). May go with the last kernel before it.
 */
struct inet_sock___hdrincl {
	__u8 hdrincl : 1;
};
struct inet_sock___flags {
	unsigned long inet_flags;
};
/* The kernel's enum has no name, so its value can't be relocated; it is the same in all. */
#define INET_FLAGS_HDRINCL 12

/*
 * mptcp_sock counts its own bytes since 6.5 (38967f424b5b, "mptcp: track some
 * aggregate data counters"). Before, the sum over the subflows has to do, in
 * which data that moved to another subflow is there twice.
 */
struct mptcp_sock___bytes {
	__u64 bytes_sent;
	__u64 bytes_received;
};

/* tcp_sock.is_mptcp exists only where CONFIG_MPTCP is set; in 5.10 a bool, later a bit. */
struct tcp_sock___mptcp {
	bool is_mptcp;
};

#pragma clang attribute pop

static __always_inline struct kernfs_node *kernfs_parent(struct kernfs_node *node)
{
	struct kernfs_node___rcu *rcu = (void *)node;

	if (bpf_core_field_exists(rcu->__parent))
		return BPF_CORE_READ(rcu, __parent);
	return BPF_CORE_READ((struct kernfs_node___parent *)node, parent);
}

/* Does this raw socket's payload begin with the IP header? */
static __always_inline bool sock_header_included(void *sk)
{
	struct inet_sock___flags *inet = sk;

	if (bpf_core_field_exists(inet->inet_flags))
		return BPF_CORE_READ(inet, inet_flags) & (1UL << INET_FLAGS_HDRINCL);
	return BPF_CORE_READ_BITFIELD_PROBED((struct inet_sock___hdrincl *)sk, hdrincl);
}

/* Does an MPTCP connection know its bytes, so that its subflows' don't matter? */
static __always_inline bool mptcp_counts(void)
{
	return bpf_core_field_exists(((struct mptcp_sock___bytes *)0)->bytes_received);
}

static __always_inline void mptcp_bytes(__u64 msk, struct eg_flow *ret_totals)
{
	struct mptcp_sock___bytes *bytes = (void *)msk;

	ret_totals->bytes_sent = BPF_CORE_READ(bytes, bytes_sent);
	ret_totals->bytes_received = BPF_CORE_READ(bytes, bytes_received);
}

/*
 * Where a frame is in its transmit ring, by what is noted with its skb; NULL: in
 * none. Until 7.1 that is its address, with the lowest bit set; 7.2 has a struct
 * tpacket_uarg there. User space looks that one up (load.c): where the kernel has
 * none, libbpf would search all modules for it, which takes CAP_SYS_ADMIN. May
 * go with the last kernel before 7.2.
 */
static __always_inline void *ring_frame(__u64 noted, const void *packet)
{
	__u64 owner = 0, frame = 0;

	if (!config.uarg_frame)
		return noted & 1 ? (void *)(noted & ~3ULL) : NULL;
	bpf_probe_read_kernel(&owner, sizeof(owner), (void *)noted + config.uarg_packet);
	bpf_probe_read_kernel(&frame, sizeof(frame), (void *)noted + config.uarg_frame);
	return owner == (__u64)packet ? (void *)frame : NULL;
}

static __always_inline bool sock_is_mptcp_subflow(void *sk, bool typed)
{
	struct tcp_sock___mptcp *tp = sk;

	if (!bpf_core_field_exists(tp->is_mptcp))
		return false;
	if (typed)
		return BPF_CORE_READ_BITFIELD(tp, is_mptcp);
	return BPF_CORE_READ_BITFIELD_PROBED(tp, is_mptcp);
}
