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
#include <execinfo.h>
#include <glob.h>
#include <grp.h>
#include <locale.h>
#include <search.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#ifdef EG_HAVE_SQLITE3
#include <sqlite3.h>
#endif
#ifdef EG_HAVE_LIBMAXMINDDB
#include <maxminddb.h>
#endif
#ifdef EG_HAVE_LIBLOC
#include <libloc/database.h>
#include <libloc/libloc.h>
#endif
#ifdef EG_HAVE_LIBCRYPTO
#include <openssl/evp.h>
#endif
#ifdef EG_HAVE_LIBSECCOMP
#include <seccomp.h>
#endif

/*
 * The program is linked with --wrap for each name below, so that calls out of
 * our own objects come here, and those that libraries make among themselves
 * don't. EGRET_FAULT=N makes the N-th of them fail, as the table says, and all
 * others do what they always do; which one it was is written to the file
 * EGRET_FAULT_LOG. With N < 0 none fails and all are written, each with a number
 * that those have in common that were reached by the same way. A child of fork()
 * goes on counting for itself.
 */
long __real_syscall(long number, ...);

#define FRAMES 10 /* from our function outwards, which make a way */

static unsigned long long way(void)
{
	unsigned long long hash = 14695981039346656037ULL; /* FNV-1a */
	void *frames[FRAMES + 2];
	int count = backtrace(frames, FRAMES + 2);

	for (int i = 2; i < count; i++)
		hash = (hash ^ (unsigned long long)(uintptr_t)frames[i]) * 1099511628211ULL;
	return hash;
}

static void note(const char *log, const char *line)
{
	int fd = (int)__real_syscall(SYS_openat, AT_FDCWD, log,
				     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (__real_syscall(SYS_write, fd, line, strlen(line)) < 0)
		abort();
	__real_syscall(SYS_close, fd);
}

static bool fails(const char *name, const void *caller)
{
	extern const char __executable_start[]; /* linker's */
	static long wanted = LONG_MIN, count;
	const char *number = getenv("EGRET_FAULT"), *log = getenv("EGRET_FAULT_LOG");
	int saved = errno;
	char line[128];

	if (wanted == LONG_MIN)
		wanted = number ? strtol(number, NULL, 10) : 0;
	count++;
	if (!log || !wanted || (wanted > 0 && count != wanted))
		return false;
	snprintf(line, sizeof(line), "%ld %s %#tx %llx\n", count, name,
		 (const char *)caller - __executable_start, wanted < 0 ? way() : 0);
	note(log, line);
	errno = saved;
	return wanted > 0;
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
WRAP(ssize_t, getdelim, -1, EIO, (char **line, size_t *room, int end, FILE *stream),
     (line, room, end, stream))
WRAP(ssize_t, __getdelim, -1, EIO, (char **line, size_t *room, int end, FILE *stream),
     (line, room, end, stream)) /* what getline() is inlined to */
WRAP(struct passwd *, fgetpwent, NULL, EIO, (FILE * stream), (stream))
WRAP(int, fgetpwent_r, EIO, EIO,
     (FILE * stream, struct passwd *user, char *room, size_t size, struct passwd **found),
     (stream, user, room, size, found))
WRAP(struct group *, fgetgrent, NULL, EIO, (FILE * stream), (stream))
WRAP(struct mntent *, getmntent, NULL, EIO, (FILE * stream), (stream))
WRAP(DIR *, fdopendir, NULL, ENOMEM, (int fd), (fd))
WRAP(char *, realpath, NULL, ENOMEM, (const char *path, char *to), (path, to))
WRAP(int, glob, GLOB_NOSPACE, ENOMEM,
     (const char *pattern, int flags, int (*error)(const char *path, int number), glob_t *found),
     (pattern, flags, error, found))
WRAP(locale_t, newlocale, NULL, ENOMEM, (int mask, const char *name, locale_t base),
     (mask, name, base))
WRAP(void *, tsearch, NULL, ENOMEM,
     (const void *key, void **root, int (*compare)(const void *a, const void *b)),
     (key, root, compare))
WRAP(void *, mmap, MAP_FAILED, ENOMEM,
     (void *at, size_t size, int protection, int flags, int fd, off_t offset),
     (at, size, protection, flags, fd, offset))
WRAP(int, memfd_create, -1, EMFILE, (const char *name, unsigned flags), (name, flags))
WRAP(ssize_t, pread, -1, EIO, (int fd, void *to, size_t size, off_t at), (fd, to, size, at))
WRAP(off_t, lseek, -1, EIO, (int fd, off_t at, int whence), (fd, at, whence))
WRAP(int, flock, -1, EIO, (int fd, int operation), (fd, operation))
WRAP(int, fchown, -1, EPERM, (int fd, uid_t user, gid_t group), (fd, user, group))
WRAP(int, chown, -1, EPERM, (const char *path, uid_t user, gid_t group), (path, user, group))
WRAP(int, fchmod, -1, EPERM, (int fd, mode_t mode), (fd, mode))
WRAP(int, mkdir, -1, EROFS, (const char *path, mode_t mode), (path, mode))
WRAP(int, fstatat, -1, EIO, (int fd, const char *path, struct stat *status, int flags),
     (fd, path, status, flags))
WRAP(int, statx, -1, EIO,
     (int fd, const char *path, int flags, unsigned mask, struct statx *status),
     (fd, path, flags, mask, status))
WRAP(int, fstatfs, -1, EIO, (int fd, struct statfs *status), (fd, status))
WRAP(ssize_t, readlinkat, -1, EIO, (int fd, const char *path, char *to, size_t size),
     (fd, path, to, size))
WRAP(int, dup2, -1, EMFILE, (int from, int to), (from, to))
WRAP(int, socket, -1, EMFILE, (int domain, int type, int protocol), (domain, type, protocol))
WRAP(int, socketpair, -1, EMFILE, (int domain, int type, int protocol, int fds[2]),
     (domain, type, protocol, fds))
WRAP(ssize_t, recv, -1, EIO, (int fd, void *to, size_t size, int flags), (fd, to, size, flags))
WRAP(ssize_t, send, -1, EAGAIN, (int fd, const void *from, size_t size, int flags),
     (fd, from, size, flags))
WRAP(ssize_t, sendto, -1, ECONNREFUSED,
     (int fd, const void *from, size_t size, int flags, const struct sockaddr *to,
      socklen_t length),
     (fd, from, size, flags, to, length))
WRAP(int, epoll_ctl, -1, ENOMEM, (int fd, int operation, int other, struct epoll_event *event),
     (fd, operation, other, event))
WRAP(int, sigprocmask, -1, EINVAL, (int how, const sigset_t *set, sigset_t *old), (how, set, old))
WRAP(int, setenv, -1, ENOMEM, (const char *name, const char *value, int replace),
     (name, value, replace))
WRAP(int, setpgid, -1, EPERM, (pid_t pid, pid_t group), (pid, group))
WRAP(int, setgroups, -1, EPERM, (size_t count, const gid_t *list), (count, list))
WRAP(int, initgroups, -1, EPERM, (const char *user, gid_t group), (user, group))
WRAP(int, setresgid, -1, EPERM, (gid_t real, gid_t effective, gid_t saved),
     (real, effective, saved))
WRAP(int, setresuid, -1, EAGAIN, (uid_t real, uid_t effective, uid_t saved),
     (real, effective, saved))
WRAP(pid_t, waitpid, -1, ECHILD, (pid_t pid, int *status, int options), (pid, status, options))
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
WRAP(int, bpf_map_create, -1, EPERM,
     (enum bpf_map_type type, const char *name, __u32 key, __u32 value, __u32 entries,
      const struct bpf_map_create_opts *options),
     (type, name, key, value, entries, options))
WRAP(int, bpf_prog_load, -1, EPERM,
     (enum bpf_prog_type type, const char *name, const char *license, const struct bpf_insn *code,
      size_t count, const struct bpf_prog_load_opts *options),
     (type, name, license, code, count, options))
WRAP(int, bpf_map_update_elem, -1, ENOMEM,
     (int fd, const void *key, const void *value, __u64 flags), (fd, key, value, flags))
WRAP(int, bpf_map_delete_elem, -1, EBUSY, (int fd, const void *key), (fd, key))
WRAP(struct btf *, btf__load_vmlinux_btf, NULL, ENOMEM, (void), ())
#ifdef EG_HAVE_SQLITE3
WRAP(int, sqlite3_open, SQLITE_NOMEM, ENOMEM, (const char *path, sqlite3 **file), (path, file))
WRAP(int, sqlite3_open_v2, SQLITE_CANTOPEN, EMFILE,
     (const char *path, sqlite3 **file, int flags, const char *vfs), (path, file, flags, vfs))
WRAP(int, sqlite3_prepare_v3, SQLITE_NOMEM, ENOMEM,
     (sqlite3 * file, const char *text, int size, unsigned flags, sqlite3_stmt **statement,
      const char **rest),
     (file, text, size, flags, statement, rest))
WRAP(int, sqlite3_exec, SQLITE_FULL, ENOSPC,
     (sqlite3 * file, const char *text,
      int (*call)(void *data, int count, char **row, char **names), void *data, char **message),
     (file, text, call, data, message))
WRAP(int, sqlite3_bind_text, SQLITE_NOMEM, ENOMEM,
     (sqlite3_stmt * statement, int at, const char *text, int size, void (*release)(void *text)),
     (statement, at, text, size, release))
WRAP(int, sqlite3_bind_blob64, SQLITE_NOMEM, ENOMEM,
     (sqlite3_stmt * statement, int at, const void *bytes, sqlite3_uint64 size,
      void (*release)(void *bytes)),
     (statement, at, bytes, size, release))
#endif
#ifdef EG_HAVE_LIBMAXMINDDB
WRAP(int, MMDB_open, MMDB_OUT_OF_MEMORY_ERROR, ENOMEM,
     (const char *path, uint32_t flags, MMDB_s *file), (path, flags, file))
WRAP(int, MMDB_read_node, MMDB_CORRUPT_SEARCH_TREE_ERROR, EIO,
     (const MMDB_s *file, uint32_t number, MMDB_search_node_s *node), (file, number, node))
WRAP(int, MMDB_aget_value, MMDB_OUT_OF_MEMORY_ERROR, ENOMEM,
     (MMDB_entry_s * start, MMDB_entry_data_s *found, const char *const *path),
     (start, found, path))
#endif
#ifdef EG_HAVE_LIBLOC
WRAP(int, loc_new, -ENOMEM, ENOMEM, (struct loc_ctx * *context), (context))
WRAP(int, loc_database_new, -ENOMEM, ENOMEM,
     (struct loc_ctx * context, struct loc_database **database, FILE *stream),
     (context, database, stream))
WRAP(int, loc_database_lookup, -EIO, EIO,
     (struct loc_database * database, const struct in6_addr *address, struct loc_network **found),
     (database, address, found))
WRAP(int, loc_database_get_as, -EIO, EIO,
     (struct loc_database * database, struct loc_as **found, uint32_t number),
     (database, found, number))
#endif
#ifdef EG_HAVE_LIBCRYPTO
WRAP(EVP_MAC *, EVP_MAC_fetch, NULL, ENOMEM,
     (OSSL_LIB_CTX * library, const char *name, const char *properties),
     (library, name, properties))
WRAP(EVP_MAC_CTX *, EVP_MAC_CTX_new, NULL, ENOMEM, (EVP_MAC * mac), (mac))
WRAP(EVP_CIPHER *, EVP_CIPHER_fetch, NULL, ENOMEM,
     (OSSL_LIB_CTX * library, const char *name, const char *properties),
     (library, name, properties))
WRAP(EVP_CIPHER_CTX *, EVP_CIPHER_CTX_new, NULL, ENOMEM, (void), ())
#endif
#ifdef EG_HAVE_LIBSECCOMP
WRAP(scmp_filter_ctx, seccomp_init, NULL, ENOMEM, (uint32_t action), (action))
WRAP(int, seccomp_load, -ENOMEM, ENOMEM, (const scmp_filter_ctx filter), (filter))
#endif
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

#ifdef EG_HAVE_SQLITE3
/* What finds no memory for a text has its next step fail as well. */
static sqlite3_stmt *without_memory;

const unsigned char *__real_sqlite3_column_text(sqlite3_stmt *statement, int at);
const unsigned char *__wrap_sqlite3_column_text(sqlite3_stmt *statement, int at);
const unsigned char *__wrap_sqlite3_column_text(sqlite3_stmt *statement, int at)
{
	if (!fails("sqlite3_column_text", CALLER))
		return __real_sqlite3_column_text(statement, at);
	without_memory = statement;
	return NULL;
}

int __real_sqlite3_step(sqlite3_stmt *statement);
int __wrap_sqlite3_step(sqlite3_stmt *statement);
int __wrap_sqlite3_step(sqlite3_stmt *statement)
{
	if (statement == without_memory) {
		without_memory = NULL;
		return SQLITE_NOMEM;
	}
	return fails("sqlite3_step", CALLER) ? SQLITE_IOERR : __real_sqlite3_step(statement);
}
#endif

int __wrap_asprintf(char **text, const char *format, ...);
int __wrap_asprintf(char **text, const char *format, ...)
{
	va_list args;
	int r;

	if (fails("asprintf", CALLER)) {
		errno = ENOMEM;
		return -1;
	}
	va_start(args, format);
	r = __real_vasprintf(text, format, args);
	va_end(args);
	return r;
}

int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, long argument);
int __wrap_fcntl(int fd, int command, long argument)
{
	if (!fails("fcntl", CALLER))
		return __real_fcntl(fd, command, argument);
	errno = EINVAL;
	return -1;
}
