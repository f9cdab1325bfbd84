/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What of the kernel speaks, told by transport and port (IANA service names). */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <egret/abi.h>
#include <egret/base.h>

#include "resolver.h"

#define WIREGUARD 51820

struct subsystem {
	uint16_t transport, port; /* port 0: any */
	const char *name, *title;
};

static const struct subsystem subsystems[] = {
	{ IPPROTO_TCP, 2049, "nfs", "NFS client" },
	{ IPPROTO_TCP, 111, "sunrpc", "RPC" },
	{ IPPROTO_UDP, 111, "sunrpc", "RPC" },
	{ IPPROTO_TCP, 445, "cifs", "SMB client" },
	{ IPPROTO_TCP, 139, "cifs", "SMB client" },
	{ IPPROTO_TCP, 3260, "iscsi", "iSCSI" },
	{ IPPROTO_TCP, 3300, "ceph", "Ceph" },
	{ IPPROTO_TCP, 6789, "ceph", "Ceph" },
	{ IPPROTO_TCP, 4420, "nvme", "NVMe/TCP" },
	{ IPPROTO_TCP, 8009, "nvme", "NVMe/TCP" },
	{ IPPROTO_TCP, 10809, "nbd", "network block device" },
	{ IPPROTO_TCP, 7788, "drbd", "DRBD" },
	{ IPPROTO_TCP, 21064, "dlm", "DLM" },
	{ IPPROTO_TCP, 7777, "ocfs2", "OCFS2" },
	{ IPPROTO_UDP, 7001, "afs", "AFS" },
	{ IPPROTO_UDP, 4789, "vxlan", "VXLAN" },
	{ IPPROTO_UDP, 6081, "geneve", "Geneve" },
	{ IPPROTO_UDP, 1701, "l2tp", "L2TP" },
	{ IPPROTO_UDP, 4500, "ipsec", "IPsec" },
	{ IPPROTO_UDP, WIREGUARD, "wireguard", "WireGuard" },
	{ IPPROTO_ICMP, 0, "icmp", "ICMP" },
	{ IPPROTO_ICMPV6, 0, "icmpv6", "ICMPv6" },
	{ EG_TRANSPORT_RAW | IPPROTO_IGMP, 0, "igmp", "IGMP" },
	{ IPPROTO_TCP, 0, "tcp", "TCP" },
	{ IPPROTO_UDP, 0, "udp", "UDP" },
	{ IPPROTO_SCTP, 0, "sctp", "SCTP" },
};

static const struct subsystem other = { .name = "other", .title = "other" };

/* Without a transport, the first that has the port. */
static const struct subsystem *find_port(uint16_t transport, uint16_t port)
{
	for (size_t i = 0; i < ARRAY_SIZE(subsystems); i++) {
		bool same = subsystems[i].transport == transport ||
			    (!transport && subsystems[i].port);

		if (same && (!subsystems[i].port || subsystems[i].port == port))
			return &subsystems[i];
	}
	return NULL;
}

int eg_identify_kernel(uint16_t transport, uint16_t port, struct eg_identity *ret_identity)
{
	const struct subsystem *subsystem = find_port(transport, port) ?: &other;
	char id[64], name[64];

	snprintf(id, sizeof(id), "kernel:%s", subsystem->name);
	snprintf(name, sizeof(name), "Kernel (%s)", subsystem->title);
	*ret_identity = (struct eg_identity){
		.id = strdup(id),
		.name = strdup(name),
		.kind = "kernel",
		.trust = "kernel",
	};
	if (ret_identity->id && ret_identity->name)
		return 0;
	eg_identity_clear(ret_identity);
	return -ENOMEM;
}

/* --- as a rule --- */

/* Threads that say in their names what they are for. */
static const struct subsystem *find_thread(const char *comm)
{
	static const struct {
		const char *prefix;
		uint16_t port;
	} threads[] = {
		{ .prefix = "cifsd", .port = 445 },	{ .prefix = "rpciod", .port = 111 },
		{ .prefix = "nfs", .port = 2049 },	{ .prefix = "nvme", .port = 4420 },
		{ .prefix = "ceph", .port = 3300 },	{ .prefix = "wg-crypt", .port = WIREGUARD },
		{ .prefix = "iscsi", .port = 3260 },	{ .prefix = "nbd", .port = 10809 },
		{ .prefix = "drbd", .port = 7788 },	{ .prefix = "dlm", .port = 21064 },
		{ .prefix = "krxrpcio", .port = 7001 },
	};

	for (size_t i = 0; comm && i < ARRAY_SIZE(threads); i++) {
		if (has_prefix(comm, threads[i].prefix))
			return find_port(0, threads[i].port);
	}
	return NULL;
}

static bool answer_kernel(struct resolver *resolver, const struct subsystem *subsystem)
{
	return answer(resolver, "kernel",
		      scratch_format(&resolver->scratch, "kernel:%s", subsystem->name),
		      scratch_format(&resolver->scratch, "Kernel (%s)", subsystem->title),
		      TRUST_KERNEL);
}

bool ident_nobody(struct resolver *resolver)
{
	const struct eg_process_facts *facts = resolver->facts;
	const struct subsystem *tunnel;

	if (facts->no_socket) {
		resolver->flag = NULL;
		return answer(resolver, "unknown", "unknown:forwarded", "Forwarded or unattributed",
			      NULL);
	}
	if (!facts->outer_packet)
		return false;
	tunnel = find_port(IPPROTO_UDP, facts->wireguard_port ? WIREGUARD : facts->local_port);
	if (!tunnel || !tunnel->port)
		tunnel = find_port(IPPROTO_UDP, facts->remote_port);
	resolver->component = "outer packet";
	resolver->via = "tunnel";
	resolver->flag = "outer-packet: never add to an app's total";
	return answer_kernel(resolver, tunnel ? tunnel : &other);
}

/* A kernel socket has the cgroup of whoever caused it (identity.md 5.9). */
bool ident_kernel(struct resolver *resolver)
{
	const struct eg_process_facts *facts = resolver->facts;
	const struct subsystem *subsystem, *thread = NULL;

	if (!facts->kernel_socket && !facts->kernel_thread)
		return false;
	subsystem = find_port(facts->transport, facts->remote_port);
	if (!subsystem || !subsystem->port)
		subsystem = find_port(facts->transport, facts->local_port);
	if (!subsystem || !subsystem->port)
		thread = find_thread(facts->comm);
	subsystem = thread ? thread : subsystem;
	resolver->component = component_of(resolver);
	resolver->flag = NULL;
	if (resolver->unit.name && unit_is_app(resolver->unit.name))
		resolver->via = scratch_format(&resolver->scratch, "%sunit:%s",
					       resolver->unit.user ? "user-" : "",
					       resolver->unit.name);
	note(resolver, "comm", facts->comm, "comm", TRUST_KERNEL);
	return answer_kernel(resolver, subsystem ? subsystem : &other);
}
