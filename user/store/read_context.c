/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading a period: on which host it was recorded, with which databases, seeing what not. */
#include "read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

#define CONTEXTS                                                                                   \
	EG_CHOSEN                                                                                  \
	"SELECT x.host_id, x.host_name, x.kernel, x.databases, x.degraded"                         \
	" FROM (SELECT DISTINCT context FROM chosen) c JOIN context x ON x.id = c.context"         \
	" ORDER BY x.id"

/* The four texts of each database in turn. */
static int get_database(struct eg_store *store, char **texts, struct eg_database *database)
{
	char **const into[] = { &database->name, &database->built, &database->license };
	int r = eg_reading_list(store, texts[3], &database->fields);

	for (size_t i = 0; i < ARRAY_SIZE(into) && r == 0; i++) {
		if (!texts[i] || !*texts[i])
			continue;
		*into[i] = strdup(texts[i]);
		r = *into[i] ? 0 : -ENOMEM;
	}
	return r;
}

static int get_databases(struct eg_store *store, const char *packed, struct eg_summary *summary)
{
	char **texts = NULL;
	size_t count = 0;
	int r = eg_reading_list(store, packed, &texts);

	while (texts && texts[count])
		count++;
	if (r == 0 && count % 4)
		r = eg_store_damaged(store, "a list of databases is none");
	if (r == 0 && count) {
		summary->databases = calloc(count / 4, sizeof(*summary->databases));
		if (!summary->databases)
			r = -ENOMEM;
	}
	for (size_t i = 0; i < count && r == 0; i += 4) {
		summary->databases_count++;
		r = get_database(store, texts + i, &summary->databases[i / 4]);
	}
	eg_reading_free_list(texts);
	return r;
}

static int get_host(const struct eg_query *query, struct eg_summary *summary)
{
	struct eg_host *host = calloc(1, sizeof(*host));

	if (!host)
		return -ENOMEM;
	summary->hosts = host;
	summary->hosts_count = 1;
	return eg_reading_texts(query, 0, 3,
				(char **const[]){ &host->id, &host->name, &host->kernel });
}

static int add_context(struct eg_reading *reading, const struct eg_query *query)
{
	struct eg_summary *part = eg_summary_new(EG_BY_APP);
	int r = part ? get_host(query, part) : -ENOMEM;

	if (r == 0)
		r = get_databases(reading->store, eg_query_get_text(query, 3), part);
	if (r == 0)
		r = eg_reading_list(reading->store, eg_query_get_text(query, 4),
				    &part->ledger.degraded);
	if (r == 0)
		r = eg_summary_merge(reading->summary, part);
	eg_summary_free(part);
	return r;
}

int eg_reading_contexts(struct eg_reading *reading)
{
	return eg_reading_each(reading, CONTEXTS, add_context);
}
