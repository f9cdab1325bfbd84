/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Encrypted ClientHello: the name that stands outside, for everyone to read. */
#include "ech.h"

#include <errno.h>

#include "cursor.h"

#define VERSION 0xfe0d
#define CONFIGS_MAX 16

/* ECHConfigContents: key_config, maximum_name_length, public_name, extensions. */
static int read_contents(struct eg_cursor *contents, char ret_name[static EG_HOST_MAX + 1])
{
	struct eg_cursor name;

	eg_cursor_skip(contents, 1 + 2); /* config_id, kem_id */
	eg_cursor_skip(contents, eg_cursor_u16(contents)); /* public_key */
	eg_cursor_skip(contents, eg_cursor_u16(contents)); /* cipher_suites */
	eg_cursor_skip(contents, 1); /* maximum_name_length */
	name = eg_cursor_take(contents, eg_cursor_u8(contents));
	if (name.failed)
		return -EINVAL;
	return eg_host_normalize((const char *)name.at, eg_cursor_left(&name), ret_name);
}

int eg_ech_public_name(const uint8_t *bytes, size_t size, char ret_name[static EG_HOST_MAX + 1])
{
	struct eg_cursor cursor = eg_cursor_open(bytes, size);
	struct eg_cursor list = eg_cursor_take(&cursor, eg_cursor_u16(&cursor)), contents;
	uint16_t version;

	for (int i = 0; i < CONFIGS_MAX && eg_cursor_left(&list); i++) {
		version = eg_cursor_u16(&list);
		contents = eg_cursor_take(&list, eg_cursor_u16(&list));
		if (version == VERSION && !read_contents(&contents, ret_name))
			return 0;
	}
	return -EINVAL;
}
