/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An app's rows: a compact table whose rows never move. */
#pragma once

#include <egret/flow.h>

#include "index.h"

#define EG_BLOCKS_MAX 28

/*
 * Rows lie in blocks that double in size, so that a row's number gives its
 * place and growing copies nothing. A million rows take 104 bytes each: 96 for
 * the row, 8 for the index.
 */
struct eg_destination_table {
	struct eg_seed seed;
	struct eg_index index;
	uint32_t excluded_count; /* rows that eg_summary_exclude() took out */
	struct eg_destination *overflow; /* the row of that key, NULL: none */
	struct eg_place_pool *places; /* the summary's */
	uint64_t *rows_left; /* how many new ones the summary still takes */
	struct eg_destination *blocks[EG_BLOCKS_MAX];
};

struct eg_destination_table *eg_destination_table_new(const struct eg_seed *seed,
						      struct eg_place_pool *places,
						      uint64_t *rows_left);
void eg_destination_table_free(struct eg_destination_table *table);

/* How many rows were ever made, excluded ones too: the numbers of rows are below. */
uint32_t eg_destination_table_size(const struct eg_destination_table *table);
/* How many rows there are to see. */
uint32_t eg_destination_table_count(const struct eg_destination_table *table);
struct eg_destination *eg_destination_at(const struct eg_destination_table *table, uint32_t number);

/* Takes a row out: its place is used again when its key comes back. */
void eg_destination_exclude(struct eg_destination_table *table, struct eg_destination *destination);

/*
 * The row with this key, made empty if it is new, or the overflow row where the summary
 * takes no new ones; NULL: out of memory.
 */
struct eg_destination *eg_app_row(struct eg_app *app, const struct eg_destination_key *key);
bool eg_app_has_row(const struct eg_app *app, const struct eg_destination_key *key);
/* Adds to a row of the app and to the app. */
void eg_app_count(struct eg_app *app, struct eg_destination *row,
		  const struct eg_counters *counters, uint32_t rtt_min_us);

/* Contract section 3, Merge: sums, minima, maxima. */
void eg_counters_add(struct eg_counters *into, const struct eg_counters *from);
/* The sum, or the largest number there is. */
uint64_t eg_sum(uint64_t a, uint64_t b);
void eg_bytes_add(struct eg_bytes *into, const struct eg_bytes *from);

/*
 * A raw socket's transport where that says more than the protocol's number,
 * else the number: so that two transports never have one name.
 */
uint16_t eg_transport_canonical(uint16_t transport);
