/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Apps and processes are written once, whatever is different is another one. */
#include "history.h"

#include "user/store/private.h"

static int64_t count(struct eg_store *store, const char *text)
{
	struct eg_query query = eg_query(store, text);
	int64_t number = 0;

	assert_true(eg_query_number(&query, &number) >= 0);
	return number;
}

/* One interval of an app with these users and this name. */
static void add_app(struct eg_store *store, int number, const char *name, uint32_t first,
		    uint32_t second)
{
	int64_t start = DAY_ONE + SECONDS(10) * number;
	struct eg_summary *summary = history_summary(start, start + SECONDS(10));
	struct eg_app *app = model_app(summary, "exe:/a");

	history_row(summary, "exe:/a", 1, 1);
	assert_int_equal(eg_app_describe(app, "program", name, "root", NULL, NULL), 0);
	assert_int_equal(eg_app_add_user(app, first), 0);
	assert_int_equal(eg_app_add_user(app, second), 0);
	app->processes_omitted = 3;
	history_add(store, summary);
	eg_summary_free(summary);
}

static void writes_an_app_once(void **state)
{
	struct eg_store *store = history_record();
	struct eg_summary *found;

	(void)state;
	add_app(store, 0, "A", 1000, 0);
	add_app(store, 1, "A", 0, 1000);
	assert_int_equal(count(store, "SELECT count(*) FROM app"), 1);
	assert_int_equal(count(store, "SELECT users = '0,1000' FROM app"), 1);
	add_app(store, 2, "A (new)", 0, 7);
	assert_int_equal(count(store, "SELECT count(*) FROM app"), 2);
	found = history_read(store, DAY_ONE, DAY_ONE + MINUTES(1));
	assert_int_equal(found->apps_count, 1);
	assert_string_equal(model_app(found, "exe:/a")->name, "A (new)");
	assert_int_equal(model_app(found, "exe:/a")->users_count, 3);
	assert_int_equal(model_app(found, "exe:/a")->processes_omitted, 9);
	eg_summary_free(found);
	eg_store_close(store);
}

static void add_process(struct eg_store *store, int number, const char *comm, bool has_uid)
{
	int64_t start = DAY_ONE + SECONDS(10) * number;
	struct eg_summary *summary = history_summary(start, start + SECONDS(10));
	struct eg_process_info process = { .pid = 1, .start = 5, .has_uid = has_uid };

	process.comm = strdup(comm);
	history_row(summary, "exe:/a", 1, 1);
	assert_int_equal(eg_app_add_process(model_app(summary, "exe:/a"), &process), 0);
	history_add(store, summary);
	eg_summary_free(summary);
}

static void writes_a_process_once(void **state)
{
	struct eg_store *store = history_record();

	(void)state;
	add_process(store, 0, "a", false);
	add_process(store, 1, "a", false);
	assert_int_equal(count(store, "SELECT count(*) FROM process"), 1);
	assert_int_equal(count(store, "SELECT count(*) FROM used"), 2);
	/* uid 0 is a user, and no uid is none */
	add_process(store, 2, "a", true);
	add_process(store, 3, "b", false);
	assert_int_equal(count(store, "SELECT count(*) FROM process"), 3);
	assert_int_equal(count(store, "SELECT count(*) FROM process WHERE uid IS NULL"), 2);
	assert_int_equal(count(store, "SELECT typeof(start) = 'integer' FROM process"), 1);
	eg_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(writes_an_app_once),
		HISTORY_TEST(writes_a_process_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
