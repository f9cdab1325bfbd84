/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* All tables of cases of `make check-load`. */
#pragma once

#include <harness/suites.h>

extern const struct test_case stopped_cases[], full_cases[], storm_load_cases[];
extern const struct test_case older_load_cases[], restart_cases[], flood_cases[];
