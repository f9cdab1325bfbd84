/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lists of packages that are kept, for a few containers at most. */
#include "listed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <egret/base.h>

#include "procfs.h"
#include "resolver.h"
#include "waydroid.h"

#define PACKAGES_PATH "/data/system/packages.list"
#define SESSION_PATH "/var/lib/waydroid/lxc/waydroid/config_session"

struct listed *listed_find(struct listings *listings, const char *container)
{
	for (size_t i = 0; i < LISTED_MAX; i++) {
		struct listed *listed = &listings->places[i];

		if (listed->container && strcmp(listed->container, container) == 0)
			return listed;
	}
	return NULL;
}

static void clear(struct listed *listed)
{
	free(listed->container);
	eg_packages_free(listed->packages);
	*listed = (struct listed){};
}

struct listed *listed_add(struct listings *listings, const char *container)
{
	struct listed *listed = listed_find(listings, container);

	if (listed)
		return listed;
	listed = &listings->places[listings->next];
	listings->next = (listings->next + 1) % LISTED_MAX;
	clear(listed);
	listed->container = strdup(container);
	return listed->container ? listed : NULL;
}

/* --- the container's init --- */

/* What the container is called in which a process is; malloc'ed, NULL: it is in none. */
static char *container_of(int process)
{
	_cleanup_(eg_freep) char *text = NULL;
	char *line, *rest, *path, *name = NULL;
	size_t size;

	if (procfs_read_own(process, "cgroup", &text, &size) < 0)
		return NULL;
	for (rest = text; !name && (line = strsep(&rest, "\n"));) {
		path = strchr(line, '/');
		if (path && eg_container_of(path, &name) < 0)
			name = NULL;
	}
	return name;
}

/* The parent, if it is in the container, too; -1: it is not. */
static int open_elder(int process, const char *container)
{
	_cleanup_(eg_closep) int parent = procfs_open_parent(process);
	_cleanup_(eg_freep) char *its = parent < 0 ? NULL : container_of(parent);

	return its && strcmp(its, container) == 0 ? TAKE_FD(parent) : -1;
}

/*
 * A process may have a root of its own, with whatever list in it: that of the
 * eldest in the container is the container's (identity.md 3.1). -1: there is no
 * elder one than the process.
 */
static int open_eldest(int process)
{
	_cleanup_(eg_freep) char *container = container_of(process);
	int eldest = -1;

	for (int i = 0; container && i < ANCESTORS_MAX; i++) {
		int elder = open_elder(eldest < 0 ? process : eldest, container);

		if (elder < 0)
			break;
		if (eldest >= 0)
			close(eldest);
		eldest = elder;
	}
	return eldest;
}

/* In egret's own pid namespace; 0: it is gone. */
static uint32_t pid_of(int process)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;

	return procfs_read_own(process, "stat", &text, &size) < 0
		       ? 0
		       : (uint32_t)strtoul(text, NULL, 10);
}

/* --- reading --- */

/* NULL: there is no list, or it can't be read; one that is too large makes an Android, too. */
static struct eg_packages *read_packages(int process, const char *path)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	int error = procfs_read_root(process, path, &text, &size);

	if (error == -EFBIG)
		return eg_packages_too_large();
	return error ? NULL : eg_packages_parse(text, size);
}

/* Reads the list in a process's root anew if it is another one. */
static const struct eg_packages *read_list(struct listings *listings, int process,
					   const char *container)
{
	struct listed *listed;
	uint64_t stamp;

	if (process < 0 || procfs_stamp_root(process, PACKAGES_PATH, &stamp) < 0)
		return NULL;
	listed = listed_add(listings, container);
	if (!listed || (listed->packages && listed->stamp == stamp))
		return listed ? listed->packages : NULL;
	eg_packages_free(listed->packages);
	listed->packages = read_packages(process, PACKAGES_PATH);
	listed->stamp = stamp;
	return listed->packages;
}

/* Waydroid's list where nobody in it lives any more: the file is its session user's. */
static const struct eg_packages *read_stopped(struct listings *listings, const char *container)
{
	_cleanup_(eg_closep) int self = -1;
	_cleanup_(eg_freep) char *config = NULL, *data = NULL, *path = NULL;
	struct eg_packages *packages;
	struct listed *listed;
	size_t size;

	if (strcmp(container, WAYDROID_CONTAINER) != 0 ||
	    procfs_read(AT_FDCWD, SESSION_PATH, &config, &size) < 0)
		return NULL;
	data = waydroid_data(config);
	if (!data || asprintf(&path, "%s/system/packages.list", data) < 0)
		return NULL;
	self = procfs_open((uint32_t)getpid());
	packages = self < 0 ? NULL : read_packages(self, path);
	listed = packages ? listed_add(listings, container) : NULL;
	if (!listed) {
		eg_packages_free(packages);
		return NULL;
	}
	listed->packages = packages;
	return packages;
}

const struct eg_packages *listings_ask(struct listings *listings, int process,
				       const char *container, uint32_t *ret_pid)
{
	_cleanup_(eg_closep) int eldest = process < 0 ? -1 : open_eldest(process);
	const struct eg_packages *packages;
	const struct listed *listed;

	if (ret_pid)
		*ret_pid = 0;
	if (process >= 0) {
		packages = read_list(listings, eldest, container);
		if (packages && ret_pid)
			*ret_pid = pid_of(eldest);
		return packages ? packages : read_list(listings, process, container);
	}
	/* What was read last is true of those that are gone as well. */
	listed = listed_find(listings, container);
	return listed ? listed->packages : read_stopped(listings, container);
}

void listings_clear(struct listings *listings)
{
	for (size_t i = 0; i < LISTED_MAX; i++)
		clear(&listings->places[i]);
}
