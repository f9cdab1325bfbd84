/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What need not be remembered any more: idle rows, and processes that have ended. */
#include <string.h>

#include <bpf/bpf.h>

#include <egret/base.h>

#include "private.h"

/* As long as a stream of datagrams may pause and be the same conversation. */
#define IDLE_NS (300 * NSEC_PER_SEC)

/* Is there nothing in this row that was not told? */
static bool is_told(const struct eg_flow *flow, const struct told *told)
{
	return flow->bytes_sent == told->bytes_sent &&
	       flow->bytes_received == told->bytes_received &&
	       flow->connections == told->connections && flow->failed == told->failed;
}

/*
 * In a map that fills up, rows go that have been told and are idle: told once,
 * they are not needed again. The row is read again just before it is deleted.
 */
void evict_idle(struct eg_probe *probe)
{
	const struct bpf_map *map = probe->skeleton->maps.eg_flows;
	uint64_t now = (uint64_t)(eg_now_ns() - eg_boot_to_real_ns());
	struct eg_flow_key key;
	struct eg_flow flow;
	void *told;

	if (eg_table_count(probe->flows) * 2 < bpf_map__max_entries(map))
		return;
	for (size_t i = eg_table_count(probe->flows); i-- > 0;) {
		memcpy(&key, eg_table_entry(probe->flows, i, &told), sizeof(key));
		if (bpf_map_lookup_elem(bpf_map__fd(map), &key, &flow) || !is_told(&flow, told) ||
		    now - flow.last_ns <= IDLE_NS)
			continue;
		bpf_map_delete_elem(bpf_map__fd(map), &key);
		eg_table_remove(probe->flows, &key);
	}
}

/* --- processes that have ended --- */

struct forgetting {
	struct eg_probe *probe;
	struct eg_table *ended; /* struct eg_proc_key: those that nothing was found of yet */
};

static int spare_owner(const void *key, const void *value, void *data)
{
	const struct forgetting *forgetting = data;
	const struct eg_socket *socket = value;

	(void)key;
	if (socket->flags & EG_SOCKET_SPARE)
		return 0;
	eg_table_remove(forgetting->ended, &socket->row.proc);
	eg_table_remove(forgetting->ended, &socket->sender);
	return 0;
}

static int spare_listener(const void *key, const void *value, void *data)
{
	const struct forgetting *forgetting = data;
	const struct eg_listener *listener = value;

	(void)key;
	eg_table_remove(forgetting->ended, &listener->proc);
	return 0;
}

static int spare_opener(const void *key, const void *value, void *data)
{
	const struct forgetting *forgetting = data;
	const struct eg_opener *opener = value;

	(void)key;
	eg_table_remove(forgetting->ended, &opener->proc);
	return 0;
}

/* Its last word was not told yet. */
static int spare_closed(const void *key, const void *value, void *data)
{
	const struct forgetting *forgetting = data;
	const struct eg_sample *sample = value;

	(void)key;
	eg_table_remove(forgetting->ended, &sample->row.proc);
	return 0;
}

static int spare_failed(const void *key, const void *value, void *data)
{
	const struct forgetting *forgetting = data;
	const struct eg_error_key *error = key;

	(void)value;
	eg_table_remove(forgetting->ended, &error->flow.proc);
	return 0;
}

/* Of a row that was told nothing is left; one that was not spares its process. */
static void forget_row(const struct forgetting *forgetting, const struct bpf_map *map,
		       const void *key, const struct eg_flow_key *row, const void *value)
{
	const struct told *told;
	struct eg_flow flow;

	if (!eg_table_find(forgetting->ended, &row->proc))
		return;
	told = eg_table_find(forgetting->probe->flows, row);
	memcpy(&flow, value, sizeof(flow));
	if (!told || !is_told(&flow, told)) {
		eg_table_remove(forgetting->ended, &row->proc);
		return;
	}
	bpf_map_delete_elem(bpf_map__fd(map), key);
	eg_table_remove(forgetting->probe->flows, row);
}

static int forget_flow(const void *key, const void *value, void *data)
{
	const struct forgetting *forgetting = data;
	struct eg_flow_key row;

	memcpy(&row, key, sizeof(row));
	forget_row(forgetting, forgetting->probe->skeleton->maps.eg_flows, key, &row, value);
	return 0;
}

static int forget_overflow(const void *key, const void *value, void *data)
{
	const struct forgetting *forgetting = data;
	struct eg_flow_key row = OVERFLOW_ROW;

	memcpy(&row.proc, key, sizeof(row.proc));
	forget_row(forgetting, forgetting->probe->skeleton->maps.eg_overflow, key, &row, value);
	return 0;
}

/* Whoever is heard of after this is described anew. */
static void forget_descriptions(const struct forgetting *forgetting)
{
	int known = bpf_map__fd(forgetting->probe->skeleton->maps.eg_processes);
	void *nothing;

	for (size_t i = 0; i < eg_table_count(forgetting->ended); i++)
		bpf_map_delete_elem(known, eg_table_entry(forgetting->ended, i, &nothing));
}

/* On a busy machine that takes long enough for the ring to fill up. */
static int wait_and_read(struct eg_probe *probe)
{
	wait_for_programs();
	return eg_probe_read(probe);
}

/* A map that may name a process, and what to do with its entries. */
struct step {
	const struct bpf_map *map;
	int (*entry)(const void *key, const void *value, void *data);
};

static int walk(struct forgetting *forgetting, const struct step *steps, size_t count)
{
	int error = 0;

	for (size_t i = 0; i < count && !error; i++)
		error = each_entry(steps[i].map, steps[i].entry, forgetting);
	return error;
}

int eg_probe_forget(struct eg_probe *probe, struct eg_table *ended)
{
	struct forgetting forgetting = { .probe = probe, .ended = ended };
	const struct step owners[] = {
		{ .map = probe->skeleton->maps.eg_sockets, .entry = spare_owner },
		{ .map = probe->skeleton->maps.eg_listeners, .entry = spare_listener },
		{ .map = probe->skeleton->maps.eg_openers, .entry = spare_opener },
	};
	const struct step rows[] = {
		{ .map = probe->skeleton->maps.eg_closed, .entry = spare_closed },
		{ .map = probe->skeleton->maps.eg_named, .entry = spare_closed },
		{ .map = probe->skeleton->maps.eg_errors, .entry = spare_failed },
		{ .map = probe->skeleton->maps.eg_flows, .entry = forget_flow },
		{ .map = probe->skeleton->maps.eg_overflow, .entry = forget_overflow },
	};
	int error;

	forget_descriptions(&forgetting);
	error = wait_and_read(probe);
	if (!error)
		error = walk(&forgetting, owners, ARRAY_SIZE(owners));
	/* A socket that was closed just then has told its row after this. */
	if (!error)
		error = wait_and_read(probe);
	return error ? error : walk(&forgetting, rows, ARRAY_SIZE(rows));
}
