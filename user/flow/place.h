/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Places of a summary: each that is the same is kept once. */
#pragma once

#include <egret/flow.h>

struct eg_place_pool;

struct eg_place_pool *eg_place_pool_new(void); /* NULL: out of memory */
void eg_place_pool_free(struct eg_place_pool *pool);

/*
 * The pool's place that says the same as `place`, made of copies if it is new.
 * 0 or -ENOMEM.
 */
int eg_place_pool_find(struct eg_place_pool *pool, const struct eg_place *place,
		       const struct eg_place **ret_place);

/* Whether it says nothing. */
bool eg_place_is_empty(const struct eg_place *place);
/* Frees what it points to; it is zero then. Not for places of a pool. */
void eg_place_clear(struct eg_place *place);
