/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The control groups of this machine, version 2: where they are, and whose. */
#pragma once

#include <stdbool.h>

/*
 * The root of the hierarchy as a directory, where anybody has mounted it;
 * -ENOENT: nobody has, or -errno. The caller closes it.
 */
int eg_hierarchy_open(void);
/* Does this cgroup (a path from the root) belong to somebody but root? No, where it is gone. */
bool eg_hierarchy_is_users(int hierarchy, const char *cgroup);
