/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Texts and destinations are written once; this finds their numbers, the usual ones in memory. */
#include "private.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

/* How much is kept in memory before it begins anew: some 20 MB. */
#define TEXTS_MAX 50000
#define DESTINATIONS_MAX 100000

static const struct {
	const char *find, *insert;
	size_t count;
} kinds[EG_INTERN_COUNT] = {
	[EG_INTERN_APP] = {
		.count = 7,
		.find = "SELECT id FROM app WHERE app_id = ?1 AND kind IS ?2 AND name IS ?3"
			" AND trust IS ?4 AND via IS ?5 AND flag IS ?6 AND users IS ?7",
		.insert = "INSERT INTO app (app_id, kind, name, trust, via, flag, users)"
			  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	},
	[EG_INTERN_PLACE] = {
		.count = 9,
		.find = "SELECT id FROM place WHERE country IS ?1 AND country_basis IS ?2"
			" AND anycast IS CAST(?3 AS INTEGER) AND as_number IS CAST(?4 AS INTEGER)"
			" AND as_organization IS ?5 AND as_country IS ?6 AND owner_name IS ?7"
			" AND owner_country IS ?8 AND owner_source IS ?9",
		.insert = "INSERT INTO place (country, country_basis, anycast, as_number,"
			  " as_organization, as_country, owner_name, owner_country, owner_source)"
			  " VALUES (?1, ?2, CAST(?3 AS INTEGER), CAST(?4 AS INTEGER), ?5, ?6, ?7,"
			  " ?8, ?9)",
	},
	[EG_INTERN_DOMAIN] = {
		.count = 4,
		.find = "SELECT id FROM domain WHERE domain IS ?1 AND source IS ?2"
			" AND confidence IS ?3 AND registered_domain IS ?4",
		.insert = "INSERT INTO domain (domain, source, confidence, registered_domain)"
			  " VALUES (?1, ?2, ?3, ?4)",
	},
	[EG_INTERN_NAME] = {
		.count = 3,
		.find = "SELECT id FROM name WHERE name IS ?1 AND source IS ?2"
			" AND confidence IS ?3",
		.insert = "INSERT INTO name (name, source, confidence) VALUES (?1, ?2, ?3)",
	},
	[EG_INTERN_CONTEXT] = {
		.count = 5,
		.find = "SELECT id FROM context WHERE host_id IS ?1 AND host_name IS ?2"
			" AND kernel IS ?3 AND databases IS ?4 AND degraded IS ?5",
		.insert = "INSERT INTO context (host_id, host_name, kernel, databases, degraded)"
			  " VALUES (?1, ?2, ?3, ?4, ?5)",
	},
};

/* A group of texts that was met before. */
struct group {
	enum eg_intern_kind kind;
	const char *texts[EG_INTERN_TEXTS]; /* behind the struct, in one piece of memory */
	int64_t id;
};

struct eg_intern {
	void *groups; /* tsearch(3) tree of struct group */
	size_t groups_count;
	struct eg_table *destinations; /* struct eg_intern_destination -> int64_t */
};

struct eg_intern *eg_intern_new(void)
{
	struct eg_intern *intern = calloc(1, sizeof(*intern));

	if (!intern)
		return NULL;
	intern->destinations = eg_table_new(sizeof(struct eg_intern_destination), sizeof(int64_t));
	if (!intern->destinations) {
		free(intern);
		return NULL;
	}
	return intern;
}

static void forget_texts(struct eg_intern *intern)
{
	tdestroy(intern->groups, free);
	intern->groups = NULL;
	intern->groups_count = 0;
}

static void forget_destinations(struct eg_intern *intern)
{
	struct eg_table *empty =
		eg_table_new(sizeof(struct eg_intern_destination), sizeof(int64_t));

	eg_table_free(intern->destinations);
	intern->destinations = empty;
}

void eg_intern_forget(struct eg_intern *intern)
{
	if (!intern)
		return;
	forget_texts(intern);
	forget_destinations(intern);
}

void eg_intern_free(struct eg_intern *intern)
{
	if (!intern)
		return;
	forget_texts(intern);
	eg_table_free(intern->destinations);
	free(intern);
}

/* --- texts --- */

static int compare_groups(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	int r = (int)x->kind - (int)y->kind;

	for (size_t i = 0; i < EG_INTERN_TEXTS && !r; i++) {
		if (!x->texts[i] || !y->texts[i])
			r = !x->texts[i] - !y->texts[i];
		else
			r = strcmp(x->texts[i], y->texts[i]);
	}
	return r;
}

static int remember(struct eg_intern *intern, const struct group *group)
{
	size_t size = sizeof(*group);
	struct group *copy;
	char *end;

	for (size_t i = 0; i < EG_INTERN_TEXTS; i++)
		size += group->texts[i] ? strlen(group->texts[i]) + 1 : 0;
	if (intern->groups_count >= TEXTS_MAX)
		forget_texts(intern);
	copy = malloc(size);
	if (!copy)
		return -ENOMEM;
	*copy = *group;
	end = (char *)(copy + 1);
	for (size_t i = 0; i < EG_INTERN_TEXTS; i++) {
		if (!group->texts[i])
			continue;
		size = strlen(group->texts[i]) + 1;
		copy->texts[i] = memcpy(end, group->texts[i], size);
		end += size;
	}
	if (!tsearch(copy, &intern->groups, compare_groups)) {
		free(copy);
		return -ENOMEM;
	}
	intern->groups_count++;
	return 0;
}

/* Runs one of a kind's two statements. */
static struct eg_query ask(struct eg_store *store, const struct group *group, const char *text)
{
	struct eg_query query = eg_query(store, text);

	for (size_t i = 0; i < kinds[group->kind].count; i++)
		eg_query_text(&query, group->texts[i]);
	return query;
}

int eg_intern_texts(struct eg_store *store, enum eg_intern_kind kind,
		    const char *const texts[EG_INTERN_TEXTS], int64_t *ret_id)
{
	struct group group = { .kind = kind }, **known;
	struct eg_query query;
	int r;

	memcpy(group.texts, texts, sizeof(group.texts));
	known = tfind(&group, &store->intern->groups, compare_groups);
	if (known) {
		*ret_id = (*known)->id;
		return 0;
	}
	query = ask(store, &group, kinds[kind].find);
	r = eg_query_number(&query, &group.id);
	if (r == 0) {
		query = ask(store, &group, kinds[kind].insert);
		r = eg_query_run(&query);
		group.id = sqlite3_last_insert_rowid(store->sqlite);
	}
	if (r >= 0)
		r = remember(store->intern, &group);
	if (r >= 0)
		*ret_id = group.id;
	return r < 0 ? r : 0;
}

/* --- destinations --- */

static void bind_key(struct eg_query *query, const struct eg_intern_destination *destination)
{
	eg_query_int(query, destination->app);
	if (destination->has_ip)
		eg_query_blob(query, destination->ip, sizeof(destination->ip));
	else
		eg_query_null(query);
	if (destination->has_port)
		eg_query_int(query, destination->port);
	else
		eg_query_null(query);
	eg_query_int(query, destination->transport);
	eg_query_int(query, destination->direction);
	eg_query_int(query, destination->overflow);
	eg_query_int(query, destination->scope);
	eg_query_id(query, destination->place);
	eg_query_id(query, destination->domain);
	eg_query_id(query, destination->name);
}

static int find(struct eg_store *store, const struct eg_intern_destination *destination,
		int64_t *ret_id)
{
	struct eg_query query = eg_query(
		store, "SELECT id FROM destination WHERE app = ?1 AND ip IS ?2 AND port IS ?3"
		       " AND transport = ?4 AND direction = ?5 AND overflow = ?6 AND scope = ?7"
		       " AND place IS ?8 AND domain IS ?9 AND name IS ?10");

	bind_key(&query, destination);
	return eg_query_number(&query, ret_id);
}

static int insert(struct eg_store *store, const struct eg_intern_destination *destination,
		  int64_t day, int64_t *ret_id)
{
	struct eg_query query = eg_query(
		store, "INSERT INTO destination (app, ip, port, transport, direction, overflow,"
		       " scope, place, domain, name, seen)"
		       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
	int r;

	bind_key(&query, destination);
	eg_query_int(&query, day);
	r = eg_query_run(&query);
	if (r == 0)
		*ret_id = sqlite3_last_insert_rowid(store->sqlite);
	return r;
}

int eg_intern_destination(struct eg_store *store, const struct eg_intern_destination *destination,
			  int64_t day, int64_t *ret_id)
{
	struct eg_intern *intern = store->intern;
	int64_t *id, found = 0;
	int r;

	if (!intern->destinations || eg_table_count(intern->destinations) >= DESTINATIONS_MAX)
		forget_destinations(intern);
	if (!intern->destinations)
		return -ENOMEM;
	id = eg_table_add(intern->destinations, destination);
	if (!id)
		return -ENOMEM;
	if (!*id) {
		r = find(store, destination, &found);
		if (r == 0)
			r = insert(store, destination, day, &found);
		if (r < 0)
			return r;
		*id = found;
	}
	*ret_id = *id;
	return 0;
}
