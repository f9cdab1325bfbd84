/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What doctor says of databases. */
#pragma once

#include <egret/out.h>

#include "places.h"

/* One check for each database, and one that says how to get one where none can be used. */
struct place_checks {
	struct eg_check *checks;
	size_t count;
	char **texts; /* that the checks point to */
};

/* 0 or -ENOMEM; `now`: CLOCK_REALTIME ns. The caller frees with place_checks_free(). */
int place_checks_make(const struct places *places, int64_t now, struct place_checks *ret_checks);
void place_checks_free(struct place_checks *checks);
