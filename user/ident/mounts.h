/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is mounted where, as a process sees it. Private to user/ident/. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "scratch.h"

/* A part of a text, as it stands there: blanks in it are "\040". */
struct mount_field {
	const char *text; /* no NUL ends it */
	size_t size;
};

/* A line of proc_pid_mountinfo(5), which it points into. */
struct mount {
	struct mount_field id;
	struct mount_field device; /* "8:1" */
	struct mount_field root; /* the directory of the file system that is shown */
	struct mount_field point;
	struct mount_field type, source; /* of size 0 where there is none */
};

/* The next line that is one; *mountinfo is what is behind it then. False: there is none. */
bool mount_next(const char **mountinfo, struct mount *ret_mount);
/* The mount that a path is on: the longest point above it, the last one where several lie on it. */
bool mount_of(const char *mountinfo, const char *path, struct mount *ret_mount);
/* A file system in user space (fuse(4)), which may never answer. */
bool mount_is_fuse(const struct mount *mount);

/* Undoes the escapes of this file and of fstab(5). size + 1 bytes at most are written. */
void mount_unescape(struct mount_field field, char *ret_text);
const char *mount_text(struct scratch *scratch, struct mount_field field);
