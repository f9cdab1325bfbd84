/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Several databases: the younger answers, and what is refused is listed. */
#include "fixture.h"

#define DAY_NS (24 * 60 * 60 * NSEC_PER_SEC)

#ifdef EG_HAVE_LIBMAXMINDDB
#define NEEDS_LIBRARY() ((void)0)
#else
#define NEEDS_LIBRARY() skip()
#endif

static void the_younger_answers_where_two_know(void **state)
{
	char old[FIXTURE_PATH_MAX], young[FIXTURE_PATH_MAX];
	const char *files[] = { old, young, NULL };
	struct eg_geo *geo;
	struct eg_geo_answer answer;

	(void)state;
	NEEDS_LIBRARY();
	fixture_mmdb("old.mmdb", "country_code", "5.5.0.0,5.5.255.255,US\n", FIXTURE_BUILT - 9,
		     old);
	fixture_mmdb("young.mmdb", "country_code", "5.5.5.0,5.5.5.255,SG\n", FIXTURE_BUILT, young);
	geo = fixture_open(files);
	assert_string_equal(eg_geo_database(geo, 0)->name, "young");
	assert_string_equal(eg_geo_database(geo, 1)->name, "old");
	answer = fixture_ask(geo, "5.5.5.5");
	assert_string_equal(answer.country, "SG");
	assert_int_equal(answer.from[EG_GEO_COUNTRY], 0);
	answer = fixture_ask(geo, "5.5.6.5");
	assert_string_equal(answer.country, "US");
	assert_int_equal(answer.from[EG_GEO_COUNTRY], 1);
	eg_geo_close(geo);
}

static void each_field_comes_from_who_knows_it(void **state)
{
	char numbers[FIXTURE_PATH_MAX], names[FIXTURE_PATH_MAX], flags[FIXTURE_PATH_MAX];
	const char *files[] = { names, numbers, flags, NULL };
	struct eg_geo *geo;
	struct eg_geo_answer answer;

	(void)state;
	NEEDS_LIBRARY();
	fixture_mmdb("numbers.mmdb", "country_code,asn",
		     "5.5.0.0,5.5.0.255,SG,64500\n5.5.1.0,5.5.1.255,SG,64501\n", FIXTURE_BUILT,
		     numbers);
	fixture_mmdb("names.mmdb", "asn,as_name", "5.5.0.0,5.5.1.255,64500,Example Pte\n",
		     FIXTURE_BUILT - 1, names);
	fixture_mmdb("flags.mmdb", "country_code,is_anycast",
		     "5.5.0.0,5.5.0.255,US,false\n5.5.1.0,5.5.1.255,US,true\n", FIXTURE_BUILT - 2,
		     flags);
	geo = fixture_open(files);
	answer = fixture_ask(geo, "5.5.0.1");
	assert_int_equal(answer.from[EG_GEO_AS], 0);
	assert_string_equal(answer.as_organization, "Example Pte");
	assert_int_equal(answer.from[EG_GEO_ANYCAST], 2);
	assert_string_equal(answer.country, "SG");
	/* another operator's name is none, and an old "anycast" takes the country away */
	answer = fixture_ask(geo, "5.5.1.1");
	assert_int_equal(answer.as_number, 64501);
	assert_null(answer.as_organization);
	assert_true(answer.anycast);
	assert_string_equal(answer.country, "");
	eg_geo_close(geo);
}

/* More addresses than are remembered, each asked twice. */
static void what_is_remembered_is_its_own(void **state)
{
	char path[FIXTURE_PATH_MAX], ip[16];
	const char *files[] = { path, NULL };
	struct eg_geo *geo;

	(void)state;
	NEEDS_LIBRARY();
	fixture_mmdb("halves.mmdb", "country_code",
		     "5.5.0.0,5.5.127.255,SG\n5.5.128.0,5.5.255.255,US\n", FIXTURE_BUILT, path);
	geo = fixture_open(files);
	for (unsigned i = 0; i < 40000; i++) {
		unsigned host = i / 2 * 7919 % 65536;

		snprintf(ip, sizeof(ip), "5.5.%u.%u", host >> 8, host & 255);
		assert_string_equal(fixture_ask(geo, ip).country, host < 32768 ? "SG" : "US");
	}
	eg_geo_close(geo);
}

static void what_is_refused_comes_last(void **state)
{
	char good[FIXTURE_PATH_MAX], bad[FIXTURE_PATH_MAX];
	const char *files[] = { bad, good, NULL };
	struct eg_geo *geo;

	(void)state;
	NEEDS_LIBRARY();
	fixture_write("bad.mmdb", "nothing", 7, bad);
	fixture_mmdb("good.mmdb", "country_code", "5.5.5.0,5.5.5.255,SG\n", FIXTURE_BUILT, good);
	geo = fixture_open(files);
	assert_int_equal(eg_geo_count(geo), 2);
	assert_null(eg_geo_database(geo, 0)->refused);
	assert_string_equal(eg_geo_database(geo, 1)->path, bad);
	assert_non_null(eg_geo_database(geo, 1)->refused);
	assert_string_equal(fixture_ask(geo, "5.5.5.5").country, "SG");
	eg_geo_close(geo);
}

static void without_a_database_everything_is_unknown(void **state)
{
	const char *files[] = { "/nowhere", NULL };
	struct eg_geo *geo = fixture_open(files);
	struct eg_geo_answer answer = fixture_ask(geo, "5.5.5.5");

	(void)state;
	assert_string_equal(answer.country, "");
	assert_int_equal(answer.as_number, 0);
	assert_null(answer.as_organization);
	for (size_t i = 0; i < EG_GEO_FIELDS; i++)
		assert_int_equal(answer.from[i], -1);
	eg_geo_close(geo);
	eg_geo_close(NULL);
}

static void ages_are_whole_days(void **state)
{
	struct eg_geo_database database = { .built = 100 * DAY_NS };

	(void)state;
	assert_int_equal(eg_geo_age_days(&database, 101 * DAY_NS - 1), 0);
	assert_int_equal(eg_geo_age_days(&database, 101 * DAY_NS), 1);
	assert_int_equal(eg_geo_age_days(&database, 99 * DAY_NS), 0);
	database.built = 0;
	assert_int_equal(eg_geo_age_days(&database, 99 * DAY_NS), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_younger_answers_where_two_know),
		cmocka_unit_test(each_field_comes_from_who_knows_it),
		cmocka_unit_test(what_is_remembered_is_its_own),
		cmocka_unit_test(what_is_refused_comes_last),
		cmocka_unit_test(without_a_database_everything_is_unknown),
		cmocka_unit_test(ages_are_whole_days),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
