/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What this kernel offers: tried, or read from its BTF; never told by its version. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include <egret/base.h>

#include "private.h"

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

/* What is looked for in the kernel's BTF, all in one walk: it has 100,000 types and more. */
enum wanted {
	WANTED_SEND_LENGTH,
	WANTED_MPTCP,
	WANTED_UARG,
	WANTED_COOKIES,
	WANTED_COUNT,
};
static const struct {
	const char *name;
	unsigned kind;
} wanted[WANTED_COUNT] = {
	[WANTED_SEND_LENGTH] = { .name = "btf_trace_sock_send_length", .kind = BTF_KIND_TYPEDEF },
	[WANTED_MPTCP] = { .name = "mptcp_sock", .kind = BTF_KIND_STRUCT },
	[WANTED_UARG] = { .name = "tpacket_uarg", .kind = BTF_KIND_STRUCT },
	[WANTED_COOKIES] = { .name = "bpf_get_socket_ptr_cookie", .kind = BTF_KIND_FUNC },
};

static void find_wanted(const struct btf *btf, int ret_ids[WANTED_COUNT])
{
	uint32_t count = btf ? btf__type_cnt(btf) : 0;

	for (uint32_t id = 1; id < count; id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		unsigned kind = btf_kind(type);

		for (size_t i = 0; i < WANTED_COUNT; i++)
			if (kind == wanted[i].kind && !ret_ids[i] &&
			    !strcmp(btf__name_by_offset(btf, type->name_off), wanted[i].name))
				ret_ids[i] = (int)id;
	}
}

/* Where in the struct the member is; -1: it has none of this name, or is not there. */
static int member_offset(const struct btf *btf, int id, const char *name)
{
	const struct btf_type *type = id ? btf__type_by_id(btf, (uint32_t)id) : NULL;

	for (uint32_t i = 0; type && i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_members(type)[i].name_off), name))
			return (int)btf_member_bit_offset(type, i) / 8;
	return -1;
}

static void look_at_uarg(const struct btf *btf, int id, struct kernel *kernel)
{
	int packet = member_offset(btf, id, "po");
	int frame = member_offset(btf, id, "ph");

	if (packet >= 0 && packet <= UINT8_MAX && frame > 0 && frame <= UINT8_MAX) {
		kernel->uarg_packet = (uint8_t)packet;
		kernel->uarg_frame = (uint8_t)frame;
	}
}

void kernel_look(struct kernel *ret_kernel)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int ids[WANTED_COUNT] = { 0 };

	find_wanted(btf, ids);
	*ret_kernel = (struct kernel){
		.task_btf = have_task_btf(),
		.pointer_keys = have_pointer_keys(),
		.send_length = ids[WANTED_SEND_LENGTH],
		.cookies = ids[WANTED_COOKIES],
		.mptcp_is_summed = ids[WANTED_MPTCP] &&
				   member_offset(btf, ids[WANTED_MPTCP], "bytes_received") < 0,
	};
	look_at_uarg(btf, ids[WANTED_UARG], ret_kernel);
	btf__free(btf);
}
