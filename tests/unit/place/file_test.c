/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a file is taken for, and why it is refused. */
#include "fixture.h"

#include <sys/stat.h>

static void assert_refused(const char *path, const char *reason)
{
	struct eg_geo_file database;

	assert_int_equal(eg_geo_file_open(path, &database), 0);
	assert_non_null(database.about.refused);
	if (!strstr(database.about.refused, reason))
		fail_msg("%s: %s", path, database.about.refused);
	assert_string_equal(database.about.path, path);
	eg_geo_file_close(&database);
}

static void what_is_no_database_is_refused(void **state)
{
	char path[FIXTURE_PATH_MAX];

	(void)state;
	assert_refused(fixture_path("nowhere.mmdb", path), "No such file");
	assert_refused(fixture_directory, "not a regular file");
	assert_int_equal(mkfifo(fixture_path("pipe.mmdb", path), 0600), 0);
	assert_refused(path, "not a regular file");
	assert_refused(fixture_write("empty.mmdb", "", 0, path), "");
	assert_refused(fixture_write("text.mmdb", "country,DE\n", 11, path), "");
	assert_refused(fixture_write("short.db", "LOCDBXX", 7, path), "");
}

static void countries_are_two_letters_that_mean_one(void **state)
{
	static const struct {
		const char *code, *country;
	} cases[] = {
		{ "DE", "DE" }, { "XK", "XK" }, { "de", "" },  { "EU", "" }, { "AP", "" },
		{ "ZZ", "" },	{ "A1", "" },	{ "DEU", "" }, { "D", "" },  { "\0\0", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char country[3] = "";
		size_t size = *cases[i].code ? strlen(cases[i].code) : 2;

		eg_country_set(country, cases[i].code, size);
		assert_string_equal(country, cases[i].country);
	}
}

static void a_name_tells_licence_and_basis(void **state)
{
	static const struct {
		const char *file, *name, *license;
		enum eg_geo_basis basis;
	} cases[] = {
		{ "GeoLite2-City.mmdb", "GeoLite2-City", "GeoLite2-EULA", EG_GEO_GEOLOCATION },
		{ "geo-whois-asn-country.mmdb", "geo-whois-asn-country", "CC0-1.0",
		  EG_GEO_REGISTRY },
		{ "dbip-country-lite-2026-09.mmdb", "dbip-country-lite-2026-09", "CC-BY-4.0",
		  EG_GEO_GEOLOCATION },
		{ "ipinfo_lite.mmdb", "ipinfo_lite", "CC-BY-SA-4.0", EG_GEO_GEOLOCATION },
		{ "mine", "mine", NULL, EG_GEO_GEOLOCATION },
		{ "my-registry.mmdb", "my-registry", NULL, EG_GEO_REGISTRY },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct eg_geo_file database;
		char path[FIXTURE_PATH_MAX];

		fixture_write(cases[i].file, "x", 1, path);
		assert_int_equal(eg_geo_file_open(path, &database), 0);
		assert_string_equal(database.about.name, cases[i].name);
		assert_int_equal(database.about.basis, cases[i].basis);
		if (cases[i].license)
			assert_string_equal(database.about.license, cases[i].license);
		else
			assert_null(database.about.license);
		eg_geo_file_close(&database);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_database_is_refused),
		cmocka_unit_test(countries_are_two_letters_that_mean_one),
		cmocka_unit_test(a_name_tells_licence_and_basis),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
