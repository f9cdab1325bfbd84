/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A table that remembers its latest entries only, so that nobody can make it grow. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct eg_recent;

/*
 * Keeps at most `max` entries, each of an owner; key_size is a multiple of 8.
 * What is one too many pushes out the oldest entry of whoever has most: so
 * nobody loses what he has to one who has more. release(value), where there is
 * one, is called for what goes. NULL: no memory.
 */
struct eg_recent *eg_recent_new(size_t key_size, size_t value_size, uint32_t max,
				void (*release)(void *value));
void eg_recent_free(struct eg_recent *recent);

/* The value of a key, or NULL. Valid until something is added or removed. */
void *eg_recent_find(const struct eg_recent *recent, const void *key);
/* The same, made of zeroes and this owner's if the key is new; NULL: no memory. */
void *eg_recent_add(struct eg_recent *recent, uint64_t owner, const void *key);
void eg_recent_remove(struct eg_recent *recent, const void *key);
/* Removes all whose value is_over(value, data). */
void eg_recent_expire(struct eg_recent *recent,
		      bool (*is_over)(const void *value, const void *data), const void *data);
/* Of bytes of any length: for an owner, or a key that has such a hash in it. */
uint64_t eg_recent_hash(const struct eg_recent *recent, const void *bytes, size_t size);
size_t eg_recent_count(const struct eg_recent *recent);
