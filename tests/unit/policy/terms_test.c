/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the members of a policy are called, as its schema says. */
#include "policy.h"

#include <egret/out.h>

#include "user/policy/private.h"

static void has_the_names_of_the_schema(void **state)
{
	const char *schema = eg_schema_text("policy");
	char name[64];

	(void)state;
	for (enum eg_filter_field field = 0; field < EG_FILTER_COUNT; field++) {
		snprintf(name, sizeof(name), "\"%s\": ", eg_terms_name(field));
		assert_non_null(strstr(schema, name));
	}
	for (enum eg_limit limit = 0; limit < EG_LIMIT_COUNT; limit++) {
		snprintf(name, sizeof(name), "\"%s\": ", eg_limit_name(limit));
		assert_non_null(strstr(schema, name));
	}
}

/* A row without an address has no direction either. */
static void covers_what_is_known(void **state)
{
	struct eg_rule rule = { .directions = { [EG_OUTBOUND] = true } };
	struct eg_destination row = { .key = { .overflow = true } };
	struct eg_app app = { 0 };

	(void)state;
	assert_int_equal(eg_terms_ready(&rule.where, "/dev/null"), 0);
	assert_false(eg_rule_covers(&rule, &app, &row));
	row.key.overflow = false;
	assert_true(eg_rule_covers(&rule, &app, &row));
	row.key.direction = EG_INBOUND;
	assert_false(eg_rule_covers(&rule, &app, &row));
	eg_terms_free(&rule.where);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_the_names_of_the_schema),
		cmocka_unit_test(covers_what_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
