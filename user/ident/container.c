/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Containers, pods and virtual machines: what a cgroup path says (identity.md 6.1). */
#include "resolver.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

#define ID_SIZE 64

/* What one component of a path, with those before it, may look like. */
typedef bool pattern(struct resolver *resolver, size_t index, struct container *container);

static const char *part_of(const struct resolver *resolver, size_t index)
{
	return resolver->cgroup.parts[index];
}

static const char *parent_of(const struct resolver *resolver, size_t index)
{
	return index ? resolver->cgroup.parts[index - 1] : "";
}

static bool is_id(const char *text)
{
	return strlen(text) == ID_SIZE && is_hex(text, ID_SIZE);
}

/* "docker-<id>.scope"; a monitor ("libpod-conmon-<id>.scope") has no id there. */
static bool match_scope(struct resolver *resolver, size_t index, struct container *container)
{
	static const struct {
		const char *prefix, *runtime;
	} table[] = {
		{ .prefix = "docker-", .runtime = "docker" },
		{ .prefix = "libpod-", .runtime = "podman" },
		{ .prefix = "crio-", .runtime = "crio" },
		{ .prefix = "cri-containerd-", .runtime = "containerd" },
		{ .prefix = "nerdctl-", .runtime = "nerdctl" },
		{ .prefix = "buildkit-", .runtime = "buildkit" },
	};
	const char *part = part_of(resolver, index);

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const char *id = part + strlen(table[i].prefix);

		if (!has_prefix(part, table[i].prefix) || strnlen(id, ID_SIZE) < ID_SIZE ||
		    !is_hex(id, ID_SIZE) || (id[ID_SIZE] && strcmp(id + ID_SIZE, ".scope") != 0))
			continue;
		/* Without a scope, only below what the runtime itself made. */
		if (!id[ID_SIZE] && strcmp(parent_of(resolver, index), "libpod_parent") != 0 &&
		    !strstr(resolver->cgroup.path, "kubepods"))
			continue;
		container->runtime = table[i].runtime;
		container->id = scratch_copy(&resolver->scratch, id, ID_SIZE);
		return true;
	}
	return false;
}

/* Quadlet's "libpod-payload-<id>" below a unit. */
static bool match_split(struct resolver *resolver, size_t index, struct container *container)
{
	static const char prefix[] = "libpod-payload-";
	const char *part = part_of(resolver, index);

	if (!has_prefix(part, prefix) || !is_id(part + strlen(prefix)))
		return false;
	container->runtime = "podman";
	container->id = part + strlen(prefix);
	container->split = true;
	return true;
}

/* cgroupfs: "/docker/<id>", "/kubepods/.../pod<uid>/<id>", "/default/<id>". */
static bool match_plain(struct resolver *resolver, size_t index, struct container *container)
{
	const char *parent = parent_of(resolver, index);

	if (!is_id(part_of(resolver, index)))
		return false;
	if (strcmp(parent, "docker") == 0 || strcmp(parent, "actions_job") == 0)
		container->runtime = "docker";
	else if (strcmp(parent, "buildkit") == 0)
		container->runtime = "buildkit";
	else
		container->runtime = "containerd";
	if (cgroup_owned(&resolver->cgroup, index)) {
		container->runtime = "podman";
		container->guess = true;
	}
	container->id = part_of(resolver, index);
	return true;
}

/* "kubepods-burstable-pod<uid>.slice:cri-containerd:<id>" */
static bool match_colon(struct resolver *resolver, size_t index, struct container *container)
{
	static const struct {
		const char *infix, *runtime;
	} table[] = {
		{ .infix = ":cri-containerd:", .runtime = "containerd" },
		{ .infix = ":crio:", .runtime = "crio" },
		{ .infix = ":docker:", .runtime = "docker" },
		{ .infix = ":nerdctl:", .runtime = "nerdctl" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const char *at = strstr(part_of(resolver, index), table[i].infix);

		if (!at || !is_id(at + strlen(table[i].infix)))
			continue;
		container->runtime = table[i].runtime;
		container->id = at + strlen(table[i].infix);
		return true;
	}
	return false;
}

/*
 * LXC adds "-1" to "-999" where a cgroup of that name is left over; a container
 * may be called so, too. Its directory tells.
 */
static const char *without_retry(struct resolver *resolver, const char *name)
{
	const char *dash = strrchr(name, '-');
	const char *stem;

	if (!dash || dash == name || strlen(dash + 1) > 3 || !is_digits(dash + 1, strlen(dash + 1)))
		return name;
	stem = scratch_copy(&resolver->scratch, name, (size_t)(dash - name));
	if (strcmp(stem, "waydroid") == 0)
		return stem;
	if (ask_exists(resolver, scratch_format(&resolver->scratch, "/var/lib/lxc/%s", stem)) &&
	    !ask_exists(resolver, scratch_format(&resolver->scratch, "/var/lib/lxc/%s", name)))
		return stem;
	return name;
}

/* "lxc-<name>-<index>.scope" */
static const char *match_lxc_scope(struct resolver *resolver, const char *part)
{
	size_t size = strlen(part);
	const char *dash;

	if (!has_prefix(part, "lxc-") || !has_suffix(part, ".scope"))
		return NULL;
	part = scratch_copy(&resolver->scratch, part + 4, size - 4 - 6);
	dash = strrchr(part, '-');
	if (!dash || dash == part || strlen(dash + 1) > 2 || !is_digits(dash + 1, strlen(dash + 1)))
		return NULL;
	return scratch_copy(&resolver->scratch, part, (size_t)(dash - part));
}

static bool match_lxc(struct resolver *resolver, size_t index, struct container *container)
{
	static const char payload[] = "lxc.payload.";
	const char *part = part_of(resolver, index), *parent = parent_of(resolver, index);
	const char *name = match_lxc_scope(resolver, part);

	if (has_prefix(part, payload) && part[strlen(payload)])
		name = without_retry(resolver, part + strlen(payload));
	else if (strcmp(parent, "lxc.payload") == 0 || strcmp(parent, "lxc") == 0)
		name = part;
	if (!name)
		return false;
	container->runtime = "lxc";
	container->name = name;
	return true;
}

/* "machine-qemu\x2d1\x2dwin11.scope": driver, number, name. */
static bool match_libvirt(const char *machine, struct container *container)
{
	bool lxc = has_prefix(machine, "lxc-");
	const char *name;

	if (!lxc && !has_prefix(machine, "qemu-"))
		return false;
	name = strchr(machine, '-') + 1;
	if (!strchr(name, '-') || !is_digits(name, strcspn(name, "-")))
		return false;
	container->runtime = lxc ? "libvirt-lxc" : NULL;
	container->name = strchr(name, '-') + 1;
	return *container->name;
}

/* Without systemd: "/machine/qemu-1-win11.libvirt-qemu". */
static bool match_partition(struct resolver *resolver, size_t index, struct container *container)
{
	static const char *const suffixes[] = { ".libvirt-qemu", ".libvirt-lxc", NULL };
	const char *part = part_of(resolver, index);

	for (size_t i = 0; suffixes[i]; i++) {
		if (!has_suffix(part, suffixes[i]))
			continue;
		part = scratch_copy(&resolver->scratch, part, strlen(part) - strlen(suffixes[i]));
		return match_libvirt(part, container);
	}
	return false;
}

/* systemd-machined's scopes, and systemd-nspawn@.service. */
static bool match_machine(struct resolver *resolver, size_t index, struct container *container)
{
	static const char scope[] = "machine-", unit[] = "systemd-nspawn@";
	const char *part = part_of(resolver, index), *name;
	size_t size = strlen(part);

	if (has_prefix(part, scope) && has_suffix(part, ".scope")) {
		name = unit_unescape(&resolver->scratch, part + strlen(scope),
				     size - strlen(scope) - strlen(".scope"));
		if (match_libvirt(name, container))
			return true;
	} else if (has_prefix(part, unit) && has_suffix(part, ".service")) {
		name = unit_unescape(&resolver->scratch, part + strlen(unit),
				     size - strlen(unit) - strlen(".service"));
	} else {
		return false;
	}
	container->runtime = "nspawn";
	container->name = name;
	return *name;
}

/* Cloud Foundry's "/garden/<uuid>" */
static bool match_garden(struct resolver *resolver, size_t index, struct container *container)
{
	const char *part = part_of(resolver, index);

	if (strcmp(parent_of(resolver, index), "garden") != 0 || !is_uuid(part, strlen(part)))
		return false;
	container->runtime = "garden";
	container->name = part;
	return true;
}

/* The uid of a pod at this place of a text: a UUID with '-' or '_', or 32 digits. */
static const char *pod_uid(struct resolver *resolver, const char *text)
{
	char uid[37];
	size_t size = strcspn(text, "./:");

	if (size == 32 && is_hex(text, size))
		return scratch_copy(&resolver->scratch, text, size);
	if (size != 36)
		return NULL;
	for (size_t i = 0; i < size; i++)
		uid[i] = text[i] == '_' ? '-' : text[i];
	return is_uuid(uid, size) ? scratch_copy(&resolver->scratch, uid, size) : NULL;
}

/* Seen from within a cgroup namespace, a pod's path begins above it (identity.md 6.1). */
static bool is_of_kubernetes(const struct resolver *resolver)
{
	return strstr(resolver->cgroup.path, "kubepods") ||
	       has_prefix(resolver->cgroup.path, "/..");
}

/* The innermost pod, at or above the container's component. */
static const char *find_pod(struct resolver *resolver, size_t index)
{
	const char *uid = NULL;

	if (!is_of_kubernetes(resolver))
		return NULL;
	for (size_t i = 0; i <= index; i++) {
		const char *at = part_of(resolver, i);

		while ((at = strstr(at, "pod"))) {
			bool begins = at == part_of(resolver, i) || at[-1] == '-';
			const char *found = begins ? pod_uid(resolver, at + 3) : NULL;

			uid = found ? found : uid;
			at += 3;
		}
	}
	return uid;
}

static bool match(struct resolver *resolver, size_t index, struct container *ret_container)
{
	static pattern *const patterns[] = { match_scope,  match_split,	   match_plain,
					     match_colon,  match_lxc,	   match_machine,
					     match_garden, match_partition };

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		struct container container = { .index = index };

		if (patterns[i](resolver, index, &container)) {
			*ret_container = container;
			return true;
		}
	}
	return false;
}

/* Sysbox's containers are hosts to their own: the outermost counts (identity.md 6.1). */
static size_t depth_of_host(const struct resolver *resolver)
{
	for (size_t i = 0; i < resolver->cgroup.count; i++) {
		if (strcmp(part_of(resolver, i), "syscont-cgroup-root") == 0)
			return i;
	}
	return resolver->cgroup.count;
}

bool has_uid_of_user(struct resolver *resolver)
{
	unsigned long count;
	const char *map;
	char *end;

	if (resolver->facts->user_ns != EG_NAMESPACE_OWN)
		return false;
	map = ask_file(resolver, EG_TREE_PROC, "uid_map", NULL, NULL);
	if (!map)
		return false;
	strtoul(map, &end, 10);
	strtoul(end, &end, 10);
	count = strtoul(end, &end, 10);
	return count == 1 && end[strspn(end, " \n")] == '\0';
}

/*
 * A user may call a cgroup what he likes, but a container has its own files, and
 * an id that root's have not. One with a single uid is known to his engine, or
 * he has only made a namespace around his own.
 */
static bool is_contradicted(struct resolver *resolver, const struct container *container)
{
	if (!cgroup_owned(&resolver->cgroup, container->index))
		return false;
	return resolver->facts->mnt_ns == EG_NAMESPACE_HOST ||
	       container_is_roots(resolver, container) ||
	       (has_uid_of_user(resolver) && !container_is_known(resolver, container));
}

bool find_container(struct resolver *resolver, struct container *ret_container)
{
	struct container container;
	bool found = false;

	for (size_t i = depth_of_host(resolver); i > 0 && !found; i--)
		found = match(resolver, i - 1, &container);
	if (!found)
		return false;
	if (is_contradicted(resolver, &container)) {
		resolver->flag = FLAG_CGROUP;
		return false;
	}
	if (container.id)
		container.pod = find_pod(resolver, container.index);
	*ret_container = container;
	return true;
}

int eg_container_of(const char *cgroup, char **ret_name)
{
	static const struct eg_process_facts nothing = {};
	static const struct eg_lookup nobody = {};
	struct resolver resolver = { .facts = &nothing, .lookup = &nobody };
	struct container container;
	int error = -ENOENT;

	cgroup_parse(&resolver.scratch, cgroup, NULL, &resolver.cgroup);
	if (find_container(&resolver, &container)) {
		const char *name = container.id ? container.id : container.name;

		*ret_name = name ? strdup(name) : NULL;
		error = *ret_name ? 0 : -ENOMEM;
	}
	scratch_free(&resolver.scratch);
	return error;
}
