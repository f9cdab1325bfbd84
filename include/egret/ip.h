/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Addresses as all rooms have them: 16 bytes, IPv4 as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* From the four bytes of a packet. */
void eg_ip_from_ipv4(const uint8_t ipv4[4], uint8_t ret_ip[16]);
/* "192.0.2.1" or "2001:db8::1", and nothing behind it. 0 or -EINVAL. */
int eg_ip_parse(const char *text, uint8_t ret_ip[16]);
/* The inverse (RFC 5952), written into buffer, which is returned. */
const char *eg_ip_text(const uint8_t ip[16], char buffer[static 46]);

bool eg_ip_is_ipv4(const uint8_t ip[16]);
/* 127.0.0.0/8 and ::1 */
bool eg_ip_is_loopback(const uint8_t ip[16]);
