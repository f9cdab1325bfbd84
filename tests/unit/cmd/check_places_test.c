/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What doctor says of databases. */
#include "tests/unit/place/fixture.h"

#include "user/cmd/check_places.h"

#define DAY_NS (24 * 60 * 60 * NSEC_PER_SEC)

static struct place_checks check(const char **files, int64_t now)
{
	struct eg_options options = { .geo = files };
	struct place_checks checks;
	struct places *places;

	assert_int_equal(places_open(&options, &places), 0);
	assert_int_equal(place_checks_make(places, now, &checks), 0);
	places_close(places);
	return checks;
}

static void a_database_is_good_until_it_is_old(void **state)
{
	const int64_t built = FIXTURE_BUILT * NSEC_PER_SEC;
	char path[FIXTURE_PATH_MAX];
	const char *files[] = { path, NULL };
	struct place_checks checks;

	(void)state;
#ifndef EG_HAVE_LIBMAXMINDDB
	skip();
#endif
	fixture_mmdb("geo-whois-asn-country.mmdb", "country_code", "5.5.5.0,5.5.5.255,SG\n",
		     FIXTURE_BUILT, path);
	checks = check(files, built + 90 * DAY_NS);
	assert_true(checks.count >= 1);
	assert_string_equal(checks.checks[0].name, "database geo-whois-asn-country");
	assert_int_equal(checks.checks[0].status, EG_CHECK_OK);
	assert_non_null(strstr(checks.checks[0].detail,
			       "MMDB of 2026-09-21, 90 days old: country; CC0-1.0; /tmp/"));
	assert_null(checks.checks[0].affects);
	place_checks_free(&checks);
	checks = check(files, built + DAY_NS);
	assert_non_null(strstr(checks.checks[0].detail, "MMDB of 2026-09-21, 1 day old: "));
	place_checks_free(&checks);
	checks = check(files, built + 91 * DAY_NS);
	assert_int_equal(checks.checks[0].status, EG_CHECK_DEGRADED);
	assert_non_null(strstr(checks.checks[0].affects, "more than 90 days old"));
	place_checks_free(&checks);
}

static void what_is_refused_says_why(void **state)
{
	const char *files[] = { "/nowhere.mmdb", NULL };
	struct place_checks checks = check(files, 0);

	(void)state;
	assert_int_equal(checks.checks[0].status, EG_CHECK_DEGRADED);
	assert_string_equal(checks.checks[0].detail, "/nowhere.mmdb: No such file or directory");
	assert_non_null(checks.checks[0].affects);
	place_checks_free(&checks);
}

/* And how to get one that is not. */
static void where_all_are_refused_there_is_none(void **state)
{
	const char *files[] = { "/nowhere.mmdb", NULL };
	struct place_checks checks = check(files, 0);
	size_t last = checks.count - 1;

	(void)state;
	assert_int_equal(checks.count, 2);
	assert_string_equal(checks.checks[last].name, "databases");
	assert_int_equal(checks.checks[last].status, EG_CHECK_MISSING);
	assert_non_null(strstr(checks.checks[last].detail, "--geo FILE"));
	assert_non_null(strstr(checks.checks[last].affects, "null"));
	place_checks_free(&checks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_database_is_good_until_it_is_old),
		cmocka_unit_test(what_is_refused_says_why),
		cmocka_unit_test(where_all_are_refused_there_is_none),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
