/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is the name of a host, and what only looks like one. */
#include <errno.h>

#include "tests/unit/names/bytes.h"

#include "user/names/host.h"

static void names_are_written_one_way(void **state)
{
	static const char *const names[][2] = {
		{ "www.example.com", "www.example.com" },
		{ "WwW.eXaMpLe.CoM.", "www.example.com" },
		{ "localhost", "localhost" },
		{ "_dmarc.xn--bcher-kva.example", "_dmarc.xn--bcher-kva.example" },
		{ "3com.com", "3com.com" },
		{ "1.2.3.4.in-addr.arpa", "1.2.3.4.in-addr.arpa" },
	};
	char name[EG_HOST_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(eg_host_normalize(names[i][0], strlen(names[i][0]), name), 0);
		assert_string_equal(name, names[i][1]);
	}
}

static void other_texts_are_refused(void **state)
{
	static const char *const texts[] = {
		"",
		".",
		"..",
		".example.com",
		"example..com",
		"example.com..",
		"a b",
		"a\nb",
		"a\x1b[31mb",
		"192.0.2.1",
		"[2001:db8::1]",
		"2001:db8::1",
		"*.a.com",
		"b\xc3\xbc.com",
		"=cmd.com",
		"<script>.com",
		"192.0.2.1.",
		"1",
	};
	char name[EG_HOST_MAX + 1] = "untouched";

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(eg_host_normalize(texts[i], strlen(texts[i]), name), -EINVAL);
	assert_int_equal(eg_host_normalize("a\0b", 3, name), -EINVAL);
	assert_string_equal(name, "untouched");
}

static void lengths_are_those_of_the_standard(void **state)
{
	char text[EG_HOST_MAX + 2], name[EG_HOST_MAX + 1];

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(eg_host_normalize(text, EG_LABEL_MAX, name), 0);
	assert_int_equal(eg_host_normalize(text, EG_LABEL_MAX + 1, name), -EINVAL);
	for (size_t i = EG_LABEL_MAX; i < sizeof(text); i += EG_LABEL_MAX + 1)
		text[i] = '.';
	assert_int_equal(eg_host_normalize(text, EG_HOST_MAX, name), 0);
	assert_int_equal(strlen(name), EG_HOST_MAX);
	assert_int_equal(eg_host_normalize(text, EG_HOST_MAX + 1, name), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_written_one_way),
		cmocka_unit_test(other_texts_are_refused),
		cmocka_unit_test(lengths_are_those_of_the_standard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
