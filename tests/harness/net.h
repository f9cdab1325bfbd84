/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Network namespaces, links, addresses, sysctls of a test case. */
#pragma once

#include <sys/socket.h>

#include <harness/test.h>

/* One end of what a socket call names; length 0: none. */
struct address {
	struct sockaddr_storage storage;
	socklen_t length;
};

/* From text: "127.0.0.1", "::1", "fe80::1%NUMBER"; anything else is a zero address. */
struct address address(const char *ip, int port);
int address_port(const struct address *address);
/* As egret prints it: IPv4-mapped as IPv4. */
const char *address_ip(struct test *test, const struct address *address);

/* Brings a link of the current network namespace up. */
void net_up(struct test *test, const char *link);

/* Waits until a link of a namespace (0: the case's own) carries packets. */
void net_await(struct test *test, int net, const char *link);

/*
 * Makes a network namespace with lo up; its descriptor, closed on exec, lives
 * as long as the case.
 */
int net_new(struct test *test);

/*
 * Runs ip(8) in a network namespace (0: the case's own); arguments are split at
 * spaces. What must work, and what may be missing in a kernel (0 or its exit
 * status). Skips the case where there is no ip(8).
 */
void net_ip(struct test *test, int net, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int net_ip_try(struct test *test, int net, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Joins two network namespaces (0: the case's own) by a pair of veths called
 * eg0 in both, addresses 10.77.0.1 and .2, fd77::1 and ::2 (no duplicate address
 * detection), with fixed link addresses, so that nothing has to be resolved.
 * MTU 1500.
 */
void net_join(struct test *test, int net, int peer);
#define NET_IPV4(n) "10.77.0." #n
#define NET_IPV6(n) "fd77::" #n
/* 10.77.0.n or fd77::n by the case's family. */
const char *net_ip_of(struct test *test, int n);

/* Adds an address (/24 or /64) to a link and brings it up; usable at once. */
void net_give(struct test *test, int net, const char *link, const char *ip);

/* Index of a link in the case's namespace. */
int net_index(struct test *test, const char *link);

/* Writes /proc/sys/net/NAME of a namespace (0: the case's own); 0 or -errno. */
int net_sysctl(struct test *test, int net, const char *name, const char *value);

/* Calls f(data) while in another network namespace. */
void net_within(struct test *test, int net, void (*f)(struct test *test, void *data), void *data);
