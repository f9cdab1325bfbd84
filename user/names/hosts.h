/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The hosts file: names that this machine itself gives to addresses. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define EG_HOSTS_MAX 1024 /* addresses that are kept */

struct eg_hosts;

/* The file is etc/hosts below `root`; none is an empty one. NULL: no memory. */
struct eg_hosts *eg_hosts_new(const char *root);
void eg_hosts_free(struct eg_hosts *hosts);

/*
 * The first name of an address, IPv4 as ::ffff:a.b.c.d, in our own network
 * namespace; NULL: none. Loopback has none: that is said by its scope. Looks
 * every EG_STAMP_NS whether the file has changed, by this time (CLOCK_BOOTTIME
 * ns). The name is valid until the next call.
 */
const char *eg_hosts_find(struct eg_hosts *hosts, uint32_t net_ns, const uint8_t ip[16],
			  uint64_t now_ns);
