/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Encrypted ClientHello: the name that stands outside, for everyone to read. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "host.h"

/*
 * The public_name of the first configuration of a list (RFC 9849 section 4)
 * that has one we can read. 0, or -EINVAL: there is none.
 */
int eg_ech_public_name(const uint8_t *bytes, size_t size, char ret_name[static EG_HOST_MAX + 1]);
