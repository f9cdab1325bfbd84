/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What of the kernel speaks, told by transport and port (IANA service names). */
#include <egret/ident.h>

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <egret/abi.h>
#include <egret/base.h>

static const struct {
	uint16_t transport, port; /* port 0: any */
	const char *subsystem;
} subsystems[] = {
	{ IPPROTO_TCP, 2049, "nfs" },	     { IPPROTO_TCP, 111, "sunrpc" },
	{ IPPROTO_UDP, 111, "sunrpc" },	     { IPPROTO_TCP, 445, "cifs" },
	{ IPPROTO_TCP, 3260, "iscsi" },	     { IPPROTO_TCP, 3300, "ceph" },
	{ IPPROTO_TCP, 4420, "nvme" },	     { IPPROTO_TCP, 6789, "ceph" },
	{ IPPROTO_TCP, 10809, "nbd" },	     { IPPROTO_UDP, 4789, "vxlan" },
	{ IPPROTO_UDP, 51820, "wireguard" }, { IPPROTO_ICMP, 0, "icmp" },
	{ IPPROTO_ICMPV6, 0, "icmpv6" },     { EG_TRANSPORT_RAW | IPPROTO_IGMP, 0, "igmp" },
	{ IPPROTO_TCP, 0, "tcp" },	     { IPPROTO_UDP, 0, "udp" },
	{ IPPROTO_SCTP, 0, "sctp" },
};

int eg_identify_kernel(uint16_t transport, uint16_t port, struct eg_identity *ret_identity)
{
	const char *subsystem = "other";
	char id[64];

	for (size_t i = 0; i < ARRAY_SIZE(subsystems); i++) {
		if (subsystems[i].transport != transport ||
		    (subsystems[i].port && subsystems[i].port != port))
			continue;
		subsystem = subsystems[i].subsystem;
		break;
	}
	snprintf(id, sizeof(id), "kernel:%s", subsystem);
	*ret_identity = (struct eg_identity){
		.id = strdup(id),
		.name = strdup(subsystem),
		.kind = "kernel",
		.trust = "kernel",
	};
	if (ret_identity->id && ret_identity->name)
		return 0;
	eg_identity_clear(ret_identity);
	return -ENOMEM;
}
