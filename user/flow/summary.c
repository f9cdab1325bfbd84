/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A summary and its apps, found by id. */
#include "summary.h"
#include "app.h"
#include "ledger.h"
#include "list.h"
#include "place.h"
#include "texts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct eg_summary *eg_summary_new(enum eg_by by)
{
	struct eg_summary *summary = calloc(1, sizeof(*summary));

	if (!summary)
		return NULL;
	summary->by = by;
	summary->apps = calloc(1, sizeof(*summary->apps));
	summary->places = eg_place_pool_new();
	if (!summary->apps || !summary->places) {
		eg_place_pool_free(summary->places);
		free(summary->apps);
		free(summary);
		return NULL;
	}
	summary->apps->seed = eg_seed_new();
	summary->apps->rows_left = UINT64_MAX;
	summary->apps->limit = SIZE_MAX;
	return summary;
}

void eg_summary_limit_rows(struct eg_summary *summary, uint64_t rows)
{
	summary->apps->rows_left = rows;
}

void eg_summary_limit_apps(struct eg_summary *summary, size_t apps)
{
	summary->apps->limit = apps;
}

bool eg_host_is_known(const struct eg_host *host)
{
	return host->id || host->name || host->kernel;
}

void eg_host_free(struct eg_host *host)
{
	eg_text_group_free(&eg_host_texts, host);
}

void eg_database_free(struct eg_database *database)
{
	eg_text_group_free(&eg_database_texts, database);
	eg_text_list_free(database->fields);
	database->fields = NULL;
}

void eg_summary_free(struct eg_summary *summary)
{
	if (!summary)
		return;
	for (size_t i = 0; i < summary->apps_count; i++)
		eg_app_free(summary->apps->apps[i]);
	free(summary->apps->apps);
	eg_index_free(&summary->apps->index);
	free(summary->apps);
	eg_place_pool_free(summary->places);
	for (size_t i = 0; i < summary->hosts_count; i++)
		eg_host_free(&summary->hosts[i]);
	free(summary->hosts);
	for (size_t i = 0; i < summary->databases_count; i++)
		eg_database_free(&summary->databases[i]);
	free(summary->databases);
	free(summary->periods);
	eg_ledger_free(&summary->ledger);
	free(summary);
}

static uint64_t hash_id(const struct eg_app_table *table, const char *id)
{
	return eg_hash(&table->seed, id, strlen(id));
}

static uint64_t hash_app(const void *things, uint32_t number)
{
	const struct eg_app_table *table = things;

	return hash_id(table, table->apps[number]->id);
}

static struct eg_app *find(const struct eg_app_table *table, const char *id, uint64_t hash)
{
	struct eg_probe probe;
	uint32_t number = eg_index_first(&table->index, hash, &probe);

	for (; number != EG_INDEX_NONE; number = eg_index_next(&table->index, &probe)) {
		if (strcmp(table->apps[number]->id, id) == 0)
			return table->apps[number];
	}
	return NULL;
}

bool eg_app_is_overflow(const struct eg_app *app)
{
	return strcmp(app->id, EG_APP_OVERFLOW) == 0;
}

static int add(struct eg_summary *summary, const char *id, uint64_t hash, struct eg_app **ret_app)
{
	struct eg_app_table *table = summary->apps;
	struct eg_app *app;

	if (eg_index_reserve(&table->index, hash_app, table) < 0 ||
	    eg_list_reserve(&table->apps, summary->apps_count, 1, sizeof(app)) < 0)
		return -ENOMEM;
	app = eg_app_new(id, &table->seed, summary->places, &table->rows_left);
	if (!app)
		return -ENOMEM;
	table->apps[summary->apps_count++] = app;
	eg_index_add(&table->index, hash);
	*ret_app = app;
	return 0;
}

static int find_overflow(struct eg_summary *summary, struct eg_app **ret_app)
{
	uint64_t hash = hash_id(summary->apps, EG_APP_OVERFLOW);
	int error;

	*ret_app = find(summary->apps, EG_APP_OVERFLOW, hash);
	if (*ret_app)
		return 0;
	error = add(summary, EG_APP_OVERFLOW, hash, ret_app);
	return error ? error
		     : eg_app_describe(*ret_app, "unknown", "Apps without room", NULL, NULL, NULL);
}

int eg_summary_app(struct eg_summary *summary, const char *id, struct eg_app **ret_app)
{
	uint64_t hash = hash_id(summary->apps, id);

	*ret_app = find(summary->apps, id, hash);
	if (*ret_app)
		return 0;
	if (summary->apps_count >= summary->apps->limit)
		return find_overflow(summary, ret_app);
	return add(summary, id, hash, ret_app);
}

void eg_summary_drop_apps(struct eg_summary *summary,
			  bool (*unwanted)(const struct eg_app *app, const void *data),
			  const void *data)
{
	struct eg_app **apps = summary->apps->apps;
	size_t kept = 0;

	for (size_t i = 0; i < summary->apps_count; i++) {
		if (unwanted(apps[i], data))
			eg_app_free(apps[i]);
		else
			apps[kept++] = apps[i];
	}
	summary->apps_count = kept;
	eg_index_rebuild(&summary->apps->index, (uint32_t)kept, hash_app, summary->apps);
}
