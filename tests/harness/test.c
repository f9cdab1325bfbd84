/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Checks, skips and small helpers of a test case. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <harness/runner.h>
#include <harness/test.h>

static void complain(struct test *test, const char *file, int line, const char *format,
		     va_list args)
{
	test->failures++;
	test->outcome->verdict = VERDICT_FAILED;
	printf("%s:%d: ", file, line);
	vprintf(format, args);
	putchar('\n');
	fflush(stdout);
}

void test_wrong_at(struct test *test, const char *file, int line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(test, file, line, format, args);
	va_end(args);
}

void test_fail_at(struct test *test, const char *file, int line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(test, file, line, format, args);
	va_end(args);
	_exit(1);
}

void test_skip(struct test *test, const char *format, ...)
{
	struct outcome *outcome = test->outcome;
	va_list args;

	va_start(args, format);
	vsnprintf(outcome->reason, sizeof(outcome->reason), format, args);
	va_end(args);
	if (!test->failures)
		outcome->verdict = VERDICT_SKIPPED;
	fflush(stdout);
	_exit(0);
}

void test_sweep(struct test *test, const char *cgroup)
{
	for (unsigned i = 0; i < SWEPT_MAX; i++) {
		char *place = test->outcome->cgroups[i];

		if (*place)
			continue;
		snprintf(place, PATH_ROOM, "%s", cgroup);
		return;
	}
	test_fail(test, "too many cgroups to sweep");
}

void expect_equal_at(struct test *test, const char *file, int line, const char *what, long long got,
		     long long expected)
{
	if (got != expected)
		test_wrong_at(test, file, line, "%s: expected %lld, got %lld", what, expected, got);
}

void *test_alloc(struct test *test, size_t size)
{
	void *memory = calloc(1, size); /* freed with the case's process */

	if (!memory)
		test_fail(test, "out of memory");
	return memory;
}

const char *test_text(struct test *test, const char *format, ...)
{
	va_list args;
	char *text;
	int rc;

	va_start(args, format);
	rc = vasprintf(&text, format, args);
	va_end(args);
	if (rc < 0)
		test_fail(test, "out of memory");
	return text;
}

const char *test_path(struct test *test, const char *name)
{
	return test_text(test, "%s/%s", test->dir, name);
}

char *file_read(struct test *test, const char *path)
{
	FILE *stream = fopen(path, "re");
	size_t size = 0, room = 4096;
	char *text, *larger;

	if (!stream)
		return NULL;
	text = test_alloc(test, room);
	while (!feof(stream) && !ferror(stream)) {
		size += fread(text + size, 1, room - size - 1, stream);
		if (size + 1 < room)
			continue;
		room *= 2;
		larger = test_alloc(test, room);
		memcpy(larger, text, size);
		free(text);
		text = larger;
	}
	text[size] = '\0';
	fclose(stream);
	return text;
}

int file_write(const char *path, const char *text)
{
	size_t size = strlen(text);
	ssize_t written;
	int fd, rc = 0;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	written = write(fd, text, size);
	if (written < 0)
		rc = -errno;
	else if ((size_t)written != size)
		rc = -EIO;
	close(fd);
	return rc;
}

int file_copy(const char *from, const char *to)
{
	int in, out = -1, rc = 0;
	ssize_t copied;

	in = open(from, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return -errno;
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	if (out < 0)
		rc = -errno;
	while (!rc && (copied = sendfile(out, in, NULL, 1 << 20)) != 0) {
		if (copied < 0)
			rc = -errno;
	}
	if (!rc && fchmod(out, 0755) < 0)
		rc = -errno;
	close(in);
	if (out >= 0)
		close(out);
	return rc;
}

long text_number(const char *text)
{
	return strtol(text, NULL, 10);
}

long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

void breathe(void)
{
	poll(NULL, 0, 1);
}
