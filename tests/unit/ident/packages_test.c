/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* packages.list, as it is and as it should not be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <egret/ident.h>

static const char list[] =
	"com.termux 10058 0 /data/user/0/com.termux default:targetSdkVersion=28 3003\n"
	"com.google.android.gsf 10110 0 /d s none 0 33 1 @product\n"
	"com.google.android.gms 10110 0 /d s none 0 33 1 @product\n"
	"com.google.android.gms.extra 10110 0 /d s none 0 33 1 @product more fields";

static void shared_uids_have_an_order(void **state)
{
	struct eg_packages *packages = eg_packages_parse(list, sizeof(list) - 1);
	bool named;

	(void)state;
	assert_int_equal(eg_packages_count(packages), 4);
	assert_string_equal(eg_packages_find(packages, 10058, NULL, &named), "com.termux");
	assert_false(named);
	assert_string_equal(eg_packages_find(packages, 10110, "x", &named),
			    "com.google.android.gms");
	assert_false(named);
	assert_string_equal(eg_packages_find(packages, 10110, "com.google.android.gsf:a", &named),
			    "com.google.android.gsf");
	assert_true(named);
	assert_string_equal(eg_packages_find(packages, 10110, "com.google.android.gms.extra.b",
					     &named),
			    "com.google.android.gms.extra");
	assert_string_equal(eg_packages_find(packages, 10110, "com.google.android.gmsx", &named),
			    "com.google.android.gms");
	assert_false(named);
	assert_null(eg_packages_find(packages, 10059, "com.termux", &named));
	assert_true(eg_packages_has(packages, "com.termux", 10058));
	assert_false(eg_packages_has(packages, "com.termux", 10110));
	eg_packages_free(packages);
}

static void malformed_lines_are_skipped(void **state)
{
	static const char *const texts[] = {
		"",
		"\n\n\n",
		"com.x",
		"com.x 1",
		"com.x 10001 0 /d s",
		"com.x 99999999999999999999 0 /d s none",
		"com.x -1 0 /d s none",
		"com.x 1a 0 /d s none",
		" 10001 0 /d s none",
		"com.x  10001 0 /d s none",
		"com.x 10001  0 /d s none",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct eg_packages *packages = eg_packages_parse(texts[i], strlen(texts[i]));

		assert_non_null(packages);
		assert_int_equal(eg_packages_count(packages), 0);
		eg_packages_free(packages);
	}
}

static void a_nul_ends_no_list(void **state)
{
	static const char text[] = "com.a 10001 0 /d s none\n"
				   "com.b\0x 10002 0 /d s none\n"
				   "com.c 10003 0 /d s none\n";
	struct eg_packages *packages = eg_packages_parse(text, sizeof(text) - 1);

	(void)state;
	assert_int_equal(eg_packages_count(packages), 2);
	assert_true(eg_packages_has(packages, "com.a", 10001));
	assert_true(eg_packages_has(packages, "com.c", 10003));
	assert_false(eg_packages_are_cut(packages));
	eg_packages_free(packages);
}

/* As many lines as there can be apps, and one more. */
static void who_is_not_read_is_not_denied(void **state)
{
	static const char line[] = "a.b 10001 0 /d s none\n";
	size_t size = sizeof(line) - 1, lines = 65536;
	char *text = malloc((lines + 1) * size);
	struct eg_packages *packages;

	(void)state;
	for (size_t i = 0; i <= lines; i++)
		memcpy(text + i * size, line, size);
	packages = eg_packages_parse(text, lines * size);
	assert_int_equal(eg_packages_count(packages), lines);
	assert_false(eg_packages_are_cut(packages));
	eg_packages_free(packages);
	packages = eg_packages_parse(text, (lines + 1) * size);
	assert_int_equal(eg_packages_count(packages), lines);
	assert_true(eg_packages_are_cut(packages));
	eg_packages_free(packages);
	free(text);
	packages = eg_packages_too_large();
	assert_int_equal(eg_packages_count(packages), 0);
	assert_true(eg_packages_are_cut(packages));
	eg_packages_free(packages);
}

static void hostile_texts_are_bounded(void **state)
{
	size_t size = 4 << 20;
	char *text = malloc(size);
	struct eg_packages *packages;

	(void)state;
	memset(text, '\n', size - 1);
	text[size - 1] = '\0';
	packages = eg_packages_parse(text, size - 1);
	assert_int_equal(eg_packages_count(packages), 0);
	eg_packages_free(packages);
	memset(text, 'a', size - 1);
	packages = eg_packages_parse(text, size - 1);
	assert_int_equal(eg_packages_count(packages), 0);
	eg_packages_free(packages);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shared_uids_have_an_order),
		cmocka_unit_test(malformed_lines_are_skipped),
		cmocka_unit_test(a_nul_ends_no_list),
		cmocka_unit_test(who_is_not_read_is_not_denied),
		cmocka_unit_test(hostile_texts_are_bounded),
	};

	return cmocka_run_group_tests_name("ident/packages", tests, NULL, NULL);
}
