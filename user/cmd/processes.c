/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The processes that have talked: which app each is, and when it may be forgotten. */
#include "processes.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/ident.h>
#include <egret/table.h>

/*
 * Now and then, those that have ended are forgotten: after so many new ones, or so
 * long. It takes a while, in which nobody reads what the kernel tells of others,
 * so it waits until it is quiet, up to a limit.
 */
#define DESCRIBED_MAX 1024
#define DESCRIBED_LIMIT (16 * DESCRIBED_MAX)
#define FORGET_NS (600 * NSEC_PER_SEC)

struct processes {
	enum eg_by by;
	int64_t boot_to_real_ns;
	struct eg_machine *machine; /* what its files say about processes */
	struct eg_table *table; /* struct eg_proc_key -> struct known_process * */
	int64_t settled_at; /* CLOCK_MONOTONIC: what was a guess is asked once more; 0: not yet */
	size_t described; /* since the last time that some were forgotten */
	bool busy; /* the kernel has much to tell just now */
	int64_t forgotten_at; /* CLOCK_MONOTONIC: when that was */
	struct eg_table *ended; /* while it happens: struct eg_proc_key of those to be forgotten */
};

int processes_new(enum eg_by by, int64_t boot_to_real_ns, struct processes **ret_processes)
{
	struct processes *processes = calloc(1, sizeof(*processes));

	if (!processes)
		return -ENOMEM;
	processes->by = by;
	processes->boot_to_real_ns = boot_to_real_ns;
	processes->forgotten_at = eg_monotonic_ns();
	processes->table = eg_table_new(sizeof(struct eg_proc_key), sizeof(struct known_process *));
	if (!processes->table || eg_machine_new(&processes->machine) < 0) {
		eg_table_free(processes->table);
		free(processes);
		return -ENOMEM;
	}
	*ret_processes = processes;
	return 0;
}

void processes_free(struct processes *processes)
{
	void *process;

	if (!processes)
		return;
	for (size_t i = 0; i < eg_table_count(processes->table); i++) {
		eg_table_entry(processes->table, i, &process);
		known_process_free(*(struct known_process **)process);
	}
	eg_table_free(processes->table);
	eg_machine_free(processes->machine);
	free(processes);
}

/* --- describing --- */

int processes_add(struct processes *processes, const struct eg_process *record)
{
	struct known_process **slot = eg_table_add(processes->table, &record->key);

	if (!slot)
		return -ENOMEM;
	if (processes->ended)
		eg_table_remove(processes->ended, &record->key);
	/* The same again, because the kernel's cache was too small: nothing new. */
	if (*slot)
		return 0;
	processes->described++;
	return known_process_new(record,
				 eg_start_time(record->key.start_ns, processes->boot_to_real_ns),
				 processes->machine, processes->by, slot);
}

struct known_process *processes_find(const struct processes *processes,
				     const struct eg_proc_key *key)
{
	struct known_process **slot = eg_table_find(processes->table, key);

	return slot ? *slot : NULL;
}

struct known_app *processes_app(struct processes *processes, struct known_process *process,
				uint32_t owner)
{
	return known_process_app(process, owner, processes->settled_at, processes->machine);
}

void processes_settle(struct processes *processes)
{
	processes->settled_at = eg_monotonic_ns();
}

char *processes_read(struct processes *processes, const struct known_process *process,
		     const char *path, size_t *ret_size)
{
	const struct eg_process_facts facts = { .pid = process->info.pid,
						.start_boot = process->facts.start_boot };
	const struct eg_lookup *lookup = eg_machine_lookup(processes->machine, &facts);
	char *text;
	int error = lookup->read(lookup->data, EG_TREE_ROOT, path, &text, ret_size);

	return error ? NULL : text;
}

/* --- forgetting --- */

void processes_look(struct processes *processes, bool quiet)
{
	processes->busy = !quiet;
}

bool processes_are_crowded(const struct processes *processes)
{
	return processes->described >= (processes->busy ? DESCRIBED_LIMIT : DESCRIBED_MAX) ||
	       eg_monotonic_ns() - processes->forgotten_at >= FORGET_NS;
}

/*
 * Not all of these have ended where egret lives in a pid namespace; and a pid
 * that was given away again hides for a while that its first owner has.
 */
static int find_ended(const struct processes *processes)
{
	const struct eg_proc_key *key;
	void *process;

	for (size_t i = 0; i < eg_table_count(processes->table); i++) {
		key = eg_table_entry(processes->table, i, &process);
		if (kill((pid_t)key->tgid, 0) < 0 && errno == ESRCH &&
		    !eg_table_add(processes->ended, key))
			return -ENOMEM;
	}
	return 0;
}

static void forget_process(struct processes *processes, const struct eg_proc_key *key,
			   uint64_t summary)
{
	struct known_process **slot = eg_table_find(processes->table, key), *process;

	if (!slot)
		return;
	process = *slot;
	for (struct known_app *app = process ? &process->self : NULL; app; app = app->next) {
		if (app->app && app->summary == summary)
			eg_app_forget_process(app->app, process->info.start, process->info.pid);
	}
	known_process_free(process);
	eg_table_remove(processes->table, key);
}

static int forget_ended(struct processes *processes, struct eg_probe *probe, uint64_t summary)
{
	void *nothing;
	int error = find_ended(processes);

	if (!error)
		error = eg_probe_forget(probe, processes->ended);
	/* What the ring still tells of them, it tells now. */
	if (!error)
		error = eg_probe_read(probe);
	for (size_t i = 0; !error && i < eg_table_count(processes->ended); i++)
		forget_process(processes, eg_table_entry(processes->ended, i, &nothing), summary);
	return error;
}

int processes_forget(struct processes *processes, struct eg_probe *probe, uint64_t summary)
{
	int error;

	processes->ended = eg_table_new(sizeof(struct eg_proc_key), 0);
	error = processes->ended ? forget_ended(processes, probe, summary) : -ENOMEM;
	eg_table_free(processes->ended);
	processes->ended = NULL;
	processes->described = 0;
	processes->forgotten_at = eg_monotonic_ns();
	return error;
}
