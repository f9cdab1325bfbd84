/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret with faults: one call of our own code into a library fails, the one that is asked for. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mntent.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cap-ng.h>
#include <dirent.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>

/*
 * The program is linked with --wrap for each name below, so that calls out of
 * our own objects come here, and those that libraries make among themselves
 * don't. EGRET_FAULT=N makes the N-th of them fail, as the table says, and all
 * others do what they always do; which one it was is written to the file
 * EGRET_FAULT_LOG. A child of fork() goes on counting for itself.
 */
long __real_syscall(long number, ...);

static bool fails(const char *name, const void *caller)
{
	extern const char __executable_start[]; /* linker's */
	static long left = LONG_MIN;
	const char *number = getenv("EGRET_FAULT"), *log = getenv("EGRET_FAULT_LOG");
	int saved = errno, fd;
	char line[128];

	if (left == LONG_MIN)
		left = number ? strtol(number, NULL, 10) : 0;
	if (left <= 0 || --left > 0 || !log)
		return false;
	fd = (int)__real_syscall(SYS_openat, AT_FDCWD, log,
				 O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	snprintf(line, sizeof(line), "%s %#tx\n", name, (const char *)caller - __executable_start);
	if (__real_syscall(SYS_write, fd, line, strlen(line)) < 0)
		abort();
	__real_syscall(SYS_close, fd);
	errno = saved;
	return true;
}

#define CALLER __builtin_return_address(0)
/* type, name, what it returns on failure, errno, parameters, arguments. */
#define WRAP(type_, name_, failure_, errno_, parameters_, arguments_)                              \
	type_ __real_##name_ parameters_;                                                          \
	type_ __wrap_##name_ parameters_;                                                          \
	type_ __wrap_##name_ parameters_                                                           \
	{                                                                                          \
		if (!fails(#name_, CALLER))                                                        \
			return __real_##name_ arguments_;                                          \
		errno = errno_;                                                                    \
		return failure_;                                                                   \
	}

/* clang-format off: a line each, from which the Makefile takes the names */
WRAP(void *, malloc, NULL, ENOMEM, (size_t size), (size))
WRAP(void *, calloc, NULL, ENOMEM, (size_t count, size_t size), (count, size))
WRAP(void *, realloc, NULL, ENOMEM, (void *old, size_t size), (old, size))
WRAP(void *, reallocarray, NULL, ENOMEM, (void *old, size_t count, size_t size), (old, count, size))
WRAP(void *, aligned_alloc, NULL, ENOMEM, (size_t align, size_t size), (align, size))
WRAP(char *, strdup, NULL, ENOMEM, (const char *text), (text))
WRAP(char *, strndup, NULL, ENOMEM, (const char *text, size_t size), (text, size))
WRAP(int, vasprintf, -1, ENOMEM, (char **text, const char *format, va_list args),
     (text, format, args))
WRAP(FILE *, open_memstream, NULL, ENOMEM, (char **text, size_t *size), (text, size))
WRAP(FILE *, fopen, NULL, EMFILE, (const char *path, const char *mode), (path, mode))
WRAP(FILE *, fdopen, NULL, ENOMEM, (int fd, const char *mode), (fd, mode))
WRAP(FILE *, setmntent, NULL, EMFILE, (const char *path, const char *mode), (path, mode))
WRAP(DIR *, opendir, NULL, EMFILE, (const char *path), (path))
WRAP(struct dirent *, readdir, NULL, EIO, (DIR * stream), (stream))
WRAP(char *, fgets, NULL, EIO, (char *text, int size, FILE *stream), (text, size, stream))
WRAP(ssize_t, getline, -1, EIO, (char **line, size_t *room, FILE *stream), (line, room, stream))
WRAP(ssize_t, read, -1, EIO, (int fd, void *to, size_t size), (fd, to, size))
WRAP(ssize_t, write, -1, ENOSPC, (int fd, const void *from, size_t size), (fd, from, size))
WRAP(int, fflush, EOF, ENOSPC, (FILE * stream), (stream))
WRAP(int, fsync, -1, EIO, (int fd), (fd))
WRAP(int, ftruncate, -1, EIO, (int fd, off_t size), (fd, size))
WRAP(int, fstat, -1, EIO, (int fd, struct stat *status), (fd, status))
WRAP(int, stat, -1, EIO, (const char *path, struct stat *status), (path, status))
WRAP(int, access, -1, EIO, (const char *path, int mode), (path, mode))
WRAP(int, faccessat, -1, EIO, (int fd, const char *path, int mode, int flags),
     (fd, path, mode, flags))
WRAP(ssize_t, readlink, -1, EIO, (const char *path, char *to, size_t size), (path, to, size))
WRAP(int, mkdirat, -1, EROFS, (int fd, const char *path, mode_t mode), (fd, path, mode))
WRAP(int, renameat, -1, EROFS, (int from, const char *path, int to, const char *name),
     (from, path, to, name))
WRAP(int, linkat, -1, EROFS, (int from, const char *path, int to, const char *name, int flags),
     (from, path, to, name, flags))
WRAP(ssize_t, getrandom, -1, EINTR, (void *to, size_t size, unsigned flags), (to, size, flags))
WRAP(int, pipe2, -1, EMFILE, (int fds[2], int flags), (fds, flags))
WRAP(int, poll, -1, EINTR, (struct pollfd * fds, nfds_t count, int timeout), (fds, count, timeout))
WRAP(int, signalfd, -1, EMFILE, (int fd, const sigset_t *signals, int flags), (fd, signals, flags))
WRAP(int, setns, -1, EPERM, (int fd, int type), (fd, type))
WRAP(int, uname, -1, EFAULT, (struct utsname * names), (names))
WRAP(pid_t, fork, -1, EAGAIN, (void), ())
WRAP(int, execvp, -1, EACCES, (const char *file, char *const argv[]), (file, argv))
WRAP(int, bpf_iter_create, -1, ENOMEM, (int fd), (fd))
WRAP(int, bpf_map_lookup_elem, -1, EIO, (int fd, const void *key, void *value), (fd, key, value))
WRAP(int, bpf_map_lookup_batch, -1, ENOSPC,
     (int fd, void *in, void *out, void *keys, void *values, __u32 *count,
      const struct bpf_map_batch_opts *options),
     (fd, in, out, keys, values, count, options))
WRAP(int, bpf_obj_get_info_by_fd, -1, EIO, (int fd, void *info, __u32 *size), (fd, info, size))
WRAP(int, bpf_object__open_skeleton, -1, ENOMEM,
     (struct bpf_object_skeleton * skeleton, const struct bpf_object_open_opts *options),
     (skeleton, options))
WRAP(int, bpf_object__load_skeleton, -ENOMEM, ENOMEM, (struct bpf_object_skeleton * skeleton),
     (skeleton))
WRAP(struct bpf_link *, bpf_program__attach, NULL, EBUSY, (const struct bpf_program *program),
     (program))
WRAP(struct bpf_link *, bpf_program__attach_cgroup, NULL, EBUSY,
     (const struct bpf_program *program, int fd), (program, fd))
WRAP(struct bpf_link *, bpf_program__attach_iter, NULL, EBUSY,
     (const struct bpf_program *program, const struct bpf_iter_attach_opts *options),
     (program, options))
WRAP(struct ring_buffer *, ring_buffer__new, NULL, ENOMEM,
     (int fd, ring_buffer_sample_fn sample, void *data, const struct ring_buffer_opts *options),
     (fd, sample, data, options))
WRAP(int, ring_buffer__consume, -EIO, EIO, (struct ring_buffer * ring), (ring))
WRAP(int, libbpf_num_possible_cpus, -EIO, EIO, (void), ())
WRAP(int, capng_get_caps_process, -1, EIO, (void), ())
WRAP(int, capng_apply, -1, EPERM, (capng_select_t set), (set))
/* clang-format on */

/* Those that are no plain functions. */

int __real_fclose(FILE *stream);
int __wrap_fclose(FILE *stream);
int __wrap_fclose(FILE *stream)
{
	bool failing = fails("fclose", CALLER);
	int r = __real_fclose(stream);

	if (!failing)
		return r;
	errno = ENOSPC;
	return EOF;
}

/* A short read is the end of the file, unless ferror() says otherwise. */
int __real_ferror(FILE *stream);
int __wrap_ferror(FILE *stream);
int __wrap_ferror(FILE *stream)
{
	if (!fails("ferror", CALLER))
		return __real_ferror(stream);
	errno = EIO;
	return 1;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, mode_t mode);
int __wrap_open(const char *path, int flags, mode_t mode)
{
	if (!fails("open", CALLER))
		return __real_open(path, flags, mode);
	errno = EMFILE;
	return -1;
}

int __real_openat(int fd, const char *path, int flags, ...);
int __wrap_openat(int fd, const char *path, int flags, mode_t mode);
int __wrap_openat(int fd, const char *path, int flags, mode_t mode)
{
	if (!fails("openat", CALLER))
		return __real_openat(fd, path, flags, mode);
	errno = EMFILE;
	return -1;
}

long __wrap_syscall(long number, long a, long b, long c, long d, long e);
long __wrap_syscall(long number, long a, long b, long c, long d, long e)
{
	if (!fails("syscall", CALLER))
		return __real_syscall(number, a, b, c, d, e);
	errno = ENOSYS;
	return -1;
}
