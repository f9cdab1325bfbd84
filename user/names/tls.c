/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TLS: the server's name that a ClientHello shows. */
#include "tls.h"

#include <errno.h>
#include <string.h>

#include <egret/abi.h>

#include "cursor.h"

#define RECORD_HEADER 5
#define RECORD_MAX 16384 /* RFC 8446 section 5.1 */
#define RECORD_HANDSHAKE 22
#define HANDSHAKE_HEADER 4
#define HANDSHAKE_CLIENT_HELLO 1
#define EXTENSIONS_MAX 256
#define NAME_TYPE_HOST 0

enum extension { EXTENSION_SERVER_NAME = 0, EXTENSION_ECH = 0xfe0d };

/* ServerNameList: the first name of a host. An address, or worse, is no name. */
static void read_server_name(struct eg_cursor extension, char name[static EG_HOST_MAX + 1])
{
	struct eg_cursor list = eg_cursor_take(&extension, eg_cursor_u16(&extension)), entry;
	uint8_t type;

	while (eg_cursor_left(&list)) {
		type = eg_cursor_u8(&list);
		entry = eg_cursor_take(&list, eg_cursor_u16(&list));
		if (type == NAME_TYPE_HOST && !entry.failed) {
			if (eg_host_normalize((const char *)entry.at, eg_cursor_left(&entry),
					      name) < 0)
				name[0] = '\0';
			return;
		}
	}
}

static int read_extensions(struct eg_cursor *cursor, struct eg_tls_hello *hello)
{
	struct eg_cursor list = eg_cursor_take(cursor, eg_cursor_u16(cursor)), extension;
	bool named = false;
	uint16_t type;

	for (int i = 0; i < EXTENSIONS_MAX && eg_cursor_left(&list); i++) {
		type = eg_cursor_u16(&list);
		extension = eg_cursor_take(&list, eg_cursor_u16(&list));
		if (extension.failed)
			return -EBADMSG;
		/* No extension comes twice (RFC 8446 section 4.2). */
		if (type == EXTENSION_SERVER_NAME && named)
			return -EBADMSG;
		if (type == EXTENSION_SERVER_NAME) {
			named = true;
			read_server_name(extension, hello->name);
		} else if (type == EXTENSION_ECH) {
			hello->ech = true;
		}
	}
	return list.failed || eg_cursor_left(&list) || eg_cursor_left(cursor) ? -EBADMSG : 0;
}

static int read_hello(struct eg_cursor cursor, struct eg_tls_hello *ret_hello)
{
	struct eg_tls_hello hello = { .ech = false };
	uint16_t version = eg_cursor_u16(&cursor);
	int r = 0;

	eg_cursor_skip(&cursor, 32); /* random */
	eg_cursor_skip(&cursor, eg_cursor_u8(&cursor)); /* legacy_session_id */
	eg_cursor_skip(&cursor, eg_cursor_u16(&cursor)); /* cipher_suites */
	eg_cursor_skip(&cursor, eg_cursor_u8(&cursor)); /* legacy_compression_methods */
	if (cursor.failed || version >> 8 != 3)
		return -EBADMSG;
	/* Before TLS 1.2 a hello could end here. */
	if (eg_cursor_left(&cursor))
		r = read_extensions(&cursor, &hello);
	if (r == 0)
		*ret_hello = hello;
	return r;
}

int eg_tls_parse_handshake(const uint8_t *bytes, size_t size, struct eg_tls_hello *ret_hello)
{
	struct eg_cursor cursor = eg_cursor_open(bytes, size);
	uint32_t length;

	if (size && eg_cursor_u8(&cursor) != HANDSHAKE_CLIENT_HELLO)
		return -EBADMSG;
	length = eg_cursor_u24(&cursor);
	if (cursor.failed)
		return -EAGAIN;
	if (length > EG_HELLO_MAX - HANDSHAKE_HEADER)
		return -EBADMSG;
	if (eg_cursor_left(&cursor) < length)
		return -EAGAIN;
	return read_hello(eg_cursor_take(&cursor, length), ret_hello);
}

bool eg_tls_begins(const uint8_t *bytes, size_t size)
{
	/* Type, version 3.x, a length of at least 1 and at most 16384, ClientHello. */
	return (size < 1 || bytes[0] == RECORD_HANDSHAKE) && (size < 2 || bytes[1] == 3) &&
	       (size < 3 || bytes[2] <= 4) &&
	       (size < RECORD_HEADER ||
		((bytes[3] || bytes[4]) && (bytes[3] << 8 | bytes[4]) <= RECORD_MAX)) &&
	       (size <= RECORD_HEADER || bytes[RECORD_HEADER] == HANDSHAKE_CLIENT_HELLO);
}

/* Takes one record's payload, as much as is there. -EAGAIN: the record is not whole. */
static int read_record(struct eg_cursor *cursor, const uint8_t **ret_payload, size_t *ret_size)
{
	size_t left;
	uint16_t length;

	if (!eg_tls_begins(cursor->at, eg_cursor_left(cursor) < RECORD_HEADER
					       ? eg_cursor_left(cursor)
					       : RECORD_HEADER))
		return -EBADMSG;
	eg_cursor_skip(cursor, 3);
	length = eg_cursor_u16(cursor);
	if (cursor->failed)
		return -EAGAIN;
	left = eg_cursor_left(cursor);
	*ret_size = left < length ? left : length;
	*ret_payload = eg_cursor_skip(cursor, *ret_size);
	return left < length ? -EAGAIN : 0;
}

int eg_tls_parse_records(const uint8_t *bytes, size_t size, struct eg_tls_hello *ret_hello)
{
	struct eg_cursor cursor = eg_cursor_open(bytes, size);
	uint8_t hello[EG_HELLO_MAX];
	const uint8_t *payload;
	size_t length, held = 0;
	int record, r;

	do {
		record = read_record(&cursor, &payload, &length);
		if (record == -EBADMSG || cursor.failed)
			return record;
		/* One record is the rule, and there is no need to copy it. */
		r = held ? -EAGAIN : eg_tls_parse_handshake(payload, length, ret_hello);
		if (r != -EAGAIN)
			return r;
		if (length > sizeof(hello) - held)
			return -EBADMSG;
		memcpy(hello + held, payload, length);
		held += length;
		r = eg_tls_parse_handshake(hello, held, ret_hello);
	} while (r == -EAGAIN && record == 0 && eg_cursor_left(&cursor));
	return r;
}
