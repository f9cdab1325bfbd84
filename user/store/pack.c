/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lists of texts in one text of the database: "5:hello,", as netstrings (cr.yp.to/proto). */
#include "private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void eg_pack_free(struct eg_pack *pack)
{
	free(pack->text);
	*pack = (struct eg_pack){ 0 };
}

int eg_pack_add(struct eg_pack *pack, const char *text)
{
	size_t length = text ? strlen(text) : 0, room = length + 24;
	char *grown = realloc(pack->text, pack->size + room);

	if (!grown)
		return -ENOMEM;
	pack->text = grown;
	pack->size +=
		(size_t)snprintf(grown + pack->size, room, "%zu:%s,", length, text ? text : "");
	return 0;
}

int eg_pack_next(const char **cursor, char **ret_text)
{
	const char *digit = *cursor;
	size_t length = 0, limit = strlen(digit);
	char *text;

	if (!limit)
		return 0;
	for (; *digit >= '0' && *digit <= '9' && length <= limit; digit++)
		length = 10 * length + (size_t)(*digit - '0');
	if (digit == *cursor || *digit != ':' || length >= strlen(digit + 1) ||
	    digit[1 + length] != ',')
		return -EBADMSG;
	text = strndup(digit + 1, length);
	if (!text)
		return -ENOMEM;
	*cursor = digit + 1 + length + 1;
	*ret_text = text;
	return 1;
}
