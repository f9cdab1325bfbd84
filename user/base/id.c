/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* App ids: texts that are keys in files, so that no output needs to escape them. */
#include <egret/base.h>

#include "utf8.h"

#include <string.h>

/*
 * Bytes that an id holds as they are. Whatever a sink would escape is encoded
 * here, or an id would not be the same once it is printed and read again; and
 * the percent sign, or two texts could have one id.
 */
static size_t allowed_size(const char *text)
{
	return strchr(" \"\\%", *text) ? 0 : eg_utf8_harmless(text);
}

char *eg_id_encode(const char *prefix, const char *text)
{
	static const char digits[] = "0123456789ABCDEF"; /* RFC 3986 section 2.1 */
	size_t prefix_size = strlen(prefix);
	char *id = malloc(prefix_size + 3 * strlen(text) + 1);
	char *end = id;

	if (!id)
		return NULL;
	end = mempcpy(end, prefix, prefix_size);
	while (*text) {
		size_t size = allowed_size(text);

		if (size) {
			end = mempcpy(end, text, size);
			text += size;
		} else {
			*end++ = '%';
			*end++ = digits[(uint8_t)*text >> 4];
			*end++ = digits[(uint8_t)*text++ & 15];
		}
	}
	*end = '\0';
	return id;
}
