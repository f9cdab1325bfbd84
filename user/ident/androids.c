/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which containers of this machine hold an Android: by their cgroups, without a daemon. */
#include <egret/ident.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <egret/base.h>
#include <egret/hierarchy.h>

#include "cgroup.h"
#include "procfs.h"
#include "waydroid.h"

#define DEPTH_MAX 6 /* of cgroups that are looked into */
#define DIRECTORIES_MAX 20000
#define PIDS_MAX 16 /* of a container that are asked */

struct search {
	struct eg_machine *machine;
	int (*found)(const struct eg_android *android, void *data);
	bool has_waydroid; /* it was found running */
	void *data;
	unsigned left; /* directories that may still be opened */
};

/* The container's name in "android:<container>/..."; malloc'ed, NULL: another app. */
static char *container_of(const struct eg_identity *identity)
{
	static const char prefix[] = "android:";
	const char *id = identity->id, *end = id ? strrchr(id, '/') : NULL;

	/* A pod's has slashes of its own, a package none. */
	if (!end || !has_prefix(id, prefix))
		return NULL;
	id += strlen(prefix);
	return strndup(id, (size_t)(end - id));
}

static int tell(struct search *search, const char *container, const struct eg_packages *packages,
		bool stopped)
{
	const struct eg_android android = {
		.container = container,
		.packages = packages ? eg_packages_count(packages) : 0,
		.stopped = stopped,
	};

	return search->found(&android, search->data);
}

/* Is this process in an Android? 1, after telling of it; 0: no; or -errno. */
static int ask_process(struct search *search, uint32_t pid)
{
	const struct eg_packages *packages = NULL;
	const struct eg_process_facts *facts;
	const struct eg_lookup *lookup;
	struct eg_identity identity = {};
	struct eg_living *living;
	char *container;
	int error;

	if (eg_living_read(search->machine, pid, &living) < 0)
		return 0;
	facts = eg_living_facts(living);
	lookup = eg_machine_lookup(search->machine, facts);
	error = eg_identify_app(facts, lookup, false, &identity);
	container = error ? NULL : container_of(&identity);
	if (container) {
		packages = lookup->packages(lookup->data, container, NULL);
		search->has_waydroid |= strcmp(container, WAYDROID_CONTAINER) == 0;
		error = tell(search, container, packages, false);
	}
	free(container);
	eg_identity_clear(&identity);
	eg_living_free(living);
	return error ? error : container != NULL;
}

static int ask_members(struct search *search, int directory)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	int known = 0;
	char *at;

	if (procfs_read(directory, "cgroup.procs", &text, &size) < 0)
		return 0;
	at = text;
	for (int i = 0; at && !known && i < PIDS_MAX && *at; i++) {
		known = ask_process(search, (uint32_t)strtoul(at, &at, 10));
		at += *at == '\n';
	}
	return known;
}

/* `inside` a container, the first process that knows ends the search. */
static int look_into(struct search *search, int parent, const char *name, unsigned depth,
		     bool inside)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	_cleanup_(eg_freep) char *container = NULL;
	struct dirent *entry;
	int known = 0;

	if (!directory) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	inside = inside || (depth && eg_container_of(name, &container) == 0);
	if (inside)
		known = ask_members(search, fd);
	while (!known && depth < DEPTH_MAX && search->left && (entry = readdir(directory))) {
		if (entry->d_type != DT_DIR || *entry->d_name == '.')
			continue;
		search->left--;
		known = look_into(search, fd, entry->d_name, depth + 1, inside);
		known = known > 0 && !inside ? 0 : known;
	}
	closedir(directory);
	return known;
}

/* Waydroid was set up here, and nothing of it runs. */
static int tell_stopped(struct search *search)
{
	static const struct eg_process_facts nobody = { .exited = true };
	const struct eg_lookup *lookup;

	if (search->has_waydroid || access(WAYDROID_CONFIG, F_OK) < 0)
		return 0;
	lookup = eg_machine_lookup(search->machine, &nobody);
	return tell(search, WAYDROID_CONTAINER,
		    lookup->packages(lookup->data, WAYDROID_CONTAINER, NULL), true);
}

int eg_machine_androids(struct eg_machine *machine,
			int (*found)(const struct eg_android *android, void *data), void *data)
{
	_cleanup_(eg_closep) int hierarchy = eg_hierarchy_open();
	struct search search = {
		.machine = machine,
		.found = found,
		.data = data,
		.left = DIRECTORIES_MAX,
	};
	int known = 0;

	if (hierarchy >= 0)
		known = look_into(&search, hierarchy, ".", 0, false);
	return known < 0 ? known : tell_stopped(&search);
}
