/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What counts as the name of a host. */
#include "host.h"

#include <errno.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* 0: a character that no name has. */
static char fold(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	if ((c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_')
		return c;
	return 0;
}

/* A name whose last label is a number is an IPv4 address, or wants to be taken for one. */
static bool ends_in_number(const char *name)
{
	const char *label = strrchr(name, '.');

	for (label = label ? label + 1 : name; is_digit(*label); label++)
		;
	return !*label;
}

int eg_host_normalize(const char *text, size_t size, char ret_name[static EG_HOST_MAX + 1])
{
	char name[EG_HOST_MAX + 1];
	size_t label = 0;

	if (size && text[size - 1] == '.')
		size--;
	if (!size || size > EG_HOST_MAX)
		return -EINVAL;
	for (size_t i = 0; i < size; i++) {
		name[i] = text[i] == '.' ? '.' : fold(text[i]);
		label = name[i] == '.' ? 0 : label + 1;
		if (!name[i] || label > EG_LABEL_MAX ||
		    (!label && (!i || name[i - 1] == '.' || i + 1 == size)))
			return -EINVAL;
	}
	name[size] = '\0';
	if (ends_in_number(name))
		return -EINVAL;
	memcpy(ret_name, name, size + 1);
	return 0;
}
