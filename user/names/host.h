/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What counts as the name of a host. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 1035 section 2.3.4: 255 bytes on the wire are at most 253 characters. */
#define EG_HOST_MAX 253
#define EG_LABEL_MAX 63

/*
 * Writes a name in lower case and without the root's dot. Letters, digits,
 * hyphens and underscores in labels of up to 63 (RFC 1123 section 2.1; names
 * with underscores are in use); no address, to which RFC 6066 section 3 and
 * RFC 9110 section 4.2 give other places. 0, or -EINVAL: no name of a host.
 */
int eg_host_normalize(const char *text, size_t size, char ret_name[static EG_HOST_MAX + 1]);
