/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where databases are looked for. */
#include "fixture.h"

#include <sys/stat.h>

#include "user/place/usual.h"

/* Makes a file, with its directories, below the fixture's. */
static void make(const char *path)
{
	char whole[2 * FIXTURE_PATH_MAX];
	FILE *stream;

	snprintf(whole, sizeof(whole), "%s%s", fixture_directory, path);
	for (char *slash = strchr(whole + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(whole, 0700) < 0)
			assert_int_equal(errno, EEXIST);
		*slash = '/';
	}
	stream = fopen(whole, "w");
	assert_non_null(stream);
	fclose(stream);
}

static void known_places_are_searched_and_links_followed_once(void **state)
{
	char link[2 * FIXTURE_PATH_MAX], target[2 * FIXTURE_PATH_MAX];
	size_t count, root = strlen(fixture_directory);
	char **files;

	(void)state;
	make("/var/lib/egret/geo/asn.mmdb");
	make("/var/lib/egret/geo/notes.txt");
	make("/usr/share/GeoIP/GeoLite2-City.mmdb");
	make("/usr/share/libloc-location/location.db");
	make("/var/lib/location/signing-key.pem");
	snprintf(target, sizeof(target), "%s/usr/share/libloc-location/location.db",
		 fixture_directory);
	snprintf(link, sizeof(link), "%s/var/lib/location/database.db", fixture_directory);
	assert_int_equal(symlink(target, link), 0);
	assert_int_equal(eg_usual_find(fixture_directory, &files, &count), 0);
	assert_int_equal(count, 3);
	assert_string_equal(files[0] + root, "/var/lib/egret/geo/asn.mmdb");
	assert_string_equal(files[1] + root, "/usr/share/GeoIP/GeoLite2-City.mmdb");
	assert_string_equal(files[2] + root, "/var/lib/location/database.db");
	assert_null(files[3]);
	eg_usual_free(files);
}

static void nowhere_is_nothing(void **state)
{
	size_t count = 9;
	char **files;

	(void)state;
	assert_int_equal(eg_usual_find("/nowhere", &files, &count), 0);
	assert_int_equal(count, 0);
	assert_null(files[0]);
	eg_usual_free(files);
	eg_usual_free(NULL);
	assert_int_equal(eg_usual_files(&files, &count), 0);
	eg_usual_free(files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_places_are_searched_and_links_followed_once),
		cmocka_unit_test(nowhere_is_nothing),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
