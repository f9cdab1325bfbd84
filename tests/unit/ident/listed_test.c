/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Of lists of packages, those of the last few containers are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "user/ident/listed.h"

static void the_oldest_makes_room(void **state)
{
	struct listings listings = {};
	struct listed *first;
	char name[16];

	(void)state;
	first = listed_add(&listings, "c0");
	first->packages = eg_packages_parse("a.b 10001 0 /d s none\n", 22);
	assert_ptr_equal(listed_add(&listings, "c0"), first);
	for (unsigned i = 1; i < LISTED_MAX; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		assert_non_null(listed_add(&listings, name));
	}
	assert_ptr_equal(listed_find(&listings, "c0"), first);
	assert_int_equal(eg_packages_count(first->packages), 1);
	/* Its place is another's now, without its packages. */
	assert_ptr_equal(listed_add(&listings, "late"), first);
	assert_null(first->packages);
	assert_null(listed_find(&listings, "c0"));
	assert_non_null(listed_find(&listings, "c1"));
	listings_clear(&listings);
	assert_null(listed_find(&listings, "late"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_oldest_makes_room),
	};

	return cmocka_run_group_tests_name("ident/listed", tests, NULL, NULL);
}
