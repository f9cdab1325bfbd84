/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The terminal, and what is typed there; whatever happens, it is left as it was. */
#pragma once

#include <stdbool.h>

struct screen;

/* Whether this build has a library to draw with. */
bool screen_exists(void);

/*
 * Takes the terminal of standard input and output over. Signals (SIGINT, SIGTERM,
 * SIGHUP, SIGTSTP, SIGCONT, SIGWINCH) are read by screen_read() from then on; what
 * is written to standard error there is kept until the screen is closed. 0;
 * -ENOTTY: no terminal; -ENODEV: one of an unknown or too simple kind;
 * -EOPNOTSUPP: this build has no ncurses; -errno.
 */
int screen_open(bool color, struct screen **ret_screen);
void screen_close(struct screen *screen);

/* Readable when screen_read() has something to say. */
int screen_fd(const struct screen *screen);

enum press_kind {
	PRESS_NONE, /* nothing more for now */
	PRESS_TEXT,
	PRESS_UP,
	PRESS_DOWN,
	PRESS_LEFT,
	PRESS_RIGHT,
	PRESS_PAGE_UP,
	PRESS_PAGE_DOWN,
	PRESS_HOME,
	PRESS_END,
	PRESS_ENTER,
	PRESS_ESCAPE,
	PRESS_BACKSPACE,
	PRESS_CLEAR, /* Ctrl-U */
	PRESS_REDRAW, /* another size, or somebody else has written */
	PRESS_QUIT, /* a signal, or the terminal is gone */
};

struct press {
	enum press_kind kind;
	char text[8]; /* PRESS_TEXT: one character in UTF-8 */
};

struct press screen_read(struct screen *screen);

/* --- drawing: nothing is to be seen of it before screen_show() --- */

enum style {
	STYLE_PLAIN,
	STYLE_STRONG,
	STYLE_WEAK,
	STYLE_ALARM,
	STYLE_TITLES,
	STYLE_KEY, /* the title that is sorted by */
	STYLE_CURSOR,
};

void screen_size(const struct screen *screen, unsigned *ret_lines, unsigned *ret_columns);
void screen_clear(struct screen *screen);
/* Text that is escaped and fits; UTF-8. */
void screen_put(struct screen *screen, unsigned line, unsigned column, enum style style,
		const char *text);
/* Another style for what is there. */
void screen_paint(struct screen *screen, unsigned line, unsigned column, unsigned width,
		  enum style style);
void screen_show(struct screen *screen);
