/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An app's texts and users. */
#include "model.h"

#include "user/flow/app.h"

static void texts_are_copied_and_replaced(void **state)
{
	struct eg_summary *summary = model_new();
	struct eg_app *app = model_app(summary, "exe:/a");
	char name[] = "Name";

	(void)state;
	assert_int_equal(eg_app_describe(app, "program", name, "kernel", "relay", "memfd"), 0);
	name[0] = 'X';
	assert_string_equal(app->kind, "program");
	assert_string_equal(app->name, "Name");
	assert_string_equal(app->trust, "kernel");
	assert_string_equal(app->via, "relay");
	assert_string_equal(app->flag, "memfd");
	assert_int_equal(eg_app_describe(app, "program", "", NULL, NULL, NULL), 0);
	assert_string_equal(app->kind, "program");
	assert_null(app->name);
	assert_null(app->trust);
	assert_null(app->via);
	assert_null(app->flag);
	eg_summary_free(summary);
}

static void the_least_trusted_process_speaks_for_the_app(void **state)
{
	struct eg_summary *summary = model_new();
	struct eg_app *app = model_app(summary, "exe:/a");

	(void)state;
	assert_int_equal(eg_app_join(app, "script", "a", "kernel", "netd", NULL), 0);
	assert_string_equal(app->trust, "kernel");
	assert_string_equal(app->via, "netd");
	assert_int_equal(eg_app_join(app, "script", "b", "user", NULL, "memfd"), 0);
	assert_string_equal(app->name, "a");
	assert_string_equal(app->trust, "user");
	assert_null(app->via);
	assert_string_equal(app->flag, "memfd");
	assert_int_equal(eg_app_join(app, "script", "c", "root", "netd", "exe-deleted"), 0);
	assert_string_equal(app->trust, "user");
	assert_null(app->via);
	assert_string_equal(app->flag, "memfd");
	eg_summary_free(summary);
}

static void users_are_a_sorted_set(void **state)
{
	static const uint32_t users[] = { 1000, 0, UINT32_MAX, 1000, 5, 0 };
	struct eg_summary *summary = model_new();
	struct eg_app *app = model_app(summary, "exe:/a");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(users); i++)
		assert_int_equal(eg_app_add_user(app, users[i]), 0);
	assert_int_equal(eg_app_add_users(app, users, ARRAY_SIZE(users)), 0);
	assert_int_equal(eg_app_add_users(app, NULL, 0), 0);
	assert_int_equal(app->users_count, 4);
	assert_int_equal(app->users[0], 0);
	assert_int_equal(app->users[1], 5);
	assert_int_equal(app->users[2], 1000);
	assert_true(app->users[3] == UINT32_MAX);
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_copied_and_replaced),
		cmocka_unit_test(the_least_trusted_process_speaks_for_the_app),
		cmocka_unit_test(users_are_a_sorted_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
