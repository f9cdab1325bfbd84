/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Attaching: each program to its hook, and who stands in the way. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include <egret/base.h>

#include "private.h"

static bool is_cgroup_program(const struct bpf_program *program)
{
	enum bpf_prog_type type = bpf_program__type(program);

	return type == BPF_PROG_TYPE_CGROUP_SOCK_ADDR || type == BPF_PROG_TYPE_CGROUP_SOCK ||
	       type == BPF_PROG_TYPE_CGROUP_SKB;
}

static bool is_iterator(const struct bpf_program *program)
{
	return bpf_program__expected_attach_type(program) == BPF_TRACE_ITER;
}

static struct bpf_link *attach_sweep(const struct egret_bpf *skeleton)
{
	union bpf_iter_link_info info = {
		.map.map_fd = (uint32_t)bpf_map__fd(skeleton->maps.eg_sockets),
	};
	LIBBPF_OPTS(bpf_iter_attach_opts, options, .link_info = &info,
		    .link_info_len = sizeof(info));

	return bpf_program__attach_iter(skeleton->progs.eg_sweep, &options);
}

struct bpf_link *attach_program(const struct egret_bpf *skeleton, const struct bpf_program *program,
				int cgroup_fd)
{
	if (program == skeleton->progs.eg_sweep)
		return attach_sweep(skeleton);
	if (is_iterator(program))
		return bpf_program__attach_iter(program, NULL);
	if (is_cgroup_program(program))
		return bpf_program__attach_cgroup(program, cgroup_fd);
	return bpf_program__attach(program);
}

/*
 * Is there a program on the cgroup that lets no other beside it: attached without
 * BPF_F_ALLOW_MULTI? Then its id, and its name where the caller may see that.
 */
static bool is_occupied(const struct bpf_program *program, int cgroup_fd,
			struct bpf_prog_info *ret_info)
{
	__u32 id = 0, count = 1, flags = 0, size = sizeof(*ret_info);
	int fd;

	memset(ret_info, 0, sizeof(*ret_info));
	if (!is_cgroup_program(program) ||
	    bpf_prog_query(cgroup_fd, bpf_program__expected_attach_type(program), 0, &flags, &id,
			   &count) ||
	    count != 1 || flags & BPF_F_ALLOW_MULTI)
		return false;
	fd = bpf_prog_get_fd_by_id(id);
	if (fd >= 0) {
		if (bpf_obj_get_info_by_fd(fd, ret_info, &size))
			ret_info->name[0] = '\0';
		close(fd);
	}
	ret_info->id = id;
	return true;
}

bool describe_occupant(const struct bpf_program *program, int cgroup_fd, char *text, size_t size)
{
	struct bpf_prog_info info;

	if (!is_occupied(program, cgroup_fd, &info))
		return false;
	snprintf(text, size, "the program %s%sof id %u is there, and lets no other beside it",
		 info.name, info.name[0] ? " " : "", info.id);
	return true;
}

/* Why a core program could not be attached. */
static int fail_attach(const struct eg_probe *probe, const struct bpf_program *program, int error,
		       struct eg_probe_error *ret_error)
{
	char occupant[128];
	bool occupied = describe_occupant(program, probe->cgroup_fd, occupant, sizeof(occupant));

	snprintf(ret_error->reason, sizeof(ret_error->reason),
		 "this kernel does not let a program attach to %s: %s",
		 bpf_program__section_name(program), occupied ? occupant : strerror(-error));
	return error;
}

/* Notes what is not seen without an optional program, and because of whom. */
static void go_without(struct eg_probe *probe, const struct bpf_program *program)
{
	const char *sentence = optional_of(program)->degraded;
	char occupant[128], text[384];

	if (bpf_program__autoload(program) &&
	    describe_occupant(program, probe->cgroup_fd, occupant, sizeof(occupant))) {
		snprintf(text, sizeof(text), "%s: %s", sentence, occupant);
		sentence = text;
	}
	degrade(probe, sentence);
}

/* Those of cgroups, or the others. */
static int attach_some(struct eg_probe *probe, bool cgroup, struct eg_probe_error *ret_error)
{
	const struct egret_bpf *skeleton = probe->skeleton;
	struct bpf_program *program;
	struct bpf_link *link;

	bpf_object__for_each_program(program, skeleton->obj) {
		if (is_cgroup_program(program) != cgroup || !is_of_use(skeleton, program))
			continue;
		/* Other iterators run once, and are attached for that (old.c). */
		if (bpf_program__autoload(program) && is_iterator(program) &&
		    program != skeleton->progs.eg_sweep)
			continue;
		link = bpf_program__autoload(program)
			       ? attach_program(skeleton, program, probe->cgroup_fd)
			       : NULL;
		if (!link && !optional_of(program))
			return fail_attach(probe, program, -errno, ret_error);
		if (!link)
			go_without(probe, program);
		else if (program == skeleton->progs.eg_sweep)
			probe->sweep = link;
		else
			probe->links[probe->links_count++] = link;
	}
	return 0;
}

/*
 * What tells of a stream's states before what tells of attempts: else one that is
 * made meanwhile would seem to have failed.
 */
int attach(struct eg_probe *probe, struct eg_probe_error *ret_error)
{
	int error = attach_some(probe, false, ret_error);

	return error ? error : attach_some(probe, true, ret_error);
}
