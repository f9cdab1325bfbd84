/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is mounted where, as a process sees it. Private to user/ident/. */
#pragma once

#include <stdbool.h>

#include "scratch.h"

/* A line of proc_pid_mountinfo(5), with its escapes undone. */
struct mount {
	const char *root; /* the directory of the file system that is shown */
	const char *point;
	const char *source; /* "" where there is none */
};

/* The mount that a path is on: the longest point above it, the last one where several lie on it. */
bool mount_of(struct scratch *scratch, const char *mountinfo, const char *path,
	      struct mount *ret_mount);
