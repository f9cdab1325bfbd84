/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Time: the clocks, RFC 3339 and durations; nothing here knows locale or time zone. */
#include <egret/base.h>

#include <errno.h>
#include <string.h>
#include <time.h>

/* --- clocks --- */

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

int64_t eg_now_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

int64_t eg_monotonic_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

int64_t eg_boottime_ns(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

/* Reads one clock between two readings of the other; the closest pair counts. */
int64_t eg_boot_to_real_ns(void)
{
	int64_t closest = INT64_MAX, offset = 0;

	for (int i = 0; i < 5; i++) {
		int64_t before = eg_boottime_ns();
		int64_t real = clock_ns(CLOCK_REALTIME);
		int64_t width = eg_boottime_ns() - before;

		if (width < closest) {
			closest = width;
			offset = real - (before + width / 2);
		}
	}
	return offset;
}

int64_t eg_boot_to_real(uint64_t boot_ns, int64_t offset_ns)
{
	int64_t real_ns;

	return __builtin_add_overflow(boot_ns, offset_ns, &real_ns) ? INT64_MAX : real_ns;
}

int64_t eg_start_time(uint64_t boot_ns, int64_t offset_ns)
{
	const int64_t millisecond = NSEC_PER_SEC / 1000;

	offset_ns += millisecond / 2;
	return eg_boot_to_real(boot_ns, offset_ns - offset_ns % millisecond);
}

/* --- durations --- */

static const struct {
	const char *name;
	int64_t ns;
} units[] = {
	{ .name = "ms", .ns = NSEC_PER_SEC / 1000 },
	{ .name = "s", .ns = NSEC_PER_SEC },
	{ .name = "m", .ns = 60 * NSEC_PER_SEC },
	{ .name = "h", .ns = 3600 * NSEC_PER_SEC },
	{ .name = "d", .ns = 86400 * NSEC_PER_SEC },
	{ .name = "w", .ns = 7 * 86400 * NSEC_PER_SEC },
	{ .name = "y", .ns = 365 * 86400 * NSEC_PER_SEC },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int eg_duration_parse(const char *text, int64_t *ret_ns)
{
	int64_t number = 0;
	bool overflow = false;
	const char *unit = text;

	for (; is_digit(*unit); unit++) {
		overflow |= __builtin_mul_overflow(number, 10, &number);
		overflow |= __builtin_add_overflow(number, *unit - '0', &number);
	}
	if (unit == text)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(unit, units[i].name) != 0)
			continue;
		if (overflow || __builtin_mul_overflow(number, units[i].ns, &number))
			return -ERANGE;
		*ret_ns = number;
		return 0;
	}
	return -EINVAL;
}

/* --- RFC 3339 --- */

static char *put_number(char *end, int64_t number, int digits)
{
	for (int i = digits - 1; i >= 0; i--, number /= 10)
		end[i] = (char)('0' + number % 10);
	return end + digits;
}

/* By hand, since snprintf() would take a third of the time to print a row. */
const char *eg_time_text(int64_t real_ns, char buffer[static EG_TIME_TEXT_MAX])
{
	int64_t fraction = real_ns % NSEC_PER_SEC;
	time_t seconds = (time_t)(real_ns / NSEC_PER_SEC);
	struct tm tm;
	char *end = buffer;

	if (fraction < 0) {
		fraction += NSEC_PER_SEC;
		seconds--;
	}
	/* The years that 64 bits of nanoseconds reach, 1677 to 2262, have four digits. */
	gmtime_r(&seconds, &tm);
	end = put_number(end, tm.tm_year + 1900, 4);
	*end++ = '-';
	end = put_number(end, tm.tm_mon + 1, 2);
	*end++ = '-';
	end = put_number(end, tm.tm_mday, 2);
	*end++ = 'T';
	end = put_number(end, tm.tm_hour, 2);
	*end++ = ':';
	end = put_number(end, tm.tm_min, 2);
	*end++ = ':';
	end = put_number(end, tm.tm_sec, 2);
	*end++ = '.';
	end = put_number(end, fraction, 9);
	*end++ = 'Z';
	*end = '\0';
	return buffer;
}

/* Exactly that many digits, and the character after them; false: not there. */
static bool take_number(const char **text, int digits, const char *after, int *ret_number)
{
	int number = 0;

	for (int i = 0; i < digits; i++) {
		if (!is_digit(**text))
			return false;
		number = number * 10 + (*(*text)++ - '0');
	}
	if (*after) {
		if (!**text || !strchr(after, **text))
			return false;
		(*text)++;
	}
	*ret_number = number;
	return true;
}

/* Of the decimals, those after the ninth are below our resolution. */
static bool take_fraction(const char **text, int64_t *ret_ns)
{
	int64_t unit = NSEC_PER_SEC / 10, ns = 0;

	*ret_ns = 0;
	if (**text != '.')
		return true;
	if (!is_digit(*++*text))
		return false;
	for (; is_digit(**text); (*text)++, unit /= 10)
		ns += (**text - '0') * unit;
	*ret_ns = ns;
	return true;
}

static bool take_offset(const char **text, int *ret_seconds)
{
	int hours, minutes, sign = **text == '-' ? -1 : 1;

	*ret_seconds = 0;
	if (**text == 'Z' || **text == 'z') {
		(*text)++;
		return true;
	}
	if (**text != '+' && **text != '-')
		return false;
	(*text)++;
	if (!take_number(text, 2, ":", &hours) || !take_number(text, 2, "", &minutes))
		return false;
	*ret_seconds = sign * (hours * 3600 + minutes * 60);
	return hours < 24 && minutes < 60;
}

/* Seconds since the epoch of a UTC date and time; false: there is none such. */
static bool to_seconds(const struct tm *given, int64_t *ret_seconds)
{
	struct tm tm = *given;
	int leap = tm.tm_sec == 60; /* timegm() would move a leap second itself */

	if (tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60)
		return false;
	tm.tm_sec -= leap;
	*ret_seconds = timegm(&tm) + leap;
	return tm.tm_mon == given->tm_mon && tm.tm_mday == given->tm_mday;
}

int eg_time_parse(const char *text, int64_t *ret_real_ns)
{
	struct tm tm = { 0 };
	int64_t seconds, ns;
	int offset;

	if (!take_number(&text, 4, "-", &tm.tm_year) || !take_number(&text, 2, "-", &tm.tm_mon) ||
	    !take_number(&text, 2, "Tt ", &tm.tm_mday) ||
	    !take_number(&text, 2, ":", &tm.tm_hour) || !take_number(&text, 2, ":", &tm.tm_min) ||
	    !take_number(&text, 2, "", &tm.tm_sec) || !take_fraction(&text, &ns) ||
	    !take_offset(&text, &offset) || *text)
		return -EINVAL;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	if (!to_seconds(&tm, &seconds))
		return -EINVAL;
	seconds -= offset;
	/* The first nanoseconds of all lie in a second that begins before them. */
	if (seconds < 0 && ns > 0) {
		seconds++;
		ns -= NSEC_PER_SEC;
	}
	if (__builtin_mul_overflow(seconds, NSEC_PER_SEC, &seconds) ||
	    __builtin_add_overflow(seconds, ns, &seconds))
		return -EINVAL;
	*ret_real_ns = seconds;
	return 0;
}
