/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which app a process is: the kinds in the order of identity.md 1.2. */
#include "resolver.h"

#include <errno.h>
#include <string.h>

#include <egret/base.h>

/* The first that finds its kind has the answer. */
static rule *const rules[] = {
	ident_nobody,  ident_kernel,   ident_android,  ident_container, ident_snap,
	ident_flatpak, ident_appimage, ident_steam,    ident_wine,	ident_desktop,
	ident_unit,    ident_script,   ident_electron, ident_program,	ident_unknown,
};

/* --- the question's parts --- */

/* A memory file's own name: "/memfd:payload (deleted)" (memfd_create(2)). */
static const char *memfd_name(const char *exe)
{
	static const char prefix[] = "/memfd:";

	return exe && has_prefix(exe, prefix) ? exe + strlen(prefix) : NULL;
}

/*
 * What runc and lxc copy themselves into, so that no container can write to them.
 * Anybody can call his so: only root's are taken for that.
 */
static bool is_runtimes_copy(const struct eg_process_facts *facts, const char *name)
{
	if (facts->uid_unknown || facts->uid != 0)
		return false;
	return has_prefix(name, "runc_cloned:") || has_prefix(name, "crun_cloned:") ||
	       strcmp(name, "lxc-attach") == 0;
}

/* fexecve(3) leaves a path that says nothing of the file. */
static bool is_descriptor(const char *exe)
{
	return has_prefix(exe, "/dev/fd/") || has_prefix(exe, "/proc/self/fd/");
}

static void read_executable(struct resolver *resolver)
{
	static const char mark[] = " (deleted)";
	const char *exe = resolver->facts->executable;
	bool deleted = resolver->facts->exe_deleted;

	if (!exe || !*exe || is_descriptor(exe))
		return;
	if (has_suffix(exe, mark)) {
		exe = scratch_copy(&resolver->scratch, exe, strlen(exe) - strlen(mark));
		deleted = true;
	}
	resolver->exe = exe;
	resolver->memfd = memfd_name(exe);
	resolver->exe_name = resolver->memfd ? resolver->memfd : base_name(exe);
	if (resolver->memfd && is_runtimes_copy(resolver->facts, resolver->memfd))
		resolver->exe_name = scratch_copy(&resolver->scratch, resolver->memfd,
						  strcspn(resolver->memfd, "_:"));
	else if (resolver->memfd)
		resolver->flag = FLAG_MEMFD;
	else if (deleted)
		resolver->flag = FLAG_DELETED;
}

/* A task that entered a container keeps its cgroup, if it wants to: its init does not. */
static const char *cgroup_of(const struct eg_process_facts *facts)
{
	bool own = facts->pid_ns == EG_NAMESPACE_OWN || facts->mnt_ns == EG_NAMESPACE_OWN;

	return own && facts->init_cgroup ? facts->init_cgroup : facts->cgroup;
}

/*
 * Who owns a cgroup gives names to those below it: that is not only so under a
 * user's manager, but wherever root has given one away (cgroups(7), delegation).
 */
static void find_owner(struct resolver *resolver)
{
	const struct eg_lookup *lookup = resolver->lookup;
	struct cgroup *cgroup = &resolver->cgroup;
	size_t length = 0;

	if (!lookup->is_users || cgroup->version1 || !cgroup->path)
		return;
	for (size_t i = 0; i < cgroup->count && i < cgroup->owned_from; i++) {
		length += strspn(cgroup->path + length, "/");
		length += strlen(cgroup->parts[i]);
		if (lookup->is_users(lookup->data,
				     scratch_copy(&resolver->scratch, cgroup->path, length)))
			cgroup->owned_from = i + 1;
	}
}

/* Of the two cgroups of a task that entered a container, the one that names a container. */
void find_cgroup(struct resolver *resolver)
{
	const struct eg_process_facts *facts = resolver->facts;
	const char *path = cgroup_of(facts);
	struct container container;
	const char *flag = resolver->flag;

	cgroup_parse(&resolver->scratch, path, facts->cgroup_v1, &resolver->cgroup);
	find_owner(resolver);
	if (path != facts->cgroup && !find_container(resolver, &container)) {
		cgroup_parse(&resolver->scratch, facts->cgroup, facts->cgroup_v1,
			     &resolver->cgroup);
		find_owner(resolver);
	}
	resolver->flag = flag;
	unit_find(&resolver->cgroup, &resolver->unit);
}

/* --- the answer --- */

static char *copy(const char *text)
{
	return text && *text ? strdup(text) : NULL;
}

/* An id is a key in files; only what follows the kind comes from outside. */
static char *encode(const char *id)
{
	return eg_id_encode("", id);
}

static bool is_lacking(const char *wanted, const char *made)
{
	return wanted && *wanted && !made;
}

static int give(struct resolver *resolver, struct eg_identity *ret_identity)
{
	struct eg_identity identity = {
		.kind = resolver->kind,
		.id = encode(resolver->id),
		.name = copy(resolver->name),
		.component = copy(resolver->component),
		.via = resolver->via ? encode(resolver->via) : NULL,
		.trust = resolver->trust,
		.flag = resolver->flag,
		.may_carry = resolver->may_carry,
		.guessed = resolver->guessed,
		.evidence = TAKE_PTR(resolver->evidence),
		.evidence_count = resolver->evidence_count,
	};

	resolver->evidence_count = 0;
	if (resolver->scratch.failed || !identity.id || is_lacking(resolver->name, identity.name) ||
	    is_lacking(resolver->component, identity.component) ||
	    is_lacking(resolver->via, identity.via)) {
		eg_identity_clear(&identity);
		return -ENOMEM;
	}
	*ret_identity = identity;
	return 0;
}

int eg_identify_app(const struct eg_process_facts *facts, const struct eg_lookup *lookup,
		    bool explain, struct eg_identity *ret_identity)
{
	static const struct eg_lookup nothing = {};
	struct resolver resolver;
	size_t i = 0;
	int error;

	/* Not the scratch's buffer: clearing it would cost more than most rules. */
	memset(&resolver, 0, offsetof(struct resolver, scratch));
	memset((char *)&resolver + offsetof(struct resolver, scratch.used), 0,
	       sizeof(resolver) - offsetof(struct resolver, scratch.used));
	resolver.facts = facts;
	resolver.lookup = lookup ? lookup : &nothing;
	resolver.explain = explain;
	read_executable(&resolver);
	find_cgroup(&resolver);
	find_script(&resolver);
	while (!rules[i](&resolver))
		i++;
	tell_relay(&resolver);
	error = give(&resolver, ret_identity);
	scratch_free(&resolver.scratch);
	return error;
}
