/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The cases of `make check-load`, which take minutes. */
#include "load.h"

const unsigned suites_jobs = 1, suites_timeout_s = 600;
const struct test_case *const suites[] = {
	stopped_cases, full_cases, storm_load_cases, older_load_cases, restart_cases,
	flood_cases,   NULL,
};
