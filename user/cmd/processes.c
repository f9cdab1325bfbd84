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

/* Now and then, those that have ended are forgotten: after so many new ones, or so long. */
#define DESCRIBED_MAX 1024
#define FORGET_NS (600 * NSEC_PER_SEC)

struct processes {
	enum eg_by by;
	int64_t boot_to_real_ns;
	struct eg_machine *machine; /* what its files say about processes */
	struct eg_table *table; /* struct eg_proc_key -> struct known_process * */
	size_t described; /* since the last time that some were forgotten */
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

static void free_process(struct known_process *process)
{
	if (!process)
		return;
	/* These are one piece of memory, as eg_process_arguments() has made them. */
	free(TAKE_PTR(process->info.command_line));
	eg_process_free(&process->info);
	free(process->app_id);
	free(process->via);
	free(process->name);
	free(process);
}

void processes_free(struct processes *processes)
{
	void *process;

	if (!processes)
		return;
	for (size_t i = 0; i < eg_table_count(processes->table); i++) {
		eg_table_entry(processes->table, i, &process);
		free_process(*(struct known_process **)process);
	}
	eg_table_free(processes->table);
	eg_machine_free(processes->machine);
	free(processes);
}

/* --- describing --- */

/*
 * A process's start is half of its name: it must be the same in every summary.
 * So the clocks' difference, which no two measurements agree on, is rounded.
 */
static int64_t start_time(const struct processes *processes, uint64_t boot_ns)
{
	const int64_t millisecond = NSEC_PER_SEC / 1000;
	int64_t offset = processes->boot_to_real_ns + millisecond / 2;

	return eg_boot_to_real(boot_ns, offset - offset % millisecond);
}

static int identify_app(const struct processes *processes, struct eg_process_facts *facts,
			struct eg_identity *ret_identity)
{
	struct eg_machine *machine = processes->machine;
	_cleanup_(eg_freep) char *version1 = eg_machine_cgroup_v1(machine, facts);
	_cleanup_(eg_freep) char *init_cgroup = NULL;

	/* Who may make a pid namespace without a user namespace is root. */
	if (facts->pid_ns == EG_NAMESPACE_OWN && facts->user_ns == EG_NAMESPACE_HOST)
		init_cgroup = eg_machine_init_cgroup(machine, facts);
	facts->cgroup_v1 = version1;
	facts->init_cgroup = init_cgroup;
	return eg_identify_app(facts, eg_machine_lookup(machine, facts), false, ret_identity);
}

static int identify(const struct processes *processes, struct eg_process_facts *facts,
		    struct eg_identity *ret_identity)
{
	static int (*const identify_by[])(const struct eg_process_facts *facts,
					  struct eg_identity *ret_identity) = {
		[EG_BY_PROGRAM] = eg_identify_program,
		[EG_BY_PROCESS] = eg_identify_process,
		[EG_BY_CONTAINER] = eg_identify_container,
		[EG_BY_USER] = eg_identify_user,
	};
	_Static_assert(ARRAY_SIZE(identify_by) == EG_BY_COUNT, "each grouping has its way");

	if (processes->by == EG_BY_APP)
		return identify_app(processes, facts, ret_identity);
	return identify_by[processes->by](facts, ret_identity);
}

static struct eg_process_facts facts_of(const struct processes *processes,
					const struct eg_process *record,
					const struct eg_process_info *info)
{
	const struct eg_machine *machine = processes->machine;

	return (struct eg_process_facts){
		.origin = EG_ORIGIN_KERNEL,
		.pid = info->pid,
		.uid = info->uid,
		.start = info->start,
		.start_boot = record->key.start_ns,
		.executable = info->executable,
		.exe_deleted = record->flags & EG_PROCESS_EXE_DELETED,
		.cgroup = info->cgroup,
		.comm = info->comm,
		.args = info->command_line,
		.mnt_ns = eg_machine_mnt_ns(machine, record->mnt_ns),
		.pid_ns = eg_machine_pid_ns(machine, record->pid_ns),
		.user_ns = eg_machine_user_ns(machine, record->user_ns),
	};
}

static int set_identity(const struct processes *processes, const struct eg_process *record,
			struct known_process *process)
{
	struct eg_process_facts facts = facts_of(processes, record, &process->info);
	struct eg_identity identity = {};
	int error = identify(processes, &facts, &identity);

	if (error)
		return error;
	process->app_id = identity.id;
	process->name = identity.name;
	process->via = identity.via;
	process->info.component = identity.component;
	process->kind = identity.kind;
	process->trust = identity.trust;
	process->flag = identity.flag;
	return 0;
}

/* A text that the record has, and the process has not, found no memory. */
static bool is_whole(const struct eg_process *record, const struct known_process *process)
{
	const struct eg_process_info *info = &process->info;

	return info->comm && info->cgroup && (info->executable || !record->exe_size) &&
	       (info->command_line || !record->args_size);
}

static struct known_process *decode(const struct processes *processes,
				    const struct eg_process *record)
{
	struct known_process *process = calloc(1, sizeof(*process));

	if (!process)
		return NULL;
	process->cgroup_id = record->cgroup_id;
	process->net_ns = record->net_ns;
	process->start_boot = record->key.start_ns;
	process->own_user_ns = eg_machine_user_ns(processes->machine, record->user_ns) !=
			       EG_NAMESPACE_HOST;
	process->info = (struct eg_process_info){
		.start = start_time(processes, record->key.start_ns),
		.pid = record->key.tgid,
		.ppid = record->ppid,
		.uid = record->uid,
		.has_uid = true,
		.has_ppid = true,
		.comm = strndup(record->comm, sizeof(record->comm)),
		.executable = eg_process_executable(record),
		.cgroup = eg_process_cgroup(record),
		.command_line = eg_process_arguments(record),
	};
	if (!is_whole(record, process) || set_identity(processes, record, process)) {
		free_process(process);
		return NULL;
	}
	return process;
}

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
	*slot = decode(processes, record);
	processes->described++;
	return *slot ? 0 : -ENOMEM;
}

struct known_process *processes_find(const struct processes *processes,
				     const struct eg_proc_key *key)
{
	struct known_process **slot = eg_table_find(processes->table, key);

	return slot ? *slot : NULL;
}

char *processes_read(struct processes *processes, const struct known_process *process,
		     const char *path, size_t *ret_size)
{
	const struct eg_process_facts facts = { .pid = process->info.pid,
						.start_boot = process->start_boot };
	const struct eg_lookup *lookup = eg_machine_lookup(processes->machine, &facts);
	char *text;
	int error = lookup->read(lookup->data, EG_TREE_ROOT, path, &text, ret_size);

	return error ? NULL : text;
}

/* --- forgetting --- */

bool processes_are_crowded(const struct processes *processes)
{
	return processes->described >= DESCRIBED_MAX ||
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
	if (process && process->app && process->summary == summary)
		eg_app_forget_process(process->app, process->info.start, process->info.pid);
	free_process(process);
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
