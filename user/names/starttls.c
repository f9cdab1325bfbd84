/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TLS that begins in the middle of a conversation which was plain before. */
#include "starttls.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include <egret/abi.h>
#include <egret/base.h>

#include "tls.h"

#define HELLO_MIN 6 /* bytes that show the beginning of a ClientHello */

/* --- protocols of lines --- */

/* What a client's last line before TLS ends with, in any case. */
static const char *const requests[] = {
	"STARTTLS", /* RFC 3207, RFC 9051, RFC 4642, RFC 5804; IRC */
	"STLS", /* RFC 2595 */
	"AUTH TLS", /* RFC 4217 */
	"AUTH SSL",
};

static bool line_asks(const char *line, size_t size)
{
	while (size && (line[size - 1] == '\r' || line[size - 1] == ' '))
		size--;
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		size_t length = strlen(requests[i]);

		/* Alone on the line, or behind a tag as IMAP's. */
		if (size >= length && !strncasecmp(line + size - length, requests[i], length) &&
		    (size == length || line[size - length - 1] == ' '))
			return true;
	}
	return false;
}

/* XMPP has elements instead of lines (RFC 6120 section 5.4.2.1). */
static bool element_asks(const char *text, size_t size)
{
	static const char element[] = "<starttls ";
	const char *last = size ? memrchr(text, '<', size) : NULL;
	size_t left = last ? size - (size_t)(last - text) : 0;

	if (left >= 2 && last[1] == '/') {
		last = memrchr(text, '<', (size_t)(last - text));
		left = last ? size - (size_t)(last - text) : 0;
	}
	return left >= sizeof(element) && !memcmp(last, element, sizeof(element) - 1) &&
	       text[size - 1] == '>';
}

static bool is_plain(uint8_t c)
{
	return c >= ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Goes past the plain text in front; the text asks for TLS if its end does. */
static int find_after_text(const uint8_t *bytes, size_t size, size_t *ret_offset)
{
	const char *text = (const char *)bytes, *line = text;
	size_t end = 0;
	bool asked;

	while (end < size && end < EG_PLAIN_MAX && is_plain(bytes[end]))
		end++;
	if (end == size)
		return size < EG_PLAIN_MAX ? -EAGAIN : -EBADMSG;
	if (end && text[end - 1] == '\n') {
		line = end > 1 ? memrchr(text, '\n', end - 1) : NULL;
		line = line ? line + 1 : text;
		asked = line_asks(line, end - 1 - (size_t)(line - text));
	} else {
		asked = element_asks(text, end);
	}
	if (!asked || !eg_tls_begins(bytes + end, size - end))
		return -EBADMSG;
	if (size - end < HELLO_MIN)
		return -EAGAIN;
	*ret_offset = end;
	return 0;
}

/* --- protocols of packets --- */

/* A request of fixed size, by the bytes in it that never differ. */
struct packet {
	size_t size;
	uint8_t bytes[32], mask[32];
};

static const struct packet packets[] = {
	/* PostgreSQL, SSLRequest: length 8, code 80877103. */
	{
		.size = 8,
		.bytes = { 0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f },
		.mask = { 255, 255, 255, 255, 255, 255, 255, 255 },
	},
	/* MySQL, SSLRequest: length 32, number 1, capabilities with CLIENT_SSL. */
	{
		.size = 36,
		.bytes = { 32, 0, 0, 1, 0, 8 },
		.mask = { 255, 255, 255, 255, 0, 8 },
	},
	/* LDAP, extended request 1.3.6.1.4.1.1466.20037 as message 1 (RFC 4511 section 4.14). */
	{
		.size = 31,
		.bytes = "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
			 "1.3.6.1.4.1.1466.20037",
		.mask = { 255, 255, 255, 255, 0,   255, 255, 255, 255, 255, 255,
			  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
			  255, 255, 255, 255, 255, 255, 255, 255, 255 },
	},
};

static bool packet_matches(const struct packet *packet, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size && i < packet->size && i < sizeof(packet->bytes); i++)
		if ((bytes[i] ^ packet->bytes[i]) & packet->mask[i])
			return false;
	return true;
}

static int find_after_packet(const uint8_t *bytes, size_t size, size_t *ret_offset)
{
	for (size_t i = 0; i < ARRAY_SIZE(packets); i++) {
		const struct packet *packet = &packets[i];

		if (!packet_matches(packet, bytes, size))
			continue;
		if (size < packet->size + HELLO_MIN)
			return -EAGAIN;
		if (!eg_tls_begins(bytes + packet->size, size - packet->size))
			continue;
		*ret_offset = packet->size;
		return 0;
	}
	return -EBADMSG;
}

int eg_starttls_find(const uint8_t *bytes, size_t size, size_t *ret_offset)
{
	int r = find_after_packet(bytes, size, ret_offset);

	return r == -EBADMSG ? find_after_text(bytes, size, ret_offset) : r;
}
