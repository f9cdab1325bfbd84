/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records of the ring. */
#pragma once

#include <stddef.h>

#include <egret/probe.h>

/*
 * Hands a record (8-aligned, as the ring has it) to the sink, if it is one: of a
 * known type and of that type's size. 0 or what the sink returned.
 */
int record_deliver(const struct eg_probe_sink *sink, const void *bytes, size_t size);
