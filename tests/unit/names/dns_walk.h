/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A walk through a DNS message by glibc's functions for names: what stands where, whole or not. */
#pragma once

#include <arpa/nameser.h>
#include <resolv.h>

#include "tests/unit/names/bytes.h"

#define HEADER 12

/* A pointer that leads to where its own labels begin, or behind (RFC 1035 section 4.1.4). */
static inline bool points_forward(const struct bytes *bytes, size_t at)
{
	size_t begin = at, target;

	while (at + 1 < bytes->size && bytes->data[at]) {
		if (bytes->data[at] < NS_CMPRSFLGS) {
			at += 1U + bytes->data[at];
			continue;
		}
		target = ns_get16(bytes->data + at) & 0x3fffU;
		if (target >= begin)
			return true;
		at = begin = target;
	}
	return false;
}

/* Goes past a name that glibc can read; false: it can't, or the name goes in a circle. */
static inline bool pass_name(const struct bytes *bytes, size_t *at)
{
	uint8_t name[NS_MAXCDNAME + 1];
	int size = *at < bytes->size ? ns_name_unpack(bytes->data, bytes->data + bytes->size,
						      bytes->data + *at, name, sizeof(name))
				     : -1;

	if (size < 0 || points_forward(bytes, *at))
		return false;
	*at += (size_t)size;
	return true;
}

struct record {
	uint16_t type, class;
	size_t data, size;
};

static inline bool pass_record(const struct bytes *bytes, size_t *at, struct record *ret_record)
{
	if (!pass_name(bytes, at) || bytes->size - *at < 10)
		return false;
	*ret_record = (struct record){
		.type = (uint16_t)ns_get16(bytes->data + *at),
		.class = (uint16_t)ns_get16(bytes->data + *at + 2),
		.data = *at + 10,
		.size = ns_get16(bytes->data + *at + 8),
	};
	*at = ret_record->data + ret_record->size;
	return *at <= bytes->size;
}

static inline unsigned count_of(const struct bytes *bytes, size_t section)
{
	return ns_get16(bytes->data + 4 + 2 * section);
}

/* Goes past the question; false: there is none that is whole. */
static inline bool pass_question(const struct bytes *bytes, size_t *at)
{
	*at = HEADER;
	if (bytes->size < HEADER || !pass_name(bytes, at) || bytes->size - *at < 4)
		return false;
	*at += 4;
	return true;
}

/* Is there an answer that is_one()? */
static inline bool has_answer(const struct bytes *bytes,
			      bool (*is_one)(const struct bytes *bytes,
					     const struct record *record))
{
	struct record record;
	size_t at;

	if (!pass_question(bytes, &at))
		return false;
	for (unsigned i = count_of(bytes, 1); i && pass_record(bytes, &at, &record); i--)
		if (is_one(bytes, &record))
			return true;
	return false;
}
