/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* HTTP/1: the host that a request names. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host.h"

struct eg_http_request {
	char name[EG_HOST_MAX + 1]; /* "": none, or an address */
	bool connect; /* CONNECT: what follows the head is the tunnel's own */
	size_t head_size; /* with the empty line at its end */
};

/*
 * Reads the head of a request (RFC 9112 sections 2 and 3): the host in its
 * target, where it has one, is the host, else that of the Host field. 0;
 * -EAGAIN: the head is not complete yet; -EBADMSG: that is no request, or a
 * malformed one.
 */
int eg_http_parse(const uint8_t *bytes, size_t size, struct eg_http_request *ret_request);
