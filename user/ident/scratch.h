/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Texts that live as long as one identification. Private to user/ident/. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Texts are short and many, and a rule that fails throws them away: so they
 * come out of one buffer, and of the heap only beyond that. What finds no
 * memory is "", and `failed` says so at the end: rules need not look.
 */
struct scratch {
	char buffer[4096];
	size_t used;
	void **owned;
	size_t owned_count;
	bool failed;
};

void scratch_free(struct scratch *scratch);
/* Room for `size` bytes, aligned for pointers; NULL: no memory. */
void *scratch_alloc(struct scratch *scratch, size_t size);
/* The first `size` bytes of a text, with a NUL. */
const char *scratch_copy(struct scratch *scratch, const char *text, size_t size);
const char *scratch_format(struct scratch *scratch, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Frees what malloc() gave at the end; yields it. */
void *scratch_own(struct scratch *scratch, void *allocated);
