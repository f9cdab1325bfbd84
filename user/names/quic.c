/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* QUIC: the ClientHello in a client's first packets. */
#include "quic.h"

#include <errno.h>
#include <string.h>

#include <egret/abi.h>

#include "cursor.h"

#define NUMBER_MAX 4 /* bytes of a packet number */
#define LONG_HEADER 0x80
#define FIXED_BIT 0x40
#define TYPE(first) ((first) >> 4 & 3)
#define TYPE_RETRY_V1 3
#define TYPE_RETRY_V2 0

enum frame {
	FRAME_PADDING = 0,
	FRAME_PING = 1,
	FRAME_ACK = 2,
	FRAME_ACK_ECN = 3,
	FRAME_CRYPTO = 6,
	FRAME_CLOSE = 0x1c,
};

/* A packet with a long header (RFC 9000 section 17.2), still protected. */
struct packet {
	const uint8_t *bytes;
	uint8_t first;
	uint32_t version;
	struct eg_cursor id; /* destination connection id */
	bool initial;
	size_t number_at; /* where the packet number begins */
	size_t size; /* of the whole packet */
};

/* --- packets --- */

static uint8_t initial_type(uint32_t version)
{
	return version == EG_QUIC_V2 ? 1 : 0;
}

bool eg_quic_begins(const uint8_t *datagram, size_t size)
{
	struct eg_cursor cursor = eg_cursor_open(datagram, size);
	uint8_t first = eg_cursor_u8(&cursor);
	uint32_t version = eg_cursor_u32(&cursor);

	return !cursor.failed && first & LONG_HEADER && first & FIXED_BIT &&
	       (version == EG_QUIC_V1 || version == EG_QUIC_V2) &&
	       TYPE(first) == initial_type(version);
}

static int read_header(struct eg_cursor *cursor, struct packet *ret_packet)
{
	struct packet packet = { .bytes = cursor->at };
	uint8_t type, retry;
	uint64_t length;

	packet.first = eg_cursor_u8(cursor);
	packet.version = eg_cursor_u32(cursor);
	packet.id = eg_cursor_take(cursor, eg_cursor_u8(cursor));
	eg_cursor_skip(cursor, eg_cursor_u8(cursor)); /* source connection id */
	type = TYPE(packet.first);
	retry = packet.version == EG_QUIC_V2 ? TYPE_RETRY_V2 : TYPE_RETRY_V1;
	if (cursor->failed || !(packet.first & LONG_HEADER) || type == retry ||
	    (packet.version != EG_QUIC_V1 && packet.version != EG_QUIC_V2) ||
	    eg_cursor_left(&packet.id) > EG_QUIC_ID_MAX)
		return -EBADMSG;
	packet.initial = type == initial_type(packet.version);
	if (packet.initial)
		eg_cursor_skip(cursor, eg_cursor_varint(cursor)); /* token */
	length = eg_cursor_varint(cursor);
	packet.number_at = (size_t)(cursor->at - packet.bytes);
	eg_cursor_skip(cursor, length);
	if (cursor->failed)
		return -EBADMSG;
	packet.size = (size_t)(cursor->at - packet.bytes);
	*ret_packet = packet;
	return 0;
}

/* Takes the header's protection off and opens the payload with these keys. */
static int open_packet(struct eg_quic_crypto *crypto, const struct eg_quic_keys *keys,
		       const struct packet *packet, uint8_t *ret_plain, size_t *ret_size)
{
	uint8_t header[EG_DATAGRAM_MAX], mask[5];
	struct eg_quic_sealed sealed = { .header = header };
	size_t number_size;

	/* The sample lies behind the longest packet number that could be (RFC 9001 5.4.2). */
	if (packet->size < packet->number_at + NUMBER_MAX + EG_QUIC_SAMPLE ||
	    eg_quic_mask(crypto, keys, packet->bytes + packet->number_at + NUMBER_MAX, mask) < 0)
		return -EBADMSG;
	memcpy(header, packet->bytes, packet->number_at + NUMBER_MAX);
	header[0] ^= mask[0] & 0x0f;
	number_size = (header[0] & 3U) + 1;
	for (size_t i = 0; i < number_size; i++) {
		header[packet->number_at + i] ^= mask[1 + i];
		sealed.number = sealed.number << 8 | header[packet->number_at + i];
	}
	sealed.header_size = packet->number_at + number_size;
	sealed.payload = packet->bytes + sealed.header_size;
	sealed.size = packet->size - sealed.header_size;
	if (sealed.size < EG_QUIC_TAG || eg_quic_open(crypto, keys, &sealed, ret_plain) < 0)
		return -EBADMSG;
	*ret_size = sealed.size - EG_QUIC_TAG;
	return 0;
}

/*
 * With the keys that the flow has, or else with those that this packet's own
 * id gives: of a new connection, or of one that begins again after a Retry.
 */
static int open_initial(struct eg_quic_crypto *crypto, struct eg_quic_flow *flow,
			const struct packet *packet, uint8_t *ret_plain, size_t *ret_size)
{
	struct eg_quic_keys keys;

	if (flow->keyed && flow->version == packet->version &&
	    !open_packet(crypto, &flow->keys, packet, ret_plain, ret_size))
		return 0;
	if (eg_quic_derive(crypto, packet->version, packet->id.at, eg_cursor_left(&packet->id),
			   &keys) < 0 ||
	    open_packet(crypto, &keys, packet, ret_plain, ret_size) < 0)
		return -EBADMSG;
	flow->keyed = true;
	flow->version = packet->version;
	flow->keys = keys;
	flow->ranges_count = 0;
	return 0;
}

/* --- frames --- */

/* Notes that these bytes are there now, and joins what touches. */
static bool add_range(struct eg_quic_flow *flow, uint16_t begin, uint16_t end)
{
	struct eg_quic_range *ranges = flow->ranges;
	size_t first = 0, last;

	while (first < flow->ranges_count && ranges[first].end < begin)
		first++;
	for (last = first; last < flow->ranges_count && ranges[last].begin <= end; last++) {
		begin = ranges[last].begin < begin ? ranges[last].begin : begin;
		end = ranges[last].end > end ? ranges[last].end : end;
	}
	if (first == last && flow->ranges_count == EG_QUIC_RANGES_MAX)
		return false;
	memmove(&ranges[first + 1], &ranges[last], (flow->ranges_count - last) * sizeof(*ranges));
	ranges[first] = (struct eg_quic_range){ .begin = begin, .end = end };
	flow->ranges_count += 1 + first - last;
	return true;
}

static int read_crypto(struct eg_quic_flow *flow, struct eg_cursor *cursor)
{
	uint64_t offset = eg_cursor_varint(cursor), length = eg_cursor_varint(cursor);
	const uint8_t *data = eg_cursor_skip(cursor, length);

	if (!data || offset > sizeof(flow->hello) || length > sizeof(flow->hello) - offset)
		return -EBADMSG;
	if (length && add_range(flow, (uint16_t)offset, (uint16_t)(offset + length)))
		memcpy(flow->hello + offset, data, length);
	return 0;
}

/* RFC 9000 section 19.3; what it acknowledges is of no interest. */
static void skip_ack(struct eg_cursor *cursor, uint64_t type)
{
	uint64_t ranges;

	eg_cursor_varint(cursor); /* largest */
	eg_cursor_varint(cursor); /* delay */
	ranges = eg_cursor_varint(cursor);
	eg_cursor_varint(cursor); /* first range */
	for (; ranges && !cursor->failed; ranges--) {
		eg_cursor_varint(cursor);
		eg_cursor_varint(cursor);
	}
	for (int i = 0; type == FRAME_ACK_ECN && i < 3; i++)
		eg_cursor_varint(cursor);
}

/* The frames that an Initial may carry (RFC 9000 section 12.4). */
static int read_frames(struct eg_quic_flow *flow, const uint8_t *plain, size_t size)
{
	struct eg_cursor cursor = eg_cursor_open(plain, size);
	uint64_t type;
	int r = 0;

	while (eg_cursor_left(&cursor) && r == 0) {
		type = eg_cursor_varint(&cursor);
		switch (type) {
		case FRAME_PADDING:
		case FRAME_PING:
			break;
		case FRAME_ACK:
		case FRAME_ACK_ECN:
			skip_ack(&cursor, type);
			break;
		case FRAME_CRYPTO:
			r = read_crypto(flow, &cursor);
			break;
		case FRAME_CLOSE:
			return 0;
		default:
			return -EBADMSG;
		}
	}
	return cursor.failed ? -EBADMSG : r;
}

static int parse_hello(const struct eg_quic_flow *flow, struct eg_tls_hello *ret_hello)
{
	if (!flow->ranges_count || flow->ranges[0].begin)
		return -EAGAIN;
	return eg_tls_parse_handshake(flow->hello, flow->ranges[0].end, ret_hello);
}

int eg_quic_add(struct eg_quic_crypto *crypto, struct eg_quic_flow *flow, const uint8_t *datagram,
		size_t size, struct eg_tls_hello *ret_hello)
{
	struct eg_cursor cursor = eg_cursor_open(datagram, size);
	uint8_t plain[EG_DATAGRAM_MAX];
	struct packet packet;
	bool opened = false;
	size_t length;

	if (size > EG_DATAGRAM_MAX)
		return -EBADMSG;
	for (int i = 0; i < EG_QUIC_PACKETS_MAX && eg_cursor_left(&cursor); i++) {
		if (read_header(&cursor, &packet) < 0)
			break;
		if (!packet.initial || open_initial(crypto, flow, &packet, plain, &length) < 0)
			continue;
		if (read_frames(flow, plain, length) < 0)
			return -EBADMSG;
		opened = true;
	}
	return opened ? parse_hello(flow, ret_hello) : -EBADMSG;
}
