/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs of two instructions. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <egret/base.h>
#include <harness/cgroup.h>

#include "empty.h"

struct hook {
	enum bpf_prog_type type;
	enum bpf_attach_type attach;
	const char *tracepoint; /* skipped where the kernel has none of this name */
};

#define ADDRESS BPF_PROG_TYPE_CGROUP_SOCK_ADDR
#define SOCK BPF_PROG_TYPE_CGROUP_SOCK
#define SKB BPF_PROG_TYPE_CGROUP_SKB
#define TRACING BPF_PROG_TYPE_TRACING

static const struct hook hooks[] = {
	{ .type = ADDRESS, .attach = BPF_CGROUP_INET4_CONNECT },
	{ .type = ADDRESS, .attach = BPF_CGROUP_UDP4_SENDMSG },
	{ .type = SOCK, .attach = BPF_CGROUP_INET_SOCK_CREATE },
	{ .type = SOCK, .attach = BPF_CGROUP_INET_SOCK_RELEASE },
	{ .type = SKB, .attach = BPF_CGROUP_INET_EGRESS },
	{ .type = SKB, .attach = BPF_CGROUP_INET_INGRESS },
	{ .type = TRACING, .attach = BPF_TRACE_RAW_TP, .tracepoint = "inet_sock_set_state" },
	{ .type = TRACING, .attach = BPF_TRACE_RAW_TP, .tracepoint = "inet_sock_set_state" },
	{ .type = TRACING, .attach = BPF_TRACE_RAW_TP, .tracepoint = "net_dev_queue" },
	{ .type = TRACING, .attach = BPF_TRACE_RAW_TP, .tracepoint = "sock_send_length" },
};
_Static_assert(ARRAY_SIZE(hooks) <= EMPTY_MAX, "room for all of them");

/* return 1, which lets pass; or return 0, which a tracing program must. */
static int load(const struct hook *hook, int btf_id)
{
	const struct bpf_insn instructions[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = !hook->tracepoint },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = hook->attach,
		    .attach_btf_id = (uint32_t)btf_id);

	return bpf_prog_load(hook->type, "empty", "GPL", instructions, ARRAY_SIZE(instructions),
			     &options);
}

static void attach(struct test *test, struct empty *empty, const struct hook *hook, int cgroup)
{
	int id = 0, program, link;

	if (hook->tracepoint) {
		id = libbpf_find_vmlinux_btf_id(hook->tracepoint, hook->attach);
		if (id <= 0)
			return;
	}
	program = load(hook, id);
	link = program < 0	  ? -1
	       : hook->tracepoint ? bpf_raw_tracepoint_open(NULL, program)
				  : bpf_link_create(program, cgroup, hook->attach, NULL);
	if (link < 0)
		test_skip(test, "no empty program to compare with: %s", strerror(errno));
	empty->programs[empty->count] = program;
	empty->links[empty->count] = link;
	empty->count++;
}

void empty_attach(struct test *test, struct empty *empty)
{
	char root[PATH_ROOM];
	int cgroup;

	empty->count = 0;
	if (cgroup_root(test_path(test, "cgroup2"), root, sizeof(root)) < 0)
		test_skip(test, "no cgroup2");
	cgroup = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cgroup < 0)
		test_fail(test, "%s: %s", root, strerror(errno));
	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++)
		attach(test, empty, &hooks[i], cgroup);
	close(cgroup);
}

void empty_detach(struct empty *empty)
{
	for (unsigned i = 0; i < empty->count; i++) {
		close(empty->links[i]);
		close(empty->programs[i]);
	}
}
