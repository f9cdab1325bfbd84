/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a file in IPFire's format can be given to libloc. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Looks at all of a file of format version 1 that a look-up may follow: sections
 * inside the file, texts with an end, a tree whose branches lead further down, no
 * deeper than an address is long, and to networks that there are. libloc believes
 * the file in this. 0, -EINVAL with a reason (a constant), or -ENOMEM. Pure.
 */
int eg_loc_check(const uint8_t *bytes, size_t size, const char **ret_reason);
