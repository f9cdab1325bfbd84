/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Addresses, and their texts. */
#include <egret/ip.h>

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

void eg_ip_from_ipv4(const uint8_t ipv4[4], uint8_t ret_ip[16])
{
	memcpy(ret_ip, mapped, sizeof(mapped));
	memcpy(ret_ip + sizeof(mapped), ipv4, 4);
}

int eg_ip_parse(const char *text, uint8_t ret_ip[16])
{
	uint8_t ipv4[4];

	if (inet_pton(AF_INET, text, ipv4) == 1) {
		eg_ip_from_ipv4(ipv4, ret_ip);
		return 0;
	}
	return inet_pton(AF_INET6, text, ret_ip) == 1 ? 0 : -EINVAL;
}

const char *eg_ip_text(const uint8_t ip[16], char buffer[static 46])
{
	if (eg_ip_is_ipv4(ip))
		return inet_ntop(AF_INET, ip + sizeof(mapped), buffer, INET_ADDRSTRLEN);
	return inet_ntop(AF_INET6, ip, buffer, INET6_ADDRSTRLEN);
}

bool eg_ip_is_ipv4(const uint8_t ip[16])
{
	return memcmp(ip, mapped, sizeof(mapped)) == 0;
}

bool eg_ip_is_loopback(const uint8_t ip[16])
{
	static const uint8_t ipv6[16] = { [15] = 1 };

	return eg_ip_is_ipv4(ip) ? ip[12] == 127 : memcmp(ip, ipv6, sizeof(ipv6)) == 0;
}
