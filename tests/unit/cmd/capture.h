/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a piece of egret writes to a descriptor, standard error for example. */
#pragma once

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include <egret/base.h>

struct capture {
	int fd, saved, file;
};

/* From here on, what is written to `fd` is kept. */
static inline struct capture capture_begin(int fd)
{
	struct capture capture = { .fd = fd, .saved = dup(fd) };

	fflush(NULL);
	capture.file = memfd_create("capture", MFD_CLOEXEC);
	assert_true(capture.file >= 0);
	assert_int_equal(dup2(capture.file, fd), fd);
	return capture;
}

/* Undoes capture_begin(); the caller frees the text. */
static inline char *capture_end(struct capture *capture)
{
	off_t size;
	char *text;

	fflush(NULL);
	assert_int_equal(dup2(capture->saved, capture->fd), capture->fd);
	close(capture->saved);
	size = lseek(capture->file, 0, SEEK_END);
	text = calloc(1, (size_t)size + 1);
	assert_non_null(text);
	assert_int_equal(pread(capture->file, text, (size_t)size, 0), size);
	close(capture->file);
	return text;
}
