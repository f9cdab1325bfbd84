/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Texts of /proc: pure parsers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * starttime of proc_pid_stat(5), field 22, in clock ticks since boot; false: the
 * text has none. The process chooses its comm, field 2.
 */
bool proc_stat_start(const char *text, uint64_t *ret_ticks);

/*
 * The path in a line of /proc/PID/cgroup (cgroups(7)), if the line is about
 * cgroup2, as "./PATH", relative to the hierarchy's root. 0; -ENOENT: another
 * hierarchy; -ENAMETOOLONG.
 */
int proc_cgroup_path(const char *line, char *ret_path, size_t size);
