/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* DNS questions that wait for their answer: an answer to none of them is nobody's business. */
#include "queries.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "recent.h"

struct key {
	struct eg_sample_key socket;
	uint8_t ip[16];
	uint16_t port, id, transport, pad;
};

struct query {
	uint64_t asked_ns;
	uint16_t type, class;
	char *name;
};

struct eg_queries {
	struct eg_recent *queries;
};

static void release(void *value)
{
	struct query *query = value;

	free(query->name);
}

struct eg_queries *eg_queries_new(void)
{
	struct eg_queries *queries = calloc(1, sizeof(*queries));

	if (!queries)
		return NULL;
	queries->queries =
		eg_recent_new(sizeof(struct key), sizeof(struct query), EG_QUERIES_MAX, release);
	if (queries->queries)
		return queries;
	free(queries);
	return NULL;
}

void eg_queries_free(struct eg_queries *queries)
{
	if (!queries)
		return;
	eg_recent_free(queries->queries);
	free(queries);
}

static struct key key_of(const struct eg_payload *payload, uint16_t id)
{
	struct key key = {
		.socket = payload->socket,
		.port = payload->port,
		.id = id,
		.transport = payload->transport,
	};

	memcpy(key.ip, payload->ip, sizeof(key.ip));
	return key;
}

int eg_queries_ask(struct eg_queries *queries, uint64_t owner, const struct eg_payload *payload,
		   const struct eg_dns_message *question)
{
	struct key key = key_of(payload, question->id);
	char *name = strdup(question->name);
	struct query *query = name ? eg_recent_add(queries->queries, owner, &key) : NULL;

	if (!query) {
		free(name);
		return -ENOMEM;
	}
	free(query->name);
	*query = (struct query){
		.asked_ns = payload->header.time_ns,
		.type = question->type,
		.class = question->class,
		.name = name,
	};
	return 0;
}

bool eg_queries_answer(struct eg_queries *queries, const struct eg_payload *payload,
		       const struct eg_dns_message *answer)
{
	struct key key = key_of(payload, answer->id);
	const struct query *query = eg_recent_find(queries->queries, &key);

	if (!query || query->type != answer->type || query->class != answer->class ||
	    strcmp(query->name, answer->name) != 0 ||
	    payload->header.time_ns - query->asked_ns > EG_QUERY_AGE_NS)
		return false;
	eg_recent_remove(queries->queries, &key);
	return true;
}
