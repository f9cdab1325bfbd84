/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Arrays of the model that are sets: sorted, each element once. */
#pragma once

#include <stddef.h>

/*
 * Makes room for `more` elements behind the `count` that an array has, which
 * stay where the caller finds them through *list. 0 or -ENOMEM.
 */
int eg_list_reserve(void *list, size_t count, size_t more, size_t size);

/* What a set needs to know about its elements. */
struct eg_list_ops {
	size_t size;
	int (*compare)(const void *a, const void *b); /* 0: one element */
	/* `from` equals `into` and goes: adds it, and frees what it points to. May be NULL. */
	void (*combine)(void *into, void *from);
};

/* Sorts an array and combines equal elements; returns how many are left. */
size_t eg_list_fold(void *list, size_t count, const struct eg_list_ops *ops);
