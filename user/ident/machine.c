/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What rules may ask of this machine: a living process's files, and what many share. */
#include "machine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <egret/base.h>
#include <egret/hierarchy.h>

#include "listed.h"
#include "procfs.h"
#include "resolver.h"
#include "waydroid.h"

#define NAMES_MAX 65536 /* in a directory that is searched */
#define DESCRIPTORS_MAX 1024 /* of a process that are looked at */
/*
 * include/linux/proc_ns.h: not each root may look at PID 1. The first mount
 * namespace has a fixed number since 6.18 only; before, none has this one.
 */
#define FIRST_USER_NS 0xEFFFFFFDU
#define FIRST_PID_NS 0xEFFFFFFCU
#define FIRST_MNT_NS 0xEFFFFFF8U

struct forebear {
	struct eg_ancestor facts;
	char *executable;
	char **args;
};

struct eg_machine {
	uint32_t mnt_ns, pid_ns, user_ns; /* of PID 1; 0: unknown */
	int hierarchy; /* of cgroups; -errno: none */
	bool has_version1; /* cgroups of version 1 are there, too */
	bool has_labels; /* an LSM gives processes labels that snaps use */
	struct desktops desktops;
	struct listings listings;
	struct eg_lookup lookup;

	/* --- the process at hand --- */
	uint32_t pid; /* 0: it is gone */
	uint32_t parent; /* as the kernel told; 0: unknown */
	uint64_t start; /* CLOCK_BOOTTIME ns, 0: unknown */
	int process; /* its directory in /proc; -1: not opened */
	bool listed_now; /* its container's packages were looked for */
	struct forebear forebears[ANCESTORS_MAX];
	unsigned forebears_count;
	bool forebears_end; /* there are no more */
	int eldest; /* the last one's directory in /proc; -1: there is none yet */
};

/* --- the process --- */

/* In the units of proc_pid_stat(5). */
static uint64_t ticks_of(uint64_t start_boot)
{
	return start_boot / (NSEC_PER_SEC / (uint64_t)sysconf(_SC_CLK_TCK));
}

static bool is_process(int process, uint64_t start_boot)
{
	uint32_t parent;
	uint64_t start;

	if (procfs_stat(process, &parent, &start) < 0)
		return false;
	return !start_boot || start == ticks_of(start_boot);
}

/*
 * Opened when a rule asks: most don't. The directory is that of a process, not
 * of a number: once its start was compared, whatever is read through it is this
 * process's, or fails.
 */
static int open_process(struct eg_machine *machine)
{
	_cleanup_(eg_closep) int process = -1;

	if (machine->process >= 0 || !machine->pid)
		return machine->process;
	process = procfs_open(machine->pid);
	machine->pid = 0;
	if (process >= 0 && is_process(process, machine->start))
		machine->process = TAKE_FD(process);
	return machine->process;
}

/* --- files --- */

static int read_place(void *data, enum eg_tree tree, const char *path, char **ret_text,
		      size_t *ret_size)
{
	struct eg_machine *machine = data;

	if (tree == EG_TREE_HOST)
		return procfs_read(AT_FDCWD, path, ret_text, ret_size);
	if (strncmp(path, "attr/", 5) == 0 && !machine->has_labels)
		return -ENOENT;
	if (open_process(machine) < 0)
		return -ESRCH;
	if (tree == EG_TREE_ROOT)
		return procfs_read_root(machine->process, path, ret_text, ret_size);
	if (strcmp(path, "cwd") == 0) {
		int error = procfs_link(machine->process, path, ret_text);

		*ret_size = error ? 0 : strlen(*ret_text);
		return error;
	}
	return procfs_read_own(machine->process, path, ret_text, ret_size);
}

static int find_name(void *data, const char *path, const char *suffix, char **ret_name)
{
	DIR *directory = opendir(path);
	struct dirent *file;
	int error = -ENOENT;

	(void)data;
	for (int i = 0; directory && error && i < NAMES_MAX && (file = readdir(directory)); i++) {
		if (!has_suffix(file->d_name, suffix))
			continue;
		*ret_name = strdup(file->d_name);
		error = *ret_name ? 0 : -ENOMEM;
	}
	if (directory)
		closedir(directory);
	return error;
}

static bool exists(void *data, const char *path)
{
	(void)data;
	return access(path, F_OK) == 0;
}

static bool is_users(void *data, const char *cgroup)
{
	const struct eg_machine *machine = data;

	return eg_hierarchy_is_users(machine->hierarchy, cgroup);
}

static bool holds(void *data, const char *path)
{
	struct eg_machine *machine = data;
	int process = open_process(machine);
	int fd = process < 0 ? -1 : openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *file;
	bool found = false;

	for (int i = 0; directory && !found && i < DESCRIPTORS_MAX; i++) {
		_cleanup_(eg_freep) char *text = NULL;

		file = readdir(directory);
		if (!file)
			break;
		found = procfs_link(dirfd(directory), file->d_name, &text) == 0 &&
			strcmp(text, path) == 0;
	}
	if (directory)
		closedir(directory);
	else if (fd >= 0)
		close(fd);
	return found;
}

/* --- ancestors --- */

static void clear_forebears(struct eg_machine *machine)
{
	for (unsigned i = 0; i < machine->forebears_count; i++) {
		free(machine->forebears[i].executable);
		free(machine->forebears[i].args);
	}
	machine->forebears_count = 0;
	machine->forebears_end = false;
	if (machine->eldest >= 0)
		close(machine->eldest);
	machine->eldest = -1;
}

/* As has_root_of_user() has it, of a process that nothing else is known of. */
static bool is_in_root_of_user(const struct eg_machine *machine, int process)
{
	uint32_t mounts = procfs_namespace(process, "ns/mnt");

	return eg_machine_mnt_ns(machine, mounts) != EG_NAMESPACE_HOST &&
	       eg_machine_user_ns(machine, procfs_owner(process, "ns/mnt")) == EG_NAMESPACE_OWN;
}

/* The next one up. Of a process that is gone, the kernel told who was its parent. */
static int open_forebear(struct eg_machine *machine)
{
	int process;

	if (machine->eldest >= 0)
		return procfs_open_parent(machine->eldest);
	process = open_process(machine);
	if (process >= 0)
		return procfs_open_parent(process);
	if (!machine->parent || !machine->start)
		return -ESRCH;
	return procfs_open_elder(machine->parent, ticks_of(machine->start));
}

static bool add_forebear(struct eg_machine *machine)
{
	struct forebear *forebear = &machine->forebears[machine->forebears_count];
	int process = open_forebear(machine);

	if (process < 0)
		return false;
	if (machine->eldest >= 0)
		close(machine->eldest);
	machine->eldest = process;
	*forebear = (struct forebear){ .args = procfs_arguments(process) };
	if (procfs_link(process, "exe", &forebear->executable) < 0)
		forebear->executable = NULL;
	forebear->facts.executable = forebear->executable;
	forebear->facts.args = forebear->args;
	forebear->facts.root_of_user = is_in_root_of_user(machine, process);
	machine->forebears_count++;
	return true;
}

static const struct eg_ancestor *find_ancestor(void *data, unsigned number)
{
	struct eg_machine *machine = data;

	while (number >= machine->forebears_count && number < ANCESTORS_MAX &&
	       !machine->forebears_end)
		machine->forebears_end = !add_forebear(machine);
	return number < machine->forebears_count ? &machine->forebears[number].facts : NULL;
}

/* --- desktop entries --- */

/* Android's uids are nobody's here: its launchers belong to the user whose session it is. */
static uint32_t session_user(uint32_t uid)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;

	if (procfs_read(AT_FDCWD, "/var/lib/waydroid/waydroid.prop", &text, &size) == 0)
		waydroid_user(text, &uid);
	return uid;
}

static const struct eg_entries *find_entries(void *data, uint32_t uid)
{
	struct eg_machine *machine = data;

	if (machine->listed_now)
		uid = session_user(uid);
	return desktops_entries(&machine->desktops, uid, eg_monotonic_ns());
}

/* --- packages --- */

static const struct eg_packages *find_packages(void *data, const char *container, uint32_t *ret_pid)
{
	struct eg_machine *machine = data;
	const struct eg_packages *packages =
		listings_ask(&machine->listings, open_process(machine), container, ret_pid);

	machine->listed_now = packages;
	return packages;
}

/* --- namespaces --- */

static enum eg_namespace compare(uint32_t host, uint32_t inode)
{
	if (!host || !inode)
		return EG_NAMESPACE_UNKNOWN;
	return host == inode ? EG_NAMESPACE_HOST : EG_NAMESPACE_OWN;
}

enum eg_namespace eg_machine_mnt_ns(const struct eg_machine *machine, uint32_t inode)
{
	return compare(machine->mnt_ns, inode);
}

enum eg_namespace eg_machine_pid_ns(const struct eg_machine *machine, uint32_t inode)
{
	return compare(machine->pid_ns, inode);
}

enum eg_namespace eg_machine_user_ns(const struct eg_machine *machine, uint32_t inode)
{
	return compare(machine->user_ns, inode);
}

/*
 * Its own /proc shows a process the init of its namespace. It must be a /proc,
 * and nothing may be mounted over what is read.
 */
char *eg_machine_init_cgroup(struct eg_machine *machine, const struct eg_process_facts *facts)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS,
	};
	_cleanup_(eg_closep) int proc = -1, fd = -1;
	char text[4096], *path;
	ssize_t size;

	eg_machine_lookup(machine, facts);
	if (open_process(machine) < 0)
		return NULL;
	proc = procfs_open_proc(machine->process);
	if (proc < 0)
		return NULL;
	fd = (int)syscall(SYS_openat2, proc, "1/cgroup", &how, sizeof(how));
	size = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (size <= 0)
		return NULL;
	text[size] = '\0';
	path = strncmp(text, "0::", 3) == 0 ? text : strstr(text, "\n0::");
	if (!path)
		return NULL;
	path = strchr(path, '/');
	return path ? strndup(path, strcspn(path, "\n")) : NULL;
}

/* A line of a hierarchy other than version 2's. */
static bool has_version1(void)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;

	if (procfs_read(AT_FDCWD, "/proc/self/cgroup", &text, &size) < 0)
		return false;
	return strncmp(text, "0::", 3) != 0;
}

char *eg_machine_cgroup_v1(struct eg_machine *machine, const struct eg_process_facts *facts)
{
	char *text;
	size_t size;

	if (!machine->has_version1 || (facts->cgroup && strcmp(facts->cgroup, "/") != 0))
		return NULL;
	eg_machine_lookup(machine, facts);
	return read_place(machine, EG_TREE_PROC, "cgroup", &text, &size) == 0 ? text : NULL;
}

/* --- all --- */

static void forget(struct eg_machine *machine)
{
	clear_forebears(machine);
	if (machine->process >= 0)
		close(machine->process);
	machine->process = -1;
	machine->listed_now = false;
}

const struct eg_lookup *eg_machine_lookup(struct eg_machine *machine,
					  const struct eg_process_facts *facts)
{
	forget(machine);
	machine->pid = facts->exited ? 0 : facts->pid;
	machine->parent = facts->parent;
	machine->start = facts->start_boot;
	return &machine->lookup;
}

static bool has_apparmor(void)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;

	return procfs_read(AT_FDCWD, "/sys/module/apparmor/parameters/enabled", &text, &size) ==
		       0 &&
	       *text == 'Y';
}

/* The namespaces that processes are compared with, as far as they can be known. */
static void find_namespaces(struct eg_machine *machine)
{
	_cleanup_(eg_closep) int init = procfs_open(1), self = procfs_open((uint32_t)getpid());

	machine->mnt_ns = procfs_namespace(init, "ns/mnt");
	machine->pid_ns = procfs_namespace(init, "ns/pid") ?: FIRST_PID_NS;
	machine->user_ns = procfs_namespace(init, "ns/user") ?: FIRST_USER_NS;
	if (!machine->mnt_ns && procfs_namespace(self, "ns/mnt") == FIRST_MNT_NS)
		machine->mnt_ns = FIRST_MNT_NS;
}

int eg_machine_new(struct eg_machine **ret_machine)
{
	struct eg_machine *machine = calloc(1, sizeof(*machine));

	if (!machine)
		return -ENOMEM;
	machine->process = -1;
	machine->eldest = -1;
	machine->hierarchy = eg_hierarchy_open();
	find_namespaces(machine);
	machine->has_labels = has_apparmor();
	machine->has_version1 = has_version1();
	machine->lookup = (struct eg_lookup){
		.data = machine,
		.read = read_place,
		.find = find_name,
		.exists = exists,
		.is_users = is_users,
		.holds = holds,
		.ancestor = find_ancestor,
		.entries = find_entries,
		.packages = find_packages,
	};
	*ret_machine = machine;
	return 0;
}

void eg_machine_free(struct eg_machine *machine)
{
	if (!machine)
		return;
	forget(machine);
	if (machine->hierarchy >= 0)
		close(machine->hierarchy);
	desktops_clear(&machine->desktops);
	listings_clear(&machine->listings);
	free(machine);
}
