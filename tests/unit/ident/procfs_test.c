/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Files of processes: this one's, and those that are none. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "user/ident/procfs.h"

#include <egret/base.h>

static void reads_this_process(void **state)
{
	_cleanup_(eg_closep) int process = procfs_open((uint32_t)getpid());
	_cleanup_(eg_freep) char *text = NULL;
	_cleanup_(eg_freep) char **args = procfs_arguments(process);
	_cleanup_(eg_freep) char *exe = NULL;
	uint64_t start;
	uint32_t parent;
	size_t size;

	(void)state;
	assert_true(process >= 0);
	assert_int_equal(procfs_read(process, "comm", &text, &size), 0);
	assert_int_equal(strlen(text), size);
	assert_int_equal(procfs_stat(process, &parent, &start), 0);
	assert_int_equal(parent, getppid());
	assert_true(start > 0);
	assert_non_null(strstr(args[0], "procfs_test"));
	assert_null(args[1]);
	assert_int_equal(procfs_link(process, "exe", &exe), 0);
	assert_non_null(strstr(exe, "procfs_test"));
	assert_true(procfs_namespace(process, "ns/mnt") > 0);
	assert_int_equal(procfs_namespace(process, "ns/none"), 0);
}

static void what_is_no_file_is_not_read(void **state)
{
	char directory[] = "/tmp/egret-procfs-XXXXXX", path[64];
	_cleanup_(eg_closep) int process = procfs_open((uint32_t)getpid());
	char *text;
	size_t size;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/fifo", directory);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(procfs_read(AT_FDCWD, path, &text, &size), -EINVAL);
	assert_int_equal(procfs_read(AT_FDCWD, directory, &text, &size), -EINVAL);
	assert_int_equal(procfs_read(AT_FDCWD, "/dev/zero", &text, &size), -EINVAL);
	assert_int_equal(procfs_read(AT_FDCWD, "/nonexistent", &text, &size), -ENOENT);
	assert_int_equal(procfs_read_root(process, "/nonexistent", &text, &size), -ENOENT);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(directory), 0);
}

/* Another file under the same name has another stamp. */
static void stamps_tell_files_apart(void **state)
{
	char path[] = "/tmp/egret-procfs-XXXXXX";
	_cleanup_(eg_closep) int process = procfs_open((uint32_t)getpid());
	_cleanup_(eg_closep) int fd = mkstemp(path);
	uint64_t before, same, after;

	(void)state;
	assert_int_equal(procfs_stamp_root(process, path, &before), 0);
	assert_int_equal(procfs_stamp_root(process, path, &same), 0);
	assert_true(before == same);
	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(procfs_stamp_root(process, path, &after), 0);
	assert_true(before != after);
	unlink(path);
	assert_int_equal(procfs_stamp_root(process, path, &after), -ENOENT);
}

static void large_files_are_refused(void **state)
{
	char path[] = "/tmp/egret-procfs-XXXXXX";
	_cleanup_(eg_closep) int fd = mkstemp(path);
	char *text;
	size_t size;

	(void)state;
	assert_int_equal(ftruncate(fd, 2L * PROCFS_FILE_MAX), 0);
	assert_int_equal(procfs_read(AT_FDCWD, path, &text, &size), -EFBIG);
	unlink(path);
}

static void no_process_has_no_files(void **state)
{
	(void)state;
	assert_int_equal(procfs_open(UINT32_MAX), -ENOENT);
	assert_null(procfs_arguments(-1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_this_process),
		cmocka_unit_test(what_is_no_file_is_not_read),
		cmocka_unit_test(stamps_tell_files_apart),
		cmocka_unit_test(large_files_are_refused),
		cmocka_unit_test(no_process_has_no_files),
	};

	return cmocka_run_group_tests_name("ident/procfs", tests, NULL, NULL);
}
