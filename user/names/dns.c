/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* DNS messages: what was asked, and which addresses the answer gives it. */
#include "dns.h"

#include <errno.h>
#include <string.h>

#include <egret/ip.h>

#include "cursor.h"
#include "ech.h"

#define HEADER_SIZE 12
#define NAME_MAX_WIRE 255 /* RFC 1035 section 2.3.4 */
#define LABELS_MAX 128
#define POINTER 0xc0
#define CLASS_IN 1
#define FLAG_RESPONSE 0x8000
#define FLAG_TRUNCATED 0x0200
#define OPCODE(flags) ((flags) >> 11 & 15)
#define RCODE(flags) ((flags)&15)

/* Keys of a service's parameters (RFC 9460 section 14.3.2, RFC 9849). */
enum parameter { PARAMETER_IPV4HINT = 4, PARAMETER_ECH = 5, PARAMETER_IPV6HINT = 6 };

struct message {
	const uint8_t *bytes;
	size_t size;
};

struct record {
	size_t owner; /* where its name begins */
	uint16_t type;
	uint32_t ttl;
	size_t data, data_size;
};

struct answers {
	struct message message;
	struct record records[EG_DNS_RECORDS_MAX];
	size_t count;
	/* Names that stand for the one that was asked, and how long they do. */
	size_t chain[EG_DNS_CHAIN_MAX + 1];
	uint32_t ttl[EG_DNS_CHAIN_MAX + 1];
	size_t chain_count;
};

/* --- names --- */

/* A walk along the labels of a name, through pointers to what stands before. */
struct labels {
	struct message message;
	size_t at, begin; /* next label; where the current run of labels began */
	size_t end; /* behind the name where the walk began, 0: not known yet */
	size_t wire; /* bytes of the name so far */
};

static struct labels labels_open(struct message message, size_t at)
{
	return (struct labels){ .message = message, .at = at, .begin = at };
}

/*
 * A pointer leads to a place before the run of labels that it ends (RFC 1035
 * section 4.1.4, "prior occurrence"): so every walk comes to an end.
 */
static bool follow(struct labels *labels)
{
	size_t target;

	if (labels->at + 2 > labels->message.size)
		return false;
	target = (labels->message.bytes[labels->at] & 0x3fU) << 8 |
		 labels->message.bytes[labels->at + 1];
	if (target >= labels->begin)
		return false;
	if (!labels->end)
		labels->end = labels->at + 2;
	labels->at = labels->begin = target;
	return true;
}

/* 1 and the label, 0 after the last one, or -EBADMSG. */
static int labels_next(struct labels *labels, const uint8_t **ret_label, size_t *ret_size)
{
	const struct message *message = &labels->message;
	size_t size;

	while (labels->at < message->size && message->bytes[labels->at] >= POINTER)
		if (!follow(labels))
			return -EBADMSG;
	if (labels->at >= message->size)
		return -EBADMSG;
	size = message->bytes[labels->at];
	labels->wire += size + 1;
	if (size > EG_LABEL_MAX || labels->wire > NAME_MAX_WIRE ||
	    labels->at + 1 + size > message->size)
		return -EBADMSG;
	*ret_label = message->bytes + labels->at + 1;
	*ret_size = size;
	labels->at += 1 + size;
	if (!size && !labels->end)
		labels->end = labels->at;
	return size > 0;
}

/* Goes past a name. */
static int skip_name(struct message message, size_t *at)
{
	struct labels labels = labels_open(message, *at);
	const uint8_t *label;
	size_t size;
	int r = 1;

	for (int i = 0; i < LABELS_MAX && r > 0; i++)
		r = labels_next(&labels, &label, &size);
	if (r)
		return -EBADMSG;
	*at = labels.end;
	return 0;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool same_label(const uint8_t *a, const uint8_t *b, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

/* Are the names at these places the same, in any case (RFC 4343)? */
static bool same_name(struct message message, size_t a, size_t b)
{
	struct labels left = labels_open(message, a), right = labels_open(message, b);
	const uint8_t *left_label, *right_label;
	size_t left_size, right_size;

	for (int i = 0; i < LABELS_MAX; i++) {
		int l = labels_next(&left, &left_label, &left_size);
		int r = labels_next(&right, &right_label, &right_size);

		if (l < 0 || l != r || left_size != right_size)
			return false;
		if (!l || left.at == right.at)
			return !l || same_label(left_label, right_label, left_size);
		if (!same_label(left_label, right_label, left_size))
			return false;
	}
	return false;
}

/* The name as text; "" if that is no name of a host. */
static void name_text(struct message message, size_t at, char name[static EG_HOST_MAX + 1])
{
	struct labels labels = labels_open(message, at);
	char text[NAME_MAX_WIRE + 1];
	const uint8_t *label;
	size_t size, length = 0;

	while (labels_next(&labels, &label, &size) > 0) {
		/* A dot inside a label would make two of it. */
		if (memchr(label, '.', size))
			length = NAME_MAX_WIRE;
		if (length + size + 1 > sizeof(text)) {
			length = 0;
			break;
		}
		memcpy(text + length, label, size);
		length += size;
		text[length++] = '.';
	}
	if (eg_host_normalize(text, length, name) < 0)
		name[0] = '\0';
}

/* --- records --- */

/* RFC 2181 section 8: an age with its highest bit set is none. */
static uint32_t valid_ttl(uint32_t ttl)
{
	return ttl > INT32_MAX ? 0 : ttl;
}

/* Reads one record; -EAGAIN: it is not whole. */
static int read_record(struct message message, size_t *at, struct record *ret_record)
{
	struct record record = { .owner = *at };
	struct eg_cursor cursor;
	size_t begin = *at;
	uint16_t class;

	if (skip_name(message, &begin) < 0)
		return -EBADMSG;
	cursor = eg_cursor_open(message.bytes + begin, message.size - begin);
	record.type = eg_cursor_u16(&cursor);
	class = eg_cursor_u16(&cursor);
	record.ttl = valid_ttl(eg_cursor_u32(&cursor));
	record.data_size = eg_cursor_u16(&cursor);
	record.data = (size_t)(cursor.at - message.bytes);
	eg_cursor_skip(&cursor, record.data_size);
	if (cursor.failed)
		return -EAGAIN;
	if (class != CLASS_IN)
		record.type = 0;
	*at = (size_t)(cursor.at - message.bytes);
	*ret_record = record;
	return 0;
}

/* RFC 9267 section 5: a record's length is that of what is in it. */
static bool is_sound(struct message message, const struct record *record)
{
	size_t at = record->data;

	switch (record->type) {
	case EG_DNS_A:
		return record->data_size == 4;
	case EG_DNS_AAAA:
		return record->data_size == 16;
	case EG_DNS_CNAME:
		return !skip_name(message, &at) && at == record->data + record->data_size;
	default:
		return true;
	}
}

static int read_records(struct answers *answers, size_t at, size_t count, bool cut)
{
	int r;

	for (size_t i = 0; i < count && answers->count < EG_DNS_RECORDS_MAX; i++) {
		struct record *record = &answers->records[answers->count];

		r = read_record(answers->message, &at, record);
		if (r < 0 && cut)
			return 0;
		if (r < 0 || !is_sound(answers->message, record))
			return -EBADMSG;
		if (record->type)
			answers->count++;
	}
	return 0;
}

/* --- from the name that was asked to its addresses --- */

static const struct record *alias_of(const struct answers *answers, size_t name)
{
	for (size_t i = 0; i < answers->count; i++)
		if (answers->records[i].type == EG_DNS_CNAME &&
		    same_name(answers->message, answers->records[i].owner, name))
			return &answers->records[i];
	return NULL;
}

static uint32_t shorter(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static void follow_aliases(struct answers *answers)
{
	const struct record *alias;

	answers->chain[0] = HEADER_SIZE;
	answers->ttl[0] = INT32_MAX;
	for (answers->chain_count = 1; answers->chain_count <= EG_DNS_CHAIN_MAX;
	     answers->chain_count++) {
		size_t last = answers->chain_count - 1;

		alias = alias_of(answers, answers->chain[last]);
		if (!alias)
			return;
		answers->chain[last + 1] = alias->data;
		answers->ttl[last + 1] = shorter(answers->ttl[last], alias->ttl);
	}
}

static void add_address(struct eg_dns_message *message, const uint8_t *bytes, size_t size,
			uint32_t ttl)
{
	struct eg_dns_address *address = &message->addresses[message->addresses_count];

	if (message->addresses_count == EG_DNS_ADDRESSES_MAX)
		return;
	if (size == 4)
		eg_ip_from_ipv4(bytes, address->ip);
	else
		memcpy(address->ip, bytes, 16);
	address->ttl = ttl;
	message->addresses_count++;
}

static int add_hints(struct eg_dns_message *message, struct eg_cursor value, size_t size,
		     uint32_t ttl)
{
	if (!eg_cursor_left(&value) || eg_cursor_left(&value) % size)
		return -EBADMSG;
	while (eg_cursor_left(&value))
		add_address(message, eg_cursor_skip(&value, size), size, ttl);
	return 0;
}

/* A service's parameters (RFC 9460 section 2.2): keys in ascending order. */
static int read_service(struct message message, const struct record *record, uint32_t ttl,
			struct eg_dns_message *into)
{
	size_t at = record->data + 2, end = record->data + record->data_size;
	struct eg_cursor cursor, value;
	long before = -1;
	uint16_t key;
	int r = 0;

	if (record->data_size < 3 || skip_name(message, &at) < 0 || at > end)
		return -EBADMSG;
	cursor = eg_cursor_open(message.bytes + at, end - at);
	while (eg_cursor_left(&cursor) && r == 0) {
		key = eg_cursor_u16(&cursor);
		value = eg_cursor_take(&cursor, eg_cursor_u16(&cursor));
		if (value.failed || key <= before)
			return -EBADMSG;
		before = key;
		if (key == PARAMETER_IPV4HINT)
			r = add_hints(into, value, 4, ttl);
		else if (key == PARAMETER_IPV6HINT)
			r = add_hints(into, value, 16, ttl);
		else if (key == PARAMETER_ECH)
			eg_ech_public_name(value.at, eg_cursor_left(&value), into->public_name);
	}
	return r;
}

static int read_answer(const struct answers *answers, const struct record *record,
		       struct eg_dns_message *message)
{
	size_t link = 0;
	uint32_t ttl;

	if (record->type != EG_DNS_A && record->type != EG_DNS_AAAA &&
	    record->type != EG_DNS_SVCB && record->type != EG_DNS_HTTPS)
		return 0;
	while (link < answers->chain_count &&
	       !same_name(answers->message, record->owner, answers->chain[link]))
		link++;
	if (link == answers->chain_count)
		return 0;
	ttl = shorter(answers->ttl[link], record->ttl);
	if (record->type == EG_DNS_SVCB || record->type == EG_DNS_HTTPS)
		return read_service(answers->message, record, ttl, message);
	add_address(message, answers->message.bytes + record->data, record->data_size, ttl);
	return 0;
}

static int read_answers(struct message bytes, size_t at, size_t count, bool cut,
			struct eg_dns_message *message)
{
	struct answers answers;
	int r;

	answers.message = bytes;
	answers.count = 0;
	r = read_records(&answers, at, count, cut);
	if (r < 0)
		return r;
	follow_aliases(&answers);
	for (size_t i = 0; i < answers.count && r == 0; i++)
		r = read_answer(&answers, &answers.records[i], message);
	return r;
}

int eg_dns_parse(const uint8_t *bytes, size_t size, bool cut, struct eg_dns_message *ret_message)
{
	struct eg_cursor cursor = eg_cursor_open(bytes, size);
	struct message message = { .bytes = bytes, .size = size };
	struct eg_dns_message result;
	uint16_t flags, questions, answers;
	size_t at = HEADER_SIZE;
	int r = 0;

	result.id = eg_cursor_u16(&cursor);
	flags = eg_cursor_u16(&cursor);
	questions = eg_cursor_u16(&cursor);
	answers = eg_cursor_u16(&cursor);
	if (size < HEADER_SIZE || questions != 1 || OPCODE(flags) || skip_name(message, &at) < 0)
		return -EBADMSG;
	cursor = eg_cursor_open(bytes + at, size - at);
	result.type = eg_cursor_u16(&cursor);
	result.class = eg_cursor_u16(&cursor);
	if (cursor.failed)
		return -EBADMSG;
	result.response = flags & FLAG_RESPONSE;
	result.truncated = flags & FLAG_TRUNCATED;
	result.rcode = RCODE(flags);
	result.addresses_count = 0;
	result.public_name[0] = '\0';
	name_text(message, HEADER_SIZE, result.name);
	if (result.response)
		r = read_answers(message, at + 4, answers, cut || result.truncated, &result);
	if (r == 0)
		*ret_message = result;
	return r;
}
