/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Apps are found by id, stay where they are, and can be dropped. */
#include "model.h"

#include "user/flow/summary.h"

static void a_new_summary_is_empty(void **state)
{
	struct eg_summary *summary = eg_summary_new(EG_BY_CONTAINER);

	(void)state;
	assert_int_equal(summary->by, EG_BY_CONTAINER);
	assert_int_equal(summary->apps_count, 0);
	assert_false(summary->merged);
	assert_true(eg_summary_totals(summary).complete);
	eg_summary_free(summary);
	eg_summary_free(NULL);
}

static void one_id_is_one_app(void **state)
{
	struct eg_summary *summary = model_new();
	struct eg_app *a = model_app(summary, "exe:/a");

	(void)state;
	assert_ptr_not_equal(model_app(summary, "exe:/b"), a);
	assert_ptr_not_equal(model_app(summary, "exe:/"), a);
	assert_ptr_equal(model_app(summary, "exe:/a"), a);
	assert_int_equal(summary->apps_count, 3);
	eg_summary_free(summary);
}

#define APPS 5000

static void many_apps_stay_where_they_are(void **state)
{
	struct eg_summary *summary = model_new();
	struct eg_app **apps = calloc(APPS, sizeof(struct eg_app *));
	char id[32];

	(void)state;
	assert_non_null(apps);
	for (int i = 0; i < APPS; i++) {
		snprintf(id, sizeof(id), "pid:%d:%d", i / 7, i);
		apps[i] = model_app(summary, id);
	}
	for (int i = 0; i < APPS; i++) {
		snprintf(id, sizeof(id), "pid:%d:%d", i / 7, i);
		assert_ptr_equal(model_app(summary, id), apps[i]);
		assert_string_equal(apps[i]->id, id);
	}
	assert_int_equal(summary->apps_count, APPS);
	free(apps);
	eg_summary_free(summary);
}

static void apps_without_room_are_one(void **state)
{
	struct eg_summary *summary = model_new();
	char id[32];

	(void)state;
	eg_summary_limit_apps(summary, 3);
	for (int i = 0; i < 10; i++) {
		snprintf(id, sizeof(id), "exe:/%d", i);
		model_add(model_app(summary, id), model_key(1), model_counters(1, 1));
		assert_int_equal(eg_app_is_overflow(model_app(summary, id)), i >= 3);
	}
	assert_int_equal(summary->apps_count, 4);
	assert_int_equal(model_app(summary, "exe:/2")->counters.bytes.sent, 1);
	assert_int_equal(model_app(summary, EG_APP_OVERFLOW)->counters.bytes.sent, 7);
	assert_string_equal(model_app(summary, EG_APP_OVERFLOW)->kind, "unknown");
	assert_int_equal(eg_summary_totals(summary).bytes.sent, 10);
	eg_summary_free(summary);
}

static bool is_odd(const struct eg_app *app, const void *data)
{
	assert_string_equal(data, "data");
	return (app->id[strlen(app->id) - 1] - '0') % 2;
}

static void dropped_apps_are_gone_and_the_rest_is_found(void **state)
{
	struct eg_summary *summary = model_new();
	struct eg_app *even = NULL;
	char id[32];

	(void)state;
	for (int i = 0; i < 100; i++) {
		snprintf(id, sizeof(id), "exe:/%d", i);
		model_add(model_app(summary, id), model_key(1), model_counters(1, 1));
		if (i == 42)
			even = model_app(summary, id);
	}
	eg_summary_drop_apps(summary, is_odd, "data");
	assert_int_equal(summary->apps_count, 50);
	assert_ptr_equal(model_app(summary, "exe:/42"), even);
	assert_int_equal(summary->apps_count, 50);
	assert_int_equal(model_app(summary, "exe:/43")->counters.bytes.sent, 0);
	assert_int_equal(summary->apps_count, 51);
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_summary_is_empty),
		cmocka_unit_test(one_id_is_one_app),
		cmocka_unit_test(many_apps_stay_where_they_are),
		cmocka_unit_test(apps_without_room_are_one),
		cmocka_unit_test(dropped_apps_are_gone_and_the_rest_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
