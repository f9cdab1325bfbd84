/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Snaps: the label that the kernel enforces, else the cgroup, else the mount (identity.md 5.2). */
#include "resolver.h"

#include <string.h>

#include <egret/base.h>

#define UUID_SIZE 36

struct snap {
	const char *instance; /* "name" or "name_key" */
	const char *app; /* "firefox", "hook:configure"; NULL: unknown */
};

static bool is_lower(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Name and, behind '_', the key of a parallel installation. */
static bool is_instance(const char *text)
{
	size_t size = strcspn(text, "_");
	const char *key = text[size] ? text + size + 1 : NULL;

	if (!size || !is_lower(*text))
		return false;
	for (size_t i = 1; i < size; i++) {
		if (!is_lower(text[i]) && text[i] != '-')
			return false;
	}
	for (size_t i = 0; key && key[i]; i++) {
		if (!is_lower(key[i]) || i >= 10)
			return false;
	}
	return !key || *key;
}

/* "<instance>[+<component>].<app>" or "....hook.<hook>", of a label or a unit. */
static bool read_name(struct resolver *resolver, const char *text, struct snap *ret_snap)
{
	size_t size = strcspn(text, ".");
	const char *rest = text[size] ? text + size + 1 : NULL;
	struct snap snap = { .instance =
				     scratch_copy(&resolver->scratch, text, strcspn(text, ".+")) };

	if (!rest || !*rest || !is_instance(snap.instance))
		return false;
	snap.app = rest;
	if (has_prefix(rest, "hook.") && rest[5])
		snap.app = scratch_format(&resolver->scratch, "hook:%s", rest + 5);
	else if (strchr(rest, '.'))
		return false;
	*ret_snap = snap;
	return true;
}

/* The name without one UUID at its end, which '-' or '.' parts from it. */
static size_t size_without_uuid(const char *text, size_t size)
{
	if (size > UUID_SIZE + 1 && is_uuid(text + size - UUID_SIZE, UUID_SIZE) &&
	    strchr("-.", text[size - UUID_SIZE - 1]))
		return size - UUID_SIZE - 1;
	return size;
}

/* "snap.<instance>.<app>-<uuid>.scope", "snap.<instance>.<app>.service" */
static bool read_unit(struct resolver *resolver, const char *part, struct snap *ret_snap)
{
	size_t size = strlen(part);
	const char *name;

	if (!has_prefix(part, "snap."))
		return false;
	if (has_suffix(part, ".scope"))
		size -= strlen(".scope");
	else if (has_suffix(part, ".service"))
		size -= strlen(".service");
	else
		return false;
	if (size <= strlen("snap."))
		return false;
	part += strlen("snap.");
	size -= strlen("snap.");
	name = unit_unescape(&resolver->scratch, part, size_without_uuid(part, size));
	return read_name(resolver, name, ret_snap);
}

/* --- where it is looked for --- */

/* A snap has files of its own: what has the host's need not be asked. */
static bool may_have_label(const struct resolver *resolver)
{
	return resolver->facts->mnt_ns != EG_NAMESPACE_HOST ||
	       (resolver->exe && strstr(resolver->exe, "/snap"));
}

/* The instance in "/snap/<instance>/<revision>/..."; NULL: it lies elsewhere. */
static const char *instance_of(struct resolver *resolver)
{
	static const char *const roots[] = { "/snap/", "/var/lib/snapd/snap/" };
	const char *exe = resolver->exe;

	for (size_t i = 0; exe && i < ARRAY_SIZE(roots); i++) {
		if (has_prefix(exe, roots[i]))
			return scratch_copy(&resolver->scratch, exe + strlen(roots[i]),
					    strcspn(exe + strlen(roots[i]), "/"));
	}
	return NULL;
}

/*
 * The kernel enforces a label, but who is not confined may choose one where the
 * system lets him (aa_change_profile(2)). A snap has the files that snapd's own
 * program mounts, or a classic one's program lies in its image.
 */
static bool is_false_label(struct resolver *resolver, const struct snap *snap)
{
	const char *instance;

	if (has_root_of_user(resolver->facts))
		return true;
	if (resolver->facts->mnt_ns != EG_NAMESPACE_HOST)
		return false;
	instance = instance_of(resolver);
	return !instance || strcmp(instance, snap->instance) != 0;
}

/* A program that the user has put there can have taken the label as well. */
static const char *label_trust(const struct resolver *resolver)
{
	return !resolver->exe || is_of_system(resolver) ? TRUST_KERNEL : TRUST_USER;
}

/* "snap.firefox.firefox (enforce)", with child profiles behind "//". */
static bool find_label(struct resolver *resolver, struct snap *ret_snap)
{
	static const char *const files[] = { "attr/apparmor/current", "attr/current" };
	const char *label = NULL, *name;
	struct snap snap;
	int i = 0;

	if (!may_have_label(resolver))
		return false;
	while (!label && i < 2)
		label = ask_file(resolver, EG_TREE_PROC, files[i++], NULL, NULL);
	if (!label || !has_prefix(label, "snap."))
		return false;
	note(resolver, "lsm_label", label, files[i - 1], label_trust(resolver));
	name = label + strlen("snap.");
	name = scratch_copy(&resolver->scratch, name, strcspn(name, "/ \n"));
	if (!read_name(resolver, name, &snap))
		return false;
	if (is_false_label(resolver, &snap)) {
		resolver->flag = FLAG_LABEL;
		return false;
	}
	*ret_snap = snap;
	return true;
}

static bool find_part(struct resolver *resolver, struct snap *ret_snap, size_t *ret_index)
{
	for (size_t i = resolver->cgroup.count; i > 0; i--) {
		if (read_unit(resolver, resolver->cgroup.parts[i - 1], ret_snap)) {
			*ret_index = i - 1;
			return true;
		}
	}
	return false;
}

/* Where snapd marks nothing but version 1's freezer: "/snap.<instance>". */
static bool find_freezer(struct resolver *resolver, struct snap *ret_snap)
{
	static const char prefix[] = "/snap.";
	const char *freezer = resolver->cgroup.freezer;

	if (!freezer || !has_prefix(freezer, prefix) || !is_instance(freezer + strlen(prefix)))
		return false;
	*ret_snap = (struct snap){ .instance = freezer + strlen(prefix) };
	return true;
}

/* "/snap/<instance>/<revision>/..." is a read-only image that snapd has mounted. */
static bool find_mount(struct resolver *resolver, struct snap *ret_snap)
{
	const char *instance = instance_of(resolver);

	if (!instance || !is_instance(instance) || strcmp(instance, "snapd") == 0 ||
	    strcmp(instance, "core") == 0 ||
	    (has_prefix(instance, "core") && is_digits(instance + 4, strlen(instance) - 4)))
		return false;
	/* In a root of his own, a user may have a /snap as well. */
	if (has_root_of_user(resolver->facts)) {
		resolver->flag = resolver->flag ? resolver->flag : FLAG_MOUNT;
		return false;
	}
	*ret_snap = (struct snap){ .instance = instance };
	return true;
}

/* --- is it true? --- */

/* A snap's programs have mounts of their own, which root has made, or lie in the image. */
static bool is_contradicted(const struct resolver *resolver, size_t index)
{
	const char *exe = resolver->exe;

	if (!cgroup_owned(&resolver->cgroup, index))
		return false;
	if (has_root_of_user(resolver->facts))
		return true;
	if (!exe || resolver->facts->mnt_ns == EG_NAMESPACE_OWN)
		return false;
	if (has_prefix(exe, "/snap/") || has_prefix(exe, "/var/lib/snapd/") ||
	    has_prefix(exe, "/usr/lib/snapd/") || has_prefix(exe, "/usr/libexec/snapd/"))
		return false;
	return resolver->facts->mnt_ns == EG_NAMESPACE_HOST || !is_system_path(exe);
}

static const char *unit_trust(const struct resolver *resolver, size_t index)
{
	if (cgroup_owned(&resolver->cgroup, index))
		return TRUST_USER;
	if (strcmp(resolver->cgroup.parts[0], "system.slice") == 0)
		return TRUST_ROOT;
	return resolver->facts->uid == 0 && !resolver->facts->uid_unknown ? TRUST_ROOT : TRUST_USER;
}

static const char *title_of(struct resolver *resolver, const struct snap *snap)
{
	size_t size = strcspn(snap->instance, "_");
	const char *name = NULL;

	if (snap->app)
		name = ask_name(resolver, scratch_format(&resolver->scratch, "%s_%s",
							 snap->instance, snap->app));
	if (name)
		return name;
	if (!snap->instance[size])
		return snap->instance;
	return scratch_format(&resolver->scratch, "%.*s (%s)", (int)size, snap->instance,
			      snap->instance + size + 1);
}

bool ident_snap(struct resolver *resolver)
{
	struct snap snap;
	const char *trust;
	size_t index;

	if (find_label(resolver, &snap)) {
		trust = label_trust(resolver);
	} else if (find_part(resolver, &snap, &index)) {
		if (is_contradicted(resolver, index)) {
			resolver->flag = FLAG_CGROUP;
			return false;
		}
		trust = unit_trust(resolver, index);
	} else if (find_freezer(resolver, &snap) || find_mount(resolver, &snap)) {
		trust = TRUST_ROOT;
	} else {
		return false;
	}
	resolver->component = snap.app ? snap.app : component_of(resolver);
	note_cgroup(resolver, cgroup_trust(resolver));
	note_executable(resolver);
	return answer(resolver, "snap",
		      scratch_format(&resolver->scratch, "snap:%s", snap.instance),
		      title_of(resolver, &snap), trust);
}
