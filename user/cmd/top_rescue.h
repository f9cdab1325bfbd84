/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The terminal as it was before egret: given back also where egret ends by a fault of its own. */
#pragma once

/* Remembers the settings of standard input's terminal. 0 or -ENOTTY. */
int rescue_open(void);
/* From here on deadly signals give it back first; curses must know the terminal. */
void rescue_begin(void);
/* From here on, what is written to a standard error that is a terminal is kept for later. */
void rescue_keep_messages(void);
/* Forgets messages where there are too many. */
void rescue_trim_messages(void);
/* Gives the settings back, hands out what was kept; undoes all of the above. */
void rescue_end(void);
