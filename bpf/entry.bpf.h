/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Entries of eg_sockets: what they are found by, made, and done away with. */
#pragma once

/*
 * The key of a socket's entry: its address. Programs are given pointers, which
 * the verifier lets be part of a key since 5.12 (cd17d38f8b28, "bpf: Permits
 * pointers on stack for helper calls"), but lets nobody calculate with; where
 * a number is needed, that is what address_of() is for.
 */
static __always_inline __u64 socket_key(const void *sk)
{
	return config.pointer_keys ? (__u64)sk : address_of(sk);
}

static __always_inline struct eg_socket *socket_find(__u64 key)
{
	struct eg_socket *socket = bpf_map_lookup_elem(&eg_sockets, &key);

	return socket && !(socket->flags & EG_SOCKET_SPARE) ? socket : NULL;
}

/*
 * Makes an entry; negative: there is one (BPF_NOEXIST), or no room. The memory
 * of a socket that is gone soon is another's, whose entry is this one again: it
 * costs a third of an insertion. Whoever makes a stream's first entry is alone
 * with the socket, or holds its lock; elsewhere the map keeps order.
 */
static __always_inline long socket_store(__u64 key, const struct eg_socket *news, __u64 flags)
{
	struct eg_socket *spare = bpf_map_lookup_elem(&eg_sockets, &key);

	if (!spare || !(spare->flags & EG_SOCKET_SPARE))
		return bpf_map_update_elem(&eg_sockets, &key, news, flags);
	__sync_fetch_and_add(&spare_sockets, -1);
	if (!(news->flags & EG_SOCKET_STREAM))
		return bpf_map_update_elem(&eg_sockets, &key, news, BPF_ANY);
	/* Spare for everybody else until all of it is written; what is not, no stream uses. */
	spare->row = news->row;
	spare->sender = news->sender;
	spare->born_ns = news->born_ns;
	spare->bytes_sent = news->bytes_sent;
	spare->bytes_received = news->bytes_received;
	spare->swept = 0;
	spare->sampled = 0;
	spare->peer_port = news->peer_port;
	asm volatile("" ::: "memory");
	spare->flags = news->flags;
	return 0;
}

/* The socket is gone, but a stream's entry stays for the next at its address. */
static __always_inline void socket_drop(__u64 key, struct eg_socket *socket)
{
	if (!(socket->flags & EG_SOCKET_STREAM) || spare_sockets >= config.spares) {
		bpf_map_delete_elem(&eg_sockets, &key);
		return;
	}
	__sync_fetch_and_add(&spare_sockets, 1);
	socket->flags = EG_SOCKET_SPARE;
}
