/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* App ids survive every output unchanged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <egret/base.h>

static void assert_id(const char *prefix, const char *text, const char *expected)
{
	_cleanup_(eg_freep) char *id = eg_id_encode(prefix, text);

	assert_non_null(id);
	assert_string_equal(id, expected);
}

static void plain_paths_stay(void **state)
{
	(void)state;
	assert_id("exe:", "/usr/bin/curl", "exe:/usr/bin/curl");
	assert_id("exe:", "/opt/Büro/世界", "exe:/opt/Büro/世界");
	assert_id("unit:", "openvpn@work.service", "unit:openvpn@work.service");
	assert_id("exe:", "", "exe:");
	assert_id("", "/a,b='c'", "/a,b='c'");
}

static void what_an_id_may_not_hold_is_encoded(void **state)
{
	(void)state;
	assert_id("exe:", "/a b", "exe:/a%20b");
	assert_id("exe:", "/a\"b\\c", "exe:/a%22b%5Cc");
	assert_id("exe:", "/a\n\x1b\x7f", "exe:/a%0A%1B%7F");
	assert_id("exe:", "/\xff\xc3", "exe:/%FF%C3");
	assert_id("exe:", "/\u202e\xc2\x9b", "exe:/%E2%80%AE%C2%9B");
}

/* Or "/a b" and a file of the name "/a%20b" would be one app. */
static void percent_is_encoded(void **state)
{
	(void)state;
	assert_id("exe:", "/a%20b", "exe:/a%2520b");
	assert_id("exe:", "%", "exe:%25");
}

static void prefix_is_taken_as_it_is(void **state)
{
	(void)state;
	assert_id("a b%", "c", "a b%c");
}

static void each_byte_survives_json(void **state)
{
	(void)state;
	for (int byte = 1; byte < 256; byte++) {
		char text[2] = { (char)byte, '\0' };
		_cleanup_(eg_freep) char *id = eg_id_encode("", text);
		_cleanup_(eg_freep) char *output = NULL;
		char expected[8];
		size_t size;
		FILE *stream = open_memstream(&output, &size);

		snprintf(expected, sizeof(expected), "\"%s\"", id);
		assert_int_equal(eg_put_json(stream, id), 0);
		fclose(stream);
		assert_string_equal(output, expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_paths_stay),
		cmocka_unit_test(what_an_id_may_not_hold_is_encoded),
		cmocka_unit_test(percent_is_encoded),
		cmocka_unit_test(prefix_is_taken_as_it_is),
		cmocka_unit_test(each_byte_survives_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
