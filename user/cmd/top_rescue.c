/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The terminal as it was before egret: given back also where egret ends by a fault of its own. */
#include "top_rescue.h"

#ifdef EG_HAVE_NCURSESW
#include <curses.h>
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <term.h>
#include <termios.h>

#include <egret/base.h>

#define MESSAGES_MAX (1 << 20)

static const int deadly[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT, SIGSYS };

/* What a signal handler needs to know, and nothing gives it an argument. */
static struct {
	volatile sig_atomic_t open;
	struct termios settings; /* before */
	char sequence[256]; /* leaves the other screen, shows the cursor */
	size_t sequence_size;
	int messages; /* what was written to standard error meanwhile; -1: nothing is kept */
	int standard_error;
	struct sigaction actions[ARRAY_SIZE(deadly)]; /* before */
} last = { .messages = -1 };

/* Async-signal-safe. What can't be written has nobody to read it. */
static void hand_out_messages(void)
{
	char part[512];
	ssize_t size, written = 0;

	if (last.messages < 0)
		return;
	dup2(last.standard_error, STDERR_FILENO);
	if (lseek(last.messages, 0, SEEK_SET) < 0)
		return;
	while (written >= 0 && (size = read(last.messages, part, sizeof(part))) > 0)
		written = write(STDERR_FILENO, part, (size_t)size);
}

/* Something is wrong with egret: not with the terminal. */
static void die(int number)
{
	if (last.open) {
		last.open = false;
		if (write(STDOUT_FILENO, last.sequence, last.sequence_size) >= 0)
			tcsetattr(STDIN_FILENO, TCSANOW, &last.settings);
		hand_out_messages();
	}
	for (size_t i = 0; i < ARRAY_SIZE(deadly); i++)
		sigaction(deadly[i], &last.actions[i], NULL);
	raise(number);
}

static int add_byte(int byte)
{
	if (last.sequence_size < sizeof(last.sequence))
		last.sequence[last.sequence_size++] = (char)byte;
	return byte;
}

int rescue_open(void)
{
	return tcgetattr(STDIN_FILENO, &last.settings) < 0 ? -ENOTTY : 0;
}

void rescue_begin(void)
{
	static const char *const names[] = { "rmkx", "sgr0", "op", "cnorm", "rmcup" };
	struct sigaction action = { .sa_handler = die, .sa_flags = SA_NODEFER };

	last.sequence_size = 0;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *sequence = tigetstr((char *)(uintptr_t)names[i]);

		if (sequence && sequence != (char *)-1)
			tputs(sequence, 1, add_byte);
	}
	last.open = true;
	for (size_t i = 0; i < ARRAY_SIZE(deadly); i++)
		sigaction(deadly[i], &action, &last.actions[i]);
}

/* Messages would be written into the picture. Where that fails, they are. */
void rescue_keep_messages(void)
{
	last.messages = -1;
	if (!isatty(STDERR_FILENO))
		return;
	last.standard_error = dup(STDERR_FILENO);
	if (last.standard_error < 0)
		return;
	last.messages = memfd_create("egret-messages", MFD_CLOEXEC);
	if (last.messages < 0 || dup2(last.messages, STDERR_FILENO) < 0)
		close(last.standard_error);
}

static void return_messages(void)
{
	if (last.messages < 0)
		return;
	fflush(stderr);
	hand_out_messages();
	close(last.messages);
	close(last.standard_error);
	last.messages = -1;
}

void rescue_trim_messages(void)
{
	struct stat status;

	if (last.messages >= 0 && fstat(last.messages, &status) == 0 &&
	    status.st_size > MESSAGES_MAX && ftruncate(last.messages, 0) == 0)
		lseek(STDERR_FILENO, 0, SEEK_SET);
}

void rescue_end(void)
{
	if (last.open) {
		last.open = false;
		tcsetattr(STDIN_FILENO, TCSADRAIN, &last.settings);
		for (size_t i = 0; i < ARRAY_SIZE(deadly); i++)
			sigaction(deadly[i], &last.actions[i], NULL);
	}
	return_messages();
}

#endif
