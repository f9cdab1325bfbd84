/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A fixture in the place of the machine that rules ask. */
#include "fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_path(const struct fixture_file *file, const char *path)
{
	return file->tail ? has_suffix(path, file->path) : strcmp(path, file->path) == 0;
}

static int read_file(void *data, enum eg_tree tree, const char *path, char **ret_text,
		     size_t *ret_size)
{
	const struct eg_fixture *fixture = data;

	for (size_t i = 0; i < fixture->files_count; i++) {
		const struct fixture_file *file = &fixture->files[i];
		char *copy;

		if (file->tree != tree || !is_path(file, path))
			continue;
		copy = malloc(file->size + 1);
		if (!copy)
			return -ENOMEM;
		memcpy(copy, file->text, file->size + 1);
		*ret_text = copy;
		*ret_size = file->size;
		return 0;
	}
	return tree == EG_TREE_ROOT && !fixture->root_known ? -ESRCH : -ENOENT;
}

/* A file that lies right in the directory. */
static int find_file(const struct eg_fixture *fixture, const char *directory, const char *suffix,
		     char **ret_name)
{
	size_t size = strlen(directory);

	for (size_t i = 0; i < fixture->files_count; i++) {
		const char *path = fixture->files[i].path;

		if (fixture->files[i].tree != EG_TREE_HOST || !has_prefix(path, directory) ||
		    path[size] != '/' || strchr(path + size + 1, '/') || !has_suffix(path, suffix))
			continue;
		*ret_name = strdup(path + size + 1);
		return *ret_name ? 0 : -ENOMEM;
	}
	return -ENOENT;
}

static int find_name(void *data, const char *directory, const char *suffix, char **ret_name)
{
	const struct eg_fixture *fixture = data;

	for (size_t i = 0; fixture->logs && fixture->logs[i]; i++) {
		if (!has_suffix(fixture->logs[i], suffix))
			continue;
		*ret_name = strdup(base_name(fixture->logs[i]));
		return *ret_name ? 0 : -ENOMEM;
	}
	return find_file(fixture, directory, suffix, ret_name);
}

static bool exists(void *data, const char *path)
{
	const struct eg_fixture *fixture = data;
	size_t size = strlen(path);

	for (size_t i = 0; i < fixture->files_count; i++) {
		const char *file = fixture->files[i].path;

		if (strncmp(file, path, size) == 0 && (!file[size] || file[size] == '/'))
			return true;
	}
	return false;
}

static bool is_listed(char *const *list, const char *text)
{
	for (; list && *list; list++) {
		if (strcmp(*list, text) == 0)
			return true;
	}
	return false;
}

static bool holds(void *data, const char *path)
{
	const struct eg_fixture *fixture = data;

	return is_listed(fixture->opened, path);
}

static bool is_users(void *data, const char *cgroup)
{
	const struct eg_fixture *fixture = data;

	return is_listed(fixture->users_cgroups, cgroup);
}

static const struct eg_ancestor *find_ancestor(void *data, unsigned number)
{
	const struct eg_fixture *fixture = data;

	return number < fixture->ancestors_count ? &fixture->ancestors[number] : NULL;
}

static const struct eg_entries *find_entries(void *data, uint32_t uid)
{
	const struct eg_fixture *fixture = data;

	(void)uid;
	return fixture->entries;
}

static const struct eg_packages *find_packages(void *data, const char *container, uint32_t *ret_pid)
{
	const struct eg_fixture *fixture = data;

	(void)container;
	if (ret_pid)
		*ret_pid = 0;
	return fixture->packages;
}

void fixture_lookup(struct eg_fixture *fixture)
{
	fixture->lookup = (struct eg_lookup){
		.data = fixture,
		.read = read_file,
		.find = find_name,
		.exists = exists,
		.is_users = is_users,
		.holds = holds,
		.ancestor = find_ancestor,
		.entries = find_entries,
		.packages = find_packages,
	};
}
