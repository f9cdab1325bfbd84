/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sockets that an init opens for what it starts, as sd_listen_fds(3) tells: they change hands. */
#pragma once

/* What is looked at, of a program's descriptors and of a listener's accept queue. */
#define INHERITED_FILES 64
#define INHERITED_QUEUE 128

/* The same process, whatever it has executed since. */
static __always_inline bool same_task(const struct eg_proc_key *a, const struct eg_proc_key *b)
{
	return a->start_ns == b->start_ns && a->tgid == b->tgid;
}

/*
 * A connection that waits for accept(), and that nobody has sent on, goes with
 * its listener to the running process; the address of the next. (Global
 * functions with numbers only: see pointer_at().)
 */
__noinline __u64 queued_inherited(__u64 address)
{
	struct request_sock *request = (void *)address;
	struct sock *sk = BPF_CORE_READ(request, sk);
	struct eg_socket *socket = socket_find((__u64)sk);
	struct eg_proc_key heir;

	if (socket && socket->flags & EG_SOCKET_UNCLAIMED) {
		heir = key_current();
		stream_belongs(socket, sk, &heir);
	}
	return (__u64)BPF_CORE_READ(request, dl_next);
}

static __always_inline void queue_inherited(struct sock *listener)
{
	struct inet_connection_sock *connections = (void *)listener;
	__u64 request = (__u64)BPF_CORE_READ(connections, icsk_accept_queue.rskq_accept_head);

	for (int i = 0; i < INHERITED_QUEUE && request; i++)
		request = queued_inherited(request);
}

/* Of its opener, or of what the opener started, which passes it on once more. */
static __always_inline void listener_inherited(struct sock *sk, const struct eg_proc_key *init,
					       const struct eg_proc_key *heir)
{
	__u64 address = (__u64)sk;
	struct eg_opener *opener = bpf_map_lookup_elem(&eg_openers, &address);

	if (!opener)
		return;
	if (!same_task(&opener->proc, init) &&
	    !(opener->inherited && same_task(&opener->proc, heir)))
		return;
	if (!admit(heir))
		return;
	listener_opened(sk, heir, true);
	queue_inherited(sk);
}

/* What arrives unconnected is the sender's, which may never send. */
static __always_inline void datagram_inherited(struct sock *sk, const struct eg_proc_key *init,
					       const struct eg_proc_key *heir)
{
	struct eg_socket *socket = socket_find((__u64)sk);

	if (!socket || socket->flags & (EG_SOCKET_STREAM | EG_SOCKET_PARENT))
		return;
	if (!same_task(&socket->sender, init) && !same_task(&socket->sender, heir))
		return;
	if (admit(heir))
		socket->sender = *heir;
}

/* The socket of the internet's behind a descriptor; 0: there is none. */
__noinline __u64 internet_socket_at(__u64 files, __u32 number)
{
	struct file **file = (struct file **)files + number;
	struct sock *sk = sock_of_file((void *)pointer_at((__u64)file));
	unsigned short family = BPF_CORE_READ(sk, __sk_common.skc_family);

	return family == AF_INET || family == AF_INET6 ? (__u64)sk : 0;
}

/* A descriptor of the running process, which `init` has started. */
__noinline int socket_inherited(__u64 address, __u64 init_start_ns, __u32 init_tgid)
{
	struct eg_proc_key init = { .start_ns = init_start_ns, .tgid = init_tgid };
	struct eg_proc_key heir = key_current();
	struct sock *sk = (void *)address;

	if (BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_LISTEN)
		listener_inherited(listening_sock(sk), &init, &heir);
	else
		datagram_inherited(sk, &init, &heir);
	return 0;
}

/* A program was executed; if an init started its process, it may have been given sockets. */
static __always_inline void files_inherited(struct task_struct *task)
{
	struct task_struct *parent = BPF_CORE_READ(task, real_parent);
	struct eg_proc_key init;
	struct fdtable *table;
	__u32 count;
	__u64 files;

	if (!(BPF_CORE_READ(parent, signal, flags) & SIGNAL_UNKILLABLE))
		return;
	init = key_of(parent);
	table = BPF_CORE_READ(task, files, fdt);
	files = (__u64)BPF_CORE_READ(table, fd);
	count = BPF_CORE_READ(table, max_fds);
	for (__u32 i = 0; i < INHERITED_FILES && i < count; i++) {
		__u64 sk = internet_socket_at(files, i);

		if (sk)
			socket_inherited(sk, init.start_ns, init.tgid);
	}
}
