/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From what the probe counts to the model: apps, rows, names, ledger. */
#pragma once

#include <egret/flow.h>
#include <egret/names.h>
#include <egret/probe.h>

#include "processes.h"

struct collector;

/* A summary holds so many apps, of about 3 KB each; the rest is EG_APP_OVERFLOW's. */
#define COLLECTOR_APPS_MAX 16384

int collector_new(enum eg_by by, struct collector **ret_collector);
void collector_free(struct collector *collector);

/* The sink of the probe: `data` is the collector. */
int collector_process(const struct eg_process *process, void *data);

/*
 * From here on names are looked for, and the sink hears of them. 0 or -ENOMEM.
 * collector_payload() is then the probe's sink for samples: `data` is the collector.
 */
int collector_read_names(struct collector *collector, const struct eg_names_sink *sink);
int collector_payload(const struct eg_payload *payload, void *data);

/* NULL: a process that was never described, the kernel, or nobody. */
const struct known_process *collector_find(const struct collector *collector,
					   const struct eg_proc_key *key);
/* Whom a process works for on a socket of this owner; NULL: as above, or no memory. */
const struct known_app *collector_app(const struct collector *collector,
				      const struct eg_proc_key *key, uint32_t owner);

/*
 * Whose a row is that no known process has: the kernel's, or nobody's that was
 * seen. 0 or -ENOMEM; free with eg_identity_clear().
 */
int collector_nobody(const struct eg_flow_key *row, struct eg_identity *ret_identity);

/*
 * A connection has ended, as its event says: nothing of its payload is kept once
 * all of it was read, which is when collector_is_crowded() is called. 0 or -ENOMEM.
 */
int collector_end(struct collector *collector, const struct eg_event *event);

/*
 * What the app or others were told by `boot_ns` (CLOCK_BOOTTIME) of the address
 * of a row; as eg_names_of_address(), for connections of this host only.
 */
size_t collector_names(struct collector *collector, const struct eg_flow_key *row, uint64_t boot_ns,
		       struct eg_known_name ret_names[static EG_NAMES_CANDIDATES]);

/*
 * Is it time to look for processes that have ended? `quiet`: the ring is far
 * from full. Called each time the ring was read; forgets what is too old to
 * become a name.
 */
bool collector_is_crowded(struct collector *collector, bool quiet);

/* Forgets those that have ended; see processes_forget(). */
int collector_forget(struct collector *collector, struct eg_probe *probe);

/* From here on, this is the summary to fill; it lives until the next one begins. */
void collector_begin(struct collector *collector, struct eg_summary *summary);

/*
 * Adds to the summary what was gained since the last call, and to its ledger
 * what was lost; forgets what is crowded out. Rows have no time before the
 * summary's period.start, and none after `end` (CLOCK_REALTIME ns; 0: the period
 * ends when all is read, at collector_now()). `last`: there will be no next call.
 * 0 or -errno.
 */
int collector_fill(struct collector *collector, struct eg_probe *probe, int64_t end, bool last);

/* CLOCK_REALTIME ns; no row that was filled in so far has a later time. */
int64_t collector_now(const struct collector *collector);

/* The row's key and scope in the model. */
struct eg_destination_key collector_destination(const struct eg_flow_key *row);
enum eg_scope collector_scope(const struct eg_flow_key *row);
/* CLOCK_BOOTTIME as the kernel gives it, in the model's CLOCK_REALTIME; 0 stays 0. */
int64_t collector_time(const struct collector *collector, uint64_t boot_ns);
