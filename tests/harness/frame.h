/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Packets made by hand, for raw and packet sockets. */
#pragma once

#include <stddef.h>

#define FRAME_ROOM 512

/* What a frame holds: addresses as text, of one family; ports; size of the payload. */
struct frame {
	const char *from, *to;
	int from_port, to_port;
	size_t size;
};

/*
 * UDP header and payload; the same in an IP header; the same in an Ethernet
 * header from eg0 to its peer (net_join()). They return the length.
 */
size_t frame_udp(const struct frame *frame, unsigned char out[static FRAME_ROOM]);
size_t frame_ip(const struct frame *frame, unsigned char out[static FRAME_ROOM]);
size_t frame_ethernet(const struct frame *frame, unsigned char out[static FRAME_ROOM]);
