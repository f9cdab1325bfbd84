/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a process costs: egret's CPU time and memory. */
#pragma once

#include <sys/types.h>

#include <harness/test.h>

/* CPU time so far of a process that runs, in seconds. */
double process_cpu(struct test *test, pid_t pid);
/* The same of all processes that this one has waited for. */
double process_cpu_of_dead(void);
/* Memory, in MB (10^6 bytes): resident now; the largest of all that were waited for. */
double process_resident(struct test *test, pid_t pid);
double process_peak_of_dead(void);
double process_peak(struct test *test, pid_t pid); /* the same of one that runs, so far */
/* Kernel memory of a running process's BPF maps, as the kernel accounts it, in MB. */
double process_maps(struct test *test, pid_t pid);
/*
 * What of a process's resident memory is its maps', in MB: the rings, of which
 * each page is mapped twice. The kernel accounts for them as well.
 */
double process_shared(struct test *test, pid_t pid);

/* Waits so long, in ms, while others work. */
void process_watch(long long ms);
