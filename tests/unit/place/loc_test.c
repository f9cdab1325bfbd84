/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Databases in IPFire's format: answers, damage, and what libloc's own program says. */
#include "loc_fixture.h"

static void networks_answer_with_all_they_know(void **state)
{
	char path[FIXTURE_PATH_MAX];
	const char *files[] = { loc_fixture("made.db", path), NULL };
	struct eg_geo *geo = fixture_open(files);
	const struct eg_geo_database *about = eg_geo_database(geo, 0);
	struct eg_geo_answer answer = fixture_ask(geo, "5.5.1.1");

	(void)state;
	assert_null(about->refused);
	assert_string_equal(about->name, "made");
	assert_string_equal(about->format, "libloc");
	assert_string_equal(about->license, "CC0");
	assert_int_equal(about->fields, 7);
	assert_true(about->built > 0);
	assert_string_equal(answer.country, "SG");
	assert_int_equal(answer.basis, EG_GEO_REGISTRY);
	assert_int_equal(answer.as_number, 64500);
	assert_string_equal(answer.as_organization, "Example Pte");
	assert_int_equal(answer.from[EG_GEO_ANYCAST], 0);
	assert_false(answer.anycast);
	assert_string_equal(fixture_ask(geo, "2a05::1").country, "DE");
	eg_geo_close(geo);
}

static void anycast_has_no_country_and_eu_is_none(void **state)
{
	char path[FIXTURE_PATH_MAX];
	const char *files[] = { loc_fixture("made.db", path), NULL };
	struct eg_geo *geo = fixture_open(files);
	struct eg_geo_answer answer = fixture_ask(geo, "5.5.5.5");

	(void)state;
	assert_true(answer.anycast);
	assert_string_equal(answer.country, "");
	assert_int_equal(answer.as_number, 64500);
	answer = fixture_ask(geo, "5.6.0.1");
	assert_string_equal(answer.country, "");
	assert_int_equal(answer.as_number, 64501);
	assert_null(answer.as_organization);
	answer = fixture_ask(geo, "5.7.0.1");
	for (size_t i = 0; i < EG_GEO_FIELDS; i++)
		assert_int_equal(answer.from[i], -1);
	eg_geo_close(geo);
}

/* Every byte of the tables, the whole tree and the texts: none of them may crash libloc. */
static void a_damaged_byte_crashes_nothing(void **state)
{
	char path[FIXTURE_PATH_MAX];
	unsigned refused = 0;
	uint8_t *bytes;
	size_t size;

	(void)state;
	loc_fixture("made.db", path);
	bytes = fixture_read(path, &size);
	for (size_t i = 0; i < size; i++) {
		const char *files[] = { path, NULL };
		struct eg_geo *geo;

		if (!bytes[i] && i % 97) /* most of it is padding */
			continue;
		bytes[i] ^= 0xff;
		fixture_write("damaged.db", bytes, size, path);
		geo = fixture_open(files);
		refused += eg_geo_database(geo, 0)->refused != NULL;
		fixture_ask(geo, "5.5.5.5");
		fixture_ask(geo, "2a05::1");
		fixture_ask(geo, "ffff::1");
		eg_geo_close(geo);
		bytes[i] ^= 0xff;
	}
	assert_true(refused > 20);
	free(bytes);
}

#define SYSTEM_DATABASE "/var/lib/location/database.db"

/* "  Country                 : Germany" -> what is behind the colon; NULL: no such line. */
static char *line_of(char *text, const char *title)
{
	char *line = strstr(text, title), *value;

	if (!line)
		return NULL;
	value = strchr(line, ':');
	assert_non_null(value);
	value[strcspn(value, "\n")] = '\0';
	return value + 2;
}

/* Debian's database, over addresses all over the internet. */
static void location_says_the_same(void **state)
{
	static const char *const files[] = { SYSTEM_DATABASE, NULL };
	char output[FIXTURE_PATH_MAX], address[32];
	const char *argv[] = { "location", "--database", SYSTEM_DATABASE, "lookup", address, NULL };
	unsigned known = 0;
	struct eg_geo *geo;

	(void)state;
#ifndef EG_HAVE_LIBLOC
	skip();
#endif
	if (access(SYSTEM_DATABASE, R_OK) < 0)
		skip();
	geo = fixture_open(files);
	fixture_path("output", output);
	for (unsigned i = 1; i < 12; i++) {
		struct eg_geo_answer answer;
		char *text, *value, number[16];
		size_t size;

		snprintf(address, sizeof(address), i % 3 ? "%u.%u.3.5" : "2a0%u:%u::1",
			 i % 3 ? i * 19 : i % 10, i * 8);
		if (fixture_run(argv, output) == 127) {
			eg_geo_close(geo);
			skip();
		}
		answer = fixture_ask(geo, address);
		text = (char *)fixture_read(output, &size);
		snprintf(number, sizeof(number), "AS%u ", answer.as_number);
		assert_int_equal(answer.anycast, strstr(text, "  Anycast ") != NULL);
		value = line_of(text, "Autonomous System");
		assert_int_equal(value != NULL, answer.as_number != 0);
		if (value) {
			assert_int_equal(strncmp(value, number, strlen(number) - 1), 0);
			if (answer.as_organization)
				assert_non_null(strstr(value, answer.as_organization));
			known++;
		}
		free(text);
	}
	assert_true(known > 3);
	eg_geo_close(geo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_answer_with_all_they_know),
		cmocka_unit_test(anycast_has_no_country_and_eu_is_none),
		cmocka_unit_test(a_damaged_byte_crashes_nothing),
		cmocka_unit_test(location_says_the_same),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
