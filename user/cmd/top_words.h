/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What somebody types to find apps and destinations while looking at them. */
#pragma once

#include <stdbool.h>

#include <egret/flow.h>

#define TOP_WORDS_SIZE 128 /* bytes, and the NUL */

/*
 * Whether each word of the text (separated by spaces) is part of something that is
 * known of the row: its app's id, name, kind, its names, address, port, operator,
 * owner, country, scope, or how sure its name is. Case does not matter; `!word`:
 * it is not part of any. Reads the text anew each time, allocates nothing.
 */
bool top_words_match(const char *text, const struct eg_app *app, const struct eg_destination *row);
