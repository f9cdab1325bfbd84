/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Processes that have talked, as text, and the apps that they talk for. */
#pragma once

#include <egret/flow.h>
#include <egret/ident.h>
#include <egret/names.h>
#include <egret/probe.h>

/* What a process is, or whom it works for. Texts are owned. */
struct known_app {
	char *id, *name, *via, *component;
	const char *kind, *trust, *flag;
	bool may_carry; /* it may open a tunnel yet */
	bool guessed; /* a list of packages may name it yet */
	bool learnt; /* more than its app was told: a tunnel, or that a list has its package */
	int64_t asked_at; /* CLOCK_MONOTONIC: when that was looked at */
	uint32_t uid; /* of the process, or of the socket's owner that it works for */
	uint64_t summary; /* the number of the summary that has the process already ... */
	struct eg_app *app; /* ... in this app */
	struct known_app *next;
};

struct known_process {
	struct eg_process_info info; /* its component is its own app's, and not owned */
	struct known_app self; /* whose list goes on with those that it works for */
	size_t others; /* how many those are */
	uint64_t cgroup_id;
	struct eg_networks networks;
	bool own_user_ns; /* another than the host's, or unknown */
	struct eg_process_facts facts; /* texts are info's, or below */
	char *script, *cgroup_v1, *init_cgroup;
};

/*
 * The process of a record, which started at `start` (realtime ns), identified
 * as the machine and the grouping have it. 0 or -ENOMEM.
 */
int known_process_new(const struct eg_process *record, int64_t start, struct eg_machine *machine,
		      enum eg_by by, struct known_process **ret_process);
void known_process_free(struct known_process *process);

/*
 * It was seen in this network namespace. One too many pushes out the oldest, but
 * not where it was first.
 */
void known_process_enter(struct known_process *process, uint32_t net_ns);

/*
 * Whose a socket of this process is: the process's own app or, in an Android,
 * that of the user whom fchown(2) has made its owner (identity.md 3.7). One that
 * may open a tunnel, or that no list of packages had, is looked at again once a
 * second, and if it was not since then (CLOCK_MONOTONIC ns): its texts may be
 * others then. NULL: no memory.
 */
struct known_app *known_process_app(struct known_process *process, uint32_t owner, int64_t since,
				    struct eg_machine *machine);
