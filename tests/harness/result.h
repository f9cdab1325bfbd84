/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret's JSON compared with the truth. */
#pragma once

#include <cjson/cJSON.h>

#include <harness/actor.h>

/*
 * A summary that was read. All checks accept NULL and then do nothing, so that
 * a case also runs without egret, for the sake of its actors.
 */
struct result {
	struct test *test;
	cJSON *json;
};

/* A number that any will do for. */
#define ANY (-1LL)
/* A port that is null in the result. */
#define NO_PORT (-1)

/* What a row must say. A count left out must be zero. */
struct row {
	const char *ip; /* NULL: null in the result */
	int port;
	const char *transport; /* patterns separated by | may match: "tcp|mptcp" */
	const char *direction;
	const char *scope; /* NULL: any */
	long long sent, received, connections, failed;
	const char *error; /* all failures are of this name */
	double tolerance; /* of sent and received: 0.02 is 2 % */
};

#define OUT(transport_, ip_, port_)                                                                \
	.transport = (transport_), .ip = (ip_), .port = (port_), .direction = "outbound"
#define IN(transport_, ip_, port_)                                                                 \
	.transport = (transport_), .ip = (ip_), .port = (port_), .direction = "inbound"

/* Parses a document; fails the case when it is no JSON. */
struct result *result_parse(struct test *test, const char *text, const char *name);

/* What holds for every summary: all sums add up (contract section 3). */
void result_check_sums(struct result *result);
/* ledger.complete, and everything in ledger.lost is zero (names_skipped may be more). */
void result_check_complete(struct result *result);

/* The app with this id, and the app of an executable; NULL if there is none. */
cJSON *result_app(struct result *result, const char *id);
cJSON *result_app_of(struct result *result, const char *exe);
/* An app's only row with this ip, port, transport and direction; NULL if there is none. */
cJSON *result_row(struct result *result, const char *exe, const struct row *row);

/* The row is there and says exactly this. */
#define expect_row(result, actor, ...)                                                             \
	expect_row_at(result, (actor)->identity.exe, &(struct row){ __VA_ARGS__ }, __FILE__,       \
		      __LINE__)
#define expect_row_of(result, exe, ...)                                                            \
	expect_row_at(result, exe, &(struct row){ __VA_ARGS__ }, __FILE__, __LINE__)
void expect_row_at(struct result *result, const char *exe, const struct row *row, const char *file,
		   int line);
/* The app has this number of rows; 0: it isn't there. */
#define expect_rows(result, actor, count)                                                          \
	expect_rows_at(result, (actor)->identity.exe, count, __FILE__, __LINE__)
#define expect_rows_of(result, exe, count) expect_rows_at(result, exe, count, __FILE__, __LINE__)
void expect_rows_at(struct result *result, const char *exe, int count, const char *file, int line);
/* The app's own sums. */
#define expect_sums(result, actor, sent, received)                                                 \
	expect_sums_at(result, (actor)->identity.exe, sent, received, __FILE__, __LINE__)
#define expect_sums_of(result, exe, sent, received)                                                \
	expect_sums_at(result, exe, sent, received, __FILE__, __LINE__)
void expect_sums_at(struct result *result, const char *exe, long long sent, long long received,
		    const char *file, int line);
/* No app has a row with this address (and port, unless ANY). */
#define expect_no_address(result, ip, port)                                                        \
	expect_no_address_at(result, ip, port, __FILE__, __LINE__)
void expect_no_address_at(struct result *result, const char *ip, long long port, const char *file,
			  int line);

/* The app lists this actor as a process, with everything that its identity says. */
#define expect_process(result, actor) expect_process_at(result, actor, __FILE__, __LINE__)
void expect_process_at(struct result *result, const struct actor *actor, const char *file,
		       int line);
/* Processes listed and omitted. */
#define expect_processes(result, actor, count)                                                     \
	expect_processes_at(result, (actor)->identity.exe, count, __FILE__, __LINE__)
void expect_processes_at(struct result *result, const char *exe, long long count, const char *file,
			 int line);

/* A sentence in ledger.degraded that holds this text; NULL: there is none. */
const char *result_degraded(struct result *result, const char *text);

/* Numbers and texts in an object, by path: "ledger.bytes_sent.overflow". */
long long json_number(const cJSON *object, const char *path);
const char *json_text(const cJSON *object, const char *path);
const cJSON *json_get(const cJSON *object, const char *path);
