/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From what the probe counts to the model: apps, rows, names, ledger. */
#include "collector.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/ident.h>
#include <egret/table.h>

#include "naming.h"

#define CROWDED "only 16384 apps find room: what the others exchanged is the sum " EG_APP_OVERFLOW
_Static_assert(COLLECTOR_APPS_MAX == 16384, "as the sentence says");

struct collector {
	int64_t boot_to_real_ns;
	struct processes *processes;
	uint64_t number; /* of the summary ... */
	struct eg_summary *summary; /* ... that is being filled ... */
	int64_t end; /* ... up to here, CLOCK_REALTIME ns; 0: now ... */
	struct eg_probe *probe; /* ... from here */
	struct eg_names *names; /* NULL: none are looked for */
	struct eg_table *ended; /* struct eg_sample_key of sockets whose payload may wait */
	struct eg_probe_losses told; /* losses that a ledger has already */
};

int collector_new(enum eg_by by, struct collector **ret_collector)
{
	struct collector *collector = calloc(1, sizeof(*collector));

	if (!collector)
		return -ENOMEM;
	collector->boot_to_real_ns = eg_boot_to_real_ns();
	if (processes_new(by, collector->boot_to_real_ns, &collector->processes) < 0) {
		free(collector);
		return -ENOMEM;
	}
	*ret_collector = collector;
	return 0;
}

void collector_free(struct collector *collector)
{
	if (!collector)
		return;
	processes_free(collector->processes);
	eg_names_free(collector->names);
	eg_table_free(collector->ended);
	free(collector);
}

int64_t collector_time(const struct collector *collector, uint64_t boot_ns)
{
	return boot_ns ? eg_boot_to_real(boot_ns, collector->boot_to_real_ns) : 0;
}

int64_t collector_now(const struct collector *collector)
{
	int64_t now = eg_now_ns(), row = collector_time(collector, (uint64_t)eg_boottime_ns());

	return row > now ? row : now;
}

/* --- processes --- */

int collector_process(const struct eg_process *record, void *data)
{
	struct collector *collector = data;

	return processes_add(collector->processes, record);
}

const struct known_process *collector_find(const struct collector *collector,
					   const struct eg_proc_key *key)
{
	return processes_find(collector->processes, key);
}

const struct known_app *collector_app(const struct collector *collector,
				      const struct eg_proc_key *key, uint32_t owner)
{
	struct known_process *process = processes_find(collector->processes, key);

	return process ? processes_app(collector->processes, process, owner) : NULL;
}

/* What was sampled before they ended, was read by now. */
static void drop_ended(struct collector *collector)
{
	struct eg_sample_key socket;
	void *nothing;

	for (size_t i = eg_table_count(collector->ended); i > 0; i--) {
		socket = *(const struct eg_sample_key *)eg_table_entry(collector->ended, i - 1,
								       &nothing);
		eg_names_end(collector->names, &socket);
		eg_table_remove(collector->ended, &socket);
	}
}

bool collector_is_crowded(struct collector *collector, bool quiet)
{
	if (collector->names) {
		drop_ended(collector);
		eg_names_expire(collector->names, (uint64_t)eg_boottime_ns());
	}
	processes_look(collector->processes, quiet);
	return processes_are_crowded(collector->processes);
}

int collector_forget(struct collector *collector, struct eg_probe *probe)
{
	return processes_forget(collector->processes, probe, collector->number);
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

/* What it was called before more was known of it is no other process's word. */
static int tell_learnt(struct eg_app *app, struct known_app *known)
{
	if (!known->learnt)
		return 0;
	known->learnt = false;
	if (app->processes_count != 1 || eg_app_is_overflow(app))
		return 0;
	return eg_app_describe(app, known->kind, known->name, known->trust, known->via,
			       known->flag);
}

/* Gives the app its texts and the process, once per summary. */
static int add_process(struct collector *collector, struct eg_app *app,
		       const struct known_process *process, struct known_app *known)
{
	struct eg_process_info info = process->info, copy;
	int error;

	if (known->summary == collector->number)
		return tell_learnt(app, known);
	known->learnt = false;
	known->summary = collector->number;
	known->app = app;
	if (eg_app_is_overflow(app))
		return 0;
	info.component = known->component;
	error = eg_app_join(app, known->kind, known->name, known->trust, known->via, known->flag);
	if (!error)
		error = eg_app_add_user(app, known->uid);
	if (!error)
		error = eg_process_copy(&info, &copy);
	return error ? error : eg_app_add_process(app, &copy);
}

int collector_nobody(const struct eg_flow_key *row, struct eg_identity *ret_identity)
{
	bool kernel = !row->proc.tgid && row->proc.exec_id == EG_NOBODY_KERNEL;

	return kernel ? eg_identify_kernel(row->transport, row->port, ret_identity)
		      : eg_identify_unknown(ret_identity);
}

static int find_nobody(struct collector *collector, const struct eg_flow_key *row,
		       struct eg_app **ret_app)
{
	struct eg_identity identity = {};
	int error = collector_nobody(row, &identity);

	if (error)
		return error;
	error = eg_summary_app(collector->summary, identity.id, ret_app);
	if (!error && !eg_app_is_overflow(*ret_app))
		error = eg_app_describe(*ret_app, identity.kind, identity.name, identity.trust,
					NULL, NULL);
	eg_identity_clear(&identity);
	return error;
}

/* Who has talked only since the ring was read is in it by now. */
static struct known_process *find_newest(struct collector *collector, const struct eg_proc_key *key)
{
	struct known_process *process = processes_find(collector->processes, key);

	if (!process && key->tgid && !eg_probe_read(collector->probe))
		process = processes_find(collector->processes, key);
	return process;
}

/* Who has sent this; *ret_app NULL: no process that is known. 0 or -ENOMEM. */
static int find_known(struct collector *collector, const struct eg_flow_key *row,
		      struct known_process **ret_process, struct known_app **ret_app)
{
	struct known_process *process = find_newest(collector, &row->proc);

	*ret_process = process;
	*ret_app = NULL;
	if (!process)
		return 0;
	/* A row without room has no owner either. */
	*ret_app = row->flags & EG_FLOW_OVERFLOW
			   ? &process->self
			   : processes_app(collector->processes, process, row->owner);
	return *ret_app ? 0 : -ENOMEM;
}

/* In the summary; `known` NULL: the row is no known process's. */
static int find_app(struct collector *collector, const struct eg_flow_key *row,
		    const struct known_process *process, struct known_app *known,
		    struct eg_app **ret_app)
{
	int error;

	if (!known)
		return find_nobody(collector, row, ret_app);
	error = eg_summary_app(collector->summary, known->id, ret_app);
	return error ? error : add_process(collector, *ret_app, process, known);
}

/* --- names --- */

int collector_read_names(struct collector *collector, const struct eg_names_sink *sink)
{
	collector->ended = eg_table_new(sizeof(struct eg_sample_key), 0);
	return collector->ended ? eg_names_new("", sink, &collector->names) : -ENOMEM;
}

/* A stream's totals begin when its socket's entry did. */
int collector_end(struct collector *collector, const struct eg_event *event)
{
	const struct eg_sample_key many = { .born_ns = event->row.speaker },
				   one = { .sk = event->sk, .born_ns = event->totals.first_ns };

	if (!collector->names || event->header.type != EG_RECORD_CLOSE)
		return 0;
	return eg_table_add(collector->ended, many.born_ns ? &many : &one) ? 0 : -ENOMEM;
}

/* A process that may be asked for its files. */
struct configured {
	struct processes *processes;
	const struct known_process *process;
};

/* systemd-resolved names its own servers in another file than those who ask it. */
static char *read_resolv_conf(void *data, size_t *ret_size)
{
	static const char *const files[] = { "/etc/resolv.conf",
					     "/run/systemd/resolve/resolv.conf" };
	const struct configured *configured = data;
	size_t size = 0, sizes[ARRAY_SIZE(files)] = { 0 };
	char *texts[ARRAY_SIZE(files)], *whole;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		texts[i] = processes_read(configured->processes, configured->process, files[i],
					  &sizes[i]);
	whole = texts[0] || texts[1] ? malloc(sizes[0] + sizes[1] + 2) : NULL;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (whole && texts[i]) {
			memcpy(whole + size, texts[i], sizes[i]);
			size += sizes[i];
			whole[size++] = '\n';
		}
		free(texts[i]);
	}
	*ret_size = size;
	return whole;
}

int collector_payload(const struct eg_payload *payload, void *data)
{
	struct collector *collector = data;
	struct known_process *process = processes_find(collector->processes, &payload->proc);
	const struct known_app *known = collector_app(collector, &payload->proc, payload->owner);
	struct configured configured = { .processes = collector->processes, .process = process };
	const struct eg_names_app app = {
		.id = known ? known->id : "",
		.executable = process ? process->info.executable : NULL,
		.uid = process ? process->info.uid : UINT32_MAX,
		.own_user_ns = !process || process->own_user_ns ||
			       payload->flags & EG_PAYLOAD_OWN_NET,
		.resolv_conf = process ? read_resolv_conf : NULL,
		.data = &configured,
	};

	/* Its rows don't say in which network they are: names are looked for where it asked. */
	if (process)
		known_process_enter(process, payload->net_ns);
	return eg_names_add(collector->names, payload, &app);
}

static const struct eg_networks *networks_of(const struct known_process *process)
{
	static const struct eg_networks nowhere;

	return process ? &process->networks : &nowhere;
}

size_t collector_names(struct collector *collector, const struct eg_flow_key *row, uint64_t boot_ns,
		       struct eg_known_name ret_names[static EG_NAMES_CANDIDATES])
{
	const struct known_process *process = collector_find(collector, &row->proc);
	const struct known_app *known = collector_app(collector, &row->proc, row->owner);
	const struct eg_names_question question = {
		.app = known ? known->id : "",
		.networks = networks_of(process),
		.ip = row->ip,
		.first_ns = boot_ns,
		.last_ns = boot_ns,
	};

	if (!collector->names || row->direction != EG_OUTBOUND || row->flags & EG_FLOW_NO_IP)
		return 0;
	return eg_names_of_address(collector->names, &question, ret_names);
}

/* What was sampled while the counters were read is in the ring by now. */
static int name_gain(struct collector *collector, const struct eg_gain *gain,
		     const struct known_process *process, const struct known_app *known,
		     struct eg_destination *destination)
{
	struct eg_known_name name;
	int error = 0;

	if (!collector->names)
		return 0;
	if (gain->socket.born_ns &&
	    !eg_names_of_socket(collector->names, &gain->socket, gain->row.ip, &name))
		error = eg_probe_read(collector->probe);
	return error ? error
		     : naming_add(collector->names, gain, known ? known->id : "",
				  networks_of(process), destination);
}

/* --- what was gained --- */

/*
 * A row that goes on from the interval before begins anew with this one, and what came
 * between the interval's end and the reading of the counters is counted as before it.
 */
static int64_t within(const struct collector *collector, uint64_t boot_ns)
{
	int64_t time = collector_time(collector, boot_ns);

	if (time && time < collector->summary->period.start)
		return collector->summary->period.start;
	return collector->end && time > collector->end ? collector->end : time;
}

static int add_gain(const struct eg_gain *gain, void *data)
{
	struct collector *collector = data;
	struct eg_destination_key key = collector_destination(&gain->row);
	struct eg_counters counters = {
		.bytes = { .sent = gain->delta.bytes_sent, .received = gain->delta.bytes_received },
		.connections = gain->delta.connections,
		.failed = gain->delta.failed,
		.first_seen = within(collector, gain->delta.first_ns),
		.last_seen = within(collector, gain->delta.last_ns),
	};
	struct eg_destination *destination;
	struct known_process *process;
	struct known_app *known;
	struct eg_app *app;
	int error = find_known(collector, &gain->row, &process, &known);

	if (!error)
		error = find_app(collector, &gain->row, process, known, &app);
	if (error)
		return error;
	error = eg_app_add(app, &key, &counters, gain->delta.rtt_min_us, &destination);
	if (error)
		return error;
	/* A row of its own found no room: what is known is of one of many. */
	if (destination->key.overflow && !key.overflow)
		return gain->errors
			       ? eg_destination_add_error(destination, gain->error, gain->errors)
			       : 0;
	destination->scope = (uint8_t)collector_scope(&gain->row);
	if (gain->errors)
		return eg_destination_add_error(destination, gain->error, gain->errors);
	return name_gain(collector, gain, process, known, destination);
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
	if (!error && collector->summary->apps_count > COLLECTOR_APPS_MAX)
		error = eg_ledger_add_degraded(ledger, CROWDED);
	for (size_t i = 0; !error && degraded[i]; i++)
		error = eg_ledger_add_degraded(ledger, degraded[i]);
	if (!error)
		collector->told = losses;
	return error;
}

void collector_begin(struct collector *collector, struct eg_summary *summary)
{
	collector->summary = summary;
	collector->number++;
	eg_summary_limit_apps(summary, COLLECTOR_APPS_MAX);
}

int collector_fill(struct collector *collector, struct eg_probe *probe, int64_t end, bool last)
{
	int error = eg_probe_read(probe);

	collector->probe = probe;
	collector->end = end;
	/* As the clock goes now: since the last time it may have been corrected, or set. */
	collector->boot_to_real_ns = eg_boot_to_real_ns();
	if (last)
		processes_settle(collector->processes);
	if (!error)
		error = eg_probe_collect(probe, last, add_gain, collector);
	if (!error)
		error = fill_ledger(collector, probe, &collector->summary->ledger);
	if (!error && !last && processes_are_crowded(collector->processes))
		error = collector_forget(collector, probe);
	return error;
}
