/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Texts and destinations are written once; this finds their numbers, the usual ones in memory. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

/* How much is kept in memory before it begins anew: some 20 MB. */
#define TEXTS_MAX 50000
#define DESTINATIONS_MAX 100000

static const struct {
	const char *find, *insert;
	size_t count;
	bool seen; /* when it was, is the insertion's last value */
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
	[EG_INTERN_PROCESS] = {
		.count = 9,
		.seen = true,
		.find = "SELECT id FROM process WHERE start = CAST(?1 AS INTEGER)"
			" AND pid = CAST(?2 AS INTEGER) AND ppid IS CAST(?3 AS INTEGER)"
			" AND uid IS CAST(?4 AS INTEGER) AND comm IS ?5 AND executable IS ?6"
			" AND cgroup IS ?7 AND component IS ?8 AND command_line IS ?9",
		.insert = "INSERT INTO process (start, pid, ppid, uid, comm, executable, cgroup,"
			  " component, command_line, seen)"
			  " VALUES (CAST(?1 AS INTEGER), CAST(?2 AS INTEGER),"
			  " CAST(?3 AS INTEGER), CAST(?4 AS INTEGER), ?5, ?6, ?7, ?8, ?9, ?10)",
	},
};

/* A group of texts that was met before. */
struct group {
	struct group *next; /* of the same hash */
	int64_t id;
	size_t size;
	char texts[]; /* as write_key() writes them */
};

struct eg_intern {
	struct eg_table *groups; /* hash of the texts -> struct group * */
	struct eg_table *destinations; /* struct eg_intern_destination -> int64_t */
	char *key; /* of the group that is looked for */
	size_t key_size, key_capacity;
};

struct eg_intern *eg_intern_new(void)
{
	struct eg_intern *intern = calloc(1, sizeof(*intern));

	if (!intern)
		return NULL;
	intern->groups = eg_table_new(sizeof(uint64_t), sizeof(struct group *));
	intern->destinations = eg_table_new(sizeof(struct eg_intern_destination), sizeof(int64_t));
	if (intern->groups && intern->destinations)
		return intern;
	eg_intern_free(intern);
	return NULL;
}

static void free_texts(struct eg_table *groups)
{
	for (size_t i = 0; groups && i < eg_table_count(groups); i++) {
		void *value;
		struct group *group, *next;

		eg_table_entry(groups, i, &value);
		for (group = *(struct group **)value; group; group = next) {
			next = group->next;
			free(group);
		}
	}
	eg_table_free(groups);
}

/* What can't be made anew now is made when it is needed. */
static void forget_texts(struct eg_intern *intern)
{
	free_texts(intern->groups);
	intern->groups = eg_table_new(sizeof(uint64_t), sizeof(struct group *));
}

static void forget_destinations(struct eg_intern *intern)
{
	eg_table_free(intern->destinations);
	intern->destinations = eg_table_new(sizeof(struct eg_intern_destination), sizeof(int64_t));
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
	free_texts(intern->groups);
	eg_table_free(intern->destinations);
	free(intern->key);
	free(intern);
}

/* --- texts --- */

static int reserve_key(struct eg_intern *intern, size_t size)
{
	char *grown;

	if (size <= intern->key_capacity)
		return 0;
	grown = realloc(intern->key, 2 * size);
	if (!grown)
		return -ENOMEM;
	intern->key = grown;
	intern->key_capacity = 2 * size;
	return 0;
}

/* The kind and the texts in one piece, each behind a byte that tells NULL from an empty one. */
static int write_key(struct eg_intern *intern, enum eg_intern_kind kind,
		     const char *const texts[EG_INTERN_TEXTS])
{
	size_t sizes[EG_INTERN_TEXTS] = { 0 }, size = 1;
	char *end;

	for (size_t i = 0; i < kinds[kind].count; i++) {
		sizes[i] = texts[i] ? strlen(texts[i]) + 1 : 0;
		size += 1 + sizes[i];
	}
	if (reserve_key(intern, size) < 0)
		return -ENOMEM;
	end = intern->key;
	*end++ = (char)kind;
	for (size_t i = 0; i < kinds[kind].count; i++) {
		*end++ = (char)(sizes[i] > 0);
		if (sizes[i])
			end = mempcpy(end, texts[i], sizes[i]);
	}
	intern->key_size = size;
	return 0;
}

/* The first group that has the key's hash, where that is kept. NULL: out of memory. */
static struct group **find_groups(struct eg_intern *intern)
{
	uint64_t hash;

	if (!intern->groups || eg_table_count(intern->groups) >= TEXTS_MAX)
		forget_texts(intern);
	if (!intern->groups)
		return NULL;
	hash = eg_table_hash(intern->groups, intern->key, intern->key_size);
	return eg_table_add(intern->groups, &hash);
}

static const struct group *find_group(const struct eg_intern *intern, const struct group *first)
{
	for (; first; first = first->next) {
		if (first->size == intern->key_size &&
		    memcmp(first->texts, intern->key, first->size) == 0)
			return first;
	}
	return NULL;
}

static int remember(const struct eg_intern *intern, struct group **groups, int64_t id)
{
	struct group *group = malloc(sizeof(*group) + intern->key_size);

	if (!group)
		return -ENOMEM;
	*group = (struct group){ .next = *groups, .id = id, .size = intern->key_size };
	memcpy(group->texts, intern->key, group->size);
	*groups = group;
	return 0;
}

/* Runs one of a kind's two statements. */
static struct eg_query ask(struct eg_store *store, enum eg_intern_kind kind,
			   const char *const texts[EG_INTERN_TEXTS], const char *statement)
{
	struct eg_query query = eg_query(store, statement);

	for (size_t i = 0; i < kinds[kind].count; i++)
		eg_query_text(&query, texts[i]);
	return query;
}

/* In the database: found there, or written. */
static int number(struct eg_store *store, enum eg_intern_kind kind,
		  const char *const texts[EG_INTERN_TEXTS], int64_t *ret_id)
{
	struct eg_query query = ask(store, kind, texts, kinds[kind].find);
	int r = eg_query_number(&query, ret_id);

	if (r != 0)
		return r < 0 ? r : 0;
	query = ask(store, kind, texts, kinds[kind].insert);
	if (kinds[kind].seen)
		eg_query_int(&query, store->day);
	r = eg_query_run(&query);
	*ret_id = sqlite3_last_insert_rowid(store->sqlite);
	return r;
}

int eg_intern_texts(struct eg_store *store, enum eg_intern_kind kind,
		    const char *const texts[EG_INTERN_TEXTS], int64_t *ret_id)
{
	struct eg_intern *intern = store->intern;
	const struct group *known;
	struct group **groups;
	int64_t id = 0;
	int r = write_key(intern, kind, texts);

	if (r < 0)
		return r;
	groups = find_groups(intern);
	if (!groups)
		return -ENOMEM;
	known = find_group(intern, *groups);
	if (known) {
		*ret_id = known->id;
		return 0;
	}
	r = number(store, kind, texts, &id);
	if (r == 0)
		r = remember(intern, groups, id);
	if (r == 0)
		*ret_id = id;
	return r;
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
		  int64_t *ret_id)
{
	struct eg_query query = eg_query(
		store, "INSERT INTO destination (app, ip, port, transport, direction, overflow,"
		       " scope, place, domain, name, seen)"
		       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
	int r;

	bind_key(&query, destination);
	eg_query_int(&query, store->day);
	r = eg_query_run(&query);
	if (r == 0)
		*ret_id = sqlite3_last_insert_rowid(store->sqlite);
	return r;
}

int eg_intern_destination(struct eg_store *store, const struct eg_intern_destination *destination,
			  int64_t *ret_id)
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
			r = insert(store, destination, &found);
		if (r < 0)
			return r;
		*id = found;
	}
	*ret_id = *id;
	return 0;
}
