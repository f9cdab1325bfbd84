/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The facts about a living process, out of /proc. */
#include <egret/ident.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <egret/base.h>

#include "cgroup.h"
#include "procfs.h"

struct eg_living {
	struct eg_process_facts facts;
	char *executable, *cgroups, *comm, *init_cgroup;
	char *cgroup; /* of version 2, out of `cgroups` */
	char **args;
	bool denied; /* its executable may not be known */
};

void eg_living_free(struct eg_living *living)
{
	if (!living)
		return;
	free(living->executable);
	free(living->cgroups);
	free(living->cgroup);
	free(living->comm);
	free(living->init_cgroup);
	free(living->args);
	free(living);
}

const struct eg_process_facts *eg_living_facts(const struct eg_living *living)
{
	return &living->facts;
}

bool eg_living_is_denied(const struct eg_living *living)
{
	return living->denied;
}

/* A line "0::/path" of /proc/PID/cgroup. */
static char *find_cgroup(const char *lines)
{
	const char *line = strncmp(lines, "0::", 3) == 0 ? lines : strstr(lines, "\n0::");

	if (!line)
		return NULL;
	line = strchr(line, '/');
	return line ? strndup(line, strcspn(line, "\n")) : NULL;
}

static void read_uid(int process, struct eg_process_facts *facts)
{
	_cleanup_(eg_freep) char *text = NULL;
	const char *line;
	size_t size;

	facts->uid_unknown = true;
	if (procfs_read_own(process, "status", &text, &size) < 0)
		return;
	line = strstr(text, "\nUid:");
	if (!line)
		return;
	facts->uid = (uint32_t)strtoul(line + 5, NULL, 10);
	facts->uid_unknown = false;
}

static void read_texts(int process, struct eg_living *living)
{
	size_t size;
	int error;

	error = procfs_link(process, "exe", &living->executable);
	if (error)
		living->executable = NULL;
	/* Kernel threads have none; older kernels' status does not say what they are. */
	if (error)
		living->facts.kernel_thread = procfs_is_kernel_thread(process);
	living->denied = (error == -EACCES || error == -EPERM) && !living->facts.kernel_thread;
	if (procfs_read_own(process, "cgroup", &living->cgroups, &size) < 0)
		living->cgroups = NULL;
	if (procfs_read_own(process, "comm", &living->comm, &size) < 0)
		living->comm = NULL;
	if (living->comm)
		living->comm[strcspn(living->comm, "\n")] = '\0';
	if (living->cgroups)
		living->cgroup = find_cgroup(living->cgroups);
	living->args = procfs_arguments(process);
}

static void set_facts(struct eg_machine *machine, int process, struct eg_living *living)
{
	struct eg_process_facts *facts = &living->facts;

	facts->executable = living->executable;
	facts->comm = living->comm;
	facts->args = living->args;
	facts->cgroup = living->cgroup;
	facts->cgroup_v1 = living->cgroups;
	facts->mnt_ns = eg_machine_mnt_ns(machine, procfs_namespace(process, "ns/mnt"));
	facts->pid_ns = eg_machine_pid_ns(machine, procfs_namespace(process, "ns/pid"));
	facts->user_ns = eg_machine_user_ns(machine, procfs_namespace(process, "ns/user"));
	if (facts->mnt_ns != EG_NAMESPACE_HOST)
		facts->mnt_owner = eg_machine_user_ns(machine, procfs_owner(process, "ns/mnt"));
	if (facts->pid_ns == EG_NAMESPACE_OWN && facts->user_ns == EG_NAMESPACE_HOST)
		living->init_cgroup = eg_machine_init_cgroup(machine, facts);
	facts->init_cgroup = living->init_cgroup;
}

static int read_process(struct eg_machine *machine, int process, struct eg_living *living)
{
	uint64_t tick_ns = NSEC_PER_SEC / (uint64_t)sysconf(_SC_CLK_TCK), start, again;
	struct eg_process_facts *facts = &living->facts;
	uint32_t parent;
	int error = procfs_stat(process, &parent, &start);

	if (error)
		return error;
	facts->start_boot = start * tick_ns;
	facts->start = eg_start_time(facts->start_boot, eg_boot_to_real_ns());
	read_uid(process, facts);
	read_texts(process, living);
	set_facts(machine, process, living);
	error = procfs_stat(process, &parent, &again);
	return error ? error : again == start ? 0 : -ESRCH;
}

int eg_living_read(struct eg_machine *machine, uint32_t pid, struct eg_living **ret_living)
{
	_cleanup_(eg_closep) int process = procfs_open(pid);
	struct eg_living *living;
	int error;

	if (process < 0)
		return process == -ENOENT ? -ESRCH : process;
	living = calloc(1, sizeof(*living));
	if (!living)
		return -ENOMEM;
	living->facts.origin = EG_ORIGIN_PROC;
	living->facts.pid = pid;
	error = read_process(machine, process, living);
	if (error) {
		eg_living_free(living);
		return error == -ENOENT ? -ESRCH : error;
	}
	*ret_living = living;
	return 0;
}
