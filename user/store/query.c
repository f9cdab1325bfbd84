/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Statements of the history: compiled once, run with values, errors as errno. */
#include "private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <egret/base.h>

#define COUNT_MAX (1ULL << 53)

/* --- errors --- */

static int errno_of(struct eg_store *store, int rc)
{
	static const struct {
		int rc, error;
	} known[] = {
		{ SQLITE_FULL, ENOSPC },    { SQLITE_READONLY, EROFS },
		{ SQLITE_BUSY, EBUSY },	    { SQLITE_LOCKED, EBUSY },
		{ SQLITE_NOMEM, ENOMEM },   { SQLITE_PERM, EACCES },
		{ SQLITE_AUTH, EACCES },    { SQLITE_CORRUPT, EBADMSG },
		{ SQLITE_NOTADB, EBADMSG }, { SQLITE_MISMATCH, EBADMSG },
		{ SQLITE_TOOBIG, EBADMSG }, { SQLITE_ERROR, EBADMSG },
	};
	int error = store->sqlite ? sqlite3_system_errno(store->sqlite) : 0;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if ((rc & 0xff) == known[i].rc)
			return known[i].error;
	}
	return error > 0 ? error : EIO;
}

int eg_store_fail(struct eg_store *store, int rc)
{
	int error = errno_of(store, rc);
	const char *said = store->sqlite ? sqlite3_errmsg(store->sqlite) : sqlite3_errstr(rc);

	if (error == EBADMSG)
		snprintf(store->error.reason, sizeof(store->error.reason), "is damaged: %s", said);
	else
		snprintf(store->error.reason, sizeof(store->error.reason), "%s", strerror(error));
	return -error;
}

int eg_store_damaged(struct eg_store *store, const char *what)
{
	snprintf(store->error.reason, sizeof(store->error.reason), "is damaged: %s", what);
	return -EBADMSG;
}

const char *eg_store_reason(const struct eg_store *store)
{
	return store->error.reason;
}

/* --- statements --- */

static sqlite3_stmt *compile(struct eg_store *store, const char *text, int *rc)
{
	sqlite3_stmt *statement = NULL;

	for (size_t i = 0; i < store->statements_count; i++) {
		if (store->statements[i].text == text)
			return store->statements[i].statement;
	}
	if (store->statements_count == EG_STATEMENTS_MAX) {
		*rc = SQLITE_INTERNAL;
		return NULL;
	}
	*rc = sqlite3_prepare_v3(store->sqlite, text, -1, SQLITE_PREPARE_PERSISTENT, &statement,
				 NULL);
	if (*rc == SQLITE_OK) {
		store->statements[store->statements_count].text = text;
		store->statements[store->statements_count++].statement = statement;
	}
	return statement;
}

struct eg_query eg_query(struct eg_store *store, const char *text)
{
	struct eg_query query = { .store = store, .rc = SQLITE_OK };

	query.statement = compile(store, text, &query.rc);
	return query;
}

static void note(struct eg_query *query, int rc)
{
	if (query->rc == SQLITE_OK)
		query->rc = rc;
}

void eg_query_int(struct eg_query *query, int64_t value)
{
	note(query, sqlite3_bind_int64(query->statement, ++query->bound, value));
}

void eg_query_count(struct eg_query *query, uint64_t value)
{
	eg_query_int(query, (int64_t)(value < COUNT_MAX ? value : COUNT_MAX));
}

void eg_query_null(struct eg_query *query)
{
	note(query, sqlite3_bind_null(query->statement, ++query->bound));
}

void eg_query_id(struct eg_query *query, int64_t id)
{
	if (id)
		eg_query_int(query, id);
	else
		eg_query_null(query);
}

void eg_query_text(struct eg_query *query, const char *text)
{
	note(query, sqlite3_bind_text(query->statement, ++query->bound, text, -1, SQLITE_STATIC));
}

void eg_query_blob(struct eg_query *query, const void *bytes, size_t size)
{
	note(query,
	     sqlite3_bind_blob64(query->statement, ++query->bound, bytes, size, SQLITE_STATIC));
}

int eg_query_next(struct eg_query *query)
{
	if (query->rc == SQLITE_OK) {
		int rc = sqlite3_step(query->statement);

		if (rc == SQLITE_ROW)
			return 1;
		if (rc == SQLITE_DONE)
			return 0;
		query->rc = rc;
	}
	return eg_store_fail(query->store, query->rc);
}

int eg_query_run(struct eg_query *query)
{
	int r;

	do
		r = eg_query_next(query);
	while (r > 0);
	eg_query_end(query);
	return r;
}

int eg_query_number(struct eg_query *query, int64_t *ret_value)
{
	int r = eg_query_next(query);

	if (r > 0 && eg_query_is_null(query, 0))
		r = 0;
	if (r > 0)
		*ret_value = eg_query_get_int(query, 0);
	eg_query_end(query);
	return r;
}

void eg_query_end(struct eg_query *query)
{
	if (query->statement) {
		sqlite3_reset(query->statement);
		sqlite3_clear_bindings(query->statement);
	}
	query->bound = 0;
}

/* --- results --- */

int64_t eg_query_get_int(const struct eg_query *query, int column)
{
	return sqlite3_column_int64(query->statement, column);
}

bool eg_query_is_null(const struct eg_query *query, int column)
{
	return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

const char *eg_query_get_text(const struct eg_query *query, int column)
{
	return (const char *)sqlite3_column_text(query->statement, column);
}

int eg_query_need_text(const struct eg_query *query, int column, const char **ret_text)
{
	*ret_text = eg_query_get_text(query, column);
	if (*ret_text)
		return 0;
	if (!eg_query_is_null(query, column))
		return eg_store_fail(query->store, SQLITE_NOMEM);
	return eg_store_damaged(query->store, "a text is missing");
}

const void *eg_query_get_blob(const struct eg_query *query, int column, size_t *ret_size)
{
	const void *bytes = sqlite3_column_blob(query->statement, column);

	*ret_size = (size_t)sqlite3_column_bytes(query->statement, column);
	return bytes;
}

/* --- transactions --- */

int eg_store_execute(struct eg_store *store, const char *text)
{
	int rc = sqlite3_exec(store->sqlite, text, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : eg_store_fail(store, rc);
}

int eg_store_begin(struct eg_store *store)
{
	return eg_store_execute(store, "BEGIN IMMEDIATE");
}

int eg_store_finish(struct eg_store *store, int r)
{
	struct eg_store_error error = store->error;

	if (r == 0) {
		r = eg_store_execute(store, "COMMIT");
		error = store->error;
	}
	if (r < 0) {
		/* Some failures have taken it back already. */
		if (!sqlite3_get_autocommit(store->sqlite))
			eg_store_execute(store, "ROLLBACK");
		store->error = error;
		eg_intern_forget(store->intern);
	}
	return r;
}
