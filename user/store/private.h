/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The open history and its statements. Private to user/store/. */
#pragma once

#include <sys/types.h>

#include <sqlite3.h>

#include <egret/store.h>
#include <egret/table.h>

#define EG_HOUR_NS (3600 * 1000000000LL)
#define EG_DAY_NS (24 * EG_HOUR_NS)

/* Sums of what: column `level` of table `period`. */
enum eg_level_of { EG_LEVEL_INTERVAL, EG_LEVEL_HOUR, EG_LEVEL_DAY, EG_LEVEL_OF_COUNT };

#define EG_STATEMENTS_MAX 64

struct eg_store {
	sqlite3 *sqlite;
	char *path;
	int lock; /* descriptor of the recorder's lock; -1: reading only */
	dev_t device; /* of the file at `path` when it was opened */
	ino_t inode;
	struct eg_store_error error;
	/* Prepared once each, found by the address of their text. */
	struct {
		const char *text;
		sqlite3_stmt *statement;
	} statements[EG_STATEMENTS_MAX];
	size_t statements_count;
	struct eg_intern *intern; /* numbers of texts and destinations met before */
	int64_t day; /* of the interval that is added: when what is in it was seen */
	int64_t tidied; /* the hour in which eg_store_tidy() last did all of its work */
};

/* The last whole hour or day; before the first one that there is, INT64_MIN. */
static inline int64_t eg_floor(int64_t time, int64_t unit)
{
	int64_t rest = time % unit, floor;

	if (__builtin_sub_overflow(time, rest < 0 ? rest + unit : rest, &floor))
		return INT64_MIN;
	return floor;
}

/* --- query.c: statements --- */

/* One run of a statement: values are bound in order, results read by column. */
struct eg_query {
	struct eg_store *store;
	sqlite3_stmt *statement;
	int bound;
	int rc; /* SQLite's; the first failure stays */
};

/* `text` is a constant: it is compiled once for each address. */
struct eg_query eg_query(struct eg_store *store, const char *text);
void eg_query_int(struct eg_query *query, int64_t value);
/* Numbers of the model: what is beyond 2^53 can't be printed anyway. */
void eg_query_count(struct eg_query *query, uint64_t value);
void eg_query_null(struct eg_query *query);
/* 0 is NULL. */
void eg_query_id(struct eg_query *query, int64_t id);
/* Texts and blobs must live until the query is run; NULL is NULL. */
void eg_query_text(struct eg_query *query, const char *text);
void eg_query_blob(struct eg_query *query, const void *bytes, size_t size);
/* Goes to the next row of the result: 1, 0 after the last one, or -errno. */
int eg_query_next(struct eg_query *query);
/* Runs a statement whose result doesn't matter. 0 or -errno. */
int eg_query_run(struct eg_query *query);
/* Runs it for one number: 1 with *ret_value, 0 for none or NULL, or -errno. */
int eg_query_number(struct eg_query *query, int64_t *ret_value);
void eg_query_end(struct eg_query *query);

int64_t eg_query_get_int(const struct eg_query *query, int column);
bool eg_query_is_null(const struct eg_query *query, int column);
/* Valid until the next row; NULL for NULL. */
const char *eg_query_get_text(const struct eg_query *query, int column);
/* One that each row has: 0, -EBADMSG: a damaged file hasn't, or -ENOMEM. */
int eg_query_need_text(const struct eg_query *query, int column, const char **ret_text);
const void *eg_query_get_blob(const struct eg_query *query, int column, size_t *ret_size);

/* Statements without values, several of them separated by semicolons. 0 or -errno. */
int eg_store_execute(struct eg_store *store, const char *text);
/* -errno for a result code of SQLite, which is kept as the store's reason. */
int eg_store_fail(struct eg_store *store, int rc);
/* -EBADMSG, with this reason. */
int eg_store_damaged(struct eg_store *store, const char *what);

int eg_store_begin(struct eg_store *store);
/* Ends the transaction: commits where r is 0, else takes all back. r, or why it can't. */
int eg_store_finish(struct eg_store *store, int r);

/* --- schema.c --- */

/* Is this a history that we can read? Made or upgraded if `record`. 0 or -errno. */
int eg_schema_check(struct eg_store *store, bool record);

/* Step N makes version N + 1 out of version N. */
struct eg_schema {
	const char *const *steps;
	int64_t version; /* how many there are */
};
/* The same by other steps than this version's. */
int eg_schema_check_against(struct eg_store *store, const struct eg_schema *schema, bool record);

/* --- intern.c: what is written once and referred to by number --- */

struct eg_intern *eg_intern_new(void);
void eg_intern_free(struct eg_intern *intern);
/* After numbers may have become wrong: a transaction was taken back, rows were deleted. */
void eg_intern_forget(struct eg_intern *intern);

/* Kinds of groups of texts; numbers among them are in decimal. */
#define EG_INTERN_TEXTS 9
enum eg_intern_kind {
	EG_INTERN_APP, /* id kind name trust via flag users */
	EG_INTERN_PLACE, /* in the order of the table's columns, as all */
	EG_INTERN_DOMAIN, /* domain source confidence registered_domain */
	EG_INTERN_NAME, /* name source confidence */
	EG_INTERN_CONTEXT, /* host id, name, kernel, databases, degraded */
	EG_INTERN_PROCESS,
	EG_INTERN_COUNT,
};

/* The number of a group of texts, written if it is new. 0 or -errno. */
int eg_intern_texts(struct eg_store *store, enum eg_intern_kind kind,
		    const char *const texts[EG_INTERN_TEXTS], int64_t *ret_id);

/* All that a destination is, but its counters; without padding. */
struct eg_intern_destination {
	int64_t app, place, domain, name; /* 0: none */
	uint8_t ip[16];
	uint16_t port, transport;
	uint8_t direction, scope, has_ip, has_port;
	uint8_t overflow, zero[7];
};
int eg_intern_destination(struct eg_store *store, const struct eg_intern_destination *destination,
			  int64_t *ret_id);

/* --- pack.c: lists of texts in one text --- */

struct eg_pack {
	char *text; /* NULL: an empty list */
	size_t size;
};
void eg_pack_free(struct eg_pack *pack);
/* Appends a text, NULL as an empty one. 0 or -ENOMEM. */
int eg_pack_add(struct eg_pack *pack, const char *text);
/*
 * Takes the list's next text, of which the caller becomes owner: 1, 0 after the
 * last one, -EBADMSG, -ENOMEM.
 */
int eg_pack_next(const char **cursor, char **ret_text);
