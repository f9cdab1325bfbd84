/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* When a file is to be read again. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/names/bytes.h"

#include "user/names/stamp.h"

static char path[64], other[64];

static void write_file(const char *to, const char *text)
{
	static const struct timespec begin[2] = { { 0 }, { 0 } };
	FILE *file = fopen(to, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	/* As in an image whose files are all of the beginning of time. */
	assert_int_equal(utimensat(AT_FDCWD, to, begin, 0), 0);
}

static void what_changes_is_seen(void **state)
{
	struct eg_stamp stamp = { .there = false };

	(void)state;
	assert_false(eg_stamp_look(&stamp, path));
	write_file(path, "a");
	assert_true(eg_stamp_look(&stamp, path));
	assert_false(eg_stamp_look(&stamp, path));
	write_file(path, "ab");
	assert_true(eg_stamp_look(&stamp, path));
	/* Another file in its place, of the same time and size. */
	write_file(other, "cd");
	assert_int_equal(rename(other, path), 0);
	assert_true(eg_stamp_look(&stamp, path));
	assert_false(eg_stamp_look(&stamp, path));
	assert_int_equal(unlink(path), 0);
	assert_true(eg_stamp_look(&stamp, path));
	assert_false(eg_stamp_look(&stamp, path));
}

static void it_is_looked_at_now_and_then(void **state)
{
	uint64_t looked = 0;

	(void)state;
	assert_true(eg_stamp_due(&looked, 5));
	assert_false(eg_stamp_due(&looked, 5 + EG_STAMP_NS - 1));
	assert_false(eg_stamp_due(&looked, 4)); /* of a row that was quiet for long */
	assert_true(eg_stamp_due(&looked, 5 + EG_STAMP_NS));
	assert_false(eg_stamp_due(&looked, 6 + EG_STAMP_NS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_changes_is_seen),
		cmocka_unit_test(it_is_looked_at_now_and_then),
	};
	char dir[] = "/tmp/stamp-XXXXXX";
	int failed;

	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/file", dir);
	snprintf(other, sizeof(other), "%s/other", dir);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(dir);
	return failed;
}
