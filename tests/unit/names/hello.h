/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* ClientHellos of any size, with or without a name. */
#pragma once

#include "tests/unit/names/bytes.h"

struct hello_options {
	const char *name; /* NULL: no extension */
	bool ech;
	size_t padding; /* bytes of an extension in front of these, as a key share would be */
};

static inline void hello_extension(struct bytes *bytes, uint16_t type, const struct bytes *content)
{
	bytes_number(bytes, 2, type);
	bytes_counted(bytes, 2, content);
}

static inline void hello_name(struct bytes *bytes, const char *name)
{
	struct bytes entry = { .size = 0 }, list = { .size = 0 };

	bytes_number(&entry, 1, 0);
	bytes_number(&entry, 2, strlen(name));
	bytes_text(&entry, name);
	bytes_counted(&list, 2, &entry);
	hello_extension(bytes, 0, &list);
}

/* A ClientHello with its handshake header. */
static inline void hello_make(struct bytes *bytes, const struct hello_options *options)
{
	struct bytes body = { .size = 0 }, extensions = { .size = 0 }, padding = { .size = 0 };

	bytes_number(&body, 2, 0x0303);
	for (int i = 0; i < 4; i++)
		bytes_number(&body, 8, 0x0102030405060708);
	bytes_number(&body, 1, 0); /* session id */
	bytes_number(&body, 4, 0x00021301); /* cipher suites */
	bytes_number(&body, 2, 0x0100); /* compression methods */
	padding.size = options->padding;
	memset(padding.data, 0xaa, padding.size);
	if (options->padding)
		hello_extension(&extensions, 51, &padding);
	if (options->name)
		hello_name(&extensions, options->name);
	padding.size = 40;
	if (options->ech)
		hello_extension(&extensions, 0xfe0d, &padding);
	bytes_counted(&body, 2, &extensions);
	bytes_number(bytes, 1, 1);
	bytes_counted(bytes, 3, &body);
}

/* The same message in records of at most `size` bytes each. */
static inline void hello_records(struct bytes *bytes, const struct bytes *message, size_t size)
{
	for (size_t at = 0, length; at < message->size; at += length) {
		length = message->size - at < size ? message->size - at : size;
		bytes_number(bytes, 3, 0x160301);
		bytes_number(bytes, 2, length);
		bytes_add(bytes, message->data + at, length);
	}
}
