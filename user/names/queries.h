/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* DNS questions that wait for their answer: an answer to none of them is nobody's business. */
#pragma once

#include <stdbool.h>

#include <egret/names.h>

#include "dns.h"

#define EG_QUERIES_MAX 4096
#define EG_QUERY_AGE_NS (30ULL * 1000000000) /* no program waits longer */

struct eg_queries;

struct eg_queries *eg_queries_new(void); /* NULL: no memory */
void eg_queries_free(struct eg_queries *queries);

/*
 * A socket has asked; `payload` says which, whom and when, `owner` is as
 * eg_recent_add() has it. 0 or -ENOMEM.
 */
int eg_queries_ask(struct eg_queries *queries, uint64_t owner, const struct eg_payload *payload,
		   const struct eg_dns_message *question);

/*
 * Is this the answer to what the same socket has asked the same server: id,
 * name, type and class (RFC 5452 section 9.1)? Of several the first is.
 */
bool eg_queries_answer(struct eg_queries *queries, const struct eg_payload *payload,
		       const struct eg_dns_message *answer);
