/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What works on this kernel: everything is tried, nothing is told by version. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/btf.h>

#include <egret/base.h>

#include "private.h"

#define FEATURES_MAX 48

struct list {
	struct eg_feature *features;
	size_t count;
};

static struct eg_feature *add(struct list *list, const char *name, enum eg_feature_state state)
{
	struct eg_feature *feature = &list->features[list->count];

	if (list->count < FEATURES_MAX - 1)
		list->count++;
	*feature = (struct eg_feature){ .state = state };
	snprintf(feature->name, sizeof(feature->name), "%s", name);
	return feature;
}

static void try_btf(struct list *list)
{
	struct btf *btf = btf__load_vmlinux_btf();
	struct eg_feature *feature = add(list, "BTF", btf ? EG_FEATURE_OK : EG_FEATURE_FAILED);

	snprintf(feature->detail, sizeof(feature->detail), "%s",
		 btf ? "the kernel describes its types"
		     : "/sys/kernel/btf/vmlinux is missing: the kernel needs "
		       "CONFIG_DEBUG_INFO_BTF");
	if (!btf)
		feature->affects = "nothing can be traced";
	btf__free(btf);
}

static void try_cgroup(struct list *list)
{
	bool partial = false;
	int fd = cgroup_root_open(&partial);
	struct eg_feature *feature = add(list, "cgroup2", EG_FEATURE_OK);

	if (fd < 0) {
		feature->state = EG_FEATURE_FAILED;
		feature->affects = "nothing can be traced";
		snprintf(feature->detail, sizeof(feature->detail),
			 "not mounted, and can't be mounted: %s", strerror(-fd));
		return;
	}
	close(fd);
	snprintf(feature->detail, sizeof(feature->detail), "%s",
		 partial ? "the root of a cgroup namespace" : "the root of the hierarchy");
	if (partial) {
		feature->state = EG_FEATURE_DEGRADED;
		feature->affects = "only the cgroup namespace that egret runs in is seen";
	}
}

/* The kernel marks the mode in force with brackets: "none [integrity] confidentiality". */
static void try_lockdown(struct list *list)
{
	_cleanup_(eg_closep) int fd = open("/sys/kernel/security/lockdown", O_RDONLY | O_CLOEXEC);
	struct eg_feature *feature;
	char text[64];
	ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (size < 0)
		return;
	text[size] = '\0';
	text[strcspn(text, "\n")] = '\0';
	feature = add(list, "lockdown", EG_FEATURE_OK);
	snprintf(feature->detail, sizeof(feature->detail), "%s", text);
	if (strstr(text, "[confidentiality]")) {
		feature->state = EG_FEATURE_FAILED;
		feature->affects = "the kernel lets no program read its memory";
	}
}

static void try_mptcp(struct list *list, const struct kernel *kernel)
{
	struct eg_feature *feature;

	if (!kernel->mptcp_is_summed)
		return;
	feature = add(list, "MPTCP", EG_FEATURE_DEGRADED);
	snprintf(feature->detail, sizeof(feature->detail),
		 "the kernel counts subflows, not connections");
	feature->affects = MPTCP_SUMMED;
}

/* Loads it alone and attaches it for a moment. 0, -errno, or -ENOENT: no such hook here. */
static int try_program(const struct kernel *kernel, const struct bpf_program *program,
		       int cgroup_fd, struct eg_feature *feature)
{
	const struct eg_probe_options options = {};
	const char *name = bpf_program__name(program);
	struct egret_bpf *skeleton = NULL;
	struct bpf_link *link;
	int error;

	if (!bpf_program__autoload(program))
		return -ENOENT;
	error = load_alone(&options, kernel, name, &skeleton);
	if (error)
		return error;
	program = bpf_object__find_program_by_name(skeleton->obj, name);
	link = attach_program(skeleton, program, cgroup_fd);
	error = link ? 0 : -errno;
	if (error)
		describe_occupant(program, cgroup_fd, feature->detail, sizeof(feature->detail));
	bpf_link__destroy(link);
	egret_bpf__destroy(skeleton);
	return error;
}

/* Tries a program, if the caller may, and adds what it serves. 0 or -ENOMEM. */
static int add_program(struct list *list, const struct kernel *kernel, bool privileged,
		       int cgroup_fd, const struct bpf_program *program)
{
	const struct optional_program *optional = optional_of(program);
	struct eg_feature *feature =
		add(list, bpf_program__section_name(program), EG_FEATURE_UNTRIED);
	int error;

	snprintf(feature->detail, sizeof(feature->detail), "%s", optional ? optional->serves : "");
	if (!privileged)
		return 0;
	error = try_program(kernel, program, cgroup_fd, feature);
	if (error == -ENOMEM)
		return error;
	feature->state = !error ? EG_FEATURE_OK : optional ? EG_FEATURE_MISSING : EG_FEATURE_FAILED;
	if (error)
		feature->affects = optional ? optional->degraded : "nothing can be traced";
	return 0;
}

static int try_programs(struct list *list, const struct kernel *kernel, bool privileged)
{
	const struct eg_probe_options options = {};
	struct egret_bpf *skeleton = open_skeleton(&options, kernel);
	struct bpf_program *program;
	bool partial = false;
	int error = 0, cgroup_fd;

	if (!skeleton)
		return -ENOMEM;
	cgroup_fd = cgroup_root_open(&partial);
	bpf_object__for_each_program(program, skeleton->obj) {
		if (!is_of_use(skeleton, program))
			continue;
		error = add_program(list, kernel, privileged, cgroup_fd, program);
		if (error)
			break;
	}
	if (cgroup_fd >= 0)
		close(cgroup_fd);
	egret_bpf__destroy(skeleton);
	return error;
}

int eg_probe_features(bool privileged, struct eg_feature **ret_features, size_t *ret_count)
{
	struct list list = { .features = calloc(FEATURES_MAX, sizeof(struct eg_feature)) };
	struct kernel kernel;
	int error;

	if (!list.features)
		return -ENOMEM;
	libbpf_set_print(NULL);
	try_btf(&list);
	try_cgroup(&list);
	try_lockdown(&list);
	kernel_look(&kernel);
	try_mptcp(&list, &kernel);
	error = try_programs(&list, &kernel, privileged);
	if (error) {
		free(list.features);
		return error;
	}
	*ret_features = list.features;
	*ret_count = list.count;
	return 0;
}
