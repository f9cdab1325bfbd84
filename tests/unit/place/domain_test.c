/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Registered domains. */
#include "fixture.h"

static void the_registered_part_is_found(void **state)
{
	static const struct {
		const char *domain, *registered;
	} cases[] = {
		{ "log.example.com", "example.com" },
		{ "example.com", "example.com" },
		{ "a.b.example.co.uk", "example.co.uk" },
		{ "co.uk", NULL },
		{ "com", NULL },
		{ "www.bbc.example.notatopleveldomain", "example.notatopleveldomain" },
		{ "5.5.5.5", NULL },
		{ "2a05::1", NULL },
		{ "localhost", NULL },
		{ "", NULL },
	};

	(void)state;
#ifndef EG_HAVE_LIBPSL
	skip();
#endif
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *registered = eg_domain_registered(cases[i].domain);

		if (!cases[i].registered != !registered)
			fail_msg("%s: %s", cases[i].domain, registered ? registered : "nothing");
		if (registered)
			assert_string_equal(registered, cases[i].registered);
	}
	assert_null(eg_domain_registered(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_registered_part_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
