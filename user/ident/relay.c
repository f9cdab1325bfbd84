/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs that speak for others: their bytes were counted before, or are asked for. */
#include "resolver.h"

#include <string.h>

#include <egret/base.h>

#define TUNNEL "/dev/net/tun"

static const struct {
	const char *name;
	const char *via;
	const char *remark; /* for people; NULL: the name says it */
} relays[] = {
	{ .name = "systemd-resolved", .via = "resolver" },
	{ .name = "systemd-resolve", .via = "resolver" },
	{ .name = "dnsmasq", .via = "resolver" },
	{ .name = "unbound", .via = "resolver" },
	{ .name = "named", .via = "resolver" },
	{ .name = "nscd", .via = "resolver" },
	{ .name = "kresd", .via = "resolver" },
	{ .name = "stubby", .via = "resolver" },
	{ .name = "dnscrypt-proxy", .via = "resolver" },
	{ .name = "smartdns", .via = "resolver" },
	{ .name = "pihole-FTL", .via = "resolver" },
	{ .name = "aardvark-dns", .via = "resolver" },
	{ .name = "coredns", .via = "resolver" },
	{ .name = "dnsdist", .via = "resolver" },
	{ .name = "pdns_recursor", .via = "resolver" },
	{ .name = "pasta", .via = "relay", .remark = "rootless container network" },
	{ .name = "passt", .via = "relay", .remark = "virtual machine network" },
	{ .name = "pasta.avx2", .via = "relay", .remark = "rootless container network" },
	{ .name = "slirp4netns", .via = "relay", .remark = "rootless container network" },
	{ .name = "rootlesskit", .via = "relay", .remark = "rootless container network" },
	{ .name = "rootlessport", .via = "relay", .remark = "rootless container ports" },
	{ .name = "containers-rootlessport", .via = "relay", .remark = "rootless container ports" },
	{ .name = "rootlesskit-docker-proxy", .via = "relay", .remark = "container ports" },
	{ .name = "docker-proxy", .via = "relay", .remark = "container ports" },
	{ .name = "vpnkit", .via = "relay", .remark = "virtual machine network" },
	{ .name = "gvproxy", .via = "relay", .remark = "virtual machine network" },
};

/* Looking through a process's descriptors takes long: only where it may be worth it. */
static bool may_hold_tunnel(const char *name)
{
	static const char *const names[] = {
		"tailscaled", "openvpn",	"openvpn3",  "openconnect",
		"vpnc",	      "wireguard-go",	"boringtun", "boringtun-cli",
		"nebula",     "zerotier-one",	"charon",    "charon-nm",
		"nm-openvpn", "mullvad-daemon", "warp-svc",  "netbird",
		"sing-box",   "xray",		"tun2socks", "clash",
		"mihomo",     "v2ray",		NULL
	};

	return is_one_of(name, names);
}

/* What it runs as: argv[0] tells passt from pasta. */
static const char *name_of(const struct resolver *resolver)
{
	const char *applet = applet_of(resolver);

	return applet ? applet : resolver->exe_name;
}

const char *relay_of(const struct resolver *resolver)
{
	const struct eg_lookup *lookup = resolver->lookup;
	const char *name = name_of(resolver);

	if (!name || resolver->memfd)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(relays); i++) {
		if (strcmp(relays[i].name, name) == 0)
			return relays[i].via;
	}
	if (lookup->holds &&
	    (resolver->facts->origin == EG_ORIGIN_INPUT || may_hold_tunnel(name)) &&
	    lookup->holds(lookup->data, TUNNEL))
		return "relay";
	return NULL;
}

const char *relay_title(struct resolver *resolver, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(relays); i++) {
		if (relays[i].remark && strcmp(relays[i].name, name) == 0)
			return scratch_format(&resolver->scratch, "%s (%s)", name,
					      relays[i].remark);
	}
	return name;
}
