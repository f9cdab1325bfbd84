/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where an address is and who runs it, out of the databases that this host has. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- databases --- */

enum eg_geo_field {
	EG_GEO_COUNTRY,
	EG_GEO_AS,
	EG_GEO_ANYCAST,
	EG_GEO_FIELDS,
};

/* What a country follows from: where the address block is registered, or a measurement. */
enum eg_geo_basis { EG_GEO_REGISTRY, EG_GEO_GEOLOCATION };

/* One file. Texts belong to the databases; NULL: unknown. */
struct eg_geo_database {
	const char *path;
	const char *name; /* "GeoLite2-Country" */
	const char *format; /* "MMDB", "libloc"; NULL: neither */
	const char *license;
	const char *refused; /* why nothing is looked up in it; NULL: it is used */
	int64_t built; /* CLOCK_REALTIME ns, 0: unknown */
	unsigned fields; /* 1 << enum eg_geo_field: what it can answer */
	enum eg_geo_basis basis;
};

/* Answers are no older than this; else it is said (in days). */
#define EG_GEO_OLD_DAYS 90

struct eg_geo;

/*
 * Opens databases in the MaxMind format (libmaxminddb) and IPFire's (libloc): the
 * files of the NULL-terminated list or, where that is NULL or empty, what lies in
 * the usual places. A file that can't be used is refused, and listed with the
 * reason. All of each file that an answer can depend on is read once and checked,
 * so that a damaged one is found now. 0 or -ENOMEM; no file at all is no failure.
 */
int eg_geo_open(const char *const *files, struct eg_geo **ret_geo);
void eg_geo_close(struct eg_geo *geo);
static inline void eg_geo_closep(struct eg_geo **geo)
{
	eg_geo_close(*geo);
}

/* The databases, the youngest first, then those that are refused. */
size_t eg_geo_count(const struct eg_geo *geo);
const struct eg_geo_database *eg_geo_database(const struct eg_geo *geo, size_t index);
/* Whole days from `built` to `now` (CLOCK_REALTIME ns); -1: unknown. */
int64_t eg_geo_age_days(const struct eg_geo_database *database, int64_t now);

/*
 * What is known of one address. Of the databases that know the address, the
 * youngest answers each field; from[] says which one, -1: none. An anycast
 * address has no country.
 */
struct eg_geo_answer {
	char country[3]; /* ISO 3166-1 alpha-2; "": unknown */
	enum eg_geo_basis basis;
	bool anycast; /* only if from[EG_GEO_ANYCAST] >= 0 */
	uint32_t as_number; /* 0: unknown */
	const char *as_organization; /* belongs to the databases; NULL: unknown */
	char as_country[3]; /* where the operator is registered; "": unknown */
	int from[EG_GEO_FIELDS];
};

/* `ip`: IPv4 as ::ffff:a.b.c.d. Never fails: what can't be read is unknown. */
void eg_geo_find(struct eg_geo *geo, const uint8_t ip[16], struct eg_geo_answer *ret_answer);

/* --- names --- */

/*
 * The part of a domain that somebody registered ("example.co.uk" of
 * "www.example.co.uk"), by the public suffix list; points into `domain`. NULL:
 * a public suffix itself, an address, or this build has no libpsl. `domain` is in
 * lower case, without a dot at its end.
 */
const char *eg_domain_registered(const char *domain);

/* --- owners --- */

/* Whose a name is, and where that company has its seat. Texts belong to the table. */
struct eg_owner {
	const char *suffix; /* "example.com", "AS64500", or "*": the line of a company */
	const char *name;
	const char *country; /* ISO 3166-1 alpha-2; NULL: not said */
	const char *source; /* which table: "egret:owners.tsv", or the file */
	const char *reference; /* the public page that says so; NULL: not said */
	/*
	 * How far the reference bears it out: "read", it says so; "name", the name of
	 * the operator does. "table": the file's word.
	 */
	const char *certainty;
	/*
	 * The company's line, which says where its head office is, and by what; NULL:
	 * none. A reference that has a domain under a company need not know its country.
	 */
	const struct eg_owner *seat;
	int64_t as_of; /* the table's date, CLOCK_REALTIME ns; 0: unknown */
	unsigned line; /* in the table, from 1 */
};

struct eg_owners;

struct eg_owners_error {
	unsigned line; /* 0: the whole file */
	char reason[160];
};

/*
 * The table that egret comes with and, before it, the file's (NULL: none). Lines
 * are suffix, owner, country and, if wanted, reference and what was looked at
 * ("read" or "name"), separated by tabs; # begins a comment. Where the suffix is
 * *, the line is about the owner itself, of which it says the country. The table
 * is as old as its first line "# As of YYYY-MM-DD" says, or else the file. 0;
 * -EINVAL with *ret_error filled for a file that can't be read or is wrong, as one
 * with a suffix that no name ends in and no AS has; -ENOMEM.
 */
int eg_owners_open(const char *file, struct eg_owners **ret_owners,
		   struct eg_owners_error *ret_error);
void eg_owners_close(struct eg_owners *owners);

/*
 * The owner of the longest part of a domain's end that is in the table, whole
 * labels only; the file's rows first, then egret's own. NULL: not in it.
 */
const struct eg_owner *eg_owners_find(const struct eg_owners *owners, const char *domain);
/* Who runs an autonomous system, and where it is registered. NULL: not in it. */
const struct eg_owner *eg_owners_find_as(const struct eg_owners *owners, uint32_t number);
