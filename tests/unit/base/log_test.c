/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Log lines: one for each call, harmless, of the wanted level. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/mman.h>

#include <egret/base.h>

/* Descriptor 2 is a file in memory during a test. */
struct capture {
	int file, saved;
};

static int begin_capture(void **state)
{
	static struct capture capture;

	capture.saved = dup(STDERR_FILENO);
	capture.file = memfd_create("stderr", MFD_CLOEXEC);
	if (capture.saved < 0 || capture.file < 0 || dup2(capture.file, STDERR_FILENO) < 0)
		return -1;
	*state = &capture;
	return 0;
}

static int end_capture(void **state)
{
	struct capture *capture = *state;

	dup2(capture->saved, STDERR_FILENO);
	close(capture->saved);
	close(capture->file);
	eg_log_set_level(EG_LEVEL_INFO);
	return 0;
}

static void assert_captured(void **state, const char *expected)
{
	struct capture *capture = *state;
	char text[4096] = { 0 };

	assert_true(pread(capture->file, text, sizeof(text) - 1, 0) >= 0);
	assert_string_equal(text, expected);
}

static void line_has_our_name(void **state)
{
	eg_error("cannot open %s: %d", "file", 7);
	assert_captured(state, "egret: cannot open file: 7\n");
}

static void only_wanted_levels_are_written(void **state)
{
	eg_log_set_level(EG_LEVEL_WARNING);
	assert_int_equal(eg_log_level(), EG_LEVEL_WARNING);
	eg_error("error");
	eg_warning("warning");
	eg_info("info");
	eg_debug("debug");
	assert_captured(state, "egret: error\negret: warning\n");
}

static void info_is_the_level_at_first(void **state)
{
	eg_info("info");
	eg_debug("debug");
	assert_captured(state, "egret: info\n");
}

static void control_bytes_are_escaped(void **state)
{
	eg_error("%s", "a\x1b[2J\nb\xff");
	assert_captured(state, "egret: a\\x1b[2J\\x0ab\\xff\n");
}

/* libbpf ends its messages with one. */
static void newline_at_the_end_is_dropped(void **state)
{
	eg_error("libbpf: failed\n");
	eg_error("\n");
	assert_captured(state, "egret: libbpf: failed\negret: \n");
}

static void long_lines_are_whole(void **state)
{
	char text[2001], expected[2100];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	snprintf(expected, sizeof(expected), "egret: %s\n", text);
	eg_error("%s", text);
	assert_captured(state, expected);
}

static void errno_is_kept(void **state)
{
	(void)state;
	errno = ENOSPC;
	eg_error("text");
	eg_debug("text");
	assert_int_equal(errno, ENOSPC);
}

#define CAPTURED(test) cmocka_unit_test_setup_teardown(test, begin_capture, end_capture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CAPTURED(line_has_our_name),
		CAPTURED(only_wanted_levels_are_written),
		CAPTURED(info_is_the_level_at_first),
		CAPTURED(control_bytes_are_escaped),
		CAPTURED(newline_at_the_end_is_dropped),
		CAPTURED(long_lines_are_whole),
		CAPTURED(errno_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
