/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* DNS messages: what was asked, and which addresses the answer gives it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host.h"

#define EG_DNS_RECORDS_MAX 128 /* of an answer, that are looked at */
#define EG_DNS_CHAIN_MAX 16 /* aliases from the name that was asked to the one with addresses */
#define EG_DNS_ADDRESSES_MAX 64

enum eg_dns_type {
	EG_DNS_A = 1,
	EG_DNS_CNAME = 5,
	EG_DNS_AAAA = 28,
	EG_DNS_SVCB = 64,
	EG_DNS_HTTPS = 65,
};

struct eg_dns_address {
	uint8_t ip[16]; /* IPv4 as ::ffff:a.b.c.d */
	uint32_t ttl; /* seconds; the shortest on the way from the name */
};

struct eg_dns_message {
	uint16_t id;
	bool response;
	bool truncated; /* TC: the client asks again over TCP */
	uint8_t rcode;
	char name[EG_HOST_MAX + 1]; /* that was asked; "": no name of a host */
	uint16_t type, class; /* of the question */
	/* Addresses of the name, through its aliases and no others (RFC 5452 section 6). */
	struct eg_dns_address addresses[EG_DNS_ADDRESSES_MAX];
	size_t addresses_count;
	/* The name that clients show instead of this one (RFC 9849); "": none is given. */
	char public_name[EG_HOST_MAX + 1];
};

/*
 * Reads a message with one question (RFC 1035 section 4, RFC 3596, RFC 9460).
 * Of a response the answers are read, up to what a name of a host needs;
 * what comes after them is not looked at. `cut`: only the beginning of the
 * message is at hand, and records that are not whole are no error. 0, or
 * -EBADMSG: malformed, by RFC 9267's list among others.
 */
int eg_dns_parse(const uint8_t *bytes, size_t size, bool cut, struct eg_dns_message *ret_message);
