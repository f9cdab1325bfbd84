/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The recorder's filter of system calls (seccomp(2)): a list of what it may. */
#include <egret/sandbox.h>

#include <errno.h>
#include <stddef.h>

#include <egret/base.h>

#ifdef EG_HAVE_LIBSECCOMP

#include <sys/prctl.h>
#include <sys/socket.h>

#include <seccomp.h>

/* By name: not each is known on every architecture, and by every libseccomp. */
static const char *const allowed[] = {
	/* files: SQLite, results, /proc */
	"access",
	"chmod",
	"chown",
	"close",
	"dup",
	"dup3",
	"faccessat",
	"faccessat2",
	"fallocate",
	"fchmod",
	"fchmodat",
	"fchown",
	"fchownat",
	"fcntl",
	"fcntl64",
	"fdatasync",
	"flock",
	"fstat",
	"fstat64",
	"fstatat64",
	"fstatfs",
	"fsync",
	"ftruncate",
	"ftruncate64",
	"getcwd",
	"getdents",
	"getdents64",
	"linkat",
	"lseek",
	"_llseek",
	"lstat",
	"lstat64",
	"mkdir",
	"mkdirat",
	"newfstatat",
	"open",
	"openat",
	"openat2",
	"pread64",
	"preadv",
	"pwrite64",
	"pwritev",
	"read",
	"readlink",
	"readlinkat",
	"readv",
	"rename",
	"renameat",
	"renameat2",
	"rmdir",
	"stat",
	"stat64",
	"statfs",
	"statx",
	"unlink",
	"unlinkat",
	"utimensat",
	"write",
	"writev",
	/* memory */
	"brk",
	"madvise",
	"membarrier",
	"mmap",
	"mmap2",
	"mprotect",
	"mremap",
	"munmap",
	/* the trace */
	"bpf",
	"epoll_create1",
	"epoll_ctl",
	"epoll_pwait",
	"epoll_wait",
	"poll",
	"ppoll",
	"ppoll_time64",
	/* time, signals, itself; kill(2) asks whether a process still is */
	"clock_getres",
	"clock_gettime",
	"clock_gettime64",
	"clock_nanosleep",
	"clock_nanosleep_time64",
	"exit",
	"exit_group",
	"futex",
	"futex_time64",
	"getegid",
	"geteuid",
	"getgid",
	"getpid",
	"getppid",
	"getrandom",
	"getrusage",
	"gettid",
	"gettimeofday",
	"getuid",
	"kill",
	"nanosleep",
	"prlimit64",
	"restart_syscall",
	"rseq",
	"rt_sigaction",
	"rt_sigprocmask",
	"rt_sigreturn",
	"sched_yield",
	"set_robust_list",
	"sigaltstack",
	"sysinfo",
	"tgkill",
	"time",
	"ugetrlimit",
	"umask",
	"uname",
};

/* A datagram to systemd's socket, and no other kind. */
static int allow_local_socket(scmp_filter_ctx filter)
{
	static const char *const calls[] = { "connect", "send", "sendmsg", "sendto", NULL };
	int r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
				 SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0));

	for (size_t i = 0; calls[i] && r == 0; i++) {
		int call = seccomp_syscall_resolve_name(calls[i]);

		if (call != __NR_SCMP_ERROR)
			r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
	}
	return r;
}

static int fill(scmp_filter_ctx filter)
{
	int r = allow_local_socket(filter);

	for (size_t i = 0; i < ARRAY_SIZE(allowed) && r == 0; i++) {
		int call = seccomp_syscall_resolve_name(allowed[i]);

		if (call != __NR_SCMP_ERROR)
			r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
	}
	return r;
}

#ifdef __SANITIZE_ADDRESS__
/* LeakSanitizer asks this first: it looks on with ptrace(2), which no such filter allows. */
int __lsan_is_turned_off(void);

int __lsan_is_turned_off(void)
{
	return prctl(PR_GET_SECCOMP) != 0;
}
#endif

int eg_sandbox_enter(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r;

	if (!filter)
		return -ENOMEM;
	r = fill(filter);
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r;
}

const char *eg_sandbox_library(void)
{
	return "libseccomp";
}

#else

int eg_sandbox_enter(void)
{
	return -ENOTSUP;
}

const char *eg_sandbox_library(void)
{
	return NULL;
}

#endif
