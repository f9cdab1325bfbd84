/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the rules share: the question, its parts, the answer. Private to user/ident/. */
#pragma once

#include <egret/ident.h>

#include "cgroup.h"
#include "scratch.h"

#define TRUST_KERNEL "kernel"
#define TRUST_ROOT "root"
#define TRUST_USER "user"
#define TRUST_HEURISTIC "heuristic"

#define FLAG_CGROUP "cgroup-mismatch"
#define FLAG_DELETED "exe-deleted"
#define FLAG_LABEL "label-mismatch" /* of a security module, that is another program's */
#define FLAG_MEMFD "memfd"
#define FLAG_MOUNT "mount-mismatch" /* a file claims what is not mounted there */
#define FLAG_RELAY "unproven-relay" /* only a name that anybody can give says that it is one */
#define FLAG_START "starttime-mismatch"
#define FLAG_UID "uid-mismatch" /* it calls itself what has another uid */

#define ANCESTORS_MAX 32 /* how far up a rule looks */

/* One question. Texts of the answer live in the scratch until it is given. */
struct resolver {
	const struct eg_process_facts *facts;
	const struct eg_lookup *lookup;
	struct scratch scratch;
	struct cgroup cgroup;
	struct unit unit; /* the systemd unit that the cgroup names; name NULL: none */
	const char *exe; /* without " (deleted)"; NULL: unknown */
	const char *exe_name; /* its last component; NULL: unknown */
	const char *memfd; /* the name of a file that is memory only; NULL: it is none */
	const char *script; /* what an interpreter runs, as an id without "script:"; NULL: none */
	const char *script_name; /* the same for people */
	const char *script_trust;
	bool script_executed; /* the kernel was told to execute it */
	bool explain;

	const char *kind, *id, *name, *component, *via, *trust, *flag;
	bool may_carry, guessed;
	struct eg_evidence *evidence;
	size_t evidence_count;
};

/*
 * A rule looks whether a process is of its kind: true, and the answer is
 * filled in, or false, and nothing of it is, but for a flag (a contradiction
 * that a later answer must name). Numbers: the table in identity.md 1.2.
 */
typedef bool rule(struct resolver *resolver);
rule ident_nobody; /* 0, 0b */
rule ident_kernel; /* 1 */
rule ident_android; /* 2 */
rule ident_container; /* 3 */
rule ident_snap; /* 4 */
rule ident_flatpak; /* 5 */
rule ident_appimage; /* 6 */
rule ident_steam, ident_wine; /* 7 */
rule ident_desktop; /* 8 */
rule ident_unit; /* 9 */
rule ident_script; /* 10 */
rule ident_electron; /* 11 */
rule ident_program; /* 12 */
rule ident_unknown; /* 13 */

/* --- answering --- */

/* Everything that an answer must have; returns true. */
bool answer(struct resolver *resolver, const char *kind, const char *id, const char *name,
	    const char *trust);
/* Notes a reason. `file`: of the process's /proc, or an absolute path. */
void note(struct resolver *resolver, const char *fact, const char *value, const char *file,
	  const char *trust);
/* The same for a fact that is in the kernel's record, in its field. */
void note_field(struct resolver *resolver, const char *fact, const char *value, const char *file,
		const char *field, const char *trust);
/* The same for what egret itself knows, and no file of this machine says. */
void note_known(struct resolver *resolver, const char *fact, const char *value);
/* The rules' usual suspects, with what they are trusted for. */
void note_cgroup(struct resolver *resolver, const char *trust);
void note_executable(struct resolver *resolver);
void note_arguments(struct resolver *resolver, const char *value);

/* A desktop entry, by its file; `file` is where it was named, if it has none. */
void note_entry(struct resolver *resolver, const struct eg_entry *entry, const char *file,
		const char *trust);

/* What a rule gives as trust where the cgroup is all that it has. */
const char *cgroup_trust(const struct resolver *resolver);
/*
 * What a path that the kernel has told is trusted for: in a root that a user
 * can have made, he can have put anything there, under any name.
 */
bool has_root_of_user(const struct eg_process_facts *facts);
const char *path_trust(const struct eg_process_facts *facts);

/* --- asking --- */

/* A file's text, in the scratch; NULL: none, *ret_error (if not NULL) says why. */
const char *ask_file(struct resolver *resolver, enum eg_tree tree, const char *path,
		     size_t *ret_size, int *ret_error);
const struct eg_ancestor *ask_ancestor(const struct resolver *resolver, unsigned number);
/* Desktop entries as the process's user has them. */
const struct eg_entry *ask_entry(const struct resolver *resolver, const char *id);
/* An app's name for people out of its desktop entry; NULL: none says it. */
const char *ask_name(struct resolver *resolver, const char *id);
const struct eg_entry *ask_program(const struct resolver *resolver, const char *executable);
bool ask_exists(const struct resolver *resolver, const char *path);

/* The name of an app that is known without a file that says so; NULL: not known. */
const char *known_flatpak(const char *id);
const char *known_steam(const char *id);
const char *known_unit(const char *unit);

/* --- on behalf of others --- */

/* Adds to an answer whether its bytes are others': "relay" or "resolver" as `via`. */
void tell_relay(struct resolver *resolver);
/* A program's name, and what it does for whom. */
const char *relay_title(struct resolver *resolver, const char *name);

/* --- parts of the question --- */

const char *base_name(const char *path);
/* argv[number], NULL: there is none. */
const char *argument(const struct resolver *resolver, size_t number);
/* The part of an app that a process is: its script, its role, its program. */
const char *component_of(struct resolver *resolver);
/* What browsers and Electron call a child process; NULL: none of theirs. */
const char *role_of(struct resolver *resolver);
/* The applet of a program with many names; NULL: it has one. */
const char *applet_of(const struct resolver *resolver);
/* Fills in resolver->cgroup and resolver->unit. */
void find_cgroup(struct resolver *resolver);
/* Fills in resolver->script. */
void find_script(struct resolver *resolver);
bool is_interpreter(const char *name);
/* Does the unit stand for an app, or is it for whatever a session starts? */
bool unit_is_app(const char *name);
/* Is this a program that starts others, and no app? */
bool is_shell(const char *name);
bool is_generic_id(const char *id);
/* Only root can put a file there, where the root directory is root's. */
bool is_system_path(const char *path);
/* Has only root been able to put the executable there? */
bool is_of_system(const struct resolver *resolver);
/* Is this a program that does whatever it is told, and nothing else? */
bool does_anything(const char *name);
/* What runs: the script, if it is known by its path, else the executable; NULL: unknown. */
const char *running_path(const struct resolver *resolver);
/* Is this a command of the system's, which anybody may give, and no part of an app? */
bool is_command(const char *path);
/* Has root put it there, and does it do what it is for? Then a session's word on it will do. */
bool does_own_work(const struct resolver *resolver);
/* The last argument that names a Windows program; NULL: none. */
const char *windows_program(struct resolver *resolver);
bool is_wine_loader(const char *name);

/* --- containers --- */

/* A container that a cgroup path names. */
struct container {
	const char *runtime; /* "docker"; NULL: a virtual machine */
	const char *id; /* 64 hex digits; NULL: it has a name only */
	const char *name; /* NULL: not known from the path */
	const char *pod; /* uid with dashes; NULL: no pod */
	size_t index; /* of its component */
	bool split; /* the payload of a unit (Quadlet) */
	bool guess; /* any 64 digits in a user's tree: one only if podman knows them */
};
/* The innermost one; false: none, or it is contradicted, which sets the flag. */
bool find_container(struct resolver *resolver, struct container *ret_container);
/*
 * Does a runtime of root's have a container of this id or name? Then a user's
 * cgroup that is called so is not that container.
 */
bool container_is_roots(struct resolver *resolver, const struct container *container);
/* Do its engine's files know it, root's or its user's? */
bool container_is_known(struct resolver *resolver, const struct container *container);
/*
 * Without a right, anybody may map one id, his own, to any other
 * (user_namespaces(7)), and make a root around it: then what is in there is his
 * word. A container's map has more ids.
 */
bool has_uid_of_user(struct resolver *resolver);
/* Its name: from the path, else from the runtime's files, else the id's first 12 digits. */
const char *container_name(struct resolver *resolver, const struct container *container);
/*
 * The same where it is a pod's: "<namespace>/<pod>/<container>", or, where no file
 * names them, "pod-<uid>/<12 digits>".
 */
const char *container_in_pod(struct resolver *resolver, const struct container *container);
/* The home directory of a user in the text of passwd(5); NULL: none. */
const char *passwd_home(struct scratch *scratch, const char *text, uint32_t uid);
/* "root", or "user" where a user can have named it. */
const char *container_trust(const struct resolver *resolver, const struct container *container);
