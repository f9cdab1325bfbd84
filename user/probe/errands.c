/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a command may have had a daemon do, which is no child of the command then. */
#include <errno.h>
#include <stdio.h>

#include <bpf/bpf.h>

#include <egret/base.h>

#include "private.h"

/* Programs that ask systemd, a portal or D-Bus, a container engine, a queue of jobs. */
static const char *const errands[] = {
	"systemd-run", "run0",	   "systemctl",	 "machinectl", "flatpak",  "flatpak-spawn",
	"snap",	       "xdg-open", "gtk-launch", "gio",	       "kde-open", "kstart",
	"busctl",      "gdbus",	   "dbus-send",	 "qdbus",      "docker",   "podman-remote",
	"nerdctl",     "ctr",	   "kubectl",	 "crictl",     "lxc",	   "incus",
	"virsh",       "waydroid", "at",	 "batch",      "crontab",
};
_Static_assert(ARRAY_SIZE(errands) <= EG_ERRANDS_MAX, "each errand has room");

int watch_errands(struct eg_probe *probe)
{
	int map = bpf_map__fd(probe->skeleton->maps.eg_errands);
	const uint64_t none = 0;
	int error = 0;

	for (size_t i = 0; !error && i < ARRAY_SIZE(errands); i++) {
		char name[EG_ERRAND_NAME] = "";

		snprintf(name, sizeof(name), "%s", errands[i]);
		error = bpf_map_update_elem(map, name, &none, BPF_ANY) ? -errno : 0;
	}
	return error;
}

void tell_errands(struct eg_probe *probe)
{
	int map = bpf_map__fd(probe->skeleton->maps.eg_errands);

	for (size_t i = 0; i < ARRAY_SIZE(errands); i++) {
		char name[EG_ERRAND_NAME] = "";
		char sentence[64];
		uint64_t count = 0;

		snprintf(name, sizeof(name), "%s", errands[i]);
		if (bpf_map_lookup_elem(map, name, &count) || !count)
			continue;
		snprintf(sentence, sizeof(sentence), "what %s had a daemon start is not followed",
			 name);
		degrade(probe, sentence);
	}
}
