/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What every room needs: cleanup, log, time, text. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EG_VERSION "0.1.0"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define NSEC_PER_SEC 1000000000LL

/* A library that egret can do without, and what it does not do then. */
struct eg_library {
	const char *name, *affects;
	bool present; /* in this build */
};
#define EG_LIBRARIES 7
/* All EG_LIBRARIES of them. */
const struct eg_library *eg_libraries(void);

/* Runs f(&variable) when the variable goes out of scope. */
#define _cleanup_(f) __attribute__((cleanup(f)))
/* Hands a pointer's ownership on: yields it and leaves NULL behind. */
#define TAKE_PTR(p)                                                                                \
	({                                                                                         \
		__typeof__(p) taken_ = (p);                                                        \
		(p) = NULL;                                                                        \
		taken_;                                                                            \
	})
/* The same for descriptors, leaving -1. */
#define TAKE_FD(fd)                                                                                \
	({                                                                                         \
		int taken_ = (fd);                                                                 \
		(fd) = -1;                                                                         \
		taken_;                                                                            \
	})

static inline void eg_freep(void *p)
{
	free(*(void **)p);
}
static inline void eg_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
static inline void eg_fclosep(FILE **stream)
{
	if (*stream)
		fclose(*stream);
}

/* --- log: everything that is not a result goes to stderr ("egret: ...") --- */
enum eg_level { EG_LEVEL_ERROR, EG_LEVEL_WARNING, EG_LEVEL_INFO, EG_LEVEL_DEBUG };
void eg_log_set_level(enum eg_level level);
enum eg_level eg_log_level(void);
/* One line; control bytes in the arguments are escaped. */
void eg_log(enum eg_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
void eg_logv(enum eg_level level, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
#define eg_error(...) eg_log(EG_LEVEL_ERROR, __VA_ARGS__)
#define eg_warning(...) eg_log(EG_LEVEL_WARNING, __VA_ARGS__)
#define eg_info(...) eg_log(EG_LEVEL_INFO, __VA_ARGS__)
#define eg_debug(...) eg_log(EG_LEVEL_DEBUG, __VA_ARGS__)

/* --- time --- */
/* CLOCK_REALTIME, nanoseconds. */
int64_t eg_now_ns(void);
/* CLOCK_MONOTONIC, nanoseconds: for how long something takes. */
int64_t eg_monotonic_ns(void);
/* CLOCK_BOOTTIME, nanoseconds: the clock of the kernel's records. */
int64_t eg_boottime_ns(void);
/* What to add to a CLOCK_BOOTTIME value to get CLOCK_REALTIME, now. */
int64_t eg_boot_to_real_ns(void);
/* With that added; what is later than can be is the last moment that there is. */
int64_t eg_boot_to_real(uint64_t boot_ns, int64_t offset_ns);
/*
 * The same for a process's start, which is half of its name: it must be the same
 * in every document. So the offset, which no two measurements agree on, is
 * rounded to milliseconds.
 */
int64_t eg_start_time(uint64_t boot_ns, int64_t offset_ns);
/* "500ms" "10s" "5m" "2h" "7d" "4w" "1y" -> ns; -EINVAL, -ERANGE. */
int eg_duration_parse(const char *text, int64_t *ret_ns);
/* RFC 3339, UTC, nine decimals, Z. */
#define EG_TIME_TEXT_MAX 36
const char *eg_time_text(int64_t real_ns, char buffer[static EG_TIME_TEXT_MAX]);
/* The inverse, any RFC 3339 offset and number of decimals; -EINVAL. */
int eg_time_parse(const char *text, int64_t *ret_real_ns);

/* --- namespaces --- */

/* Inode number of the network namespace that we are in; 0: there is no telling. */
uint32_t eg_own_net_ns(void);

/* --- text: one function per sink, since each has its own dangers --- */
/*
 * All of these append to the stream and return 0 or -EIO. Input is any bytes;
 * the output is valid UTF-8 without raw control characters, C1 controls,
 * bidirectional overrides or line separators (contract section 2): each of their
 * bytes is printed as the four characters \xNN. Reading doesn't undo that, so
 * that what is read and printed again stays the same.
 */
int eg_put_json(FILE *stream, const char *text); /* quoted; NULL prints null */
int eg_put_csv(FILE *stream, const char *text); /* RFC 4180, formula-safe; NULL prints nothing */
int eg_put_terminal(FILE *stream, const char *text); /* NULL prints nothing */
/* Bytes of the escape \xNN that text begins with; 0: it begins with none. */
size_t eg_escape_size(const char *text);
int eg_put_prometheus(FILE *stream, const char *text); /* label value, quoted; NULL prints "" */
/* In an element or a quoted attribute; NULL prints nothing. */
int eg_put_html(FILE *stream, const char *text);
/* As eg_put_json(), for JSON inside <script>, which nothing in it can end. */
int eg_put_script(FILE *stream, const char *text);
/* vasprintf() that says what it has: malloc'ed text, NULL: no memory. */
char *eg_format(const char *format, va_list args) __attribute__((format(printf, 1, 0)));
/* Percent-encodes what an app id may not hold (identity.md 1.4). malloc'ed; NULL: no memory. */
char *eg_id_encode(const char *prefix, const char *text);
