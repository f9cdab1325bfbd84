/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What `make report-ui` has made for the HTML report: style, script, names of countries. */
#pragma once

#include <stdbool.h>

/* False: built without it. */
bool eg_ui_exists(void);
/*
 * A part as text: "style", "script", "policy" (the Content-Security-Policy that
 * lets just these two run); "" where there is none.
 */
const char *eg_ui_part(const char *name);
/* "SG" -> "Singapore"; the code itself where nobody has a name for it. Ends at *ret_length. */
const char *eg_ui_country(const char *code, int *ret_length);
