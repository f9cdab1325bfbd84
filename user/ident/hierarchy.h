/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The control groups of this machine, version 2. Private to user/ident/. */
#pragma once

#include <stdbool.h>

/* The root of the hierarchy as a directory; -ENOENT: it is mounted nowhere, or -errno. */
int hierarchy_open(void);
/* Does this cgroup (a path from the root) belong to somebody but root? No, where it is gone. */
bool hierarchy_is_users(int hierarchy, const char *cgroup);
