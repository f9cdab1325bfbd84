/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Files of processes: this one's, and those that are none. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
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
	assert_true(procfs_owner(process, "ns/mnt") > 0);
	assert_int_equal(procfs_owner(process, "ns/none"), 0);
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

/* Has something been opened below the directory since the last call? */
static bool was_opened(int watch)
{
	char events[4096];

	return read(watch, events, sizeof(events)) > 0;
}

/* A watchdog starts, a tape rewinds when it is opened: a link to one must not be enough. */
static void what_is_no_file_is_not_even_opened(void **state)
{
	char directory[] = "/tmp/egret-procfs-XXXXXX", path[64], link[64];
	_cleanup_(eg_closep) int process = procfs_open((uint32_t)getpid()), fd = -1;
	_cleanup_(eg_closep) int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/fifo", directory);
	snprintf(link, sizeof(link), "%s/link", directory);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(symlink("fifo", link), 0);
	assert_true(inotify_add_watch(watch, path, IN_OPEN) >= 0);
	assert_int_equal(procfs_read(AT_FDCWD, link, &text, &size), -EINVAL);
	assert_int_equal(procfs_read_root(process, link, &text, &size), -EINVAL);
	assert_false(was_opened(watch));
	/* The watch does see what is opened. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(was_opened(watch));
	assert_int_equal(unlink(link), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(directory), 0);
}

/* A process that has a file system in user space over a directory, which it never answers for. */
static pid_t start_silent(const char *directory, int *ret_hold)
{
	int ready[2], hold[2];
	pid_t pid;
	char ok = 0;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(hold), 0);
	pid = fork();
	if (pid == 0) {
		int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
		char options[96];

		close(hold[1]);
		snprintf(options, sizeof(options),
			 "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fuse);
		if (fuse >= 0 && unshare(CLONE_NEWNS) == 0 &&
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		    mount("silent", directory, "fuse", MS_NODEV | MS_NOSUID, options) == 0)
			ok = 1;
		if (write(ready[1], &ok, 1) != 1 || read(hold[0], &ok, 1) < 0)
			_exit(1);
		_exit(0);
	}
	close(hold[0]);
	close(ready[1]);
	if (read(ready[0], &ok, 1) != 1 || !ok) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		pid = -1;
	}
	close(ready[0]);
	*ret_hold = hold[1];
	return pid;
}

static void file_systems_that_never_answer_are_not_asked(void **state)
{
	char directory[] = "/tmp/egret-procfs-XXXXXX", fuse[64], link[64], path[80];
	_cleanup_(eg_closep) int process = -1, hold = -1, proc = -1;
	char *text = NULL;
	uint64_t stamp;
	size_t size;
	pid_t pid;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(fuse, sizeof(fuse), "%s/fuse", directory);
	snprintf(link, sizeof(link), "%s/link", directory);
	snprintf(path, sizeof(path), "%s/file", fuse);
	assert_int_equal(mkdir(fuse, 0700), 0);
	assert_int_equal(symlink("fuse/file", link), 0);
	pid = start_silent(fuse, &hold);
	if (pid > 0) {
		alarm(20);
		process = procfs_open((uint32_t)pid);
		assert_int_equal(procfs_read_root(process, path, &text, &size), -EACCES);
		assert_true(procfs_read_root(process, link, &text, &size) < 0);
		assert_true(procfs_stamp_root(process, path, &stamp) < 0);
		assert_true(procfs_stamp_root(process, link, &stamp) < 0);
		proc = procfs_open_proc(process);
		assert_true(proc >= 0);
		assert_int_equal(faccessat(proc, "1/cgroup", F_OK, 0), 0);
		alarm(0);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	unlink(link);
	rmdir(fuse);
	rmdir(directory);
	if (pid < 0)
		skip();
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

/* Writes proc_pid_stat(5) of a process with this parent and start; its directory. */
static int write_stat(const char *directory, int parent, unsigned long long start)
{
	_cleanup_(eg_freep) char *path = NULL;
	FILE *file;

	assert_true(asprintf(&path, "%s/stat", directory) > 0);
	file = fopen(path, "we");
	assert_non_null(file);
	fprintf(file, "7 (a) b) S %d 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %llu 0\n", parent, start);
	assert_int_equal(fclose(file), 0);
	return open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* A pid that was used again since belongs to somebody younger than the child. */
static void a_parent_is_not_younger_than_its_child(void **state)
{
	char directory[] = "/tmp/egret-procfs-XXXXXX", path[64];
	_cleanup_(eg_closep) int self = procfs_open((uint32_t)getpid()), child = -1, parent = -1;
	uint64_t start;
	uint32_t number;

	(void)state;
	assert_non_null(mkdtemp(directory));
	assert_int_equal(procfs_stat(self, &number, &start), 0);
	child = write_stat(directory, getpid(), start);
	parent = procfs_open_parent(child);
	assert_true(parent >= 0);
	close(child);
	child = write_stat(directory, getpid(), start - 1);
	assert_int_equal(procfs_open_parent(child), -ESRCH);
	close(child);
	child = write_stat(directory, 0, start);
	assert_int_equal(procfs_open_parent(child), -ENOENT);
	snprintf(path, sizeof(path), "%s/stat", directory);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(directory), 0);
}

static void a_program_is_no_kernel_thread(void **state)
{
	int self = procfs_open((uint32_t)getpid());

	(void)state;
	assert_true(self >= 0);
	assert_false(procfs_is_kernel_thread(self));
	assert_false(procfs_is_kernel_thread(-1));
	close(self);
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
		cmocka_unit_test(what_is_no_file_is_not_even_opened),
		cmocka_unit_test(file_systems_that_never_answer_are_not_asked),
		cmocka_unit_test(stamps_tell_files_apart),
		cmocka_unit_test(large_files_are_refused),
		cmocka_unit_test(a_parent_is_not_younger_than_its_child),
		cmocka_unit_test(a_program_is_no_kernel_thread),
		cmocka_unit_test(no_process_has_no_files),
	};

	return cmocka_run_group_tests_name("ident/procfs", tests, NULL, NULL);
}
