/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From a process to what a person would call it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is known of a process; all texts may be NULL. */
struct eg_process_facts {
	uint32_t pid;
	uint32_t uid;
	int64_t start; /* realtime ns */
	const char *executable;
	const char *cgroup; /* cgroup2 path */
	bool exe_deleted;
};

/* Who a process is (identity.md 1.4). Texts are owned; NULL: nothing to say. */
struct eg_identity {
	char *id;
	char *name;
	const char *kind;
	const char *trust;
	const char *flag;
};
void eg_identity_clear(struct eg_identity *identity);

/*
 * Each fills in *ret_identity and returns 0 or -ENOMEM: by executable, by
 * process, by container (or "host"), by user id.
 */
int eg_identify_program(const struct eg_process_facts *facts, struct eg_identity *ret_identity);
int eg_identify_process(const struct eg_process_facts *facts, struct eg_identity *ret_identity);
int eg_identify_container(const struct eg_process_facts *facts, struct eg_identity *ret_identity);
int eg_identify_user(const struct eg_process_facts *facts, struct eg_identity *ret_identity);

/* The kernel itself, by what it speaks: "kernel:nfs", "kernel:icmp". */
int eg_identify_kernel(uint16_t transport, uint16_t port, struct eg_identity *ret_identity);
/* Somebody, but nobody knows who. */
int eg_identify_unknown(struct eg_identity *ret_identity);

/*
 * Finds the innermost container in a cgroup path: 64 hexadecimal digits as a
 * name or in one ("docker-<id>.scope"), or LXC's payload. Pure; false: none.
 */
bool eg_container_of(const char *cgroup, const char **ret_id, size_t *ret_size);
