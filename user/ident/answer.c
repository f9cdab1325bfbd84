/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Giving an answer, and the evidence for it. */
#include "resolver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

#define EVIDENCE_MAX 32

bool answer(struct resolver *resolver, const char *kind, const char *id, const char *name,
	    const char *trust)
{
	resolver->kind = kind;
	resolver->id = id;
	resolver->name = name;
	resolver->trust = trust;
	return true;
}

/* Where a fact came from, in words that can be looked up. */
static char *source_of(const struct resolver *resolver, const char *fact, const char *file,
		       const char *field)
{
	char *text = NULL;
	int size = -1;

	if (*file == '/')
		return strdup(file);
	if (resolver->facts->origin == EG_ORIGIN_INPUT)
		size = asprintf(&text, "input: %s", fact);
	else if (resolver->facts->origin == EG_ORIGIN_KERNEL && field)
		size = asprintf(&text, "kernel: %s", field);
	else
		size = asprintf(&text, "/proc/%u/%s", resolver->facts->pid, file);
	return size < 0 ? NULL : text;
}

/* Takes the source. */
static void add_evidence(struct resolver *resolver, const char *fact, const char *value,
			 char *source, const char *trust)
{
	size_t count = resolver->evidence_count;
	struct eg_evidence *grown = reallocarray(resolver->evidence, count + 1, sizeof(*grown));
	struct eg_evidence evidence = {
		.fact = fact,
		.value = strdup(value),
		.source = source,
		.trust = trust,
	};

	if (grown)
		resolver->evidence = grown;
	if (!grown || !evidence.value || !evidence.source) {
		free(evidence.value);
		free(evidence.source);
		resolver->scratch.failed = true;
		return;
	}
	grown[count] = evidence;
	resolver->evidence_count = count + 1;
}

static bool is_wanted(const struct resolver *resolver, const char *value)
{
	return resolver->explain && value && resolver->evidence_count < EVIDENCE_MAX;
}

void note_field(struct resolver *resolver, const char *fact, const char *value, const char *file,
		const char *field, const char *trust)
{
	if (is_wanted(resolver, value))
		add_evidence(resolver, fact, value, source_of(resolver, fact, file, field), trust);
}

void note_known(struct resolver *resolver, const char *fact, const char *value)
{
	if (is_wanted(resolver, value))
		add_evidence(resolver, fact, value, strdup("egret's own list"), TRUST_HEURISTIC);
}

void note(struct resolver *resolver, const char *fact, const char *value, const char *file,
	  const char *trust)
{
	note_field(resolver, fact, value, file, NULL, trust);
}

void note_cgroup(struct resolver *resolver, const char *trust)
{
	note_field(resolver, "cgroup", resolver->cgroup.path, "cgroup",
		   "task->cgroups->dfl_cgrp->kn", trust);
}

void note_executable(struct resolver *resolver)
{
	note_field(resolver, "executable", resolver->exe, "exe", "task->mm->exe_file",
		   path_trust(resolver->facts));
}

void note_arguments(struct resolver *resolver, const char *value)
{
	note_field(resolver, "arguments", value, "cmdline", "task->mm->arg_start", TRUST_HEURISTIC);
}

void note_entry(struct resolver *resolver, const struct eg_entry *entry, const char *file,
		const char *trust)
{
	note(resolver, "desktop entry", entry->id, entry->file ? entry->file : file, trust);
}

const char *cgroup_trust(const struct resolver *resolver)
{
	bool user = resolver->unit.user || cgroup_owned(&resolver->cgroup, resolver->unit.index);

	return user ? TRUST_USER : TRUST_ROOT;
}

/*
 * Where nobody knows who has made the mount namespace, it is the one whose user
 * namespace it is: without one of its own, that was root.
 */
bool has_root_of_user(const struct eg_process_facts *facts)
{
	if (facts->mnt_owner)
		return facts->mnt_owner == EG_NAMESPACE_OWN;
	return facts->mnt_ns == EG_NAMESPACE_OWN && facts->user_ns == EG_NAMESPACE_OWN;
}

const char *path_trust(const struct eg_process_facts *facts)
{
	return has_root_of_user(facts) ? TRUST_USER : TRUST_KERNEL;
}

const char *ask_file(struct resolver *resolver, enum eg_tree tree, const char *path,
		     size_t *ret_size, int *ret_error)
{
	const struct eg_lookup *lookup = resolver->lookup;
	char *text = NULL;
	size_t size = 0;
	int error = -ENOSYS;

	if (lookup->read)
		error = lookup->read(lookup->data, tree, path, &text, &size);
	if (error == -ENOMEM)
		resolver->scratch.failed = true;
	if (ret_error)
		*ret_error = error;
	if (error)
		return NULL;
	if (ret_size)
		*ret_size = size;
	return scratch_own(&resolver->scratch, text);
}

const struct eg_ancestor *ask_ancestor(const struct resolver *resolver, unsigned number)
{
	const struct eg_lookup *lookup = resolver->lookup;

	if (!lookup->ancestor || number >= ANCESTORS_MAX)
		return NULL;
	return lookup->ancestor(lookup->data, number);
}

static const struct eg_entries *entries_of(const struct resolver *resolver)
{
	const struct eg_lookup *lookup = resolver->lookup;

	return lookup->entries ? lookup->entries(lookup->data, resolver->facts->uid) : NULL;
}

const struct eg_entry *ask_entry(const struct resolver *resolver, const char *id)
{
	const struct eg_entries *entries = entries_of(resolver);

	return entries ? eg_entries_find(entries, id) : NULL;
}

const char *ask_name(struct resolver *resolver, const char *id)
{
	const struct eg_entry *entry = ask_entry(resolver, id);

	if (!entry || !entry->name)
		return NULL;
	note(resolver, "name", entry->name, entry->file ? entry->file : "", TRUST_USER);
	return entry->name;
}

const struct eg_entry *ask_program(const struct resolver *resolver, const char *executable)
{
	const struct eg_entries *entries = executable ? entries_of(resolver) : NULL;

	return entries ? eg_entries_find_program(entries, executable) : NULL;
}

bool ask_exists(const struct resolver *resolver, const char *path)
{
	const struct eg_lookup *lookup = resolver->lookup;

	return lookup->exists && lookup->exists(lookup->data, path);
}
