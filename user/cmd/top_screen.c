/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The terminal, and what is typed there; whatever happens, it is left as it was. */
#include "top_screen.h"

#include <errno.h>

#ifdef EG_HAVE_NCURSESW
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <term.h>
#include <termios.h>
#include <wchar.h>

#include <egret/base.h>

#include "top_rescue.h"

#define ESCAPE_MS 50 /* how long the rest of a key's sequence may take */

bool screen_exists(void)
{
	return true;
}

struct screen {
	SCREEN *terminal;
	int wait; /* epoll: of the keyboard and `signals` */
	int signals;
	bool gone; /* the terminal */
	sigset_t mask; /* before, like the action on Ctrl-Z */
	struct sigaction on_stop;
	attr_t styles[STYLE_CURSOR + 1];
};

/* --- opening and closing --- */

static void do_nothing(int number)
{
	(void)number;
}

/*
 * Before ncurses begins: where Ctrl-Z has the default action it ignores it while it
 * draws, which throws one away that is waiting to be read.
 */
static int open_signals(struct screen *screen)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH };
	struct sigaction action = { .sa_handler = do_nothing };
	sigset_t signals;

	sigaction(SIGTSTP, &action, NULL);
	sigemptyset(&signals);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		sigaddset(&signals, numbers[i]);
	if (sigprocmask(SIG_BLOCK, &signals, &screen->mask) < 0)
		return -errno;
	screen->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	return screen->signals < 0 ? -errno : 0;
}

static int open_wait(struct screen *screen)
{
	const int fds[] = { STDIN_FILENO, screen->signals };

	screen->wait = epoll_create1(EPOLL_CLOEXEC);
	if (screen->wait < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.fd = fds[i] };

		if (epoll_ctl(screen->wait, EPOLL_CTL_ADD, fds[i], &event) < 0)
			return -errno;
	}
	return 0;
}

/* Colours where wanted and there; what they say is said by attributes, too. */
static void choose_styles(struct screen *screen, bool color)
{
	static const struct {
		attr_t plain; /* without colour */
		attr_t attribute;
		short text, ground;
	} styles[] = {
		[STYLE_PLAIN] = { .text = -1, .ground = -1 },
		[STYLE_STRONG] = { .plain = A_BOLD, .attribute = A_BOLD, .text = -1, .ground = -1 },
		[STYLE_WEAK] = { .plain = A_DIM, .attribute = A_DIM, .text = -1, .ground = -1 },
		[STYLE_ALARM] = { .plain = A_BOLD,
				  .attribute = A_BOLD,
				  .text = COLOR_RED,
				  .ground = -1 },
		[STYLE_TITLES] = { .plain = A_REVERSE, .text = COLOR_BLACK, .ground = COLOR_GREEN },
		[STYLE_KEY] = { .plain = A_BOLD | A_UNDERLINE,
				.attribute = A_BOLD,
				.text = COLOR_WHITE,
				.ground = COLOR_BLUE },
		[STYLE_CURSOR] = { .plain = A_REVERSE, .text = COLOR_BLACK, .ground = COLOR_CYAN },
	};
	bool colored = color && has_colors() && start_color() == OK && use_default_colors() == OK;

	for (size_t i = 0; i < ARRAY_SIZE(styles); i++) {
		screen->styles[i] = styles[i].plain;
		if (!colored || init_pair((short)(i + 1), styles[i].text, styles[i].ground) != OK)
			continue;
		screen->styles[i] = styles[i].attribute | (attr_t)COLOR_PAIR(i + 1);
	}
}

/* Its size is what the terminal says, not what the environment was told once. */
static int open_terminal(struct screen *screen, bool color)
{
	const char *move;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || rescue_open() < 0)
		return -ENOTTY;
	/* ncurses asks the process's locale, not the thread's, what the terminal can show. */
	setlocale(LC_CTYPE, "C.UTF-8");
	use_env(FALSE);
	use_tioctl(TRUE);
	set_escdelay(ESCAPE_MS);
	screen->terminal = newterm(NULL, stdout, stdin);
	if (!screen->terminal)
		return -ENODEV;
	rescue_begin();
	move = tigetstr((char *)(uintptr_t) "cup");
	if (!move || move == (char *)-1)
		return -ENODEV;
	cbreak();
	noecho();
	nonl();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	curs_set(0);
	choose_styles(screen, color);
	return 0;
}

int screen_open(bool color, struct screen **ret_screen)
{
	struct screen *screen = calloc(1, sizeof(*screen));
	int r;

	if (!screen)
		return -ENOMEM;
	screen->signals = screen->wait = -1;
	sigprocmask(SIG_BLOCK, NULL, &screen->mask);
	sigaction(SIGTSTP, NULL, &screen->on_stop);
	r = open_signals(screen);
	if (r == 0)
		r = open_terminal(screen, color);
	if (r == 0)
		r = open_wait(screen);
	if (r < 0) {
		screen_close(screen);
		return r;
	}
	rescue_keep_messages();
	*ret_screen = screen;
	return 0;
}

void screen_close(struct screen *screen)
{
	if (!screen)
		return;
	if (screen->terminal) {
		endwin();
		delscreen(screen->terminal);
	}
	setlocale(LC_CTYPE, "C");
	rescue_end();
	if (screen->wait >= 0)
		close(screen->wait);
	if (screen->signals >= 0)
		close(screen->signals);
	sigaction(SIGTSTP, &screen->on_stop, NULL);
	sigprocmask(SIG_SETMASK, &screen->mask, NULL);
	free(screen);
}

int screen_fd(const struct screen *screen)
{
	return screen->wait;
}

/* --- signals --- */

static void resize(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
	clearok(stdscr, TRUE);
}

/* What a shell would like to see of a program that is to stop. */
static void stop(const struct screen *screen)
{
	struct sigaction action = { .sa_handler = do_nothing };
	sigset_t signals;

	endwin();
	sigaction(SIGTSTP, &screen->on_stop, NULL); /* which may be to ignore it */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &signals, NULL); /* here it stops, and goes on */
	sigprocmask(SIG_BLOCK, &signals, NULL);
	sigaction(SIGTSTP, &action, NULL);
	resize();
}

/* PRESS_NONE: none has come. */
static enum press_kind read_signal(struct screen *screen)
{
	struct signalfd_siginfo info;

	if (read(screen->signals, &info, sizeof(info)) != sizeof(info))
		return PRESS_NONE;
	switch (info.ssi_signo) {
	case SIGTSTP:
		stop(screen);
		return PRESS_REDRAW;
	case SIGCONT:
		/* Who stopped it without asking may have changed the settings. */
		endwin();
		resize();
		return PRESS_REDRAW;
	case SIGWINCH:
		resize();
		return PRESS_REDRAW;
	default:
		return PRESS_QUIT;
	}
}

/* --- keys --- */

static enum press_kind kind_of_key(wint_t key)
{
	static const struct {
		wint_t key;
		enum press_kind kind;
	} keys[] = {
		{ KEY_UP, PRESS_UP },	      { KEY_DOWN, PRESS_DOWN },
		{ KEY_LEFT, PRESS_LEFT },     { KEY_RIGHT, PRESS_RIGHT },
		{ KEY_PPAGE, PRESS_PAGE_UP }, { KEY_NPAGE, PRESS_PAGE_DOWN },
		{ KEY_HOME, PRESS_HOME },     { KEY_END, PRESS_END },
		{ KEY_ENTER, PRESS_ENTER },   { KEY_BACKSPACE, PRESS_BACKSPACE },
		{ KEY_RESIZE, PRESS_REDRAW },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i].key == key)
			return keys[i].kind;
	}
	return PRESS_NONE;
}

static enum press_kind kind_of_control(wint_t character)
{
	switch (character) {
	case '\r':
	case '\n':
		return PRESS_ENTER;
	case 0x1b:
		return PRESS_ESCAPE;
	case 0x7f:
	case 0x08:
		return PRESS_BACKSPACE;
	case 0x15:
		return PRESS_CLEAR;
	case 0x0c:
		clearok(stdscr, TRUE);
		return PRESS_REDRAW;
	default:
		return character < ' ' ? PRESS_NONE : PRESS_TEXT;
	}
}

static struct press press_of(int result, wint_t character)
{
	struct press press = { .kind = PRESS_NONE };
	mbstate_t state = { 0 };

	if (result == KEY_CODE_YES) {
		press.kind = kind_of_key(character);
		return press;
	}
	press.kind = kind_of_control(character);
	if (press.kind == PRESS_TEXT &&
	    wcrtomb(press.text, (wchar_t)character, &state) == (size_t)-1)
		press.kind = PRESS_NONE;
	return press;
}

/* Is the terminal gone? Then there will never be a key, and always something to read. */
static bool is_gone(void)
{
	struct termios settings;
	int waiting = 0;

	return tcgetattr(STDIN_FILENO, &settings) < 0 ||
	       ioctl(STDIN_FILENO, FIONREAD, &waiting) < 0;
}

struct press screen_read(struct screen *screen)
{
	struct press press = { .kind = read_signal(screen) };
	wint_t character;
	int result;

	while (press.kind == PRESS_NONE) {
		result = wget_wch(stdscr, &character);
		if (result == ERR)
			break;
		press = press_of(result, character);
	}
	if (press.kind == PRESS_NONE && is_gone())
		press.kind = PRESS_QUIT;
	return press;
}

/* --- drawing --- */

void screen_size(const struct screen *screen, unsigned *ret_lines, unsigned *ret_columns)
{
	(void)screen;
	*ret_lines = (unsigned)LINES;
	*ret_columns = (unsigned)COLS;
}

void screen_clear(struct screen *screen)
{
	(void)screen;
	erase();
}

void screen_put(struct screen *screen, unsigned line, unsigned column, enum style style,
		const char *text)
{
	attrset((int)screen->styles[style]);
	mvaddstr((int)line, (int)column, text);
	attrset(A_NORMAL);
}

void screen_paint(struct screen *screen, unsigned line, unsigned column, unsigned width,
		  enum style style)
{
	attr_t attributes = screen->styles[style];

	mvchgat((int)line, (int)column, (int)width, attributes & ~(attr_t)A_COLOR,
		(short)PAIR_NUMBER((int)attributes), NULL);
}

void screen_show(struct screen *screen)
{
	(void)screen;
	rescue_trim_messages();
	refresh();
}

#else

bool screen_exists(void)
{
	return false;
}

/* Nobody gets further than this. */

int screen_open(bool color, struct screen **ret_screen)
{
	(void)color;
	(void)ret_screen;
	return -EOPNOTSUPP;
}

void screen_close(struct screen *screen)
{
	(void)screen;
}

int screen_fd(const struct screen *screen)
{
	(void)screen;
	return -1;
}

struct press screen_read(struct screen *screen)
{
	(void)screen;
	return (struct press){ .kind = PRESS_QUIT };
}

void screen_size(const struct screen *screen, unsigned *ret_lines, unsigned *ret_columns)
{
	(void)screen;
	*ret_lines = *ret_columns = 0;
}

void screen_clear(struct screen *screen)
{
	(void)screen;
}

void screen_put(struct screen *screen, unsigned line, unsigned column, enum style style,
		const char *text)
{
	(void)screen;
	(void)line;
	(void)column;
	(void)style;
	(void)text;
}

void screen_paint(struct screen *screen, unsigned line, unsigned column, unsigned width,
		  enum style style)
{
	(void)screen;
	(void)line;
	(void)column;
	(void)width;
	(void)style;
}

void screen_show(struct screen *screen)
{
	(void)screen;
}

#endif
