/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Adding to a flow, and what happens when there is no room for one. */
#pragma once

/*
 * A failed insertion into a full map is expensive before 6.0 (54a9c3a42d92):
 * it searches the free lists of all CPUs. So try only so often.
 */
#define FLOWS_FULL_RETRY_NS 10000000

static __always_inline void add(struct eg_flow *flow, const struct eg_flow *delta)
{
	if (delta->bytes_sent)
		__sync_fetch_and_add(&flow->bytes_sent, delta->bytes_sent);
	if (delta->bytes_received)
		__sync_fetch_and_add(&flow->bytes_received, delta->bytes_received);
	if (delta->connections)
		__sync_fetch_and_add(&flow->connections, delta->connections);
	if (delta->failed)
		__sync_fetch_and_add(&flow->failed, delta->failed);
	if (delta->first_ns < flow->first_ns)
		flow->first_ns = delta->first_ns;
	if (delta->last_ns > flow->last_ns)
		flow->last_ns = delta->last_ns;
	if (delta->rtt_min_us && (!flow->rtt_min_us || delta->rtt_min_us < flow->rtt_min_us))
		flow->rtt_min_us = delta->rtt_min_us;
}

/* Adds to an entry of a map of flows, made if it is new; negative: no room. */
#define ADD_TO(map, key, delta)                                                                    \
	({                                                                                         \
		struct eg_flow *flow_ = bpf_map_lookup_elem(map, key);                             \
		long error_ = 0;                                                                   \
                                                                                                   \
		if (!flow_) {                                                                      \
			error_ = bpf_map_update_elem(map, key, delta, BPF_NOEXIST);                \
			if (error_) /* perhaps another CPU was faster */                           \
				flow_ = bpf_map_lookup_elem(map, key);                             \
		}                                                                                  \
		if (flow_) {                                                                       \
			add(flow_, delta);                                                         \
			error_ = 0;                                                                \
		}                                                                                  \
		error_;                                                                            \
	})

/* The row of an app whose destinations found no room: sums stay exact. */
static __always_inline void account_overflow(const struct eg_flow_key *key,
					     const struct eg_flow *delta)
{
	struct eg_proc_key unknown = nobody(EG_NOBODY_UNKNOWN);

	lose(EG_LOSS_FLOW_MAP_FULL);
	if (ADD_TO(&eg_overflow, &key->proc, delta)) {
		lose(EG_LOSS_OVERFLOW_MAP_FULL);
		ADD_TO(&eg_overflow, &unknown, delta);
	}
}

/* A flow's first bytes. (Not inlined, as it is rare: a call is a helper's price.) */
static __noinline int account_news(const struct eg_flow_key *key, const struct eg_flow *delta)
{
	if (!key || !delta)
		return 0;
	if (delta->last_ns >= flows_full_until_ns) {
		if (!ADD_TO(&eg_flows, key, delta))
			return 0;
		flows_full_until_ns = delta->last_ns + FLOWS_FULL_RETRY_NS;
	}
	account_overflow(key, delta);
	return 0;
}

static __always_inline void account(const struct eg_flow_key *key, const struct eg_flow *delta)
{
	struct eg_flow *flow;

	/* A trace tells of sockets, and nobody asks it for rows. */
	if (config.trace)
		return;
	flow = bpf_map_lookup_elem(&eg_flows, key);
	if (flow)
		add(flow, delta);
	else
		account_news(key, delta);
}

/* Remembers why a connection failed; the failure itself is counted in its flow. */
static __noinline int account_error(const struct eg_flow_key *key, __s32 error)
{
	struct eg_error_key error_key = { .error = error };
	__u64 *count, one = 1;

	if (!key)
		return 0;
	error_key.flow = *key;
	count = bpf_map_lookup_elem(&eg_errors, &error_key);
	if (!count && bpf_map_update_elem(&eg_errors, &error_key, &one, BPF_NOEXIST)) {
		count = bpf_map_lookup_elem(&eg_errors, &error_key);
		if (!count)
			lose(EG_LOSS_ERROR_MAP_FULL);
	}
	if (count)
		__sync_fetch_and_add(count, 1);
	return 0;
}

/*
 * A socket has ended, or what it stood for has. Its totals go to its flow;
 * those of a socket that user space has seen open go to eg_closed, so that
 * user space can take off what it knew already; those of one that may have a
 * name of its own to eg_named.
 */
static __always_inline void settle(const struct eg_sample *sample)
{
	if (config.trace)
		return;
	if (sample->flags & EG_SOCKET_SWEPT) {
		if (bpf_map_update_elem(&eg_closed, &sample->key, sample, BPF_ANY))
			lose(EG_LOSS_CLOSED_MAP_FULL);
	} else if (!(sample->flags & EG_SOCKET_TOLD) ||
		   bpf_map_update_elem(&eg_named, &sample->key, sample, BPF_ANY)) {
		account(&sample->row, &sample->totals);
		if (sample->totals.failed && sample->error > 0)
			account_error(&sample->row, sample->error);
	}
}
