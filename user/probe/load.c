/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loading: settings and sizes, and which programs this kernel takes. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

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

/* A helper counts as there only if every kind of program that calls it may. */
static bool have_task_btf(void)
{
	static const enum bpf_prog_type types[] = {
		BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
		BPF_PROG_TYPE_CGROUP_SOCK,
		BPF_PROG_TYPE_CGROUP_SKB,
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (libbpf_probe_bpf_helper(types[i], BPF_FUNC_get_current_task_btf, NULL) != 1)
			return false;
	return true;
}

/*
 * May a map's key hold a pointer (bpf/entry.bpf.h)? The smallest program that
 * looks something up by its packet's socket tells.
 */
static bool have_pointer_keys(void)
{
	_cleanup_(eg_closep) int map =
		bpf_map_create(BPF_MAP_TYPE_HASH, "eg_try", sizeof(uint64_t), 1, 1, NULL);
	const struct bpf_insn program[] = {
		{ .code = BPF_LDX | BPF_MEM | BPF_DW,
		  .dst_reg = BPF_REG_3,
		  .src_reg = BPF_REG_1,
		  .off = offsetof(struct __sk_buff, sk) },
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = BPF_REG_3, .off = 6 },
		{ .code = BPF_STX | BPF_MEM | BPF_DW,
		  .dst_reg = BPF_REG_10,
		  .src_reg = BPF_REG_3,
		  .off = -8 },
		{
			.code = BPF_ALU64 | BPF_MOV | BPF_X,
			.dst_reg = BPF_REG_2,
			.src_reg = BPF_REG_10,
		},
		{ .code = BPF_ALU64 | BPF_ADD, .dst_reg = BPF_REG_2, .imm = -8 },
		{ .code = BPF_LD | BPF_IMM | BPF_DW,
		  .dst_reg = BPF_REG_1,
		  .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = map },
		{ 0 }, /* the upper half of the number */
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_lookup_elem },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	_cleanup_(eg_closep) int fd = -1;

	if (map < 0)
		return false;
	fd = bpf_prog_load(BPF_PROG_TYPE_CGROUP_SKB, "eg_try", "GPL", program, ARRAY_SIZE(program),
			   NULL);
	return fd >= 0;
}

/* Does the kernel have this tracepoint? Its BTF says so. */
bool have_tracepoint(const char *name)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	char type[64];
	bool found;

	if (!kernel)
		return false;
	snprintf(type, sizeof(type), "btf_trace_%s", name);
	found = btf__find_by_name_kind(kernel, type, BTF_KIND_TYPEDEF) > 0;
	btf__free(kernel);
	return found;
}

/* Where in the struct the member is; -1: it has none of this name. */
static int member_offset(const struct btf *btf, const char *structure, const char *name)
{
	int id = btf ? btf__find_by_name_kind(btf, structure, BTF_KIND_STRUCT) : 0;
	const struct btf_type *type = id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;

	for (uint32_t i = 0; type && i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_members(type)[i].name_off) ?: "", name))
			return (int)btf_member_bit_offset(type, i) / 8;
	return -1;
}

bool mptcp_is_summed(void)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	bool summed = kernel && btf__find_by_name_kind(kernel, "mptcp_sock", BTF_KIND_STRUCT) > 0 &&
		      member_offset(kernel, "mptcp_sock", "bytes_received") < 0;

	btf__free(kernel);
	return summed;
}

static bool have_function(const struct btf *btf, const char *name)
{
	return btf && btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0;
}

static void read_btf(struct eg_config *config)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	int packet = member_offset(kernel, "tpacket_uarg", "po");
	int frame = member_offset(kernel, "tpacket_uarg", "ph");

	if (packet >= 0 && packet <= UINT8_MAX && frame > 0 && frame <= UINT8_MAX) {
		config->uarg_packet = (uint8_t)packet;
		config->uarg_frame = (uint8_t)frame;
	}
	config->cookies = have_function(kernel, "bpf_get_socket_ptr_cookie");
	btf__free(kernel);
}

struct egret_bpf *open_skeleton(const struct eg_probe_options *options)
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
		.task_btf = have_task_btf(),
		.send_length = have_tracepoint("sock_send_length"),
		.pointer_keys = have_pointer_keys(),
		.spares = spares,
		.names = options->names,
	};
	read_btf(config);
	bpf_program__set_autoload(skeleton->progs.eg_sent, config->send_length);
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

int load_alone(const struct eg_probe_options *options, const char *name,
	       struct egret_bpf **ret_skeleton)
{
	struct eg_probe_options small = *options;
	struct egret_bpf *skeleton;
	struct bpf_program *program;
	int error;

	small.max_flows = small.max_sockets = 8;
	skeleton = open_skeleton(&small);
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

static int loads_alone(const struct eg_probe_options *options, const char *name)
{
	struct egret_bpf *skeleton = NULL;
	int error = load_alone(options, name, &skeleton);

	egret_bpf__destroy(skeleton);
	return error;
}

/* What egret can't do without was refused: which program of it, or the maps of all. */
static int find_refused(const struct eg_probe_options *options, char refused[REFUSED_SIZE])
{
	struct egret_bpf *skeleton = open_skeleton(options);
	struct bpf_program *program;
	int error = loads_alone(options, "");

	snprintf(refused, REFUSED_SIZE, "egret's maps");
	if (!skeleton)
		return -ENOMEM;
	bpf_object__for_each_program(program, skeleton->obj) {
		if (error)
			break;
		if (optional_of(program))
			continue;
		error = loads_alone(options, bpf_program__name(program));
		snprintf(refused, REFUSED_SIZE, "the program for %s",
			 bpf_program__section_name(program));
	}
	egret_bpf__destroy(skeleton);
	return error;
}

/* Leaves a program out if the kernel refuses it and egret can do without. 0 or -ENOMEM. */
static int leave_out_refused(const struct eg_probe_options *options, struct bpf_program *program)
{
	const char *name = bpf_program__name(program);
	int error;

	if (!optional_of(program) || !bpf_program__autoload(program))
		return 0;
	error = loads_alone(options, name);
	if (!error || error == -ENOMEM)
		return error;
	eg_debug("the kernel refuses program %s: %s", name, strerror(-error));
	bpf_program__set_autoload(program, false);
	return 0;
}

/* The kernel refused something: find out what it can do without. */
static int load_reduced(const struct eg_probe_options *options, struct egret_bpf **ret_skeleton)
{
	struct egret_bpf *skeleton = open_skeleton(options);
	struct bpf_program *program;
	int error = 0;

	if (!skeleton)
		return -errno;
	bpf_object__for_each_program(program, skeleton->obj) {
		error = leave_out_refused(options, program);
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

int load(const struct eg_probe_options *options, struct egret_bpf **ret_skeleton,
	 char refused[REFUSED_SIZE])
{
	struct egret_bpf *skeleton = open_skeleton(options);
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
	core = loads_alone(options, NULL);
	if (core)
		return find_refused(options, refused) ?: core;
	return load_reduced(options, ret_skeleton);
}

const char *eg_probe_library(void)
{
	return libbpf_version_string();
}
