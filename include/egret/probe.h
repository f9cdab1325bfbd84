/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel side as user space sees it: load, attach, read. libbpf lives behind this. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <egret/abi.h>
#include <egret/table.h>

struct eg_probe;

struct eg_probe_options {
	uint32_t max_flows; /* 0: the default */
	uint32_t max_sockets; /* 0: the default */
	bool trace; /* emit struct eg_event */
	bool names; /* sample payload in which names may stand */
	/* Only what this process starts, or what runs below this cgroup; 0: everything. */
	uint64_t scope_cgroup_id;
	pid_t scope_pid;
};

#define EG_PROBE_MAX_FLOWS 65536
#define EG_PROBE_MAX_SOCKETS 57344 /* with an eighth of spares no larger than 65536 */

/* Why a probe could not be opened: what the user is told, and how egret exits. */
enum eg_probe_failure {
	EG_PROBE_NO_PRIVILEGE = 1, /* reason names the capability */
	EG_PROBE_NO_KERNEL, /* reason names the feature */
	EG_PROBE_FAILED, /* anything else: memory, files, ... */
};

struct eg_probe_error {
	enum eg_probe_failure failure;
	char reason[256];
};

/* What comes out of the ring, in the order in which it happened. */
struct eg_probe_sink {
	/* A process touched a socket for the first time. */
	int (*process)(const struct eg_process *process, void *data);
	/* Only with options.trace. */
	int (*event)(const struct eg_event *event, void *data);
	/* Only with options.names; the process was told before. Its data is as long as its size. */
	int (*payload)(const struct eg_payload *payload, void *data);
	void *data;
};

/*
 * Loads and attaches everything that this kernel takes. When it returns 0,
 * whatever happens from now on is seen, and sockets that existed before have
 * their owners. On failure *ret_error is filled; the return value is -errno.
 */
int eg_probe_open(const struct eg_probe_options *options, const struct eg_probe_sink *sink,
		  struct eg_probe **ret_probe, struct eg_probe_error *ret_error);
void eg_probe_close(struct eg_probe *probe);

/* Readable when the ring should be read before the next interval ends. */
int eg_probe_fd(const struct eg_probe *probe);
/* Hands what is in the ring to the sink. 0 or what the sink returned. */
int eg_probe_read(struct eg_probe *probe);

/* Is any socket open that has an owner? */
bool eg_probe_has_sockets(const struct eg_probe *probe);

/* What a row gained since the last collection. */
struct eg_gain {
	struct eg_flow_key row;
	struct eg_flow delta; /* first_ns, last_ns, rtt_min_us: of the whole row */
	int error; /* `errors` of the failed connections had this errno; 0: unknown */
	uint32_t errors;
	/*
	 * The socket that all of it is of, where that is known: it is open, or its
	 * payload was sampled. born_ns 0: many, or none. sk 0: born_ns is the row's
	 * speaker.
	 */
	struct eg_sample_key socket;
	bool ended; /* the socket: this was the last of it */
};

/*
 * Reads all counters, of closed and of open sockets, and hands over what they
 * gained since the last time: each byte exactly once. `last`: there is no next
 * time, so nothing need be remembered. Errnos come as gains of their own, with
 * errors > 0 and an empty delta, after the row that they belong to. 0, -errno,
 * or what the callback returned.
 */
int eg_probe_collect(struct eg_probe *probe, bool last,
		     int (*gain)(const struct eg_gain *gain, void *data), void *data);

/*
 * Forgets processes that have ended: `ended` is a table of struct eg_proc_key
 * without values. Those are taken out of it of which there may be more to tell,
 * at the next collection or, after this, by the ring: they have an open socket,
 * a listener or bytes that were not collected. Should one that stays in it be
 * heard of again, it is described again. 0 or -errno.
 */
int eg_probe_forget(struct eg_probe *probe, struct eg_table *ended);

/* Losses since the start, by enum eg_loss; and runs that the kernel skipped. */
struct eg_probe_losses {
	uint64_t counts[EG_LOSS_COUNT];
	uint64_t program_skipped; /* recursion_misses */
};
int eg_probe_losses(struct eg_probe *probe, struct eg_probe_losses *ret_losses);
/* The contract's name of a loss. */
const char *eg_loss_name(enum eg_loss loss);

/* The version of the library that loads the programs: "v1.1". */
const char *eg_probe_library(void);

/* What is not seen on this kernel, or of the command: one plain sentence each, NULL-terminated. */
const char *const *eg_probe_degraded(struct eg_probe *probe);

/* One thing that egret needs or uses of the kernel, and whether it works here. */
enum eg_feature_state {
	EG_FEATURE_OK,
	EG_FEATURE_DEGRADED, /* works in part */
	EG_FEATURE_MISSING, /* egret goes on without it */
	EG_FEATURE_FAILED, /* nothing works without it */
	EG_FEATURE_UNTRIED, /* only root can try */
};
struct eg_feature {
	char name[48]; /* "cgroup/connect4" */
	enum eg_feature_state state;
	char detail[160]; /* what was found; "" for nothing to say */
	const char *affects; /* what is not seen then; NULL: nothing */
};

/*
 * Tries everything and traces nothing; `privileged`: the caller may load
 * programs. The caller frees *ret_features. 0 or -ENOMEM.
 */
int eg_probe_features(bool privileged, struct eg_feature **ret_features, size_t *ret_count);

/* --- the cgroup of a command --- */

/* A child cgroup2 of the caller's; removed with any below it by eg_command_cgroup_free(). */
struct eg_command_cgroup;
int eg_command_cgroup_new(struct eg_command_cgroup **ret_cgroup);
void eg_command_cgroup_free(struct eg_command_cgroup *cgroup);
uint64_t eg_command_cgroup_id(const struct eg_command_cgroup *cgroup);
/* Moves the caller into it. 0 or -errno. */
int eg_command_cgroup_enter(const struct eg_command_cgroup *cgroup);
/* Does any process live in it? */
bool eg_command_cgroup_populated(const struct eg_command_cgroup *cgroup);
/*
 * Kills every process in it and in those below it; before 5.14 one by one, so that
 * one who forks at that moment has to be killed again.
 */
void eg_command_cgroup_kill(const struct eg_command_cgroup *cgroup);

/* --- pure: what a process record says --- */

/*
 * The record's path as text: "/usr/bin/curl", or "…/bin/curl" if it was too long
 * to be followed to the root; malloc'ed, NULL: unknown or no memory.
 */
char *eg_process_executable(const struct eg_process *process);
/* The script's path as it was executed; malloc'ed, NULL: it is none, or no memory. */
char *eg_process_script(const struct eg_process *process);
char *eg_process_cgroup(const struct eg_process *process);
/* NULL-terminated list in one allocation, NULL: unknown or no memory. */
char **eg_process_arguments(const struct eg_process *process);
