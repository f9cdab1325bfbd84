/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Clocks, durations and RFC 3339, up to where 64 bits end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <time.h>

#include <egret/base.h>

/* --- clocks --- */

static void now_is_realtime(void **state)
{
	struct timespec before, after;
	int64_t now;

	(void)state;
	clock_gettime(CLOCK_REALTIME, &before);
	now = eg_now_ns();
	clock_gettime(CLOCK_REALTIME, &after);
	assert_true(now >= before.tv_sec * NSEC_PER_SEC + before.tv_nsec);
	assert_true(now <= after.tv_sec * NSEC_PER_SEC + after.tv_nsec);
}

static void boot_offset_leads_to_now(void **state)
{
	int64_t offset = eg_boot_to_real_ns();
	struct timespec boot;
	int64_t error;

	(void)state;
	clock_gettime(CLOCK_BOOTTIME, &boot);
	error = boot.tv_sec * NSEC_PER_SEC + boot.tv_nsec + offset - eg_now_ns();
	/* Generous: the two readings may be interrupted. */
	assert_true(error > -NSEC_PER_SEC && error < NSEC_PER_SEC);
}

static void no_boot_time_overflows(void **state)
{
	(void)state;
	assert_true(eg_boot_to_real(5, 7) == 12);
	assert_true(eg_boot_to_real(5, -7) == -2);
	assert_true(eg_boot_to_real(INT64_MAX, 1) == INT64_MAX);
	assert_true(eg_boot_to_real(UINT64_MAX, 0) == INT64_MAX);
	assert_true(eg_start_time(5, 999700) == 1000005);
	assert_true(eg_start_time(5, 1000300) == 1000005);
	assert_true(eg_start_time(INT64_MAX, 1000300) == INT64_MAX);
}

/* --- durations --- */

static void duration_of_each_unit(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = {
		{ .text = "500ms", .ns = 500000000 },
		{ .text = "10s", .ns = 10 * NSEC_PER_SEC },
		{ .text = "5m", .ns = 300 * NSEC_PER_SEC },
		{ .text = "2h", .ns = 7200 * NSEC_PER_SEC },
		{ .text = "7d", .ns = 604800 * NSEC_PER_SEC },
		{ .text = "4w", .ns = 2419200 * NSEC_PER_SEC },
		{ .text = "1y", .ns = 31536000 * NSEC_PER_SEC },
		{ .text = "0s", .ns = 0 },
		{ .text = "007s", .ns = 7 * NSEC_PER_SEC },
		{ .text = "9223372036854ms", .ns = 9223372036854000000 },
		{ .text = "292y", .ns = 292LL * 31536000 * NSEC_PER_SEC },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t ns = -1;

		assert_int_equal(eg_duration_parse(cases[i].text, &ns), 0);
		assert_true(ns == cases[i].ns);
	}
}

static void no_duration_is_refused(void **state)
{
	static const char *const cases[] = { "",     "s",    "10",   "-1s",	  "+1s",
					     " 1s",  "1s ",  "1 s",  "1.5s",	  "1S",
					     "1min", "1sm",  "ms",   "1e3s",	  "0x1s",
					     "1us",  "1s\n", "\xff", "1\xc2\xb5s" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t ns = 42;

		assert_int_equal(eg_duration_parse(cases[i], &ns), -EINVAL);
		assert_true(ns == 42);
	}
}

static void too_long_duration_is_out_of_range(void **state)
{
	static const char *const cases[] = { "9223372036855ms", "9223372037s", "293y",
					     "99999999999999999999999999999999999ms",
					     "18446744073709551616s" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t ns = 42;

		assert_int_equal(eg_duration_parse(cases[i], &ns), -ERANGE);
		assert_true(ns == 42);
	}
}

static void too_many_digits_without_a_unit_are_no_duration(void **state)
{
	int64_t ns;

	(void)state;
	assert_int_equal(eg_duration_parse("99999999999999999999999", &ns), -EINVAL);
}

/* --- RFC 3339 --- */

static void assert_text(int64_t ns, const char *expected)
{
	char buffer[EG_TIME_TEXT_MAX];

	assert_string_equal(eg_time_text(ns, buffer), expected);
}

static void time_text_has_nine_decimals_and_z(void **state)
{
	(void)state;
	assert_text(0, "1970-01-01T00:00:00.000000000Z");
	assert_text(1, "1970-01-01T00:00:00.000000001Z");
	assert_text(-1, "1969-12-31T23:59:59.999999999Z");
	assert_text(-NSEC_PER_SEC, "1969-12-31T23:59:59.000000000Z");
	assert_text(1795428000000000000, "2026-11-23T10:00:00.000000000Z");
	assert_text(951782400123456789, "2000-02-29T00:00:00.123456789Z");
	assert_text(INT64_MAX, "2262-04-11T23:47:16.854775807Z");
	assert_text(INT64_MIN, "1677-09-21T00:12:43.145224192Z");
}

static void assert_parsed(const char *text, int64_t expected)
{
	int64_t ns = 42;

	if (eg_time_parse(text, &ns) != 0 || ns != expected)
		fail_msg("%s: %lld, not %lld", text, (long long)ns, (long long)expected);
}

static void time_is_parsed(void **state)
{
	const int64_t base = 1795428000 * NSEC_PER_SEC;

	(void)state;
	assert_parsed("2026-11-23T10:00:00Z", base);
	assert_parsed("2026-11-23t10:00:00z", base);
	assert_parsed("2026-11-23 10:00:00Z", base);
	assert_parsed("2026-11-23T11:30:00+01:30", base);
	assert_parsed("2026-11-23T00:00:00-10:00", base);
	assert_parsed("2026-11-23T10:00:00-00:00", base);
	assert_parsed("2026-11-24T09:59:00+23:59", base);
	assert_parsed("2026-11-23T10:00:00.5Z", base + 500000000);
	assert_parsed("2026-11-23T10:00:00.000000001Z", base + 1);
	assert_parsed("2026-11-23T10:00:00.0000000019999999999999999999Z", base + 1);
	assert_parsed("2000-02-29T00:00:00Z", 951782400 * NSEC_PER_SEC);
	assert_parsed("1969-12-31T23:59:59.9Z", -100000000);
	/* A leap second is the first of the next minute, as POSIX counts. */
	assert_parsed("2016-12-31T23:59:60Z", 1483228800 * NSEC_PER_SEC);
	assert_parsed("2262-04-11T23:47:16.854775807Z", INT64_MAX);
	assert_parsed("1677-09-21T00:12:43.145224192Z", INT64_MIN);
}

static void no_time_is_refused(void **state)
{
	static const char *const cases[] = {
		"",
		"now",
		"2026-11-23",
		"2026-11-23T10:00Z",
		"2026-11-23T10:00:00",
		"2026-11-23T10:00:00.Z",
		"2026-11-23T10:00:00,5Z",
		"2026-11-23T10:00:00Z ",
		" 2026-11-23T10:00:00Z",
		"2026-11-23T10:00:00+1:00",
		"2026-11-23T10:00:00+0100",
		"2026-11-23T10:00:00+24:00",
		"2026-11-23T10:00:00+01:60",
		"2026-11-23T24:00:00Z",
		"2026-11-23T10:60:00Z",
		"2026-11-23T10:00:61Z",
		"2026-00-23T10:00:00Z",
		"2026-13-23T10:00:00Z",
		"2026-11-00T10:00:00Z",
		"2026-11-31T10:00:00Z",
		"2025-02-29T10:00:00Z",
		"1900-02-29T00:00:00Z",
		"26-11-23T10:00:00Z",
		"2026-1-23T10:00:00Z",
		"-026-11-23T10:00:00Z",
		"2026-11-23TT10:00:00Z",
		"2026-11-23T10:00:00Zulu",
		"\xff",
		"\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa6-11-23T10:00:00Z",
		/* what 64 bits of nanoseconds don't reach */
		"2262-04-11T23:47:16.854775808Z",
		"1677-09-21T00:12:43.145224191Z",
		"0000-01-01T00:00:00Z",
		"9999-12-31T23:59:59Z",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t ns = 42;

		if (eg_time_parse(cases[i], &ns) != -EINVAL)
			fail_msg("accepted: %s", cases[i]);
		assert_true(ns == 42);
	}
}

static void each_prefix_of_a_time_is_refused(void **state)
{
	static const char whole[] = "2026-11-23T10:00:00.123456789+01:00";

	(void)state;
	for (size_t size = 0; size < sizeof(whole) - 1; size++) {
		/* Exactly as long as the prefix, so that reading beyond it shows. */
		_cleanup_(eg_freep) char *prefix = strndup(whole, size);
		int64_t ns;

		assert_int_equal(eg_time_parse(prefix, &ns), -EINVAL);
	}
}

static void text_and_parse_are_inverse(void **state)
{
	uint64_t random = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char buffer[EG_TIME_TEXT_MAX];
		int64_t ns, parsed;

		random = random * 6364136223846793005ULL + 1442695040888963407ULL;
		ns = (int64_t)random / 2;
		assert_int_equal(eg_time_parse(eg_time_text(ns, buffer), &parsed), 0);
		assert_true(parsed == ns);
	}
}

static void time_zone_does_not_matter(void **state)
{
	(void)state;
	setenv("TZ", "Asia/Kolkata", 1);
	tzset();
	assert_text(0, "1970-01-01T00:00:00.000000000Z");
	assert_parsed("1970-01-01T00:00:01Z", NSEC_PER_SEC);
	unsetenv("TZ");
	tzset();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(now_is_realtime),
		cmocka_unit_test(boot_offset_leads_to_now),
		cmocka_unit_test(no_boot_time_overflows),
		cmocka_unit_test(duration_of_each_unit),
		cmocka_unit_test(no_duration_is_refused),
		cmocka_unit_test(too_long_duration_is_out_of_range),
		cmocka_unit_test(too_many_digits_without_a_unit_are_no_duration),
		cmocka_unit_test(time_text_has_nine_decimals_and_z),
		cmocka_unit_test(time_is_parsed),
		cmocka_unit_test(no_time_is_refused),
		cmocka_unit_test(each_prefix_of_a_time_is_refused),
		cmocka_unit_test(text_and_parse_are_inverse),
		cmocka_unit_test(time_zone_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
