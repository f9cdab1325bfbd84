/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A history is known by its form: nothing else is opened as one, nothing newer either. */
#include "history.h"

#include "user/store/private.h"

static void execute(const char *text)
{
	sqlite3 *sqlite;

	assert_int_equal(sqlite3_open(history_path, &sqlite), SQLITE_OK);
	if (sqlite3_exec(sqlite, text, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", text, sqlite3_errmsg(sqlite));
	sqlite3_close(sqlite);
}

static void refuses_other_databases(void **state)
{
	FILE *file;

	(void)state;
	execute("CREATE TABLE period (id INTEGER)");
	history_refuses(eg_store_record, -EBADMSG, "another database");
	history_refuses(eg_store_open, -EBADMSG, "another database");
	execute("PRAGMA user_version = 1; PRAGMA application_id = 7");
	history_refuses(eg_store_record, -EBADMSG, "another database");
	file = fopen(history_path, "w");
	fputs("{\"schema\":\"egret.summary/1\"} and more than a hundred bytes of it, so that it"
	      " could be a header of something",
	      file);
	fclose(file);
	history_refuses(eg_store_record, -EBADMSG, "not a database");
}

static void refuses_newer_ones(void **state)
{
	(void)state;
	eg_store_close(history_record());
	execute("PRAGMA user_version = 1000");
	history_refuses(eg_store_open, -ENOTSUP, "newer egret");
	history_refuses(eg_store_record, -ENOTSUP, "newer egret");
}

static void refuses_what_was_added_to_it(void **state)
{
	static const char *const changes[] = {
		"CREATE TRIGGER t AFTER INSERT ON flow BEGIN DELETE FROM flow; END",
		"CREATE VIEW v AS SELECT 1",
		"DROP TABLE gap; CREATE VIEW gap AS SELECT 1 AS id, 2 AS start, 3 AS end",
		"ALTER TABLE app ADD COLUMN more TEXT",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		eg_store_close(history_record());
		execute(changes[i]);
		history_refuses(eg_store_open, -EBADMSG, "its tables are others");
		history_refuses(eg_store_record, -EBADMSG, "its tables are others");
		assert_int_equal(unlink(history_path), 0);
	}
}

/* An empty file is what a recorder leaves that was killed in its first moment. */
static void makes_one_of_an_empty_file(void **state)
{
	FILE *file = fopen(history_path, "w");

	(void)state;
	fclose(file);
	history_refuses(eg_store_open, -ENOENT, "nothing in it yet");
	eg_store_close(history_record());
	eg_store_close(history_open());
	assert_int_equal(unlink(history_path), 0);
	execute("PRAGMA journal_mode = WAL");
	eg_store_close(history_record());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(refuses_other_databases),
		HISTORY_TEST(refuses_newer_ones),
		HISTORY_TEST(refuses_what_was_added_to_it),
		HISTORY_TEST(makes_one_of_an_empty_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
