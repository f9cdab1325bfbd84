/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which characters may appear in an output as they are. */
#pragma once

#include <stddef.h>

/*
 * Length in bytes of the character at text, which is NUL-terminated, if it is
 * well-formed UTF-8 (RFC 3629 section 4) and harmless in any output; 0 if its
 * first byte must be escaped: what is no UTF-8, C0 and C1 controls, DEL, the
 * bidirectional controls (Unicode UAX #9), line and paragraph separators.
 */
size_t eg_utf8_harmless(const char *text);
