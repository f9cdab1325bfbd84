/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A summary by who runs the other side and by country: what pictures and their tables show. */
#pragma once

#include <egret/flow.h>

/* Where bytes went that went to no known operator, or no known country. */
enum eg_share_kind {
	EG_SHARE_NAMED, /* `label` is an operator's name or a country's code */
	EG_SHARE_ANYCAST, /* in many countries at once */
	EG_SHARE_UNKNOWN,
	EG_SHARE_LOCAL, /* not to the internet */
	EG_SHARE_LOST, /* the address found no room */
	EG_SHARE_KINDS,
};

/* All rows to one operator, or to one country. */
struct eg_share {
	enum eg_share_kind kind;
	char *label; /* raw; NULL unless named */
	struct eg_bytes bytes;
	uint64_t connections, failed, rows;
	uint32_t apps;
	uint32_t number; /* private to digest.c */
};

struct eg_digest_app {
	const struct eg_app *app; /* the summary's */
	uint64_t rows;
	uint32_t operators, countries; /* named ones */
};

/* What an app exchanged with an operator in a country; numbers are indices below. */
struct eg_link {
	uint32_t app, operator, country;
	struct eg_bytes bytes;
	uint64_t connections, failed, rows;
};

struct eg_digest {
	struct eg_digest_app *apps; /* in the contract's order */
	struct eg_share *operators, *countries; /* by bytes sent, received, kind, label */
	struct eg_link *links; /* by app, operator, country */
	size_t apps_count, operators_count, countries_count, links_count;
};

/* The summary must live as long. 0 or -ENOMEM. */
int eg_digest_make(const struct eg_summary *summary, struct eg_digest *ret_digest);
void eg_digest_free(struct eg_digest *digest);

/* How many of the shares have a name. */
size_t eg_digest_named(const struct eg_share *shares, size_t count);
/* The share's name, or what it is in place of one: "Unknown operator"; raw. */
const char *eg_digest_operator(const struct eg_share *share);
const char *eg_digest_country(const struct eg_share *share);
/* What a row belongs to. */
enum eg_share_kind eg_digest_operator_kind(const struct eg_destination *row);
enum eg_share_kind eg_digest_country_kind(const struct eg_destination *row);
