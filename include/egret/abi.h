/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The one contract between the BPF programs and user space: keys, counters, records. */
#pragma once

/*
 * Compiled alone by gcc, by clang and by clang -target bpf; tests/abi compares
 * every struct here with the BTF of the built object. Fixed widths, explicit
 * padding (always zero, since structs are map keys), host byte order unless a
 * name ends in _be. Times are CLOCK_BOOTTIME nanoseconds.
 */
#ifdef __bpf__
typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
#else
#include <linux/types.h>
#endif

/* Room for one process description; longer texts are cut and flagged. */
#define EG_COMM_MAX 16
#define EG_EXE_MAX 1024 /* executable path, leaf first */
#define EG_ARGS_MAX 1024 /* argument vector as in memory: NUL-separated */
#define EG_CGROUP_MAX 512 /* cgroup2 path, leaf first */
#define EG_SCRIPT_MAX 256 /* path of a script; a longer one is not known */
#define EG_PATH_DEPTH 24 /* components of a path that are kept */
#define EG_MOUNT_DEPTH 8 /* mounts on the way up from an executable, the root's among them */

/*
 * A transport is an IP protocol number (IANA) or one of these. Bytes that a
 * raw socket sends under a protocol which the kernel itself speaks for other
 * sockets (17, 6, ...) stay apart: EG_TRANSPORT_RAW | protocol.
 */
#define EG_TRANSPORT_RAW 0x200
#define EG_TRANSPORT_PACKET 0x400
#define EG_TRANSPORT_MPTCP 262 /* IPPROTO_MPTCP */

enum eg_direction {
	EG_OUTBOUND = 0, /* this host opened it, or sent first; port is the peer's */
	EG_INBOUND = 1, /* the peer did; port is ours */
};

/*
 * One program image of one process: a process that calls execve() gets a new
 * exec_id, a recycled pid a new start_ns. tgid 0 is not a process: exec_id
 * then is one of enum eg_nobody.
 */
struct eg_proc_key {
	__u64 start_ns; /* task_struct.start_boottime of the thread group leader */
	__u32 tgid; /* in the initial pid namespace */
	__u32 exec_id; /* low half of task_struct.self_exec_id */
};

enum eg_nobody {
	EG_NOBODY_UNKNOWN = 0, /* a socket whose owner was never seen */
	EG_NOBODY_KERNEL = 1, /* a socket of the kernel itself, or a kernel thread */
};

enum eg_flow_flag {
	EG_FLOW_LOCAL = 1 << 0, /* routed over lo: the peer is this network namespace */
	EG_FLOW_NO_IP = 1 << 1, /* no address known: non-IP frame, or overflow */
	EG_FLOW_NO_PORT = 1 << 2, /* the transport has no ports */
	EG_FLOW_OVERFLOW = 1 << 3, /* found no room in the flow map */
	EG_FLOW_BROADCAST = 1 << 4, /* a subnet's broadcast address */
};

/*
 * One row: what one program image exchanged with one peer; through one socket,
 * where that may have a name of its own and many peers.
 */
struct eg_flow_key {
	struct eg_proc_key proc;
	__u8 ip[16]; /* IPv4 as ::ffff:a.b.c.d */
	__u16 port;
	__u16 transport;
	__u8 direction; /* enum eg_direction */
	__u8 flags; /* enum eg_flow_flag */
	__u8 pad[2];
	__u32 owner; /* sock.sk_uid in the initial user namespace; 0 with EG_FLOW_OVERFLOW */
	/*
	 * Whose bytes may have a name that others' don't have: of the socket that has
	 * sent QUIC's Initial, or of the MPTCP connection; 0: of any other.
	 */
	__u32 speaker;
};

struct eg_flow {
	__u64 bytes_sent; /* payload, contract section 2 */
	__u64 bytes_received;
	__u64 first_ns;
	__u64 last_ns;
	__u32 connections;
	__u32 failed;
	__u32 rtt_min_us; /* 0: not measured */
	__u32 tick; /* datagrams: low half of jiffies when last_ns was read */
};

/* Failed connections by errno; rows of this map add up to eg_flow.failed. */
struct eg_error_key {
	struct eg_flow_key flow;
	__s32 error; /* positive errno; 0: the kernel shows none */
	__u32 pad;
};

enum eg_socket_flag {
	EG_SOCKET_STREAM = 1 << 0, /* counters live in struct tcp_sock */
	EG_SOCKET_PENDING = 1 << 1, /* connect() called, outcome not known yet */
	EG_SOCKET_CONNECTED = 1 << 2, /* row.proc owns the peer, whoever sends */
	EG_SOCKET_UNCLAIMED = 1 << 3, /* accepted: the first to send becomes owner */
	EG_SOCKET_OLD = 1 << 4, /* older than the tracer: no connection counted */
	EG_SOCKET_SWEPT = 1 << 5, /* sample: the iterator has reported this socket before */
	EG_SOCKET_SUBFLOW = 1 << 6, /* MPTCP: the connection is counted elsewhere */
	EG_SOCKET_ROW = 1 << 7, /* row names a peer */
	EG_SOCKET_FAILED = 1 << 8, /* sample: the connection was never established */
	EG_SOCKET_PARENT = 1 << 9, /* MPTCP: the connection its subflows belong to */
	EG_SOCKET_ENDED = 1 << 10, /* sample: these are its last totals */
	EG_SOCKET_SPARE = 1 << 11, /* no socket's entry: kept for the next at this address */
	EG_SOCKET_TOLD = 1 << 12, /* a payload was sampled: its name may be its own */
};

/*
 * A socket that somebody owns, by address of its struct sock. Streams keep
 * here what to subtract from the kernel's own counters; datagram sockets keep
 * what they exchanged with their first peer, so that the common packet costs
 * one look-up.
 */
struct eg_socket {
	struct eg_flow_key row;
	struct eg_proc_key sender; /* the last to send unconnected datagrams */
	__u64 born_ns; /* with the address, unique */
	__u64 bytes_sent;
	__u64 bytes_received;
	/*
	 * The first datagram exchanged with row's peer. Of an MPTCP connection, while
	 * `trace` runs: the cookie of its first subflow, by which its events are known.
	 */
	__u64 first_ns;
	__u64 last_ns; /* last one, no older than a tick; 0: none yet */
	__u32 flags; /* enum eg_socket_flag */
	__u32 claims; /* how many CPUs tried to set row; only the first may */
	__u32 tick; /* low half of jiffies when last_ns was read */
	__u8 swept; /* written by the iterator alone: user space knows this socket */
	__u8 sampled; /* how much of its payload was sampled for names, see sample.bpf.h */
	__u16 peer_port; /* of row's peer, also where row.port is ours */
	__u32 init_tag; /* SCTP: of the INIT that is not answered yet, 0: none */
	__u32 connections; /* datagram sockets: 1 once row is set; SCTP: attempts begun */
	__u32 failed; /* SCTP: attempts that were not answered, or aborted */
	__s32 error; /* SCTP: errno of the last failure */
};

/*
 * Totals of one socket since its entry was born. The iterator emits them for
 * live sockets and marks the entry as swept; a socket that was swept ends in the
 * eg_closed map instead of being added to its flow. So a byte is either in a
 * flow or in a sample, never in both.
 */
struct eg_sample_key {
	__u64 sk;
	__u64 born_ns;
};

struct eg_sample {
	struct eg_sample_key key;
	struct eg_flow_key row;
	struct eg_flow totals;
	__s32 error; /* errno of a failed connection, 0: unknown or none */
	__u32 flags; /* enum eg_socket_flag; SWEPT: reported before */
};

/* Who listens: the opener of a listener, by network namespace and address. */
struct eg_listener_key {
	__u64 net; /* address of struct net */
	__u8 ip[16];
	__u16 port;
	__u16 transport;
	__u32 pad;
};

struct eg_listener {
	struct eg_proc_key proc;
	__u64 sk;
};

/* The same by address of the listener's struct sock: one of several on a port. */
struct eg_opener {
	struct eg_proc_key proc;
	__u64 net;
	__u16 port;
	__u16 inherited; /* 1: the owner got it from an init */
	__u32 pad;
};

/* What was lost, per CPU, indexed by reason; names in the contract's ledger. */
enum eg_loss {
	EG_LOSS_RING_FULL,
	EG_LOSS_FLOW_MAP_FULL,
	EG_LOSS_PROCESS_MAP_FULL,
	EG_LOSS_STORAGE_FAILED, /* the socket map had no room */
	EG_LOSS_ERROR_MAP_FULL, /* a failure counted without its errno */
	EG_LOSS_LISTENER_MAP_FULL,
	EG_LOSS_CLOSED_MAP_FULL,
	EG_LOSS_OVERFLOW_MAP_FULL, /* bytes went to the unknown owner */
	EG_LOSS_NAMES_SKIPPED, /* payload or scripts that were not seen: a name may be missing */
	EG_LOSS_END_MISSED, /* a connection's end was not seen, and its bytes are no longer there */
	EG_LOSS_COUNT,
};

/* Ring records. Every record starts with this header. */
enum eg_record_type {
	EG_RECORD_PROCESS = 1,
	EG_RECORD_CONNECT, /* attempt begun */
	EG_RECORD_RESULT, /* attempt ended: error says how */
	EG_RECORD_ACCEPT,
	EG_RECORD_CLOSE,
	EG_RECORD_PAYLOAD,
};

struct eg_record {
	__u32 type; /* enum eg_record_type */
	__u32 size; /* of the whole record */
	__u64 time_ns;
};

enum eg_process_flag {
	EG_PROCESS_EXE_DELETED = 1 << 0,
	EG_PROCESS_EXE_CUT = 1 << 1,
	EG_PROCESS_ARGS_CUT = 1 << 2,
	EG_PROCESS_CGROUP_CUT = 1 << 3,
	EG_PROCESS_KTHREAD = 1 << 4,
	EG_PROCESS_NO_EXE = 1 << 5,
	EG_PROCESS_OLD = 1 << 6, /* described by an iterator, not in its own context */
};

/*
 * One process, described in its own context the first time it touches a
 * socket. Paths are lists of NUL-terminated components from the leaf to the
 * root, without separators.
 */
struct eg_process {
	struct eg_record header;
	struct eg_proc_key key;
	__u32 ppid;
	__u32 uid; /* real uid in the initial user namespace */
	__u32 flags; /* enum eg_process_flag */
	__u32 exe_size; /* bytes used in exe */
	__u32 args_size;
	__u32 cgroup_size;
	__u64 cgroup_id; /* of the cgroup2 cgroup */
	__u64 exe_ino;
	__u32 exe_dev; /* kernel's dev_t encoding: major << 20 | minor */
	__u32 net_ns; /* inode numbers, as in /proc/PID/ns */
	__u32 mnt_ns;
	__u32 pid_ns;
	__u32 user_ns;
	__u32 mnt_owner_ns; /* the user namespace in which the mount namespace was made */
	__u32 script_size;
	__u32 pad;
	char comm[EG_COMM_MAX];
	char exe[EG_EXE_MAX + 256];
	char args[EG_ARGS_MAX];
	char cgroup[EG_CGROUP_MAX + 256];
	/*
	 * The path that execve() was given, where that is a script's: one component,
	 * and if it does not begin with a slash, those of the working directory.
	 */
	char script[EG_SCRIPT_MAX + 256];
};

/* The script that a program image runs, noted as it was executed. */
struct eg_script {
	__u32 size;
	__u32 passed_on; /* to what env(1) executes */
	char path[EG_SCRIPT_MAX + 256];
};

/* One thing that happened to one connection; only while `trace` runs. */
struct eg_event {
	struct eg_record header;
	__u64 sk;
	__u64 cookie; /* 0: the kernel gave none yet */
	struct eg_flow_key row;
	struct eg_flow totals; /* CLOSE */
	__s32 error; /* RESULT: positive errno, 0 established, -1 unknown */
	__u32 pad;
};

/* Room for payload in a record; what is longer comes in several. */
#define EG_PAYLOAD_SMALL 512
#define EG_PAYLOAD_LARGE 2048

/* What may hold a name, where both sides must agree on it. */
#define EG_PLAIN_MAX 4096 /* of a stream that is not TLS, or not yet */
#define EG_HELLO_MAX 16384 /* of a ClientHello with its handshake header */
#define EG_DATAGRAM_MAX 4096 /* of a datagram: no client of QUIC begins with a longer one */
#define EG_DNS_PORT 53
#define EG_QUIC_V1 0x00000001U /* RFC 9000 */
#define EG_QUIC_V2 0x6b3343cfU /* RFC 9369 */

enum eg_payload_flag {
	EG_PAYLOAD_SENT = 1 << 0, /* this host sent it */
	EG_PAYLOAD_SERVER = 1 << 1, /* no payload: this process answers DNS at ip */
	EG_PAYLOAD_OWN_NET = 1 << 2, /* net_ns is another user namespace's than the host's */
};

/*
 * A piece of what a socket sent or received in which a name may stand: the
 * beginning of a TCP stream, a DNS message, a QUIC Initial packet. Goes through
 * a ring of its own.
 */
struct eg_payload {
	struct eg_record header;
	struct eg_sample_key socket;
	__u64 cookie; /* of the socket; 0: the kernel gave none yet */
	struct eg_proc_key proc; /* who owns the socket, or sent last */
	__u8 ip[16]; /* the peer; IPv4 as ::ffff:a.b.c.d */
	__u16 port;
	__u16 transport;
	__u32 net_ns; /* inode number */
	__u32 offset; /* of the data in the stream or datagram */
	__u32 total; /* bytes of the datagram; streams: 0 */
	__u16 segment; /* the datagram is several of this size each (GSO); 0: it is one */
	__u16 size; /* of the data */
	__u8 flags; /* enum eg_payload_flag */
	__u8 direction; /* enum eg_direction */
	__u8 pad[2];
	__u32 owner; /* as in struct eg_flow_key ... */
	__u32 speaker; /* ... and this */
	__u8 data[EG_PAYLOAD_LARGE]; /* the record ends with EG_PAYLOAD_SMALL if that is enough */
};

/* Programs that have daemons start others, by the name of their thread (TASK_COMM_LEN). */
#define EG_ERRAND_NAME 16
#define EG_ERRANDS_MAX 32

/* Settings, constant while the programs run. */
struct eg_config {
	__u64 scope_cgroup_id; /* 0: everything; else only below this cgroup ... */
	__u32 scope_tgid; /* ... or descended from this process, which outlives the trace */
	__u8 trace; /* 1: emit struct eg_event */
	__u8 task_btf; /* bpf_get_current_task_btf() works in cgroup programs */
	__u8 send_length; /* the sock_send_length program is attached */
	__u8 pointer_keys; /* a map's key may hold a pointer to a socket */
	__u32 spares; /* how many entries of eg_sockets may be spare */
	__u8 names; /* 1: sample payload for names */
	__u8 uarg_packet; /* offsets in struct tpacket_uarg, ... */
	__u8 uarg_frame; /* ... 0: this kernel has none (bpf/compat.bpf.h) */
	__u8 cookies; /* bpf_get_socket_cookie() works in tracing programs */
	__u32 net_ns; /* the tracer's own, by inode number */
	__u32 pad;
};

/* Entry of the process map: what was already said about a process. */
enum eg_known {
	EG_KNOWN_IN_SCOPE = 1,
	EG_KNOWN_OUT_OF_SCOPE = 2,
};

struct eg_known_process {
	__u32 state; /* enum eg_known */
	__u32 pad;
};

_Static_assert(sizeof(struct eg_proc_key) == 16, "key without holes");
_Static_assert(sizeof(struct eg_flow_key) == 48, "key without holes");
_Static_assert(sizeof(struct eg_flow) == 48, "value without holes");
_Static_assert(sizeof(struct eg_error_key) == 56, "key without holes");
_Static_assert(sizeof(struct eg_socket) == 136, "value without holes");
_Static_assert(sizeof(struct eg_sample) == 120, "record without holes");
_Static_assert(sizeof(struct eg_listener_key) == 32, "key without holes");
