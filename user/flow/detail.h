/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is known about a destination beyond its counters. */
#pragma once

#include <egret/flow.h>

void eg_detail_free(struct eg_detail *detail);
/* Frees what it points to; it is zero then. */
void eg_detail_clear(struct eg_detail *detail);
/* Whether it says nothing. */
bool eg_detail_is_empty(const struct eg_detail *detail);

/* See eg_destination_add_error(). */
int eg_detail_add_error(struct eg_detail *detail, int number, uint64_t count);

/*
 * Appends a copy of a name, for which there is room. 0 or -ENOMEM. When all
 * are appended, eg_detail_fold_names() sorts them and adds up equal ones.
 */
int eg_detail_append_name(struct eg_detail *detail, const struct eg_name *name);
void eg_detail_fold_names(struct eg_detail *detail);
