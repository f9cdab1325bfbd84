/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which libraries this build has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <egret/base.h>

static void each_says_what_it_is_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < EG_LIBRARIES; i++) {
		assert_non_null(eg_libraries()[i].name);
		assert_non_null(eg_libraries()[i].affects);
	}
}

static void what_is_built_in_is_present(void **state)
{
	bool crypto = false;

	(void)state;
#ifdef EG_HAVE_LIBCRYPTO
	crypto = true;
#endif
	for (size_t i = 0; i < EG_LIBRARIES; i++)
		if (!strcmp(eg_libraries()[i].name, "libcrypto"))
			assert_int_equal(eg_libraries()[i].present, crypto);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_says_what_it_is_for),
		cmocka_unit_test(what_is_built_in_is_present),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
