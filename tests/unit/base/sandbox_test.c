/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the filter lets through is what recording needs; programs and connections are not. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>

#include <cmocka.h>

#include <egret/base.h>
#include <egret/sandbox.h>

/* As a result gets its name. */
static bool can_be_named(int fd)
{
	char from[32], to[32];

	snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
	snprintf(to, sizeof(to), "/tmp/egret-sandbox-%d", getpid());
	return linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW) == 0 && unlink(to) == 0;
}

/* The first thing that is not as it should be; 0: none. */
static int try_all(void)
{
	char *const argv[] = { NULL };
	int fd;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || eg_sandbox_enter() < 0)
		return 1;
	if (execve("/bin/true", argv, argv) == 0 || errno != EPERM)
		return 2;
	if (socket(AF_INET, SOCK_DGRAM, 0) >= 0 || errno != EPERM)
		return 3;
	if (fork() >= 0 || errno != EPERM)
		return 4;
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (fd < 0)
		return 5;
	fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) < 0 || ftruncate(fd, 0) < 0)
		return 6;
	if (!can_be_named(fd))
		return 7;
	return eg_now_ns() > 0 ? 0 : 8;
}

static void lets_it_record_and_no_more(void **state)
{
	pid_t child;
	int status;

	(void)state;
	if (!eg_sandbox_library()) {
		assert_int_equal(eg_sandbox_enter(), -ENOTSUP);
		return;
	}
	child = fork();
	if (!child)
		_exit(try_all());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(lets_it_record_and_no_more) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
