/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading bytes that somebody else wrote: never past the end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A piece of a message that is still to be read. Whoever reads past its end
 * gets zeroes and `failed`, which stays: a parser reads on and asks once. Bytes
 * are not owned, numbers are big-endian on the wire.
 */
struct eg_cursor {
	const uint8_t *at, *end;
	bool failed;
};

struct eg_cursor eg_cursor_open(const uint8_t *bytes, size_t size);
/* Bytes that are left; 0 after a failure. */
size_t eg_cursor_left(const struct eg_cursor *cursor);

uint8_t eg_cursor_u8(struct eg_cursor *cursor);
uint16_t eg_cursor_u16(struct eg_cursor *cursor);
uint32_t eg_cursor_u24(struct eg_cursor *cursor);
uint32_t eg_cursor_u32(struct eg_cursor *cursor);
/* A QUIC integer of 1, 2, 4 or 8 bytes (RFC 9000 section 16). */
uint64_t eg_cursor_varint(struct eg_cursor *cursor);
/* Goes past `size` bytes and yields where they begin; NULL: there are not so many. */
const uint8_t *eg_cursor_skip(struct eg_cursor *cursor, uint64_t size);
/* The next `size` bytes as a cursor of their own; failed if there are not so many. */
struct eg_cursor eg_cursor_take(struct eg_cursor *cursor, uint64_t size);
