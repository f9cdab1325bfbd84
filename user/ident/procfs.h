/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading what other processes could have made: files of /proc, files of their roots. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROCFS_FILE_MAX (4 << 20) /* no file that decides anything is larger */

/* The directory of a process, which stays that process's; -errno. */
int procfs_open(uint32_t pid);
/*
 * Whole file as text with a NUL behind it; malloc'ed. Regular files only (and
 * those of /proc): anything else is not even opened. 0 or -errno.
 */
int procfs_read(int directory, const char *path, char **ret_text, size_t *ret_size);
/* The same of a file that the kernel shows in a process's directory, for less. */
int procfs_read_own(int process, const char *path, char **ret_text, size_t *ret_size);
/* The same of a file in the root that a process sees; links stay inside. */
int procfs_read_root(int process, const char *path, char **ret_text, size_t *ret_size);
/* The /proc in that root, for openat2(2); -errno, -ENOTDIR: what is there is none. */
int procfs_open_proc(int process);
/* What changes when that file is written or replaced; 0 or -errno. */
int procfs_stamp_root(int process, const char *path, uint64_t *ret_stamp);
/* A link's text; malloc'ed. 0 or -errno. */
int procfs_link(int directory, const char *path, char **ret_text);
/* proc_pid_stat(5): parent, and start in clock ticks since boot. 0 or -errno. */
int procfs_stat(int process, uint32_t *ret_parent, uint64_t *ret_start);
/* As procfs_open(), -ESRCH: it is younger than `start`, in ticks since boot. */
int procfs_open_elder(uint32_t pid, uint64_t start);
/* The directory of its parent; -errno, -ESRCH: that is not the one that it had. */
int procfs_open_parent(int child);
/* Is it the kernel's own (proc_pid_stat(5), flags)? No, where that can't be read. */
bool procfs_is_kernel_thread(int process);
/* The inode number of a namespace, as "ns/mnt"; 0: unknown. */
uint32_t procfs_namespace(int process, const char *path);
/* The inode number of the user namespace that owns it (ioctl_ns(2)); 0: unknown. */
uint32_t procfs_owner(int process, const char *path);
/* An argument vector: list and texts in one allocation; NULL: none, or no memory. */
char **procfs_arguments(int process);
