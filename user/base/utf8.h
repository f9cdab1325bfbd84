/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which characters may appear in an output as they are. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Length in bytes of the well-formed character (RFC 3629 section 4) at the start
 * of `size` bytes, and its code; 0: there is none.
 */
size_t eg_utf8_decode(const char *text, size_t size, uint32_t *ret_code);

/*
 * Length in bytes of the character at text, which is NUL-terminated, if it is
 * well-formed UTF-8 and harmless in any output; 0 if its
 * first byte must be escaped: what is no UTF-8, C0 and C1 controls, DEL, the
 * bidirectional controls (Unicode UAX #9), line and paragraph separators.
 */
size_t eg_utf8_harmless(const char *text);
