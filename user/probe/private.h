/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the files of user/probe share. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <bpf/libbpf.h>

#include <egret/probe.h>
#include <egret/table.h>

#include "egret.skel.h"

/* Programs that egret can do without, and what is then not seen. */
struct optional_program {
	const char *name;
	const char *serves;
	const char *degraded; /* a plain sentence for the ledger */
};

/* NULL: egret can't do without it. */
const struct optional_program *optional_of(const struct bpf_program *program);

#define PROGRAMS_MAX 32

struct eg_probe {
	struct egret_bpf *skeleton;
	struct ring_buffer *ring, *names;
	struct bpf_link *links[PROGRAMS_MAX]; /* of all but iterators */
	size_t links_count;
	struct bpf_link *sweep; /* iterator over eg_sockets */
	struct eg_probe_sink sink;
	int sink_error; /* the first that it returned */
	int cgroup_fd;
	char *degraded[PROGRAMS_MAX + 1];
	size_t degraded_count;
	/* What was handed over already (collect.c). */
	struct eg_table *flows, *sockets;
};

/* cgroup.c: the root of the cgroup2 hierarchy, mounted anywhere or privately. */
int cgroup_root_open(bool *ret_partial);

/* What differs between kernels, and must be known before anything is loaded. */
struct kernel {
	bool task_btf; /* cgroup programs are given the task as a typed pointer */
	bool pointer_keys; /* a map's key may hold a pointer */
	bool send_length; /* there is a tracepoint sock_send_length */
	bool cookies; /* bpf_get_socket_cookie() works in tracing programs */
	/*
	 * There is MPTCP, but without counters of its connections (before 6.5, see
	 * bpf/compat.bpf.h): the sum over the subflows stands in for them.
	 */
	bool mptcp_is_summed;
	uint8_t uarg_packet, uarg_frame; /* as in struct eg_config */
};

/* kernel.c: finds all that out. It takes its time: once is enough. */
void kernel_look(struct kernel *ret_kernel);

/* load.c: an opened skeleton with its settings and sizes; NULL and errno. */
struct egret_bpf *open_skeleton(const struct eg_probe_options *options,
				const struct kernel *kernel);

/* Has this program anything to do, with these settings, on this kernel? Else it is not loaded. */
bool is_of_use(const struct egret_bpf *skeleton, const struct bpf_program *program);

/*
 * An opened and loaded skeleton; programs that the kernel refuses are left out. If
 * that is not possible, -errno, and `refused` says in words which of them it was.
 */
#define REFUSED_SIZE 80
int load(const struct eg_probe_options *options, const struct kernel *kernel,
	 struct egret_bpf **ret_skeleton, char refused[REFUSED_SIZE]);

/*
 * Does the kernel take this program alone ("": only the maps; NULL: all that egret
 * can't do without)? Tried on small maps of its own. 0 and a skeleton, or -errno.
 */
int load_alone(const struct eg_probe_options *options, const struct kernel *kernel,
	       const char *name, struct egret_bpf **ret_skeleton);

/* attach.c: attaches one program; NULL and errno. */
struct bpf_link *attach_program(const struct egret_bpf *skeleton, const struct bpf_program *program,
				int cgroup_fd);
/* Who keeps others from this program's place on the cgroup, as a clause; false: nobody. */
bool describe_occupant(const struct bpf_program *program, int cgroup_fd, char *text, size_t size);
/*
 * Attaches all that was loaded. A core program that can't be attached ends the
 * run, an optional one is noted. 0, or -errno and the reason.
 */
int attach(struct eg_probe *probe, struct eg_probe_error *ret_error);

#define MPTCP_SUMMED                                                                               \
	"bytes that MPTCP sends again, on another subflow or as a window probe, count twice"

/* old.c: owners of the sockets that exist already. */
int find_old_sockets(struct eg_probe *probe);

/* procfs.c: adds what an iterator can't read of another process, if it still lives. */
void complete_old(struct eg_process *process);

/* collect.c */
int collect_init(struct eg_probe *probe);
void collect_free(struct eg_probe *probe);

/* What was handed over of a flow or a socket. */
struct told {
	uint64_t bytes_sent, bytes_received;
	uint32_t connections, failed;
};

/* The row of a program whose destinations found no room, but for its process. */
#define OVERFLOW_ROW                                                                               \
	{                                                                                          \
		.flags = EG_FLOW_OVERFLOW | EG_FLOW_NO_IP | EG_FLOW_NO_PORT                        \
	}

/* forget.c: makes room in a flow map that fills up. */
void evict_idle(struct eg_probe *probe);

/*
 * map.c: calls back for each entry. A batch holds whole buckets under their
 * lock, so an entry that is there the whole time is seen once; the callback may
 * delete it. 0, -errno, or what the callback returned.
 */
int each_entry(const struct bpf_map *map,
	       int (*entry)(const void *key, const void *value, void *data), void *data);

/*
 * map.c: returns when every program that was running has ended, and what it did
 * is seen: the kernel's RCU grace period.
 */
void wait_for_programs(void);

/* errands.c: which programs of a command to look for; 0 or -errno. Before it begins. */
int watch_errands(struct eg_probe *probe);
/* Notes what a command may have had a daemon start. */
void tell_errands(struct eg_probe *probe);

/* Notes what is not seen, once; copies the sentence. */
void degrade(struct eg_probe *probe, const char *sentence);
