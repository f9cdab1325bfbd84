/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From a process to what a person would call it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a process lives, compared with PID 1 of the host. */
enum eg_namespace { EG_NAMESPACE_UNKNOWN = 0, EG_NAMESPACE_HOST, EG_NAMESPACE_OWN };

/* Who says so: what evidence is called in an output. */
enum eg_origin {
	EG_ORIGIN_KERNEL, /* the kernel's record of the process */
	EG_ORIGIN_PROC, /* /proc/PID of a living process */
	EG_ORIGIN_INPUT, /* a document */
};

/*
 * What is known of a process, and of a socket of its where there is one. All
 * texts may be NULL (unknown) and are as hostile as their processes.
 */
struct eg_process_facts {
	enum eg_origin origin;
	uint32_t pid;
	uint32_t parent; /* the pid of its parent, when it was seen; 0: unknown */
	uint32_t uid; /* real uid in the initial user namespace */
	bool uid_unknown;
	int64_t start; /* realtime ns */
	uint64_t start_boot; /* the same as CLOCK_BOOTTIME ns; 0: unknown */
	const char *executable; /* " (deleted)" at its end is understood */
	bool exe_deleted;
	const char *cgroup; /* cgroup2 path */
	const char *cgroup_v1; /* lines of /proc/PID/cgroup: "4:pids:/docker/..." */
	const char *init_cgroup; /* cgroup path of its pid namespace's init */
	const char *comm;
	char *const *args; /* NULL-terminated */
	const char *script; /* the path that execve() was given, where that is a script's */
	const char *container; /* a name for the container, from elsewhere */
	enum eg_namespace pid_ns, mnt_ns, user_ns;
	/*
	 * The user namespace in which the mount namespace was made, whose owner can
	 * mount what he likes there: the host's, then root has made it.
	 */
	enum eg_namespace mnt_owner;
	bool exited; /* nothing more can be learnt from /proc */
	bool start_mismatch; /* /proc is about another process: nothing was taken from there */

	/* --- the socket --- */
	uint32_t socket_uid; /* its owner, as uid */
	bool has_socket_uid;
	uint32_t tag_uid; /* whom Android's traffic statistics charge */
	uint32_t tag;
	bool has_tag;
	uint16_t transport; /* as in abi.h; 0: unknown */
	uint16_t local_port, remote_port; /* 0: unknown */
	bool kernel_socket, kernel_thread; /* it belongs to the kernel; so does the process */
	bool no_socket; /* a packet without one */
	bool outer_packet; /* of a tunnel, around a packet that was counted before */
	bool wireguard_port; /* local_port is one that WireGuard listens on */
};

/* One reason for an answer. Texts are owned. */
struct eg_evidence {
	const char *fact; /* "cgroup", "executable", "packages.list" */
	char *value;
	char *source; /* the file or kernel field that it came from */
	const char *trust; /* who could have written it; NULL: it decides nothing */
};

/* Who a process is (identity.md 1.4). Texts are owned; NULL: nothing to say. */
struct eg_identity {
	char *id;
	char *name;
	char *component; /* of the app: "network service", "main" */
	char *via; /* who did the work where it was not the app */
	const char *kind;
	const char *trust; /* "kernel" "root" "user" "heuristic" */
	const char *flag; /* a contradiction or an oddity */
	bool may_carry; /* it may open a tunnel yet, and then has a `via`: worth asking again */
	bool guessed; /* no list of packages has its uid (identity.md 3.5): it may yet have it */
	struct eg_evidence *evidence;
	size_t evidence_count;
};
void eg_identity_clear(struct eg_identity *identity);

/* --- what rules may ask for beyond the facts --- */

/* A desktop entry (Desktop Entry Specification 1.5), owned by its index. */
struct eg_entry {
	const char *id; /* file name without ".desktop" */
	const char *name; /* NULL: none */
	const char *program; /* what Exec= runs: a path, or a name to be searched; NULL: none */
	const char *resolved; /* that program's file on this host; NULL: not searched for */
	const char *file; /* where the entry itself lies; NULL: in a document */
};

struct eg_entries;
struct eg_entries *eg_entries_new(void); /* NULL: no memory */
void eg_entries_free(struct eg_entries *entries);
/*
 * Adds the text of a file (or NULL); the first with an id stays. `resolved` is
 * the program's file, or NULL. 0, -EINVAL: it is none for an app, or -ENOMEM.
 */
int eg_entries_add(struct eg_entries *entries, const char *id, const char *text, const char *file,
		   const char *resolved);
/* What a file's Exec= runs; malloc'ed, NULL: nothing (or no memory). */
char *eg_entry_program(const char *text);
const struct eg_entry *eg_entries_find(const struct eg_entries *entries, const char *id);
/* The entry that starts this executable: by its path, or by its name where only root can put it. */
const struct eg_entry *eg_entries_find_program(const struct eg_entries *entries,
					       const char *executable);

/* Android's packages.list (identity.md 3.5), the container's own claim. */
struct eg_packages;
/* Reads what it can of a text of `size` bytes, line by line; NULL: no memory. */
struct eg_packages *eg_packages_parse(const char *text, size_t size);
/* A list that is there, but too large to be read: it names nobody. NULL: no memory. */
struct eg_packages *eg_packages_too_large(void);
/* Is there more in the list than what was read? Then who is not found may yet be listed. */
bool eg_packages_are_cut(const struct eg_packages *packages);
void eg_packages_free(struct eg_packages *packages);
size_t eg_packages_count(const struct eg_packages *packages);
/* Has this package (exactly) this uid of user 0? */
bool eg_packages_has(const struct eg_packages *packages, const char *name, uint32_t uid);
/* Has it any uid? */
bool eg_packages_lists(const struct eg_packages *packages, const char *name);
/* Package of a uid: the longest that is a dotted prefix of `process`, else the first; or NULL. */
const char *eg_packages_find(const struct eg_packages *packages, uint32_t uid, const char *process,
			     bool *ret_named);

struct eg_ancestor {
	const char *executable;
	char *const *args; /* NULL-terminated, or NULL */
	bool root_of_user; /* the path is one in a root that a user can have made */
};

enum eg_tree {
	EG_TREE_HOST, /* a file of this host */
	EG_TREE_ROOT, /* a file as the process sees it */
	EG_TREE_PROC, /* a file of its /proc/PID; "cwd" is the link's text */
};

/*
 * How rules learn more, each only when it needs to. A function that is NULL
 * knows nothing. What is handed out without being malloc'ed is valid until the
 * identification ends.
 */
struct eg_lookup {
	void *data;
	/*
	 * The text of a file, malloc'ed, with a NUL behind it; `size` without it.
	 * 0; -ENOENT: there is surely none; other -errno: nobody can tell.
	 */
	int (*read)(void *data, enum eg_tree tree, const char *path, char **ret_text,
		    size_t *ret_size);
	/* The name in a directory of the host that ends so; malloc'ed. 0 or -ENOENT. */
	int (*find)(void *data, const char *directory, const char *suffix, char **ret_name);
	bool (*exists)(void *data, const char *path); /* on the host */
	/* Whether a cgroup (of version 2, a whole path) belongs to somebody but root. */
	bool (*is_users)(void *data, const char *cgroup);
	bool (*holds)(void *data, const char *path); /* open in the process? */
	const struct eg_ancestor *(*ancestor)(void *data, unsigned number); /* 0: the parent */
	const struct eg_entries *(*entries)(void *data, uint32_t uid); /* as this user has them */
	/* *ret_pid (NULL: not wanted): in whose root it lies, 0: the process's own or unknown. */
	const struct eg_packages *(*packages)(void *data, const char *container, uint32_t *ret_pid);
};

/*
 * Which app a process is, by the decision procedure of identity.md 1.2. Pure
 * but for the lookup. `explain`: list the evidence. 0 or -ENOMEM.
 */
int eg_identify_app(const struct eg_process_facts *facts, const struct eg_lookup *lookup,
		    bool explain, struct eg_identity *ret_identity);

/*
 * Each fills in *ret_identity and returns 0 or -ENOMEM: by executable, by
 * process, by user id, by container (or "host").
 */
int eg_identify_program(const struct eg_process_facts *facts, struct eg_identity *ret_identity);
int eg_identify_process(const struct eg_process_facts *facts, struct eg_identity *ret_identity);
int eg_identify_user(const struct eg_process_facts *facts, struct eg_identity *ret_identity);
int eg_identify_container(const struct eg_process_facts *facts, const struct eg_lookup *lookup,
			  struct eg_identity *ret_identity);

/* The kernel itself, by what it speaks: "kernel:nfs", "kernel:icmp". */
int eg_identify_kernel(uint16_t transport, uint16_t port, struct eg_identity *ret_identity);
/* Somebody, but nobody knows who. */
int eg_identify_unknown(struct eg_identity *ret_identity);

/*
 * The innermost container that a cgroup path names: its id of 64 digits, or its
 * name; malloc'ed. 0, -ENOENT: none, or -ENOMEM.
 */
int eg_container_of(const char *cgroup, char **ret_name);

/* --- facts from documents --- */

/*
 * Facts and fixture files out of a JSON object in the form of `input` in
 * identity_vectors.json. The text was checked with eg_json_check(). 0, -ENOMEM,
 * or -EINVAL with the key whose value has the wrong type, a constant.
 */
struct eg_fixture;
struct eg_json;
int eg_fixture_parse(struct eg_json object, struct eg_fixture **ret_fixture, const char **ret_key);
void eg_fixture_free(struct eg_fixture *fixture);
const struct eg_process_facts *eg_fixture_facts(const struct eg_fixture *fixture);
const struct eg_lookup *eg_fixture_lookup(const struct eg_fixture *fixture);

/* --- facts from this machine --- */

/*
 * What rules may ask of this machine: files, ancestors, desktop entries, lists
 * of packages. What many processes share is kept, within limits.
 */
struct eg_machine;
int eg_machine_new(struct eg_machine **ret_machine); /* 0 or -ENOMEM */
void eg_machine_free(struct eg_machine *machine);

/*
 * A lookup about one process, as long as it is the one with this pid and (unless
 * 0) this start. Valid until the next call; a process that is gone has no files.
 */
const struct eg_lookup *eg_machine_lookup(struct eg_machine *machine,
					  const struct eg_process_facts *facts);
/* Where a process lives by the inode numbers of its namespaces; 0: unknown. */
enum eg_namespace eg_machine_mnt_ns(const struct eg_machine *machine, uint32_t inode);
enum eg_namespace eg_machine_pid_ns(const struct eg_machine *machine, uint32_t inode);
enum eg_namespace eg_machine_user_ns(const struct eg_machine *machine, uint32_t inode);

/*
 * The cgroup of the init process of a process's pid namespace; malloc'ed, NULL:
 * unknown. Ask about processes in pid namespaces that root has made.
 */
char *eg_machine_init_cgroup(struct eg_machine *machine, const struct eg_process_facts *facts);

/*
 * The lines of /proc/PID/cgroup, where this machine has version 1 as well and
 * version 2 says nothing; malloc'ed, NULL: nothing to add.
 */
char *eg_machine_cgroup_v1(struct eg_machine *machine, const struct eg_process_facts *facts);

/* An Android in a container. */
struct eg_android {
	const char *container;
	size_t packages; /* 0: they can't be read */
	bool stopped; /* nothing of it runs: Waydroid's, which leaves its files behind */
};
/* Calls back for each one. 0, -errno, or what the callback returned. */
int eg_machine_androids(struct eg_machine *machine,
			int (*found)(const struct eg_android *android, void *data), void *data);

/* The facts about a living process, with the texts that they point to. */
struct eg_living;
/* 0, -ESRCH: there is none (any more), or another -errno. */
int eg_living_read(struct eg_machine *machine, uint32_t pid, struct eg_living **ret_living);
void eg_living_free(struct eg_living *living);
const struct eg_process_facts *eg_living_facts(const struct eg_living *living);
/* Is it another user's, and its executable not ours to know? */
bool eg_living_is_denied(const struct eg_living *living);
