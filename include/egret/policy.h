/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Rules about who may send what where: read, and held against summaries. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <egret/flow.h>

/* A document egret.policy/1 (`egret schema policy`), which never changes once it is read. */
struct eg_policy;

#define EG_POLICY_RULES_MAX 1000
#define EG_POLICY_SIZE_MAX (1 << 20) /* bytes of the document */

/* A mistake in the document. Lines and columns begin with 1; a column is a character. */
struct eg_policy_mistake {
	size_t line, column;
	const char *where; /* "rules[2].not.countries[0]"; "": the whole of it */
	const char *what;
};

/*
 * Reads a document and calls back for each mistake in it (only for the first one
 * where it is no JSON). What `accounts` (/etc/passwd) calls users decides which
 * users patterns mean. 0; -EINVAL after at least one mistake; -ENOMEM. The caller
 * frees *ret_policy with eg_policy_free().
 */
int eg_policy_read(const char *text, size_t size, const char *accounts,
		   void (*mistake)(const struct eg_policy_mistake *mistake, void *data), void *data,
		   struct eg_policy **ret_policy);
void eg_policy_free(struct eg_policy *policy);

size_t eg_policy_count(const struct eg_policy *policy);
/* Rule number `index`: its name, and what it says of itself (NULL: nothing). */
const char *eg_policy_name(const struct eg_policy *policy, size_t index);
const char *eg_policy_description(const struct eg_policy *policy, size_t index);
/* Whether there is a rule about bytes per day. */
bool eg_policy_has_limits(const struct eg_policy *policy);

/* What a rule may limit, of an app in a day. */
enum eg_limit { EG_LIMIT_SENT, EG_LIMIT_RECEIVED, EG_LIMIT_COUNT };

/* What breaks a rule: a row, or what an app has sent or received in a day. */
struct eg_violation {
	size_t rule; /* index */
	const char *broken; /* "not.countries", "only.apps", "max_sent_per_day", ... */
	const struct eg_app *app; /* a row's; NULL with a limit */
	const struct eg_destination *row; /* NULL: it is a limit that is broken */
	/* Of a limit; texts are the meter's. */
	const char *app_id, *app_name, *app_trust, *app_via, *app_flag;
	struct eg_period period;
	enum eg_limit which;
	uint64_t bytes, limit;
};

/* A negative return stops, and is returned. */
typedef int eg_violation_call(const struct eg_violation *violation, void *data);

/*
 * Calls back for each rule that a row breaks, in the order of eg_summary_walk().
 * 0, what the callback returned, or -ENOMEM.
 */
int eg_policy_check(const struct eg_policy *policy, const struct eg_summary *summary,
		    eg_violation_call *call, void *data);
/* The same for one row. */
int eg_policy_check_row(const struct eg_policy *policy, const struct eg_app *app,
			const struct eg_destination *row, eg_violation_call *call, void *data);

/* What each app has used of the rules' bytes per day. Days are those of UTC. */
struct eg_meter;

/* The policy must outlive it. 0 or -ENOMEM. */
int eg_meter_new(const struct eg_policy *policy, struct eg_meter **ret_meter);
void eg_meter_free(struct eg_meter *meter);
/* Forgets what was added. */
void eg_meter_reset(struct eg_meter *meter);
/* Adds the rows of a summary of a day or a part of it. 0 or -ENOMEM: then some are missing. */
int eg_meter_add(struct eg_meter *meter, const struct eg_summary *summary);
/*
 * Calls back for each limit that is broken, in order of rules, then of apps. What
 * was added is of `period`: where that is of several days, a limit is broken when
 * it must have been on at least one of them.
 */
int eg_meter_check(const struct eg_meter *meter, const struct eg_period *period,
		   eg_violation_call *call, void *data);

/* The day (UTC) that a moment is in, all of it. */
struct eg_period eg_day_of(int64_t time);
