/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The ring of names: how much of it each process may have. */
#pragma once

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
