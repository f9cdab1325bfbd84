/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From what the probe counts to the model: processes, apps, rows, ledger. */
#include "collector.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include <egret/base.h>
#include <egret/ident.h>
#include <egret/table.h>

#include "naming.h"

/* Now and then, those that have ended are forgotten: after so many new ones, or so long. */
#define DESCRIBED_MAX 1024
#define FORGET_NS (600 * NSEC_PER_SEC)

struct collector {
	enum eg_by by;
	int64_t boot_to_real_ns;
	struct eg_machine *machine; /* what its files say about processes */
	struct eg_table *processes; /* struct eg_proc_key -> struct known_process * */
	uint64_t generation;
	struct eg_summary *summary; /* that is being filled ... */
	struct eg_probe *probe; /* ... from here */
	size_t described; /* processes since the last time that some were forgotten */
	int64_t forgotten_at; /* CLOCK_MONOTONIC: when that was */
	struct eg_table *ended; /* while it happens: struct eg_proc_key of those to be forgotten */
	struct eg_names *names; /* NULL: none are looked for */
	struct eg_probe_losses told; /* losses that a ledger has already */
};

int collector_new(enum eg_by by, struct collector **ret_collector)
{
	struct collector *collector = calloc(1, sizeof(*collector));

	if (!collector)
		return -ENOMEM;
	collector->by = by;
	collector->boot_to_real_ns = eg_boot_to_real_ns();
	collector->forgotten_at = eg_monotonic_ns();
	collector->processes =
		eg_table_new(sizeof(struct eg_proc_key), sizeof(struct known_process *));
	if (!collector->processes || eg_machine_new(&collector->machine) < 0) {
		eg_table_free(collector->processes);
		free(collector);
		return -ENOMEM;
	}
	*ret_collector = collector;
	return 0;
}

static void free_process(struct known_process *process)
{
	if (!process)
		return;
	free(process->info.comm);
	free(process->info.executable);
	free(process->info.cgroup);
	free(process->info.component);
	free(process->info.command_line);
	free(process->app_id);
	free(process->via);
	free(process->name);
	free(process);
}

void collector_free(struct collector *collector)
{
	void *process;

	if (!collector)
		return;
	for (size_t i = 0; i < eg_table_count(collector->processes); i++) {
		eg_table_entry(collector->processes, i, &process);
		free_process(*(struct known_process **)process);
	}
	eg_table_free(collector->processes);
	eg_machine_free(collector->machine);
	eg_names_free(collector->names);
	free(collector);
}

/* Later than can be is the last moment that there is. */
static int64_t add_offset(uint64_t boot_ns, int64_t offset)
{
	int64_t real_ns;

	return __builtin_add_overflow(boot_ns, offset, &real_ns) ? INT64_MAX : real_ns;
}

int64_t collector_time(const struct collector *collector, uint64_t boot_ns)
{
	return boot_ns ? add_offset(boot_ns, collector->boot_to_real_ns) : 0;
}

/* --- processes --- */

/*
 * A process's start is half of its name: it must be the same in every summary.
 * So the clocks' difference, which no two measurements agree on, is rounded.
 */
static int64_t start_time(const struct collector *collector, uint64_t boot_ns)
{
	const int64_t millisecond = NSEC_PER_SEC / 1000;
	int64_t offset = collector->boot_to_real_ns + millisecond / 2;

	return add_offset(boot_ns, offset - offset % millisecond);
}

static int identify_app(const struct collector *collector, struct eg_process_facts *facts,
			struct eg_identity *ret_identity)
{
	struct eg_machine *machine = collector->machine;
	_cleanup_(eg_freep) char *version1 = eg_machine_cgroup_v1(machine, facts);
	_cleanup_(eg_freep) char *init_cgroup = NULL;

	/* Who may make a pid namespace without a user namespace is root. */
	if (facts->pid_ns == EG_NAMESPACE_OWN && facts->user_ns == EG_NAMESPACE_HOST)
		init_cgroup = eg_machine_init_cgroup(machine, facts);
	facts->cgroup_v1 = version1;
	facts->init_cgroup = init_cgroup;
	return eg_identify_app(facts, eg_machine_lookup(machine, facts), false, ret_identity);
}

static int identify(const struct collector *collector, struct eg_process_facts *facts,
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

	if (collector->by == EG_BY_APP)
		return identify_app(collector, facts, ret_identity);
	return identify_by[collector->by](facts, ret_identity);
}

static struct eg_process_facts facts_of(const struct collector *collector,
					const struct eg_process *record,
					const struct eg_process_info *info)
{
	const struct eg_machine *machine = collector->machine;

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

static int set_identity(const struct collector *collector, const struct eg_process *record,
			struct known_process *process)
{
	struct eg_process_facts facts = facts_of(collector, record, &process->info);
	struct eg_identity identity = {};
	int error = identify(collector, &facts, &identity);

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

static struct known_process *decode(const struct collector *collector,
				    const struct eg_process *record)
{
	struct known_process *process = calloc(1, sizeof(*process));

	if (!process)
		return NULL;
	process->cgroup_id = record->cgroup_id;
	process->net_ns = record->net_ns;
	process->info = (struct eg_process_info){
		.start = start_time(collector, record->key.start_ns),
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
	if (!is_whole(record, process) || set_identity(collector, record, process)) {
		free_process(process);
		return NULL;
	}
	return process;
}

int collector_process(const struct eg_process *record, void *data)
{
	struct collector *collector = data;
	struct known_process **slot = eg_table_add(collector->processes, &record->key);

	if (!slot)
		return -ENOMEM;
	if (collector->ended)
		eg_table_remove(collector->ended, &record->key);
	/* The same again, because the kernel's cache was too small: nothing new. */
	if (*slot)
		return 0;
	*slot = decode(collector, record);
	collector->described++;
	return *slot ? 0 : -ENOMEM;
}

const struct known_process *collector_find(const struct collector *collector,
					   const struct eg_proc_key *key)
{
	struct known_process **slot = eg_table_find(collector->processes, key);

	return slot ? *slot : NULL;
}

/* --- processes that have ended --- */

bool collector_is_crowded(const struct collector *collector)
{
	return collector->described >= DESCRIBED_MAX ||
	       eg_monotonic_ns() - collector->forgotten_at >= FORGET_NS;
}

/*
 * Not all of these have ended where egret lives in a pid namespace; and a pid
 * that was given away again hides for a while that its first owner has.
 */
static int find_ended(const struct collector *collector)
{
	const struct eg_proc_key *key;
	void *process;

	for (size_t i = 0; i < eg_table_count(collector->processes); i++) {
		key = eg_table_entry(collector->processes, i, &process);
		if (kill((pid_t)key->tgid, 0) < 0 && errno == ESRCH &&
		    !eg_table_add(collector->ended, key))
			return -ENOMEM;
	}
	return 0;
}

static void forget_process(struct collector *collector, const struct eg_proc_key *key)
{
	struct known_process **slot = eg_table_find(collector->processes, key), *process;

	if (!slot)
		return;
	process = *slot;
	if (process && process->app && process->generation == collector->generation)
		eg_app_forget_process(process->app, process->info.start, process->info.pid);
	free_process(process);
	eg_table_remove(collector->processes, key);
}

static int forget_ended(struct collector *collector, struct eg_probe *probe)
{
	void *nothing;
	int error = find_ended(collector);

	if (!error)
		error = eg_probe_forget(probe, collector->ended);
	/* What the ring still tells of them, it tells now. */
	if (!error)
		error = eg_probe_read(probe);
	for (size_t i = 0; !error && i < eg_table_count(collector->ended); i++)
		forget_process(collector, eg_table_entry(collector->ended, i, &nothing));
	return error;
}

int collector_forget(struct collector *collector, struct eg_probe *probe)
{
	int error;

	collector->ended = eg_table_new(sizeof(struct eg_proc_key), 0);
	error = collector->ended ? forget_ended(collector, probe) : -ENOMEM;
	eg_table_free(collector->ended);
	collector->ended = NULL;
	collector->described = 0;
	collector->forgotten_at = eg_monotonic_ns();
	return error;
}

/* --- rows --- */

struct eg_destination_key collector_destination(const struct eg_flow_key *row)
{
	struct eg_destination_key key = {
		.port = row->port,
		.transport = row->transport,
		.direction = row->direction,
		.has_ip = !(row->flags & EG_FLOW_NO_IP),
		.has_port = !(row->flags & EG_FLOW_NO_PORT),
	};

	if (row->flags & EG_FLOW_OVERFLOW)
		return (struct eg_destination_key){ .overflow = true };
	memcpy(key.ip, row->ip, sizeof(key.ip));
	return key;
}

enum eg_scope collector_scope(const struct eg_flow_key *row)
{
	enum eg_scope scope;

	if (row->flags & EG_FLOW_NO_IP)
		return EG_SCOPE_UNKNOWN;
	if (row->flags & EG_FLOW_BROADCAST)
		return EG_SCOPE_BROADCAST;
	scope = eg_scope_of(row->ip);
	/* A frame says what its sender wrote: this one left the host all the same. */
	if (row->transport == EG_TRANSPORT_PACKET && scope == EG_SCOPE_LOOPBACK &&
	    !(row->flags & EG_FLOW_LOCAL))
		return EG_SCOPE_INTERNET;
	if (row->flags & EG_FLOW_LOCAL && scope != EG_SCOPE_LOOPBACK && scope != EG_SCOPE_MULTICAST)
		return EG_SCOPE_HOST;
	return scope;
}

/* Returns NULL. */
static char **free_list(char **list)
{
	for (char **text = list; text && *text; text++)
		free(*text);
	free(list);
	return NULL;
}

static char **copy_list(char **list)
{
	size_t count = 0;
	char **copy;

	while (list && list[count])
		count++;
	copy = list ? calloc(count + 1, sizeof(*copy)) : NULL;
	for (size_t i = 0; copy && i < count; i++) {
		copy[i] = strdup(list[i]);
		if (!copy[i])
			return free_list(copy);
	}
	return copy;
}

static char *copy_text(const char *text)
{
	return text ? strdup(text) : NULL;
}

static int copy_process(const struct eg_process_info *info, struct eg_process_info *ret_copy)
{
	struct eg_process_info copy = *info;

	copy.comm = copy_text(info->comm);
	copy.executable = copy_text(info->executable);
	copy.cgroup = copy_text(info->cgroup);
	copy.component = copy_text(info->component);
	copy.command_line = copy_list(info->command_line);
	if (!copy.comm == !info->comm && !copy.executable == !info->executable &&
	    !copy.cgroup == !info->cgroup && !copy.command_line == !info->command_line) {
		*ret_copy = copy;
		return 0;
	}
	free(copy.comm);
	free(copy.executable);
	free(copy.cgroup);
	free_list(copy.command_line);
	return -ENOMEM;
}

/* Gives the app its texts and the process, once per summary. */
static int add_process(struct collector *collector, struct eg_app *app,
		       struct known_process *process)
{
	struct eg_process_info copy;
	int error;

	if (process->generation == collector->generation)
		return 0;
	process->generation = collector->generation;
	process->app = app;
	error = eg_app_describe(app, process->kind, process->name, process->trust, process->via,
				process->flag);
	if (!error)
		error = eg_app_add_user(app, process->info.uid);
	if (!error)
		error = copy_process(&process->info, &copy);
	return error ? error : eg_app_add_process(app, &copy);
}

/* An app that is not a process: the kernel, or nobody that was seen. */
static int find_nobody(struct collector *collector, const struct eg_flow_key *row,
		       struct eg_app **ret_app)
{
	bool kernel = !row->proc.tgid && row->proc.exec_id == EG_NOBODY_KERNEL;
	struct eg_identity identity = {};
	int error = kernel ? eg_identify_kernel(row->transport, row->port, &identity)
			   : eg_identify_unknown(&identity);

	if (error)
		return error;
	error = eg_summary_app(collector->summary, identity.id, ret_app);
	if (!error)
		error = eg_app_describe(*ret_app, identity.kind, identity.name, identity.trust,
					NULL, NULL);
	eg_identity_clear(&identity);
	return error;
}

/* Who has talked only since the ring was read is in it by now. */
static struct known_process *find_newest(struct collector *collector, const struct eg_proc_key *key)
{
	struct known_process **slot = eg_table_find(collector->processes, key);

	if (!slot && key->tgid && !eg_probe_read(collector->probe))
		slot = eg_table_find(collector->processes, key);
	return slot ? *slot : NULL;
}

static int find_app(struct collector *collector, const struct eg_flow_key *row,
		    struct eg_app **ret_app)
{
	struct known_process *process = find_newest(collector, &row->proc);
	int error;

	if (!process)
		return find_nobody(collector, row, ret_app);
	error = eg_summary_app(collector->summary, process->app_id, ret_app);
	return error ? error : add_process(collector, *ret_app, process);
}

/* --- names --- */

int collector_read_names(struct collector *collector, const struct eg_names_sink *sink)
{
	return eg_names_new("", sink, &collector->names);
}

int collector_payload(const struct eg_payload *payload, void *data)
{
	struct collector *collector = data;
	const struct known_process *process = collector_find(collector, &payload->proc);
	const struct eg_names_app app = {
		.id = process ? process->app_id : "",
		.executable = process ? process->info.executable : NULL,
		.uid = process ? process->info.uid : UINT32_MAX,
	};

	return eg_names_add(collector->names, payload, &app);
}

/* What was sampled while the counters were read is in the ring by now. */
static int name_gain(struct collector *collector, const struct eg_gain *gain,
		     struct eg_destination *destination)
{
	const struct known_process *process;
	struct eg_known_name name;
	int error = 0;

	if (!collector->names)
		return 0;
	process = find_newest(collector, &gain->row.proc);
	if (gain->socket.born_ns &&
	    !eg_names_of_socket(collector->names, &gain->socket, gain->row.ip, &name))
		error = eg_probe_read(collector->probe);
	return error ? error
		     : naming_add(collector->names, gain, process ? process->app_id : "",
				  process ? process->net_ns : 0, destination);
}

/* --- --- */

static int add_gain(const struct eg_gain *gain, void *data)
{
	struct collector *collector = data;
	struct eg_destination_key key = collector_destination(&gain->row);
	int64_t begin = collector->summary->period.start;
	struct eg_counters counters = {
		.bytes = { .sent = gain->delta.bytes_sent, .received = gain->delta.bytes_received },
		.connections = gain->delta.connections,
		.failed = gain->delta.failed,
		.first_seen = collector_time(collector, gain->delta.first_ns),
		.last_seen = collector_time(collector, gain->delta.last_ns),
	};
	struct eg_destination *destination;
	struct eg_app *app;
	int error = find_app(collector, &gain->row, &app);

	if (error)
		return error;
	/* A row that goes on from the interval before begins anew with this one. */
	if (counters.first_seen && counters.first_seen < begin)
		counters.first_seen = begin;
	error = eg_app_add(app, &key, &counters, gain->delta.rtt_min_us, &destination);
	if (error)
		return error;
	destination->scope = (uint8_t)collector_scope(&gain->row);
	if (gain->errors)
		return eg_destination_add_error(destination, gain->error, gain->errors);
	return name_gain(collector, gain, destination);
}

/* --- ledger --- */

static int fill_ledger(struct collector *collector, struct eg_probe *probe,
		       struct eg_ledger *ledger)
{
	const char *const *degraded = eg_probe_degraded(probe);
	struct eg_probe_losses losses;
	int error = eg_probe_losses(probe, &losses);

	for (int i = 0; !error && i < EG_LOSS_COUNT; i++)
		error = eg_ledger_add_lost(ledger, eg_loss_name(i),
					   losses.counts[i] - collector->told.counts[i]);
	if (!error)
		error = eg_ledger_add_lost(ledger, "program_skipped",
					   losses.program_skipped -
						   collector->told.program_skipped);
	if (!error && collector->names && eg_names_degraded(collector->names))
		error = eg_ledger_add_degraded(ledger, eg_names_degraded(collector->names));
	for (size_t i = 0; !error && degraded[i]; i++)
		error = eg_ledger_add_degraded(ledger, degraded[i]);
	if (!error)
		collector->told = losses;
	return error;
}

void collector_begin(struct collector *collector, struct eg_summary *summary)
{
	collector->summary = summary;
	collector->generation++;
}

int collector_fill(struct collector *collector, struct eg_probe *probe, bool last)
{
	int error = eg_probe_read(probe);

	collector->probe = probe;
	if (!error)
		error = eg_probe_collect(probe, last, add_gain, collector);
	if (!error)
		error = fill_ledger(collector, probe, &collector->summary->ledger);
	if (!error && !last && collector_is_crowded(collector))
		error = collector_forget(collector, probe);
	return error;
}
