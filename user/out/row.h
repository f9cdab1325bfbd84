/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the formats say of one row, in the contract's words. */
#pragma once

#include <stdio.h>

#include <egret/flow.h>

/* "ECONNREFUSED"; "unknown" for 0 and for a number without a name. */
const char *eg_row_error(int number);

/* The parts of a key as texts, in buffer where one is given; NULL: unknown. */
const char *eg_row_ip(const struct eg_destination_key *key, char buffer[static 46]);
bool eg_row_has_port(const struct eg_destination_key *key);
const char *eg_row_transport(const struct eg_destination_key *key, char buffer[static 16]);
const char *eg_row_direction(const struct eg_destination_key *key);
const char *eg_row_scope(const struct eg_destination *destination);

/* What is known about a row; an empty detail where nothing is. */
const struct eg_detail *eg_row_detail(const struct eg_destination *destination);

/* The one user of an app, as text; NULL where there are several, or none is known. */
#define EG_USER_TEXT_SIZE 11
const char *eg_row_user(const struct eg_app *app, char buffer[static EG_USER_TEXT_SIZE]);

/* The host that all rows are of; NULL where several were merged, or none is known. */
const struct eg_host *eg_row_host(const struct eg_summary *summary);

/*
 * event.id: a hash (FNV-1a, 128 bits, in hex) of host, interval's start, app and
 * the whole key: the same for the same row however often it is printed. app and
 * key NULL: the id of the interval's last line.
 */
#define EG_EVENT_ID_SIZE 33
const char *eg_row_event_id(const struct eg_summary *summary, const struct eg_app *app,
			    const struct eg_destination_key *key,
			    char buffer[static EG_EVENT_ID_SIZE]);

/* When a database was built, CLOCK_REALTIME ns ("2026-11-01" or RFC 3339). 0 or -EINVAL. */
int eg_row_built(const struct eg_database *database, int64_t *ret_real_ns);
/* "Databases: origin-asn (22 days old)." at the end of the period, or that there are none. */
void eg_row_databases(FILE *stream, const struct eg_summary *summary);
