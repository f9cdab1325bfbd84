/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which DNS servers are to be trusted: the configured ones, and known ones that run here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <egret/names.h>

#define EG_RESOLVERS_MAX 16 /* in all files of one network namespace together */

struct eg_resolvers;

/*
 * Below `root` ("" in earnest) are etc/resolv.conf and systemd-resolved's
 * run/systemd/resolve/resolv.conf, which are read again when they have
 * changed. NULL: no memory.
 */
struct eg_resolvers *eg_resolvers_new(const char *root);
void eg_resolvers_free(struct eg_resolvers *resolvers);

/*
 * May an answer that this server gave the app be believed? A known program's
 * may (eg_resolvers_serves()), which serves at that address in the app's
 * network namespace or, as a bridge's does, in our own; and that of a server
 * that is configured: in our files, or in what the app sees as its own. In a
 * network namespace that the app may have made itself only the first is; a
 * loopback address is only where the file is that names it.
 */
bool eg_resolvers_trust(struct eg_resolvers *resolvers, const struct eg_names_app *app,
			uint32_t net_ns, const uint8_t ip[16], uint64_t now_ns);

/*
 * The app asks somebody in this network namespace: what it sees as its files is
 * looked at while it waits for the answer, behind which it may end.
 */
void eg_resolvers_asked(struct eg_resolvers *resolvers, const struct eg_names_app *app,
			uint32_t net_ns, uint64_t now_ns);

/* This process answers DNS at this address of its network namespace. 0 or -ENOMEM. */
int eg_resolvers_serves(struct eg_resolvers *resolvers, const struct eg_names_app *app,
			uint32_t net_ns, const uint8_t ip[16]);

/*
 * Reads the "nameserver" lines of a resolv.conf(5) into ret_ips, IPv4 as
 * ::ffff:a.b.c.d, at most `room`; returns how many. Pure.
 */
size_t eg_resolvers_parse(const char *text, size_t size, uint8_t (*ret_ips)[16], size_t room);

/* Is this a resolver that systems have, run by one of the system's users? Pure. */
bool eg_resolvers_known(const char *executable, uint32_t uid);
