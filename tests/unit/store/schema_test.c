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

/* --- older ones --- */

#define OLD "tests/data/history-1.sql"

/* A history as version 1 wrote it, whatever this version's are like. */
static void load_old(void)
{
	static char text[65536];
	FILE *file = fopen(OLD, "r");

	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	execute(text);
}

static void reads_what_version_1_wrote(void **state)
{
	struct eg_store *store;
	struct eg_summary *found;
	const struct eg_app *curl;

	(void)state;
	load_old();
	store = history_record();
	found = history_read(store, DAY_ONE, DAY_ONE + DAYS(1));
	assert_int_equal(eg_summary_totals(found).bytes.sent, 657);
	assert_int_equal(eg_summary_totals(found).connections, 12);
	assert_int_equal(eg_summary_totals(found).destinations, 3);
	assert_false(eg_summary_totals(found).complete);
	assert_int_equal(found->periods_count, 6);
	curl = model_app(found, "exe:/usr/bin/curl");
	assert_int_equal(curl->processes_count, 3);
	assert_string_equal(curl->processes[0].executable, "/usr/bin/curl");
	assert_int_equal(curl->users[0], 1000);
	eg_summary_free(found);
	/* and goes on with it */
	history_interval(store, DAY_ONE + HOURS(3), 5);
	assert_int_equal(history_sent(store, DAY_ONE, DAY_ONE + DAYS(1)), 662);
	eg_store_close(store);
}

/* The steps of version 1 as the old file has them, and one that is made up. */
static int upgrade(const char *second, bool record, const char *words)
{
	static char first[32768];
	const char *const steps[] = { first, second };
	const struct eg_schema schema = { .steps = steps, .version = 2 };
	struct eg_store store = { .lock = -1 };
	struct eg_query query;
	FILE *text;
	int r;

	assert_int_equal(sqlite3_open(history_path, &store.sqlite), SQLITE_OK);
	text = fmemopen(first, sizeof(first), "w");
	assert_non_null(text);
	query = eg_query(&store, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL"
				 " ORDER BY rowid");
	while (eg_query_next(&query) > 0)
		fprintf(text, "%s;", eg_query_get_text(&query, 0));
	eg_query_end(&query);
	assert_int_equal(fclose(text), 0);
	r = eg_schema_check_against(&store, &schema, record);
	if (words && !strstr(store.error.reason, words))
		fail_msg("'%s' instead of '%s'", store.error.reason, words);
	for (size_t i = 0; i < store.statements_count; i++)
		sqlite3_finalize(store.statements[i].statement);
	sqlite3_close(store.sqlite);
	return r;
}

static void brings_older_ones_up_to_date(void **state)
{
	static const char step[] = "ALTER TABLE gap ADD COLUMN boot TEXT;"
				   "UPDATE gap SET boot = 'unknown';"
				   "CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT";
	sqlite3 *sqlite;

	(void)state;
	load_old();
	assert_int_equal(upgrade(step, false, "made by an older egret"), -ENOTSUP);
	assert_int_equal(upgrade(step, true, NULL), 0);
	assert_int_equal(sqlite3_open(history_path, &sqlite), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sqlite, "INSERT INTO extra VALUES (1)", NULL, NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_exec(sqlite, "UPDATE gap SET boot = 'x' WHERE boot = 'unknown'",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_changes(sqlite), 5);
	sqlite3_close(sqlite);
	/* This version does not know that one. */
	history_refuses(eg_store_record, -ENOTSUP, "newer egret");
}

/* A step that can't be done, as on a full disk, leaves the older one as it was. */
static void keeps_an_older_one_whole(void **state)
{
	struct eg_store *store;

	(void)state;
	load_old();
	assert_int_equal(upgrade("DELETE FROM flow; CREATE TABLE flow (id INTEGER)", true,
				 "table flow already exists"),
			 -EBADMSG);
	store = history_record();
	assert_int_equal(history_sent(store, DAY_ONE, DAY_ONE + DAYS(1)), 657);
	eg_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(refuses_other_databases),
		HISTORY_TEST(refuses_newer_ones),
		HISTORY_TEST(refuses_what_was_added_to_it),
		HISTORY_TEST(makes_one_of_an_empty_file),
		HISTORY_TEST(reads_what_version_1_wrote),
		HISTORY_TEST(brings_older_ones_up_to_date),
		HISTORY_TEST(keeps_an_older_one_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
