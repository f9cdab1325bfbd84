/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TLS that begins in the middle of a conversation which was plain before. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Looks through what a client has sent, in a protocol that it speaks in plain
 * text or in packets, for the place where its ClientHello begins: behind
 * STARTTLS (SMTP, IMAP, NNTP, Sieve, XMPP, IRC, LDAP), STLS (POP3), AUTH TLS (FTP), or what
 * PostgreSQL and MySQL have for it. 0 and the offset; -EAGAIN: not yet;
 * -EBADMSG: it began with something else than any of these.
 */
int eg_starttls_find(const uint8_t *bytes, size_t size, size_t *ret_offset);
