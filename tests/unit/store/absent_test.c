/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Built without SQLite, it says so. */
#include "user/store/absent.c"

#include "history.h"

static void says_what_is_missing(void **state)
{
	(void)state;
	history_refuses(eg_store_open, -ENOTSUP, "built without SQLite");
	history_refuses(eg_store_record, -ENOTSUP, "built without SQLite");
	assert_null(eg_store_library());
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(says_what_is_missing) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
