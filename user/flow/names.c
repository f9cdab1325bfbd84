/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Contract names of groupings, scopes and transports. */
#include <egret/flow.h>

#include "destination.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <egret/abi.h>
#include <egret/base.h>

static const char *const by_names[] = {
	[EG_BY_APP] = "app",	     [EG_BY_PROGRAM] = "program",
	[EG_BY_PROCESS] = "process", [EG_BY_CONTAINER] = "container",
	[EG_BY_USER] = "user",
};
_Static_assert(ARRAY_SIZE(by_names) == EG_BY_COUNT, "every grouping has a name");

const char *eg_by_name(enum eg_by by)
{
	return by_names[by];
}

static const char *const scope_names[] = {
	[EG_SCOPE_UNKNOWN] = NULL,
	[EG_SCOPE_INTERNET] = "internet",
	[EG_SCOPE_PRIVATE] = "private",
	[EG_SCOPE_CGNAT] = "cgnat",
	[EG_SCOPE_LINK_LOCAL] = "link-local",
	[EG_SCOPE_MULTICAST] = "multicast",
	[EG_SCOPE_BROADCAST] = "broadcast",
	[EG_SCOPE_DOCUMENTATION] = "documentation",
	[EG_SCOPE_LOOPBACK] = "loopback",
	[EG_SCOPE_HOST] = "host",
};
_Static_assert(ARRAY_SIZE(scope_names) == EG_SCOPE_COUNT, "every scope has a name");

const char *eg_scope_name(enum eg_scope scope)
{
	return scope_names[scope];
}

static const struct {
	uint16_t transport;
	const char *name;
} transports[] = {
	{ .transport = IPPROTO_TCP, .name = "tcp" },
	{ .transport = IPPROTO_UDP, .name = "udp" },
	{ .transport = IPPROTO_UDPLITE, .name = "udplite" },
	{ .transport = IPPROTO_ICMP, .name = "icmp" },
	{ .transport = IPPROTO_ICMPV6, .name = "icmpv6" },
	{ .transport = IPPROTO_SCTP, .name = "sctp" },
	{ .transport = EG_TRANSPORT_MPTCP, .name = "mptcp" },
	{ .transport = EG_TRANSPORT_PACKET, .name = "packet" },
};

#define RAW_PREFIX "ip-proto-"

static const char *own_name(uint16_t transport)
{
	for (size_t i = 0; i < ARRAY_SIZE(transports); i++) {
		if (transports[i].transport == transport)
			return transports[i].name;
	}
	return NULL;
}

uint16_t eg_transport_canonical(uint16_t transport)
{
	uint16_t protocol = transport & (EG_TRANSPORT_RAW - 1);

	return transport == (EG_TRANSPORT_RAW | protocol) && !own_name(protocol) ? protocol
										 : transport;
}

const char *eg_transport_name(uint16_t transport, char buffer[static 16])
{
	const char *name = own_name(transport);

	if (name)
		snprintf(buffer, 16, "%s", name);
	else
		snprintf(buffer, 16, RAW_PREFIX "%u", transport & (EG_TRANSPORT_RAW - 1U));
	return buffer;
}

/* The number behind "ip-proto-", written as eg_transport_name() writes it. */
static int parse_protocol(const char *digits, uint16_t *ret_transport)
{
	unsigned number = 0;
	size_t size = strspn(digits, "0123456789");

	if (!size || size > 3 || digits[size] || (*digits == '0' && size > 1))
		return -EINVAL;
	for (; *digits; digits++)
		number = number * 10 + (unsigned)(*digits - '0');
	if (number > 255)
		return -EINVAL;
	*ret_transport = eg_transport_canonical((uint16_t)(EG_TRANSPORT_RAW | number));
	return 0;
}

int eg_transport_parse(const char *name, uint16_t *ret_transport)
{
	size_t prefix = sizeof(RAW_PREFIX) - 1;

	for (size_t i = 0; i < ARRAY_SIZE(transports); i++) {
		if (strcmp(transports[i].name, name) == 0) {
			*ret_transport = transports[i].transport;
			return 0;
		}
	}
	if (strncmp(name, RAW_PREFIX, prefix) != 0)
		return -EINVAL;
	return parse_protocol(name + prefix, ret_transport);
}
