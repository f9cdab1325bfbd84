/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who records is found, and being asked for it does not disturb him. */
#include "history.h"

static void finds_the_recorder(void **state)
{
	struct eg_store *store;

	(void)state;
	assert_int_equal(eg_store_recorder(history_path), 0);
	store = history_record();
	assert_int_equal(eg_store_recorder(history_path), getpid());
	history_interval(store, DAY_ONE, 1);
	eg_store_close(store);
	assert_int_equal(eg_store_recorder(history_path), 0);
}

/* A lock whose file says another process is another's. */
static void believes_the_lock_only(void **state)
{
	struct eg_store *store = history_record();
	char path[96];
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s.lock", history_path);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("1\n", file);
	fclose(file);
	assert_int_equal(eg_store_recorder(history_path), 0);
	file = fopen(path, "w");
	fclose(file);
	assert_int_equal(eg_store_recorder(history_path), getpid());
	eg_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(finds_the_recorder),
		HISTORY_TEST(believes_the_lock_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
