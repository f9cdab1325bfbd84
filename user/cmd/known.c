/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Processes that have talked, as text, and the apps that they talk for. */
#include "known.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

/* A hostile container could give its sockets to every uid that there is. */
#define OTHERS_MAX 4096

static void clear_app(struct known_app *app)
{
	free(app->id);
	free(app->name);
	free(app->via);
	free(app->component);
}

void known_process_free(struct known_process *process)
{
	struct known_app *app, *next;

	if (!process)
		return;
	for (app = process->self.next; app; app = next) {
		next = app->next;
		clear_app(app);
		free(app);
	}
	clear_app(&process->self);
	free(process->info.comm);
	free(process->info.executable);
	free(process->info.cgroup);
	free(process->info.command_line);
	free(process->script);
	free(process->cgroup_v1);
	free(process->init_cgroup);
	free(process);
}

static int identify(struct known_process *process, struct eg_machine *machine, enum eg_by by,
		    struct eg_identity *ret_identity)
{
	const struct eg_process_facts *facts = &process->facts;

	switch (by) {
	case EG_BY_PROGRAM:
		return eg_identify_program(facts, ret_identity);
	case EG_BY_PROCESS:
		return eg_identify_process(facts, ret_identity);
	case EG_BY_USER:
		return eg_identify_user(facts, ret_identity);
	case EG_BY_CONTAINER:
		return eg_identify_container(facts, eg_machine_lookup(machine, facts),
					     ret_identity);
	case EG_BY_APP:
	case EG_BY_COUNT:
		break;
	}
	return eg_identify_app(facts, eg_machine_lookup(machine, facts), false, ret_identity);
}

/* Takes the texts of an identity, which has nothing left to free. */
static void take_identity(struct known_app *app, const struct eg_identity *identity)
{
	app->id = identity->id;
	app->name = identity->name;
	app->via = identity->via;
	app->component = identity->component;
	app->kind = identity->kind;
	app->trust = identity->trust;
	app->flag = identity->flag;
	app->may_carry = identity->may_carry;
	app->guessed = identity->guessed;
	app->asked_at = eg_monotonic_ns();
}

static void set_facts(struct known_process *process, const struct eg_process *record,
		      struct eg_machine *machine, enum eg_by by)
{
	const struct eg_process_info *info = &process->info;
	struct eg_process_facts *facts = &process->facts;

	*facts = (struct eg_process_facts){
		.origin = EG_ORIGIN_KERNEL,
		.pid = info->pid,
		.parent = record->ppid,
		.uid = info->uid,
		.start = info->start,
		.start_boot = record->key.start_ns,
		.executable = info->executable,
		.exe_deleted = record->flags & EG_PROCESS_EXE_DELETED,
		.cgroup = info->cgroup,
		.comm = info->comm,
		.args = info->command_line,
		.script = process->script,
		.mnt_ns = eg_machine_mnt_ns(machine, record->mnt_ns),
		.pid_ns = eg_machine_pid_ns(machine, record->pid_ns),
		.user_ns = eg_machine_user_ns(machine, record->user_ns),
		.mnt_owner = eg_machine_user_ns(machine, record->mnt_owner_ns),
	};
	if (by != EG_BY_APP && by != EG_BY_CONTAINER)
		return;
	process->cgroup_v1 = eg_machine_cgroup_v1(machine, facts);
	/* Who may make a pid namespace without a user namespace is root. */
	if (facts->pid_ns == EG_NAMESPACE_OWN && facts->user_ns == EG_NAMESPACE_HOST)
		process->init_cgroup = eg_machine_init_cgroup(machine, facts);
	facts->cgroup_v1 = process->cgroup_v1;
	facts->init_cgroup = process->init_cgroup;
}

/* A text that the record has, and the process has not, found no memory. */
static bool is_whole(const struct eg_process *record, const struct known_process *process)
{
	const struct eg_process_info *info = &process->info;

	return info->comm && info->cgroup && (info->executable || !record->exe_size) &&
	       (info->command_line || !record->args_size) &&
	       (process->script || !record->script_size);
}

static void decode(const struct eg_process *record, int64_t start, struct known_process *process)
{
	process->cgroup_id = record->cgroup_id;
	process->networks = (struct eg_networks){ .ids = { record->net_ns }, .count = 1 };
	process->self.uid = record->uid;
	process->script = eg_process_script(record);
	process->info = (struct eg_process_info){
		.start = start,
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
}

int known_process_new(const struct eg_process *record, int64_t start, struct eg_machine *machine,
		      enum eg_by by, struct known_process **ret_process)
{
	struct known_process *process = calloc(1, sizeof(*process));
	struct eg_identity identity = {};

	if (!process)
		return -ENOMEM;
	decode(record, start, process);
	if (is_whole(record, process)) {
		set_facts(process, record, machine, by);
		process->own_user_ns = process->facts.user_ns != EG_NAMESPACE_HOST;
		if (identify(process, machine, by, &identity) == 0) {
			take_identity(&process->self, &identity);
			process->info.component = process->self.component;
			*ret_process = process;
			return 0;
		}
	}
	known_process_free(process);
	return -ENOMEM;
}

/* --- where it is --- */

void known_process_enter(struct known_process *process, uint32_t net_ns)
{
	struct eg_networks *networks = &process->networks;

	for (uint32_t i = 0; i < networks->count; i++)
		if (networks->ids[i] == net_ns)
			return;
	if (networks->count == EG_NETWORKS_MAX) {
		networks->count--;
		memmove(networks->ids + 1, networks->ids + 2,
			(EG_NETWORKS_MAX - 2) * sizeof(*networks->ids));
	}
	networks->ids[networks->count++] = net_ns;
}

/* --- whom it works for --- */

static int identify_for(const struct known_process *process, const struct known_app *app,
			struct eg_machine *machine, struct eg_identity *ret_identity)
{
	struct eg_process_facts facts = process->facts;

	facts.socket_uid = app->uid;
	facts.has_socket_uid = app != &process->self;
	return eg_identify_app(&facts, eg_machine_lookup(machine, &facts), false, ret_identity);
}

static struct known_app *add_other(struct known_process *process, uint32_t owner,
				   struct eg_machine *machine)
{
	struct known_app *other = calloc(1, sizeof(*other));
	struct eg_identity identity = {};

	if (!other)
		return NULL;
	other->uid = owner;
	if (identify_for(process, other, machine, &identity) < 0) {
		free(other);
		return NULL;
	}
	take_identity(other, &identity);
	other->next = process->self.next;
	process->self.next = other;
	process->others++;
	return other;
}

#define ASK_AGAIN_NS NSEC_PER_SEC

/* A VPN's program talks before it has a tunnel: whose bytes they are is known only then. */
static void take_carried(struct known_app *app, struct eg_identity *identity)
{
	free(app->via);
	app->via = TAKE_PTR(identity->via);
	app->trust = identity->trust;
	app->flag = identity->flag;
	app->may_carry = false;
	app->learnt = true;
}

/*
 * Its package is listed now. What was counted for the guess stays there; what
 * follows is the package's, whose app it joins anew if that is another.
 */
static void take_listed(struct known_process *process, struct known_app *app,
			struct eg_identity *identity)
{
	if (strcmp(app->id, identity->id) == 0)
		app->learnt = true;
	else
		app->summary = 0;
	clear_app(app);
	take_identity(app, identity);
	*identity = (struct eg_identity){};
	process->info.component = process->self.component;
}

/* Without its process, less may be known than before: that says nothing. */
static bool is_listed(const struct eg_identity *identity)
{
	return !identity->guessed && strcmp(identity->kind, "android") == 0;
}

static void look_again(struct known_process *process, struct known_app *app, int64_t since,
		       struct eg_machine *machine)
{
	bool open = app->may_carry || app->guessed;
	struct eg_identity identity = {};
	int64_t now = open ? eg_monotonic_ns() : 0;

	if (!open || (app->asked_at >= since && now - app->asked_at < ASK_AGAIN_NS))
		return;
	app->asked_at = now;
	if (identify_for(process, app, machine, &identity) < 0)
		return;
	if (app->guessed && is_listed(&identity))
		take_listed(process, app, &identity);
	else if (app->may_carry && !identity.may_carry)
		take_carried(app, &identity);
	eg_identity_clear(&identity);
}

static struct known_app *find_app(struct known_process *process, uint32_t owner,
				  struct eg_machine *machine)
{
	struct known_app *app = &process->self;

	/* Elsewhere the creator counts: a server's sockets are root's, not its user's. */
	if (owner == app->uid || strcmp(app->kind, "android") != 0)
		return app;
	for (app = app->next; app; app = app->next) {
		if (app->uid == owner)
			return app;
	}
	if (process->others == OTHERS_MAX)
		return &process->self;
	return add_other(process, owner, machine);
}

struct known_app *known_process_app(struct known_process *process, uint32_t owner, int64_t since,
				    struct eg_machine *machine)
{
	struct known_app *app = find_app(process, owner, machine);

	if (app)
		look_again(process, app, since, machine);
	return app;
}
