/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Prometheus' text format: samples, labels that are unknown or hostile, ages of databases. */
#include "sample.h"

#include "user/out/exposition.h"

static char *sample(const char *value, const char *other)
{
	const char *labels[] = { "a", value, "b", other, NULL };
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	eg_exposition_sample(stream, "m", labels, 7);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static void leaves_unknown_labels_out(void **state)
{
	static const struct {
		const char *a, *b, *printed;
	} cases[] = {
		{ .printed = "m 7\n" },
		{ .a = "1", .printed = "m{a=\"1\"} 7\n" },
		{ .b = "2", .printed = "m{b=\"2\"} 7\n" },
		{ .a = "1", .b = "2", .printed = "m{a=\"1\",b=\"2\"} 7\n" },
		{ .a = "\"\\", .b = "\n", .printed = "m{a=\"\\\"\\\\\",b=\"\\\\x0a\"} 7\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(eg_freep) char *text = sample(cases[i].a, cases[i].b);

		assert_string_equal(text, cases[i].printed);
	}
}

static void says_what_a_metric_is(void **state)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_non_null(stream);
	eg_exposition_head(stream, "m", "counter", "What it counts.");
	assert_int_equal(fclose(stream), 0);
	assert_string_equal(text, "# HELP m What it counts.\n# TYPE m counter\n");
}

static void tells_ages_that_are_known_once(void **state)
{
	char first[] = "first", second[] = "second", date[] = "2026-11-01", no_date[] = "soon";
	const struct eg_database databases[] = {
		{ .name = first, .built = date },
		{ .name = second, .built = no_date },
		{ .name = first, .built = date },
		{ .name = second },
	};
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	const char *found;

	(void)state;
	assert_non_null(stream);
	eg_exposition_databases(stream, databases, ARRAY_SIZE(databases));
	eg_exposition_build(stream);
	assert_int_equal(fclose(stream), 0);
	found = strstr(text, "_seconds{database=\"first\"} 1793491200\n");
	assert_non_null(found);
	assert_null(strstr(found + strlen("_seconds{"), "{database="));
	assert_non_null(strstr(text, "egret_build_info{version=\"" EG_VERSION "\"} 1\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_unknown_labels_out),
		cmocka_unit_test(says_what_a_metric_is),
		cmocka_unit_test(tells_ages_that_are_known_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
