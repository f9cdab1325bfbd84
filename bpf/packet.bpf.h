/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Packet sockets (AF_PACKET): frames seen as they are queued, in the sender's context. */
#pragma once

#define ETH_HLEN 14
#define SOCKADDR_LL_SIZE 20 /* struct sockaddr_ll, include/uapi/linux/if_packet.h */
#define ETH_P_8021Q 0x8100
#define ETH_P_8021AD 0x88A8

/* Where a frame says that it goes; a frame that is not IP has no address. */
static __always_inline void frame_destination(struct eg_flow_key *row, const unsigned char *network,
					      __u16 ethertype)
{
	__u8 version_ihl;
	__u32 address;

	row->flags = EG_FLOW_NO_IP | EG_FLOW_NO_PORT;
	if (ethertype == ETH_P_IP) {
		if (bpf_probe_read_kernel(&address, sizeof(address), network + 16))
			return;
		map_ipv4(row->ip, address);
	} else if (ethertype == ETH_P_IPV6) {
		if (bpf_probe_read_kernel(row->ip, sizeof(row->ip), network + 24))
			return;
	} else {
		return;
	}
	/* A frame is what its sender wrote: believe the type only if the version agrees. */
	if (bpf_probe_read_kernel(&version_ihl, sizeof(version_ihl), network) ||
	    version_ihl >> 4 != (ethertype == ETH_P_IP ? 4 : 6)) {
		__builtin_memset(row->ip, 0, sizeof(row->ip));
		return;
	}
	row->flags = EG_FLOW_NO_PORT;
}

static __always_inline void packet_account(struct eg_flow_key *row, __u64 bytes)
{
	struct eg_flow delta = { .bytes_sent = bytes, .first_ns = bpf_ktime_get_boot_ns() };
	struct eg_flow *flow;

	delta.last_ns = delta.first_ns;
	row->transport = EG_TRANSPORT_PACKET;
	row->direction = EG_OUTBOUND;
	flow = bpf_map_lookup_elem(&eg_flows, row);
	delta.connections = !flow;
	account(row, &delta);
}

static __always_inline __u16 frame_type(const unsigned char *mac, const unsigned char **ret_network)
{
	__be16 type = 0;

	*ret_network = mac + ETH_HLEN;
	bpf_probe_read_kernel(&type, sizeof(type), mac + ETH_HLEN - 2);
	for (int i = 0; i < 2; i++) {
		if (type != bpf_htons(ETH_P_8021Q) && type != bpf_htons(ETH_P_8021AD))
			break;
		*ret_network += 4;
		bpf_probe_read_kernel(&type, sizeof(type), *ret_network - 2);
	}
	return bpf_ntohs(type);
}

/*
 * Where the bytes are that the program gave. A frame from a transmit ring
 * stays there, and only a link-layer header is before the skb's fragments:
 * tpacket_fill_skb() notes the frame's place in the ring, and the data comes
 * after a header of its own (Documentation/networking/packet_mmap.rst).
 */
static __always_inline const unsigned char *given_bytes(struct sk_buff *skb, struct sock *sk)
{
	struct packet_sock *packet = (void *)address_of(sk);
	struct skb_shared_info *shared;
	void *frame;

	if (!skb->data_len)
		return sk->sk_type == SOCK_DGRAM ? skb->head + skb->network_header : skb->data;
	shared = (void *)skb->head + skb->end;
	frame = ring_frame((__u64)BPF_CORE_READ(shared, destructor_arg), packet);
	if (!frame || !bpf_core_field_exists(packet->tp_hdrlen))
		return NULL;
	return frame + BPF_CORE_READ(packet, tp_hdrlen) - SOCKADDR_LL_SIZE;
}

/*
 * A frame of a packet socket on its way to a device. The bytes are those given
 * to the send call: of a SOCK_DGRAM socket without the link-layer header,
 * which the kernel has put before them.
 */
static __always_inline void packet_queued(struct sk_buff *skb, struct sock *sk)
{
	struct eg_flow_key row = { .proc = key_current() };
	const unsigned char *given = given_bytes(skb, sk), *network = given;
	__u64 bytes = skb->len, thread = bpf_get_current_pid_tgid();
	__u16 type = bpf_ntohs(skb->protocol);

	if (!admit(&row.proc))
		return;
	row.owner = sk->sk_uid.val;
	if (sk->sk_type == SOCK_DGRAM)
		bytes = since(bytes, skb->head + skb->network_header - skb->data);
	else
		type = frame_type(given, &network);
	frame_destination(&row, network, given ? type : 0);
	if (skb->dev->ifindex == LOOPBACK_IFINDEX)
		row.flags |= EG_FLOW_LOCAL;
	packet_account(&row, bytes);
	if (config.send_length)
		bpf_map_update_elem(&eg_sending, &thread, &bytes, BPF_ANY);
}

/*
 * The end of a send call. If it queued no frame that packet_queued() saw, the
 * frames went past the queue (PACKET_QDISC_BYPASS): count them by length.
 */
static __always_inline void packet_sent(struct sock *sk, int size)
{
	struct eg_flow_key row = { .proc = key_current() };
	__u64 thread = bpf_get_current_pid_tgid();

	if (!bpf_map_delete_elem(&eg_sending, &thread) || size <= 0 || !admit(&row.proc))
		return;
	row.owner = sk->sk_uid.val;
	row.flags = EG_FLOW_NO_IP | EG_FLOW_NO_PORT;
	packet_account(&row, size);
	bypassed = 1;
}
