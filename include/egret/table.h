/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A hash table of fixed-size keys and values, for what the kernel's maps hold. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Entries lie densely in blocks, in the order of their insertion (removing
 * moves the last one into the gap), so that growing never copies them. The
 * hash is seeded per process: keys come from outside.
 */
struct eg_table;

/* key_size and value_size in bytes, key_size a multiple of 8. NULL: out of memory. */
struct eg_table *eg_table_new(size_t key_size, size_t value_size);
void eg_table_free(struct eg_table *table);
static inline void eg_table_freep(struct eg_table **table)
{
	eg_table_free(*table);
}

/* Of bytes of any length, seeded as the table is: for a table whose keys are such hashes. */
uint64_t eg_table_hash(const struct eg_table *table, const void *bytes, size_t size);

size_t eg_table_count(const struct eg_table *table);
/* The value of a key, or NULL. Valid until the next removal. */
void *eg_table_find(const struct eg_table *table, const void *key);
/* The same, made of zeroes if the key is new; NULL: out of memory. */
void *eg_table_add(struct eg_table *table, const void *key);
void eg_table_remove(struct eg_table *table, const void *key);
/* Entry number `index`, below the count: returns its key, *ret_value its value. */
const void *eg_table_entry(const struct eg_table *table, size_t index, void **ret_value);
