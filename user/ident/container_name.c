/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What containers and pods are called, without asking a daemon (identity.md 6.2). */
#include "resolver.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/json.h>

#define SHORT_ID 12

/* --- JSON --- */

static bool open_json(struct resolver *resolver, const char *path, struct eg_json *ret_document)
{
	size_t size, offset;
	const char *text = ask_file(resolver, EG_TREE_HOST, path, &size, NULL), *reason;

	if (!text || eg_json_check(text, size, &offset, &reason) < 0)
		return false;
	*ret_document = eg_json_document(text, size);
	return true;
}

static bool member(struct eg_json object, const char *name, struct eg_json *ret_value)
{
	struct eg_json_cursor cursor;
	struct eg_json key, value;

	if (eg_json_type(object) != EG_JSON_OBJECT)
		return false;
	cursor = eg_json_open(object);
	while (eg_json_next(&cursor, &key, &value)) {
		if (eg_json_is(key, name)) {
			*ret_value = value;
			return true;
		}
	}
	return false;
}

static const char *text_of(struct resolver *resolver, struct eg_json value)
{
	const char *text;

	if (eg_json_type(value) != EG_JSON_TEXT)
		return NULL;
	text = scratch_own(&resolver->scratch, eg_json_decode(value));
	return text && *text ? text : NULL;
}

/* --- runtimes --- */

/* The first of "names" where "id" is this one. */
static const char *listed_name(struct resolver *resolver, const char *path, const char *id)
{
	struct eg_json document, key, entry, value;
	struct eg_json_cursor cursor;

	if (!open_json(resolver, path, &document) || eg_json_type(document) != EG_JSON_ARRAY)
		return NULL;
	cursor = eg_json_open(document);
	while (eg_json_next(&cursor, &key, &entry)) {
		struct eg_json_cursor names;

		if (!member(entry, "id", &value) || eg_json_type(value) != EG_JSON_TEXT ||
		    !eg_json_is(value, id) || !member(entry, "names", &value) ||
		    eg_json_type(value) != EG_JSON_ARRAY)
			continue;
		names = eg_json_open(value);
		if (eg_json_next(&names, &key, &value))
			return text_of(resolver, value);
	}
	return NULL;
}

/* Field `number` of a line of colons; NULL: it has fewer. */
static const char *colon_field(const char *line, unsigned number)
{
	for (; number; number--) {
		line += strcspn(line, ":\n");
		if (*line++ != ':')
			return NULL;
	}
	return line;
}

const char *passwd_home(struct scratch *scratch, const char *line, uint32_t uid)
{
	while (line && *line) {
		const char *number = colon_field(line, 2), *home = colon_field(line, 5);

		if (home && is_digits(number, strcspn(number, ":")) &&
		    strtoul(number, NULL, 10) == uid)
			return scratch_copy(scratch, home, strcspn(home, ":\n"));
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return NULL;
}

/* Asking NSS could reach the network. */
static const char *home_of(struct resolver *resolver, uint32_t uid)
{
	return passwd_home(&resolver->scratch,
			   ask_file(resolver, EG_TREE_HOST, "/etc/passwd", NULL, NULL), uid);
}

/* The user in whose slice a container runs: its own uids are others. */
static uint32_t slice_user(const struct resolver *resolver)
{
	static const char prefix[] = "user-";

	for (size_t i = 0; i < resolver->cgroup.count; i++) {
		const char *part = resolver->cgroup.parts[i];

		if (has_prefix(part, prefix) &&
		    is_digits(part + strlen(prefix), strcspn(part + strlen(prefix), ".")))
			return (uint32_t)strtoul(part + strlen(prefix), NULL, 10);
	}
	return resolver->facts->uid;
}

/* Where a runtime keeps what it knows: root's, or the user's whose container it is. */
static const char *data_root(struct resolver *resolver, const struct container *container,
			     const char *roots, const char *users)
{
	const char *home;

	if (!cgroup_owned(&resolver->cgroup, container->index))
		return roots;
	home = home_of(resolver, slice_user(resolver));
	return scratch_format(&resolver->scratch, "%s/.local/share/%s", home ? home : "", users);
}

static const char *docker_name(struct resolver *resolver, const struct container *container)
{
	const char *root = data_root(resolver, container, "/var/lib/docker", "docker"), *name;
	const char *path = scratch_format(&resolver->scratch, "%s/containers/%s/config.v2.json",
					  root, container->id);
	struct eg_json document, value;

	if (!open_json(resolver, path, &document) || !member(document, "Name", &value))
		return NULL;
	name = text_of(resolver, value);
	if (name)
		note(resolver, "container name", name, path, container_trust(resolver, container));
	return name && *name == '/' ? name + 1 : name;
}

static const char *podman_name(struct resolver *resolver, const struct container *container)
{
	static const char *const files[] = { "containers.json", "volatile-containers.json" };
	const char *name = NULL,
		   *root = data_root(resolver, container, "/var/lib/containers/storage",
				     "containers/storage");

	for (size_t i = 0; i < ARRAY_SIZE(files) && !name; i++) {
		const char *path = scratch_format(&resolver->scratch, "%s/overlay-containers/%s",
						  root, files[i]);

		name = listed_name(resolver, path, container->id);
		if (name)
			note(resolver, "container name", name, path,
			     container_trust(resolver, container));
	}
	return name;
}

static const char *short_id(struct resolver *resolver, const struct container *container)
{
	return scratch_copy(&resolver->scratch, container->id, SHORT_ID);
}

const char *container_name(struct resolver *resolver, const struct container *container)
{
	const char *name = NULL;

	if (container->name)
		return container->name;
	if (resolver->facts->container && *resolver->facts->container)
		return resolver->facts->container;
	if (strcmp(container->runtime, "docker") == 0)
		name = docker_name(resolver, container);
	else if (strcmp(container->runtime, "podman") == 0 ||
		 strcmp(container->runtime, "crio") == 0)
		name = podman_name(resolver, container);
	return name ? name : short_id(resolver, container);
}

bool container_is_known(struct resolver *resolver, const struct container *container)
{
	bool explain = resolver->explain, known;

	if (!container->id)
		return false;
	resolver->explain = false; /* it is asked, not named */
	known = docker_name(resolver, container) || podman_name(resolver, container);
	resolver->explain = explain;
	return known;
}

const char *container_trust(const struct resolver *resolver, const struct container *container)
{
	return cgroup_owned(&resolver->cgroup, container->index) ? TRUST_USER : TRUST_ROOT;
}

bool container_is_roots(struct resolver *resolver, const struct container *container)
{
	static const struct {
		const char *directory;
		bool by_name;
	} places[] = {
		{ .directory = "/var/lib/docker/containers" },
		{ .directory = "/var/lib/containers/storage/overlay-containers" },
		{ .directory = "/run/containerd/io.containerd.runtime.v2.task/k8s.io" },
		{ .directory = "/var/lib/lxc", .by_name = true },
		{ .directory = "/var/lib/waydroid/lxc", .by_name = true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const char *key = places[i].by_name ? container->name : container->id;

		if (key && ask_exists(resolver, scratch_format(&resolver->scratch, "%s/%s",
							       places[i].directory, key)))
			return true;
	}
	return false;
}

/* --- pods --- */

struct pod {
	const char *space, *pod, *container;
};

/* "<pod>_<namespace>_<container>-<id>.log" */
static bool read_log_name(struct resolver *resolver, const char *id, struct pod *pod)
{
	const struct eg_lookup *lookup = resolver->lookup;
	const char *suffix = scratch_format(&resolver->scratch, "-%s.log", id);
	const char *space, *rest;
	char *found = NULL;

	if (!lookup->find ||
	    lookup->find(lookup->data, "/var/log/containers", suffix, &found) != 0 ||
	    !scratch_own(&resolver->scratch, found))
		return false;
	space = strchr(found, '_');
	rest = space ? strchr(space + 1, '_') : NULL;
	if (!rest || strlen(rest) < strlen(suffix) + 2)
		return false;
	pod->pod = scratch_copy(&resolver->scratch, found, (size_t)(space - found));
	pod->space = scratch_copy(&resolver->scratch, space + 1, (size_t)(rest - space - 1));
	pod->container =
		scratch_copy(&resolver->scratch, rest + 1, strlen(rest + 1) - strlen(suffix));
	note(resolver, "pod", found, "/var/log/containers", TRUST_ROOT);
	return true;
}

/* containerd keeps the pod's names among the annotations of the bundle. */
static bool read_bundle(struct resolver *resolver, const char *id, struct pod *pod)
{
	static const char prefix[] = "io.kubernetes.cri.";
	const char *path = scratch_format(
		&resolver->scratch,
		"/run/containerd/io.containerd.runtime.v2.task/k8s.io/%s/config.json", id);
	struct eg_json document, annotations, value;
	const struct {
		const char *key, **text;
	} wanted[] = {
		{ "sandbox-namespace", &pod->space },
		{ "sandbox-name", &pod->pod },
		{ "container-name", &pod->container },
	};

	if (!open_json(resolver, path, &document) || !member(document, "annotations", &annotations))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		if (!member(annotations,
			    scratch_format(&resolver->scratch, "%s%s", prefix, wanted[i].key),
			    &value))
			return false;
		*wanted[i].text = text_of(resolver, value);
		if (!*wanted[i].text)
			return false;
	}
	note(resolver, "pod", pod->pod, path, TRUST_ROOT);
	return true;
}

/* False: nobody says, or what is written there is about root's pods and not this one. */
static bool read_pod(struct resolver *resolver, const struct container *container,
		     struct pod *ret_pod)
{
	return !cgroup_owned(&resolver->cgroup, container->index) &&
	       (read_log_name(resolver, container->id, ret_pod) ||
		read_bundle(resolver, container->id, ret_pod));
}

/* With `pod` NULL, by numbers alone. */
static const char *pod_path(struct resolver *resolver, const struct container *container,
			    const struct pod *pod)
{
	if (!pod)
		return scratch_format(&resolver->scratch, "pod-%s/%s", container->pod,
				      short_id(resolver, container));
	return scratch_format(&resolver->scratch, "%s/%s/%s", pod->space, pod->pod, pod->container);
}

const char *container_in_pod(struct resolver *resolver, const struct container *container)
{
	struct pod pod = {};
	bool named = read_pod(resolver, container, &pod);

	return pod_path(resolver, container, named ? &pod : NULL);
}

static bool answer_pod(struct resolver *resolver, const struct container *container)
{
	struct scratch *scratch = &resolver->scratch;
	struct pod pod = {};
	bool named = read_pod(resolver, container, &pod);
	const char *path = pod_path(resolver, container, named ? &pod : NULL);

	return answer(resolver, "k8s", scratch_format(scratch, "k8s:%s", path),
		      named ? scratch_format(scratch, "%s (%s)", pod.container, pod.pod)
			    : short_id(resolver, container),
		      container_trust(resolver, container));
}

/* --- the rule --- */

/* LXD calls a project's containers "<project>_<name>". */
static const char *title_of(struct resolver *resolver, const struct container *container,
			    const char *name)
{
	const char *bar = strchr(name, '_');

	if (strcmp(container->runtime, "lxc") != 0 || !bar || bar == name || !bar[1])
		return name;
	return scratch_format(&resolver->scratch, "%s (%.*s)", bar + 1, (int)(bar - name), name);
}

bool ident_container(struct resolver *resolver)
{
	struct container container;
	const char *name;

	if (!find_container(resolver, &container) ||
	    (container.guess && !podman_name(resolver, &container)))
		return false;
	resolver->component = component_of(resolver);
	note_cgroup(resolver, container_trust(resolver, &container));
	note_executable(resolver);
	if (container.split && resolver->unit.name)
		resolver->via = scratch_format(&resolver->scratch, "%s:%s",
					       resolver->unit.user ? "user-unit" : "unit",
					       resolver->unit.name);
	if (container.pod)
		return answer_pod(resolver, &container);
	name = container_name(resolver, &container);
	if (!container.runtime)
		return answer(resolver, "vm",
			      scratch_format(&resolver->scratch, "vm:libvirt/%s", name), name,
			      container_trust(resolver, &container));
	return answer(resolver, "container",
		      scratch_format(&resolver->scratch, "container:%s/%s", container.runtime,
				     name),
		      title_of(resolver, &container, name), container_trust(resolver, &container));
}
