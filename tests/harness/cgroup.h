/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* cgroup2 directories: find the root, make, enter, empty, remove. */
#pragma once

#include <stddef.h>

/*
 * The directory where the cgroup2 hierarchy's root is mounted; mounts it on
 * `spare` when nobody has. 0 or -errno.
 */
int cgroup_root(const char *spare, char *ret_dir, size_t size);

/* Makes a cgroup; 0 or -errno. */
int cgroup_make(const char *dir);
/* Moves the calling process; 0 or -errno. */
int cgroup_enter(const char *dir);
/* Kills every process below and removes the directories; 0 or -errno. */
int cgroup_remove(const char *dir);
