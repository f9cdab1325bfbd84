/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* All maps, the settings, and the counter of losses. Sizes are set by the loader. */
#pragma once

/* Set between open and load, constant from then on. */
const volatile struct eg_config config;

/*
 * 1 once the sockets that are older than the tracer were found: from then on
 * a socket without an owner is news, and its bytes are counted as unknown.
 */
volatile __u32 armed;

/* 1 once a frame was sent past the queue: from then on each run of eg_sent may matter. */
volatile __u32 bypassed;

/* Boot time until which the flow map is taken to be full; see account(). */
volatile __u64 flows_full_until_ns;

/* How many entries of eg_sockets are spare; see entry.bpf.h. */
volatile __s64 spare_sockets;

/* What every flow added up to; read by user space each interval. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, struct eg_flow_key);
	__type(value, struct eg_flow);
} eg_flows SEC(".maps");

/* Rows that found no room in eg_flows: one for each program image. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, struct eg_proc_key);
	__type(value, struct eg_flow);
} eg_overflow SEC(".maps");

/* Failed connections by errno. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, struct eg_error_key);
	__type(value, __u64);
} eg_errors SEC(".maps");

/* Sockets with an owner, by address of struct sock. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct eg_socket);
} eg_sockets SEC(".maps");

/* Last totals of sockets that user space had seen open. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct eg_sample_key);
	__type(value, struct eg_sample);
} eg_closed SEC(".maps");

/*
 * The same of sockets that may have a name of their own. One that finds no room
 * here goes to its flow as any other does: only its name is then nobody's.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct eg_sample_key);
	__type(value, struct eg_sample);
} eg_named SEC(".maps");

/* Who opened a listener. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, struct eg_listener_key);
	__type(value, struct eg_listener);
} eg_listeners SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct eg_opener);
} eg_openers SEC(".maps");

/* The listener whose packet this CPU was given last. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} eg_heard SEC(".maps");

/*
 * Which program images were already described. A cache, not a register: an
 * entry that is evicted is described again, which does no harm.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct eg_proc_key);
	__type(value, struct eg_known_process);
} eg_processes SEC(".maps");

/*
 * The scripts among the program images. A cache: one that is evicted before its
 * process has talked is known by its arguments, which is trusted less.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 2048);
	__type(key, struct eg_proc_key);
	__type(value, struct eg_script);
} eg_scripts SEC(".maps");

/* Where a script's path is put together. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eg_script);
} eg_script SEC(".maps");

/* How often a command has executed each of the programs that user space has put here. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, EG_ERRANDS_MAX);
	__type(key, char[EG_ERRAND_NAME]);
	__type(value, __u64);
} eg_errands SEC(".maps");

/* Bytes that the running send of a packet socket has queued, by thread. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u64);
} eg_sending SEC(".maps");

/* The state change that eg_state was last given on this CPU; see state_changes(). */
struct state_change {
	__u64 sk;
	__u32 oldstate;
	__u32 newstate;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct state_change);
} eg_state_seen SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, EG_LOSS_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} eg_lost SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024);
} eg_ring SEC(".maps");

/* Samples of payload; apart from the records, so that nobody's names push those out. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 512 * 1024);
} eg_names SEC(".maps");

/*
 * What the rings carry. A ring has no type of its own, so the records are
 * named here: the object's BTF then has them, and tests/abi can compare them.
 */
const struct eg_process *eg_ring_process __attribute__((unused));
const struct eg_event *eg_ring_event __attribute__((unused));
const struct eg_payload *eg_ring_payload __attribute__((unused));

/* Every early return that loses something goes through here. */
static __always_inline void lose(__u32 reason)
{
	__u64 *count = bpf_map_lookup_elem(&eg_lost, &reason);

	if (count)
		__sync_fetch_and_add(count, 1);
}

/*
 * The only place that takes room in the ring; who gets NULL counts what is lost
 * by that. Nobody is woken: user space looks often enough by itself, and is woken
 * by ring_submit() when the ring fills up faster than that.
 */
static __always_inline void *ring_reserve(__u64 size)
{
	return bpf_ringbuf_reserve(&eg_ring, size, 0);
}

static __always_inline __u64 ring_wakeup(void *ring)
{
	__u64 waiting = bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA);
	__u64 size = bpf_ringbuf_query(ring, BPF_RB_RING_SIZE);

	return waiting * 4 > size ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

static __always_inline void ring_submit(void *record)
{
	bpf_ringbuf_submit(record, ring_wakeup(&eg_ring));
}
