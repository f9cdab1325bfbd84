/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Rights: what tracing needs, and giving up the rest. */
#include <egret/caps.h>

#include <errno.h>
#include <stddef.h>
#include <sys/prctl.h>

#include <cap-ng.h>

#include <egret/base.h>

#ifndef CAP_PERFMON /* linux/capability.h of 5.8 */
#define CAP_PERFMON 38
#define CAP_BPF 39
#endif

/* CAP_SYS_ADMIN stands in for the two that were split off it in 5.8. */
static const struct {
	unsigned capability;
	const char *name;
	bool or_admin;
} needed[] = {
	{ .capability = CAP_BPF, .name = "CAP_BPF", .or_admin = true },
	{ .capability = CAP_PERFMON, .name = "CAP_PERFMON", .or_admin = true },
	{ .capability = CAP_NET_ADMIN, .name = "CAP_NET_ADMIN" },
};

const char *eg_caps_missing(void)
{
	bool admin;

	if (capng_get_caps_process() < 0)
		return needed[0].name;
	admin = capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN);
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!capng_have_capability(CAPNG_EFFECTIVE, needed[i].capability) &&
		    !(needed[i].or_admin && admin))
			return needed[i].name;
	return NULL;
}

/* Keeps a right that the process has; one it lacks is no error here. */
static void keep_capability(unsigned capability, bool has)
{
	if (has)
		capng_update(CAPNG_ADD, (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED),
			     capability);
}

static int apply(void)
{
	if (capng_apply(CAPNG_SELECT_CAPS) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -EPERM;
	return 0;
}

int eg_caps_drop(unsigned keep)
{
	bool bpf, admin, files, kill, search, trace;

	if (capng_get_caps_process() < 0)
		return -EPERM;
	bpf = capng_have_capability(CAPNG_EFFECTIVE, CAP_BPF);
	admin = capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN);
	files = capng_have_capability(CAPNG_EFFECTIVE, CAP_DAC_OVERRIDE);
	kill = capng_have_capability(CAPNG_EFFECTIVE, CAP_KILL);
	search = capng_have_capability(CAPNG_EFFECTIVE, CAP_DAC_READ_SEARCH);
	trace = capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_PTRACE);
	capng_clear(CAPNG_SELECT_BOTH);
	keep_capability(CAP_BPF, bpf);
	keep_capability(CAP_SYS_ADMIN, !bpf && admin);
	if (keep & EG_CAPS_KEEP_FILES)
		keep_capability(CAP_DAC_OVERRIDE, files);
	if (keep & EG_CAPS_KEEP_READ) {
		keep_capability(CAP_DAC_READ_SEARCH, search);
		keep_capability(CAP_SYS_PTRACE, trace);
	}
	if (keep & EG_CAPS_KEEP_KILL)
		keep_capability(CAP_KILL, kill);
	return apply();
}

int eg_caps_drop_all(void)
{
	capng_clear(CAPNG_SELECT_BOTH);
	return apply();
}
