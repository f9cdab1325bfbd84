/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs that speak for others: their bytes were counted before, or are asked for. */
#include "resolver.h"

#include <string.h>

#include <egret/base.h>

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

/* Programs that carry others' packets through a tunnel, if they open one. */
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

static const char *named_relay(const struct resolver *resolver)
{
	const char *name = name_of(resolver);

	for (size_t i = 0; name && !resolver->memfd && i < ARRAY_SIZE(relays); i++) {
		if (strcmp(relays[i].name, name) == 0)
			return relays[i].via;
	}
	return NULL;
}

/* --- tunnels --- */

static bool is_android(const struct resolver *resolver)
{
	return strcmp(resolver->kind, "android") == 0;
}

/* Android's VpnService calls its devices "tun0" and so on. */
static bool has_tunnel_device(struct resolver *resolver)
{
	const char *devices = ask_file(resolver, EG_TREE_PROC, "net/dev", NULL, NULL);

	return devices && (strstr(devices, " tun") || strstr(devices, "\ntun"));
}

/*
 * Looking through a process's descriptors takes long: only where it may be worth
 * it. Many open their tunnel only when they have talked to the other end.
 */
static const char *held_tunnel(struct resolver *resolver)
{
	const struct eg_lookup *lookup = resolver->lookup;
	bool android = is_android(resolver), all = resolver->facts->origin == EG_ORIGIN_INPUT;
	const char *name = name_of(resolver), *path = android ? "/dev/tun" : "/dev/net/tun";

	if (!lookup->holds || !name || resolver->memfd)
		return NULL;
	resolver->may_carry = android || may_hold_tunnel(name);
	if (!all && (!resolver->may_carry || (android && !has_tunnel_device(resolver))))
		return NULL;
	return lookup->holds(lookup->data, path) ? path : NULL;
}

/* --- whose word it is --- */

/* Root has started it, or put it there: nobody else can have called it so. */
static bool is_roots_word(const struct resolver *resolver)
{
	const struct eg_process_facts *facts = resolver->facts;

	if (resolver->trust && strcmp(resolver->trust, TRUST_ROOT) == 0)
		return true;
	return is_of_system(resolver) ||
	       (facts->uid == 0 && !facts->uid_unknown && !has_root_of_user(facts));
}

/*
 * Bytes of a relay are counted as an app's own already, so who takes the name of
 * one hides in its shadow: that is the user's word at best, and is marked.
 */
static void doubt(struct resolver *resolver)
{
	if (!resolver->flag)
		resolver->flag = FLAG_RELAY;
	if (resolver->trust && strcmp(resolver->trust, TRUST_KERNEL) == 0)
		resolver->trust = TRUST_USER;
}

void tell_relay(struct resolver *resolver)
{
	const char *via = NULL, *tunnel = NULL;

	if (strcmp(resolver->kind, "kernel") == 0 || strcmp(resolver->kind, "unknown") == 0)
		return;
	if (!is_android(resolver))
		via = named_relay(resolver);
	if (!via)
		tunnel = held_tunnel(resolver);
	if (!via && !tunnel)
		return;
	note(resolver, "opened", tunnel, "fd", TRUST_KERNEL);
	note_known(resolver, via, via ? name_of(resolver) : NULL);
	resolver->via = tunnel ? "relay" : via;
	resolver->may_carry = false;
	if (!is_android(resolver) && !is_roots_word(resolver))
		doubt(resolver);
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
