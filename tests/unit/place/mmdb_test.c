/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Databases in the MaxMind format: every publisher's names, damage, and mmdblookup's opinion. */
#include "fixture.h"

#ifndef EG_HAVE_LIBMAXMINDDB
#define NEEDS_LIBRARY() skip()
#else
#define NEEDS_LIBRARY() ((void)0)
#endif

static struct eg_geo *open_made(const char *name, const char *columns, const char *csv)
{
	char path[FIXTURE_PATH_MAX];
	const char *files[] = { fixture_mmdb(name, columns, csv, FIXTURE_BUILT, path), NULL };
	struct eg_geo *geo = fixture_open(files);

	assert_int_equal(eg_geo_count(geo), 1);
	if (eg_geo_database(geo, 0)->refused)
		fail_msg("%s", eg_geo_database(geo, 0)->refused);
	return geo;
}

static void countries_under_each_publishers_name(void **state)
{
	static const struct {
		const char *name, *columns, *values;
		enum eg_geo_basis basis;
	} cases[] = {
		{ "GeoLite2-City.mmdb", "country.iso_code,city.names.en", "SG,Singapore",
		  EG_GEO_GEOLOCATION },
		{ "GeoLite2-Country.mmdb", "country.iso_code,registered_country.iso_code", "SG,US",
		  EG_GEO_GEOLOCATION },
		{ "GeoIP2-Country.mmdb", "registered_country.iso_code", "SG", EG_GEO_REGISTRY },
		{ "geo-whois-asn-country.mmdb", "country_code", "SG", EG_GEO_REGISTRY },
		{ "ipinfo_lite.mmdb", "country,country_code,asn", "Singapore,SG,AS64500",
		  EG_GEO_GEOLOCATION },
		{ "ipinfo_old.mmdb", "country,country_name", "SG,Singapore", EG_GEO_GEOLOCATION },
	};

	(void)state;
	NEEDS_LIBRARY();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char csv[128];
		struct eg_geo *geo;
		struct eg_geo_answer answer;

		snprintf(csv, sizeof(csv), "5.5.0.0,5.5.255.255,%s\n", cases[i].values);
		geo = open_made(cases[i].name, cases[i].columns, csv);
		answer = fixture_ask(geo, "5.5.5.5");
		assert_string_equal(answer.country, "SG");
		assert_int_equal(answer.basis, cases[i].basis);
		assert_int_equal(answer.from[EG_GEO_COUNTRY], 0);
		assert_int_equal(answer.from[EG_GEO_ANYCAST], -1);
		assert_true(eg_geo_database(geo, 0)->fields & 1U << EG_GEO_COUNTRY);
		assert_int_equal(eg_geo_database(geo, 0)->built / NSEC_PER_SEC, FIXTURE_BUILT);
		answer = fixture_ask(geo, "5.6.0.0");
		assert_string_equal(answer.country, "");
		assert_int_equal(answer.from[EG_GEO_COUNTRY], -1);
		eg_geo_close(geo);
	}
}

/* Whole records, as far as text and whole numbers go, with all that is not asked for. */
static const struct {
	const char *file, *columns, *values;
	const char *country, *organization;
	uint32_t number;
	enum eg_geo_basis basis;
	const char *license;
} layouts[] = {
	{ .file = "GeoLite2-Country.mmdb",
	  .columns = "continent.code,continent.names.en,country.geoname_id,country.iso_code,"
		     "country.names.en,registered_country.iso_code",
	  .values = "AS,Asia,1880251,SG,Singapore,US",
	  .country = "SG",
	  .basis = EG_GEO_GEOLOCATION,
	  .license = "GeoLite2-EULA" },
	{ .file = "GeoLite2-City.mmdb",
	  .columns = "city.geoname_id,city.names.en,continent.code,country.iso_code,"
		     "location.accuracy_radius,location.time_zone,postal.code,"
		     "registered_country.iso_code",
	  .values = "1880252,Singapore,AS,SG,50,Asia/Singapore,X1,US",
	  .country = "SG",
	  .basis = EG_GEO_GEOLOCATION,
	  .license = "GeoLite2-EULA" },
	{ .file = "GeoLite2-ASN.mmdb",
	  .columns = "autonomous_system_number,autonomous_system_organization",
	  .values = "64500,Example Pte",
	  .organization = "Example Pte",
	  .number = 64500,
	  .license = "GeoLite2-EULA" },
	{ .file = "GeoIP2-Country.mmdb",
	  .columns = "country.iso_code,represented_country.iso_code,traits.is_anycast",
	  .values = "SG,US,false",
	  .country = "SG",
	  .basis = EG_GEO_GEOLOCATION },
	{ .file = "GeoIP2-Enterprise.mmdb",
	  .columns = "country.confidence,country.iso_code,traits.autonomous_system_number,"
		     "traits.autonomous_system_organization,traits.isp",
	  .values = "99,SG,64500,Example Pte,Other",
	  .country = "SG",
	  .organization = "Example Pte",
	  .number = 64500,
	  .basis = EG_GEO_GEOLOCATION },
	{ .file = "GeoIP2-ISP.mmdb",
	  .columns = "autonomous_system_number,autonomous_system_organization,isp,"
		     "organization",
	  .values = "64500,Example Pte,Other,Third",
	  .organization = "Example Pte",
	  .number = 64500 },
	{ .file = "dbip-country-lite-2026-11.mmdb",
	  .columns = "continent.code,country.geoname_id,country.is_in_european_union,"
		     "country.iso_code,country.names.en",
	  .values = "AS,1880251,false,SG,Singapore",
	  .country = "SG",
	  .basis = EG_GEO_GEOLOCATION,
	  .license = "CC-BY-4.0" },
	{ .file = "dbip-city-lite-2026-11.mmdb",
	  .columns = "city.names.en,continent.code,country.iso_code,subdivisions.names.en",
	  .values = "Singapore,AS,SG,Central",
	  .country = "SG",
	  .basis = EG_GEO_GEOLOCATION,
	  .license = "CC-BY-4.0" },
	{ .file = "dbip-asn-lite-2026-11.mmdb",
	  .columns = "autonomous_system_number,autonomous_system_organization",
	  .values = "64500,Example Pte",
	  .organization = "Example Pte",
	  .number = 64500,
	  .license = "CC-BY-4.0" },
	{ .file = "ipinfo_lite.mmdb",
	  .columns = "as_domain,as_name,asn,continent,continent_code,country,country_code",
	  .values = "example.com,Example Pte,AS64500,Asia,AS,Singapore,SG",
	  .country = "SG",
	  .organization = "Example Pte",
	  .number = 64500,
	  .basis = EG_GEO_GEOLOCATION,
	  .license = "CC-BY-SA-4.0" },
	{ .file = "geo-whois-asn-country.mmdb",
	  .columns = "country_code",
	  .values = "SG",
	  .country = "SG",
	  .basis = EG_GEO_REGISTRY,
	  .license = "CC0-1.0" },
	{ .file = "asn.mmdb", /* as tools/fetch-geo makes it */
	  .columns = "autonomous_system_number,autonomous_system_organization",
	  .values = "64500,Example Pte",
	  .organization = "Example Pte",
	  .number = 64500,
	  .license = "CC-BY-4.0" },
	{ .file = "server-country.mmdb", /* ip-location-db since June 2026 */
	  .columns = "country_code",
	  .values = "SG",
	  .country = "SG",
	  .basis = EG_GEO_GEOLOCATION,
	  .license = "PDDL-1.0" },
	{ .file = "origin-asn.mmdb",
	  .columns = "autonomous_system_number,autonomous_system_organization",
	  .values = "64500,Example Pte",
	  .organization = "Example Pte",
	  .number = 64500,
	  .license = "PDDL-1.0" },
};

static void each_publishers_layout(void **state)
{
	(void)state;
	NEEDS_LIBRARY();
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		const char *organization = layouts[i].organization, *license;
		struct eg_geo_answer answer;
		struct eg_geo *geo;
		char csv[256];

		snprintf(csv, sizeof(csv), "5.5.0.0,5.5.255.255,%s\n", layouts[i].values);
		geo = open_made(layouts[i].file, layouts[i].columns, csv);
		answer = fixture_ask(geo, "5.5.5.5");
		license = eg_geo_database(geo, 0)->license;
		assert_string_equal(answer.country, layouts[i].country ? layouts[i].country : "");
		assert_int_equal(answer.as_number, layouts[i].number);
		assert_string_equal(answer.as_organization ? answer.as_organization : "",
				    organization ? organization : "");
		assert_string_equal(license ? license : "",
				    layouts[i].license ? layouts[i].license : "");
		if (layouts[i].country)
			assert_int_equal(answer.basis, layouts[i].basis);
		eg_geo_close(geo);
	}
}

static void operators_under_each_publishers_name(void **state)
{
	static const struct {
		const char *columns, *values;
	} cases[] = {
		{ "autonomous_system_number,autonomous_system_organization",
		  "64500,\"Example, Pte\"" },
		{ "traits.autonomous_system_number,traits.autonomous_system_organization",
		  "64500,\"Example, Pte\"" },
		{ "asn,as_name", "AS64500,\"Example, Pte\"" },
		{ "as_number,as_organization", "64500,\"Example, Pte\"" },
	};

	(void)state;
	NEEDS_LIBRARY();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char csv[128];
		struct eg_geo *geo;
		struct eg_geo_answer answer;

		snprintf(csv, sizeof(csv), "2a05::,2a05:ffff::,%s\n", cases[i].values);
		geo = open_made("operators.mmdb", cases[i].columns, csv);
		answer = fixture_ask(geo, "2a05:1::1");
		assert_int_equal(answer.as_number, 64500);
		assert_string_equal(answer.as_organization, "Example, Pte");
		/* the second time from memory */
		assert_ptr_equal(fixture_ask(geo, "2a05:2::").as_organization,
				 answer.as_organization);
		assert_int_equal(fixture_ask(geo, "2a06::").as_number, 0);
		eg_geo_close(geo);
	}
}

static void an_operators_number_may_be_nonsense(void **state)
{
	struct eg_geo *geo;

	(void)state;
	NEEDS_LIBRARY();
	geo = open_made("nonsense.mmdb", "asn,as_name",
			"5.5.0.0,5.5.0.255,AS,a\n5.5.1.0,5.5.1.255,AS99999999999,b\n"
			"5.5.2.0,5.5.2.255,ASx,c\n5.5.3.0,5.5.3.255,AS4294967295,d\n");
	assert_int_equal(fixture_ask(geo, "5.5.0.1").as_number, 0);
	assert_string_equal(fixture_ask(geo, "5.5.0.1").as_organization, "a");
	assert_int_equal(fixture_ask(geo, "5.5.1.1").as_number, 0);
	assert_int_equal(fixture_ask(geo, "5.5.2.1").as_number, 0);
	assert_int_equal(fixture_ask(geo, "5.5.3.1").as_number, 4294967295);
	eg_geo_close(geo);
}

static void anycast_is_known_where_the_database_has_the_flag(void **state)
{
	struct eg_geo *geo;
	struct eg_geo_answer answer;

	(void)state;
	NEEDS_LIBRARY();
	geo = open_made("flagged.mmdb", "country.iso_code,traits.is_anycast",
			"5.5.0.0,5.5.0.255,US,true\n5.5.1.0,5.5.1.255,SG,\n");
	answer = fixture_ask(geo, "5.5.0.1");
	assert_true(answer.anycast);
	assert_string_equal(answer.country, "");
	assert_int_equal(answer.from[EG_GEO_COUNTRY], -1);
	answer = fixture_ask(geo, "5.5.1.1");
	assert_false(answer.anycast);
	assert_int_equal(answer.from[EG_GEO_ANYCAST], 0);
	assert_string_equal(answer.country, "SG");
	/* it does not know the address: neither yes nor no */
	assert_int_equal(fixture_ask(geo, "5.5.2.1").from[EG_GEO_ANYCAST], -1);
	eg_geo_close(geo);
}

/* Of what a database has, most records may say nothing. */
static void one_record_is_enough_for_a_field(void **state)
{
	char csv[200 * 48], path[FIXTURE_PATH_MAX];
	struct eg_geo_file database;
	size_t size = 0;
	struct eg_geo *geo;

	(void)state;
	NEEDS_LIBRARY();
	for (int i = 0; i < 199; i++)
		size += (size_t)snprintf(csv + size, sizeof(csv) - size,
					 "5.5.%d.0,5.5.%d.255,,%d,\n", i, i, i + 1);
	snprintf(csv + size, sizeof(csv) - size, "5.5.199.0,5.5.199.255,US,,true\n");
	fixture_mmdb("rare.mmdb", "country.iso_code,autonomous_system_number,traits.is_anycast",
		     csv, FIXTURE_BUILT, path);
	assert_int_equal(eg_geo_file_open(path, &database), 0);
	assert_int_equal(database.about.fields,
			 1U << EG_GEO_COUNTRY | 1U << EG_GEO_AS | 1U << EG_GEO_ANYCAST);
	eg_geo_file_close(&database);
	geo = open_made("rare.mmdb", "country.iso_code,autonomous_system_number,traits.is_anycast",
			csv);
	assert_int_equal(fixture_ask(geo, "5.5.0.1").from[EG_GEO_ANYCAST], 0);
	assert_false(fixture_ask(geo, "5.5.0.1").anycast);
	assert_true(fixture_ask(geo, "5.5.199.1").anycast);
	eg_geo_close(geo);
}

static void a_database_without_places_is_refused(void **state)
{
	char path[FIXTURE_PATH_MAX];
	struct eg_geo_file database;

	(void)state;
	NEEDS_LIBRARY();
	fixture_mmdb("weather.mmdb", "temperature", "5.5.0.0,5.5.0.255,20\n", FIXTURE_BUILT, path);
	assert_int_equal(eg_geo_file_open(path, &database), 0);
	assert_string_equal(database.about.refused, "it has no countries and no operators");
	eg_geo_file_close(&database);
	fixture_mmdb("timeless.mmdb", "country", "5.5.0.0,5.5.0.255,DE\n", 0, path);
	assert_int_equal(eg_geo_file_open(path, &database), 0);
	assert_non_null(database.about.refused);
	eg_geo_file_close(&database);
}

/* --- damage --- */

#define DAMAGE_CSV                                                                                 \
	"5.5.0.0,5.5.0.255,SG,64500,Example Pte\n2a05::,2a05::ffff,DE,64501,Beispiel GmbH\n"
#define DAMAGE_COLUMNS "country.iso_code,autonomous_system_number,autonomous_system_organization"

/* Opens whatever is there, and asks if it opens: nothing may crash. True: opened. */
static bool survives(const uint8_t *bytes, size_t size)
{
	static const char *const addresses[] = { "5.5.0.1", "2a05::1", "255.255.255.255",
						 "::", "5.5.5.5" };
	char path[FIXTURE_PATH_MAX];
	struct eg_geo_file database;
	bool opened;

	fixture_write("damaged.mmdb", bytes, size, path);
	assert_int_equal(eg_geo_file_open(path, &database), 0);
	opened = !database.about.refused;
	for (size_t i = 0; opened && i < ARRAY_SIZE(addresses); i++) {
		struct eg_geo_answer answer = { .from = { -1, -1, -1 } };
		uint8_t ip[16];

		database.ops->find(&database, fixture_ip(addresses[i], ip), &answer);
	}
	eg_geo_file_close(&database);
	return opened;
}

static void a_truncated_file_is_refused(void **state)
{
	char path[FIXTURE_PATH_MAX];
	uint8_t *bytes;
	size_t size;

	(void)state;
	NEEDS_LIBRARY();
	fixture_mmdb("whole.mmdb", DAMAGE_COLUMNS, DAMAGE_CSV, FIXTURE_BUILT, path);
	bytes = fixture_read(path, &size);
	assert_true(survives(bytes, size));
	for (size_t length = 0; length < size; length++) {
		if (survives(bytes, length))
			fail_msg("%zu of %zu bytes were taken", length, size);
	}
	free(bytes);
}

static void a_damaged_byte_crashes_nothing(void **state)
{
	char path[FIXTURE_PATH_MAX];
	unsigned refused = 0;
	uint8_t *bytes;
	size_t size;

	(void)state;
	NEEDS_LIBRARY();
	fixture_mmdb("whole.mmdb", DAMAGE_COLUMNS, DAMAGE_CSV, FIXTURE_BUILT, path);
	bytes = fixture_read(path, &size);
	for (size_t i = 0; i < size; i++) {
		static const uint8_t flips[] = { 0xff, 0x80, 0x01 };

		for (size_t flip = 0; flip < ARRAY_SIZE(flips); flip++) {
			bytes[i] ^= flips[flip];
			refused += !survives(bytes, size);
			bytes[i] ^= flips[flip];
		}
	}
	assert_true(refused > 100);
	free(bytes);
}

/* A record of the tree that points behind the data is found without asking for its address. */
static void a_tree_that_points_outside_is_refused(void **state)
{
	char path[FIXTURE_PATH_MAX];
	struct eg_geo_file database;
	uint8_t *bytes;
	size_t size;

	(void)state;
	NEEDS_LIBRARY();
	fixture_mmdb("whole.mmdb", DAMAGE_COLUMNS, DAMAGE_CSV, FIXTURE_BUILT, path);
	bytes = fixture_read(path, &size);
	memset(bytes + 3, 0xff, 3); /* the root's right record, of 24 bits */
	fixture_write("outside.mmdb", bytes, size, path);
	assert_int_equal(eg_geo_file_open(path, &database), 0);
	assert_non_null(database.about.refused);
	assert_non_null(strstr(database.about.refused, "node 0 of its tree points outside"));
	eg_geo_file_close(&database);
	free(bytes);
}

/* So is a record that can't be read, whatever leads to it. */
static void a_record_that_cannot_be_read_is_refused(void **state)
{
	static const char mark[] = "\xab\xcd\xefMaxMind.com"; /* behind the data */
	char path[FIXTURE_PATH_MAX];
	struct eg_geo_file database;
	uint8_t *bytes, *end;
	size_t size;

	(void)state;
	NEEDS_LIBRARY();
	fixture_mmdb("whole.mmdb", DAMAGE_COLUMNS, DAMAGE_CSV, FIXTURE_BUILT, path);
	bytes = fixture_read(path, &size);
	end = memmem(bytes, size, mark, sizeof(mark) - 1);
	assert_non_null(end);
	memset(end - 40, 0xff, 40);
	fixture_write("unreadable.mmdb", bytes, size, path);
	assert_int_equal(eg_geo_file_open(path, &database), 0);
	assert_non_null(database.about.refused);
	assert_non_null(strstr(database.about.refused, "leads to what can't be read"));
	eg_geo_file_close(&database);
	free(bytes);
}

/* --- the foreign program --- */

static void mmdblookup_says_the_same(void **state)
{
	char path[FIXTURE_PATH_MAX], output[FIXTURE_PATH_MAX], csv[4096] = "";
	char address[16];
	const char *argv[] = { "mmdblookup", "-f", path, "-i", address, "country_code", NULL };
	const char *files[] = { path, NULL };
	struct eg_geo *geo;

	(void)state;
	NEEDS_LIBRARY();
	for (unsigned i = 0; i < 50; i++)
		snprintf(csv + strlen(csv), sizeof(csv) - strlen(csv),
			 "5.%u.%u.3,5.%u.%u.%u,%c%c\n", i * 5, i, i * 5, i + i % 3, 7 + i * 3,
			 'A' + (int)i % 26, 'B' + (int)i % 24);
	fixture_mmdb("compare.mmdb", "country_code", csv, FIXTURE_BUILT, path);
	fixture_path("output", output);
	geo = fixture_open(files);
	for (unsigned i = 0; i < 60; i++) {
		struct eg_geo_answer answer;
		char *printed;
		size_t size;
		int status;

		snprintf(address, sizeof(address), "5.%u.%u.%u", i * 5 % 250, i % 50, i * 37 % 256);
		status = fixture_run(argv, output);
		if (status == 127) {
			eg_geo_close(geo);
			skip();
		}
		answer = fixture_ask(geo, address);
		printed = (char *)fixture_read(output, &size);
		if (status == 0 && *answer.country)
			assert_non_null(strstr(printed, answer.country));
		else
			assert_true(!*answer.country && !strchr(printed, '"'));
		free(printed);
	}
	eg_geo_close(geo);
}

/* libmaxminddb 1.7.1 forgets some of a damaged file's description; LeakSanitizer asks for this. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libmaxminddb";
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(countries_under_each_publishers_name),
		cmocka_unit_test(each_publishers_layout),
		cmocka_unit_test(operators_under_each_publishers_name),
		cmocka_unit_test(an_operators_number_may_be_nonsense),
		cmocka_unit_test(anycast_is_known_where_the_database_has_the_flag),
		cmocka_unit_test(one_record_is_enough_for_a_field),
		cmocka_unit_test(a_database_without_places_is_refused),
		cmocka_unit_test(a_truncated_file_is_refused),
		cmocka_unit_test(a_damaged_byte_crashes_nothing),
		cmocka_unit_test(a_tree_that_points_outside_is_refused),
		cmocka_unit_test(a_record_that_cannot_be_read_is_refused),
		cmocka_unit_test(mmdblookup_says_the_same),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
