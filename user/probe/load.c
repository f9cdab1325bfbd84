/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loading: settings and sizes, and which programs this kernel takes. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include <egret/base.h>

#include "private.h"

/*
 * Entries of closed connections that are kept for the next ones: one for this
 * many sockets, or none if that is too few to matter.
 */
#define SPARES_SHARE 8
#define SPARES_MIN 128

static const struct optional_program optional_programs[] = {
	{
		.name = "eg_sent",
		.serves = "packet sockets that bypass the queue",
		.degraded = "frames that packet sockets send with PACKET_QDISC_BYPASS are not seen",
	},
	{
		.name = "eg_queue",
		.serves = "packet sockets",
		.degraded = "frames that packet sockets send are not seen",
	},
	{
		.name = "eg_destroy",
		.serves = "ends of connections that the kernel has skipped",
		.degraded =
			"a connection is missing where the kernel skips both programs at its end",
	},
	{
		.name = "eg_exec",
		.serves = "scripts by the path that was executed",
		.degraded = "scripts are known by their arguments alone, which they can change",
	},
	{
		.name = "eg_create",
		.serves = "owners of raw, ping and SCTP sockets",
		.degraded = "raw, ping and SCTP sockets that only receive have no owner",
	},
	{
		.name = "eg_bind4",
		.serves = "owners of UDP servers",
		.degraded =
			"IPv4 datagrams that a server gets before it first sends have no owner, "
			"and its answers are shown as outbound",
	},
	{
		.name = "eg_bind6",
		.serves = "owners of UDP servers",
		.degraded =
			"IPv6 datagrams that a server gets before it first sends have no owner, "
			"and its answers are shown as outbound",
	},
	{
		.name = "eg_old_listen",
		.serves = "listeners older than the trace",
		.degraded = "connections accepted by listeners older than the trace have no owner "
			    "until data is sent on them",
	},
	{
		.name = "eg_old_files",
		.serves = "sockets older than the trace",
		.degraded = "sockets older than the trace have no owner",
	},
	{
		.name = "eg_old_tcp",
		.serves = "connections in no process's hands when the trace began",
		.degraded = "connections that waited in an accept queue when the trace began "
			    "are not seen",
	},
};

bool is_of_use(const struct egret_bpf *skeleton, const struct bpf_program *program)
{
	const volatile struct eg_config *config = &skeleton->rodata->config;

	if (program == skeleton->progs.eg_old_listen || program == skeleton->progs.eg_old_files ||
	    program == skeleton->progs.eg_old_tcp)
		return !config->scope_cgroup_id;
	return true;
}

static void choose_programs(struct egret_bpf *skeleton)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, skeleton->obj)
		if (!is_of_use(skeleton, program))
			bpf_program__set_autoload(program, false);
	if (!skeleton->rodata->config.send_length)
		bpf_program__set_autoload(skeleton->progs.eg_sent, false);
}

struct egret_bpf *open_skeleton(const struct eg_probe_options *options, const struct kernel *kernel)
{
	struct egret_bpf *skeleton = egret_bpf__open();
	uint32_t flows = options->max_flows ? options->max_flows : EG_PROBE_MAX_FLOWS;
	uint32_t sockets = options->max_sockets ? options->max_sockets : EG_PROBE_MAX_SOCKETS;
	uint32_t spares = sockets / SPARES_SHARE < SPARES_MIN ? 0 : sockets / SPARES_SHARE;
	struct eg_config *config;

	if (!skeleton)
		return NULL;
	/* rodata is const to the programs only. */
	config = (struct eg_config *)(uintptr_t)&skeleton->rodata->config;
	*config = (struct eg_config){
		.scope_cgroup_id = options->scope_cgroup_id,
		.scope_tgid = (uint32_t)options->scope_pid,
		.trace = options->trace,
		.task_btf = kernel->task_btf,
		.send_length = kernel->send_length,
		.pointer_keys = kernel->pointer_keys,
		.uarg_packet = kernel->uarg_packet,
		.uarg_frame = kernel->uarg_frame,
		.cookies = kernel->cookies,
		.spares = spares,
		.names = options->names,
		.net_ns = eg_own_net_ns(),
	};
	choose_programs(skeleton);
	bpf_map__set_max_entries(skeleton->maps.eg_flows, options->trace ? 1 : flows);
	bpf_map__set_max_entries(skeleton->maps.eg_sockets, sockets + spares);
	bpf_map__set_max_entries(skeleton->maps.eg_closed, sockets);
	bpf_map__set_max_entries(skeleton->maps.eg_named, options->names ? sockets : 1);
	if (!options->names)
		bpf_map__set_max_entries(skeleton->maps.eg_names, (uint32_t)sysconf(_SC_PAGESIZE));
	return skeleton;
}

const struct optional_program *optional_of(const struct bpf_program *program)
{
	for (size_t i = 0; i < ARRAY_SIZE(optional_programs); i++)
		if (!strcmp(optional_programs[i].name, bpf_program__name(program)))
			return &optional_programs[i];
	return NULL;
}

static bool is_chosen(const struct bpf_program *program, const char *name)
{
	if (!name)
		return bpf_program__autoload(program) && !optional_of(program);
	return !strcmp(bpf_program__name(program), name);
}

int load_alone(const struct eg_probe_options *options, const struct kernel *kernel,
	       const char *name, struct egret_bpf **ret_skeleton)
{
	struct eg_probe_options small = *options;
	struct egret_bpf *skeleton;
	struct bpf_program *program;
	int error;

	small.max_flows = small.max_sockets = 8;
	skeleton = open_skeleton(&small, kernel);
	if (!skeleton)
		return -ENOMEM;
	bpf_object__for_each_program(program, skeleton->obj)
		bpf_program__set_autoload(program, is_chosen(program, name));
	error = egret_bpf__load(skeleton);
	if (error)
		egret_bpf__destroy(skeleton);
	else
		*ret_skeleton = skeleton;
	return error;
}

static int loads_alone(const struct eg_probe_options *options, const struct kernel *kernel,
		       const char *name)
{
	struct egret_bpf *skeleton = NULL;
	int error = load_alone(options, kernel, name, &skeleton);

	egret_bpf__destroy(skeleton);
	return error;
}

/* What egret can't do without was refused: which program of it, or the maps of all. */
static int find_refused(const struct eg_probe_options *options, const struct kernel *kernel,
			char refused[REFUSED_SIZE])
{
	struct egret_bpf *skeleton = open_skeleton(options, kernel);
	struct bpf_program *program;
	int error = loads_alone(options, kernel, "");

	snprintf(refused, REFUSED_SIZE, "egret's maps");
	if (!skeleton)
		return -ENOMEM;
	bpf_object__for_each_program(program, skeleton->obj) {
		if (error)
			break;
		if (optional_of(program))
			continue;
		error = loads_alone(options, kernel, bpf_program__name(program));
		snprintf(refused, REFUSED_SIZE, "the program for %s",
			 bpf_program__section_name(program));
	}
	egret_bpf__destroy(skeleton);
	return error;
}

/* Leaves a program out if the kernel refuses it and egret can do without. 0 or -ENOMEM. */
static int leave_out_refused(const struct eg_probe_options *options, const struct kernel *kernel,
			     struct bpf_program *program)
{
	const char *name = bpf_program__name(program);
	int error;

	if (!optional_of(program) || !bpf_program__autoload(program))
		return 0;
	error = loads_alone(options, kernel, name);
	if (!error || error == -ENOMEM)
		return error;
	eg_debug("the kernel refuses program %s: %s", name, strerror(-error));
	bpf_program__set_autoload(program, false);
	return 0;
}

/* The kernel refused something: find out what it can do without. */
static int load_reduced(const struct eg_probe_options *options, const struct kernel *kernel,
			struct egret_bpf **ret_skeleton)
{
	struct egret_bpf *skeleton = open_skeleton(options, kernel);
	struct bpf_program *program;
	int error = 0;

	if (!skeleton)
		return -errno;
	bpf_object__for_each_program(program, skeleton->obj) {
		error = leave_out_refused(options, kernel, program);
		if (error)
			break;
	}
	if (!error)
		error = egret_bpf__load(skeleton);
	if (error)
		egret_bpf__destroy(skeleton);
	else
		*ret_skeleton = skeleton;
	return error;
}

int load(const struct eg_probe_options *options, const struct kernel *kernel,
	 struct egret_bpf **ret_skeleton, char refused[REFUSED_SIZE])
{
	struct egret_bpf *skeleton = open_skeleton(options, kernel);
	int error, core;

	snprintf(refused, REFUSED_SIZE, "egret's programs");
	if (!skeleton)
		return -errno;
	error = egret_bpf__load(skeleton);
	if (!error) {
		*ret_skeleton = skeleton;
		return 0;
	}
	egret_bpf__destroy(skeleton);
	if (error == -ENOMEM)
		return error;
	core = loads_alone(options, kernel, NULL);
	if (core)
		return find_refused(options, kernel, refused) ?: core;
	return load_reduced(options, kernel, ret_skeleton);
}

const char *eg_probe_library(void)
{
	return libbpf_version_string();
}
