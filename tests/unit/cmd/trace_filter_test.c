/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Connections that have shown a wanted name: how many are remembered, and who is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>

#include "user/cmd/trace_filter.h"

#define NAMED_MAX 65536

static void tells_that_it_forgets(void **state)
{
	static const char *domains[] = { "example.com", NULL };
	struct eg_options options = { 0 };
	struct trace_filter filter;

	(void)state;
	options.filter.patterns[EG_FILTER_DOMAIN] = domains;
	assert_int_equal(trace_filter_init(&filter, &options, NULL), 0);
	for (uint64_t cookie = 1; cookie <= NAMED_MAX; cookie++)
		assert_int_equal(trace_filter_keep(&filter, cookie), 0);
	assert_true(trace_filter_keeps(&filter, 1));
	assert_int_equal(trace_filter_keep(&filter, NAMED_MAX + 1), -ENOSPC);
	assert_false(trace_filter_keeps(&filter, 1));
	assert_true(trace_filter_keeps(&filter, NAMED_MAX + 1));
	assert_int_equal(trace_filter_keep(&filter, NAMED_MAX + 2), 0);
	trace_filter_free(&filter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_that_it_forgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
