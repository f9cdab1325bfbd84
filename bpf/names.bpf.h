/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The ring of names: how much of it each process may have, and when user space is woken for it. */
#pragma once

/* --- room --- */

/*
 * How many samples of each process have gone into the second half of eg_names in
 * this turn, the number of which is in the upper half; by pid. See has_share().
 */
#define NAMES_SHARES 256
__u64 names_shares[NAMES_SHARES];
volatile __u32 names_turn; /* begins anew when the ring is half empty again */
volatile __u32 names_crowded; /* 1: it was more than half full in this turn */

#define NAMES_SHARE 32 /* records of a process in the ring's second half */

/*
 * May this process have room for so many bytes? The second half of the ring is shared: so one
 * that fills it, while user space doesn't look, pushes nobody else's names out.
 */
__noinline int has_share(__u32 tgid, __u32 size)
{
	__u64 *share = &names_shares[tgid % NAMES_SHARES];

	if (bpf_ringbuf_query(&eg_names, BPF_RB_AVAIL_DATA) * 2 <=
	    bpf_ringbuf_query(&eg_names, BPF_RB_RING_SIZE)) {
		if (names_crowded) {
			names_crowded = 0;
			names_turn++;
		}
		return 1;
	}
	names_crowded = 1;
	if (*share >> 32 != names_turn)
		*share = (__u64)names_turn << 32;
	if ((__u32)*share >= NAMES_SHARE)
		return 0;
	*share += 1 + size / EG_PAYLOAD_LARGE;
	return 1;
}

/* --- in time --- */

/*
 * Which resolver is configured for a process in another network namespace than
 * ours, its own resolv.conf says, which can be read as long as it lives: so user
 * space is woken by its first question, and by those that it asks later. It looks
 * at a file no more often than that (EG_STAMP_NS), nor is it woken without end:
 * what is over that is read when it looks by itself.
 */
#define ASKED_SHIFT 31 /* of ns: once in two seconds for each process */
#define WOKEN_SHIFT 30 /* and in a second ... */
#define WOKEN_MAX 32 /* ... so often in all */
#define NAMES_ASKERS 256
__u64 names_askers[NAMES_ASKERS]; /* pid, and when it asked, of who was the last to have a place */
__u32 names_woken_when, names_woken;

static __always_inline bool asks_first(const struct eg_payload *payload)
{
	__u32 tgid = payload->proc.tgid;
	__u64 *asker = &names_askers[tgid % NAMES_ASKERS];
	__u64 asks = (__u64)tgid << 32 | (__u32)(payload->header.time_ns >> ASKED_SHIFT);

	if (*asker == asks)
		return false;
	*asker = asks;
	return true;
}

/* Two that ask at once may both be the last one: it is a bound, not a count. */
static __always_inline bool may_wake(const struct eg_payload *payload)
{
	__u32 when = payload->header.time_ns >> WOKEN_SHIFT;

	if (names_woken_when != when) {
		names_woken_when = when;
		names_woken = 0;
	}
	if (names_woken >= WOKEN_MAX)
		return false;
	names_woken++;
	return true;
}

/* How to submit a sample that is filled in. */
static __always_inline __u64 names_wakeup(const struct eg_payload *payload)
{
	if (payload->port == EG_DNS_PORT && payload->flags & EG_PAYLOAD_SENT &&
	    !(payload->flags & EG_PAYLOAD_OWN_NET) && payload->net_ns != config.net_ns &&
	    payload->proc.tgid && asks_first(payload) && may_wake(payload))
		return BPF_RB_FORCE_WAKEUP;
	return ring_wakeup(&eg_names);
}
