/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Databases of places that a case makes for itself. */
#pragma once

#include <harness/test.h>

/*
 * Makes NAME.mmdb out of lines "FIRST,LAST,VALUE..." with tools/make-mmdb, which
 * see for `columns`; its path. Skips the case where there is nothing to make it with.
 */
const char *places_database(struct test *test, const char *name, const char *columns,
			    const char *lines);
