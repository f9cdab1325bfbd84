/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Statements: values in and out, failures as errno, transactions whole or not at all. */
#include "history.h"

#include "user/store/private.h"

static void passes_values(void **state)
{
	struct eg_store *store = history_record();
	struct eg_query query = eg_query(store, "SELECT ?1, ?2, ?3, ?4, ?5, ?6");
	size_t size;

	(void)state;
	eg_query_int(&query, -5);
	eg_query_count(&query, UINT64_MAX);
	eg_query_id(&query, 0);
	eg_query_text(&query, "\xff");
	eg_query_blob(&query, "\0b", 2);
	eg_query_text(&query, NULL);
	assert_int_equal(eg_query_next(&query), 1);
	assert_int_equal(eg_query_get_int(&query, 0), -5);
	assert_int_equal(eg_query_get_int(&query, 1), 1LL << 53);
	assert_true(eg_query_is_null(&query, 2));
	assert_string_equal(eg_query_get_text(&query, 3), "\xff");
	assert_memory_equal(eg_query_get_blob(&query, 4, &size), "\0b", 2);
	assert_int_equal(size, 2);
	assert_null(eg_query_get_text(&query, 5));
	assert_int_equal(eg_query_next(&query), 0);
	eg_query_end(&query);
	eg_store_close(store);
}

static void tells_numbers_from_none(void **state)
{
	struct eg_store *store = history_record();
	struct eg_query query = eg_query(store, "SELECT max(id) FROM period");
	int64_t number = 7;

	(void)state;
	assert_int_equal(eg_query_number(&query, &number), 0);
	assert_int_equal(number, 7);
	query = eg_query(store, "SELECT 8");
	assert_int_equal(eg_query_number(&query, &number), 1);
	assert_int_equal(number, 8);
	eg_store_close(store);
}

static void fails_as_errno(void **state)
{
	struct eg_store *store = history_record();
	struct eg_query query = eg_query(store, "SELECT no_such_column FROM period");
	int64_t number;

	(void)state;
	eg_query_int(&query, 1);
	assert_int_equal(eg_query_number(&query, &number), -EBADMSG);
	assert_non_null(strstr(eg_store_reason(store), "is damaged"));
	assert_int_equal(eg_store_fail(store, SQLITE_FULL), -ENOSPC);
	assert_int_equal(eg_store_fail(store, SQLITE_READONLY_DBMOVED), -EROFS);
	assert_int_equal(eg_store_fail(store, SQLITE_NOMEM), -ENOMEM);
	assert_int_equal(eg_store_damaged(store, "this"), -EBADMSG);
	assert_string_equal(eg_store_reason(store), "is damaged: this");
	eg_store_close(store);
}

static void takes_back_what_failed(void **state)
{
	struct eg_store *store = history_record();
	struct eg_query query;
	int64_t number = 0;

	(void)state;
	assert_int_equal(eg_store_begin(store), 0);
	assert_int_equal(eg_store_execute(store, "INSERT INTO meta VALUES ('a', 1)"), 0);
	assert_int_equal(eg_store_finish(store, -ENOMEM), -ENOMEM);
	query = eg_query(store, "SELECT count(*) FROM meta");
	assert_int_equal(eg_query_number(&query, &number), 1);
	assert_int_equal(number, 0);
	eg_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(passes_values),
		HISTORY_TEST(tells_numbers_from_none),
		HISTORY_TEST(fails_as_errno),
		HISTORY_TEST(takes_back_what_failed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
