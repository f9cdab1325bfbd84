/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What addresses are called: who was told so, when, and for how long. */
#include "facts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/table.h>

#include "ranking.h"

/* In place of a fact's number; facts are numbered from 1. */
#define NONE 0
#define ADDRESS_MAX 64 /* names of one address that one app is told */

struct address {
	uint64_t net_ns;
	uint8_t ip[16];
};

struct fact {
	char *name;
	struct address address;
	uint64_t learnt_ns, told_ns, until_ns; /* first, last, and how long that counts */
	uint32_t app;
	uint32_t next; /* of the same address */
	uint32_t older, newer; /* of the same app */
	bool trusted;
};

struct app {
	char *id;
	uint32_t next; /* with the same hash */
	uint32_t oldest, newest, count;
};

struct eg_facts {
	struct fact *facts; /* number 0 is none */
	uint32_t facts_made, free; /* how many numbers were given; the first that is free again */
	uint32_t count;
	struct app *apps;
	uint32_t apps_count;
	struct eg_table *by_address; /* struct address -> uint32_t, number of a fact */
	struct eg_table *by_app; /* hash of an id -> uint32_t, number of an app and 1 */
};

struct eg_facts *eg_facts_new(void)
{
	struct eg_facts *facts = calloc(1, sizeof(*facts));

	if (!facts)
		return NULL;
	facts->facts_made = 1;
	facts->by_address = eg_table_new(sizeof(struct address), sizeof(uint32_t));
	facts->by_app = eg_table_new(sizeof(uint64_t), sizeof(uint32_t));
	if (facts->by_address && facts->by_app)
		return facts;
	eg_facts_free(facts);
	return NULL;
}

void eg_facts_free(struct eg_facts *facts)
{
	if (!facts)
		return;
	for (uint32_t i = 1; facts->facts && i < facts->facts_made; i++)
		free(facts->facts[i].name);
	for (uint32_t i = 0; i < facts->apps_count; i++)
		free(facts->apps[i].id);
	free(facts->facts);
	free(facts->apps);
	eg_table_free(facts->by_address);
	eg_table_free(facts->by_app);
	free(facts);
}

size_t eg_facts_count(const struct eg_facts *facts)
{
	return facts->count;
}

/* Room for one more in a list that doubles; 0 or -ENOMEM. */
static int reserve(void *list_pointer, uint32_t count, size_t size)
{
	void **list = list_pointer, *larger;

	if (*list && (count < 16 || (count & (count - 1))))
		return 0;
	larger = reallocarray(*list, count < 16 ? 16 : (size_t)count * 2, size);
	if (!larger)
		return -ENOMEM;
	*list = larger;
	return 0;
}

/* --- apps --- */

/* FNV-1a. Ids that share a hash are told apart by their text. */
static uint64_t hash_text(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 0x100000001b3ULL;
	return hash;
}

static bool find_app(const struct eg_facts *facts, const char *id, uint32_t *ret_app)
{
	uint64_t hash = hash_text(id);
	const uint32_t *first = eg_table_find(facts->by_app, &hash);

	for (uint32_t app = first ? *first : NONE; app; app = facts->apps[app - 1].next) {
		if (!strcmp(facts->apps[app - 1].id, id)) {
			*ret_app = app - 1;
			return true;
		}
	}
	return false;
}

/* --- each app's facts, in the order in which they were learnt --- */

static void take_out(struct eg_facts *facts, uint32_t number)
{
	struct fact *fact = &facts->facts[number];
	struct app *app = &facts->apps[fact->app];

	*(fact->older ? &facts->facts[fact->older].newer : &app->oldest) = fact->newer;
	*(fact->newer ? &facts->facts[fact->newer].older : &app->newest) = fact->older;
	app->count--;
}

static void put_last(struct eg_facts *facts, uint32_t number)
{
	struct fact *fact = &facts->facts[number];
	struct app *app = &facts->apps[fact->app];

	fact->older = app->newest;
	fact->newer = NONE;
	*(app->newest ? &facts->facts[app->newest].newer : &app->oldest) = number;
	app->newest = number;
	app->count++;
}

/* --- facts --- */

static void forget(struct eg_facts *facts, uint32_t number)
{
	struct fact *fact = &facts->facts[number];
	uint32_t *first = eg_table_find(facts->by_address, &fact->address), *link = first;

	while (*link != number)
		link = &facts->facts[*link].next;
	*link = fact->next;
	if (!*first)
		eg_table_remove(facts->by_address, &fact->address);
	take_out(facts, number);
	free(fact->name);
	*fact = (struct fact){ .next = facts->free };
	facts->free = number;
	facts->count--;
}

static int make_number(struct eg_facts *facts, uint32_t *ret_number)
{
	if (facts->free) {
		*ret_number = facts->free;
		facts->free = facts->facts[facts->free].next;
		return 0;
	}
	if (reserve(&facts->facts, facts->facts_made, sizeof(*facts->facts)) < 0)
		return -ENOMEM;
	*ret_number = facts->facts_made++;
	facts->facts[*ret_number] = (struct fact){ .name = NULL };
	return 0;
}

/* --- room for apps --- */

/* The app whose latest fact ends first: it has long not been told anything. */
static uint32_t stalest_app(const struct eg_facts *facts)
{
	uint64_t until_ns, earliest_ns = UINT64_MAX;
	uint32_t stalest = 0;

	for (uint32_t i = 0; i < facts->apps_count; i++) {
		uint32_t newest = facts->apps[i].newest;

		until_ns = newest ? facts->facts[newest].until_ns : 0;
		if (until_ns < earliest_ns) {
			earliest_ns = until_ns;
			stalest = i;
		}
	}
	return stalest;
}

static void forget_app(struct eg_facts *facts, uint32_t number)
{
	struct app *app = &facts->apps[number];
	uint32_t *first, *link;
	uint64_t hash;

	if (!app->id)
		return;
	hash = hash_text(app->id);
	first = link = eg_table_find(facts->by_app, &hash);
	while (app->oldest)
		forget(facts, app->oldest);
	while (*link != number + 1)
		link = &facts->apps[*link - 1].next;
	*link = app->next;
	if (!*first)
		eg_table_remove(facts->by_app, &hash);
	free(app->id);
	*app = (struct app){ .id = NULL };
}

/* A number for one more app: a new one, or that of one that is forgotten. */
static int make_app_number(struct eg_facts *facts, uint32_t *ret_app)
{
	if (facts->apps_count == EG_FACTS_APPS) {
		*ret_app = stalest_app(facts);
		forget_app(facts, *ret_app);
		return 0;
	}
	if (reserve(&facts->apps, facts->apps_count, sizeof(*facts->apps)) < 0)
		return -ENOMEM;
	*ret_app = facts->apps_count;
	return 0;
}

static int make_app(struct eg_facts *facts, const char *id, uint32_t *ret_app)
{
	uint64_t hash = hash_text(id);
	uint32_t *first;
	char *copy;

	if (find_app(facts, id, ret_app))
		return 0;
	if (make_app_number(facts, ret_app) < 0)
		return -ENOMEM;
	first = eg_table_add(facts->by_app, &hash);
	copy = strdup(id);
	if (!first || !copy) {
		free(copy);
		return -ENOMEM;
	}
	facts->apps[*ret_app] = (struct app){ .id = copy, .next = *first };
	*first = *ret_app + 1;
	if (*ret_app == facts->apps_count)
		facts->apps_count++;
	return 0;
}

/* --- learning --- */

/* Of the app that has most; there are facts. */
static uint32_t oldest_of_largest(const struct eg_facts *facts)
{
	const struct app *largest = &facts->apps[0];

	for (uint32_t i = 1; i < facts->apps_count; i++)
		if (facts->apps[i].count > largest->count)
			largest = &facts->apps[i];
	return largest->oldest;
}

/*
 * Makes room for a fact of this app: by its own oldest if it has as much as it
 * may, or its share of what all may, and else at the cost of the largest app.
 */
static void make_room(struct eg_facts *facts, const struct app *app)
{
	bool full = facts->count >= EG_NAMES_TOTAL;

	if (app->count >= EG_NAMES_PER_APP ||
	    (full && app->count >= EG_NAMES_TOTAL / facts->apps_count))
		forget(facts, app->oldest);
	else if (full)
		forget(facts, oldest_of_largest(facts));
}

static uint64_t until(const struct eg_fact *fact)
{
	return fact->learnt_ns + fact->ttl * 1000000000ULL + EG_FACTS_GRACE_NS;
}

static int add_fact(struct eg_facts *facts, const struct eg_fact *fact,
		    const struct address *address, uint32_t app)
{
	uint32_t number, *first;
	char *name;

	make_room(facts, &facts->apps[app]);
	first = eg_table_add(facts->by_address, address);
	name = strdup(fact->name);
	if (!first || !name || make_number(facts, &number) < 0) {
		if (first && !*first)
			eg_table_remove(facts->by_address, address);
		free(name);
		return -ENOMEM;
	}
	facts->facts[number] = (struct fact){
		.name = name,
		.address = *address,
		.learnt_ns = fact->learnt_ns,
		.told_ns = fact->learnt_ns,
		.until_ns = until(fact),
		.app = app,
		.next = *first,
		.trusted = fact->trusted,
	};
	*first = number;
	put_last(facts, number);
	facts->count++;
	return 0;
}

static struct address address_of(uint32_t net_ns, const uint8_t ip[16])
{
	struct address address = { .net_ns = net_ns };

	memcpy(address.ip, ip, sizeof(address.ip));
	return address;
}

static bool is_same(const struct fact *old, const struct eg_fact *fact, uint32_t app)
{
	/* The word of a resolver that is not trusted renews nothing that one said. */
	return old->app == app && old->trusted == fact->trusted && !strcmp(old->name, fact->name);
}

static void renew(struct eg_facts *facts, uint32_t number, const struct eg_fact *fact)
{
	struct fact *old = &facts->facts[number];

	/* As long as it counts, it does so from the first time on. */
	if (fact->learnt_ns > old->until_ns)
		old->learnt_ns = fact->learnt_ns;
	if (fact->learnt_ns > old->told_ns)
		old->told_ns = fact->learnt_ns;
	if (until(fact) > old->until_ns)
		old->until_ns = until(fact);
	take_out(facts, number);
	put_last(facts, number);
}

int eg_facts_learn(struct eg_facts *facts, const struct eg_fact *fact)
{
	struct address address = address_of(fact->net_ns, fact->ip);
	uint32_t app, oldest = NONE, count = 0;
	const uint32_t *first;
	int r = make_app(facts, fact->app, &app);

	if (r < 0)
		return r;
	first = eg_table_find(facts->by_address, &address);
	for (uint32_t i = first ? *first : NONE; i; i = facts->facts[i].next) {
		if (is_same(&facts->facts[i], fact, app)) {
			renew(facts, i, fact);
			return 0;
		}
		if (facts->facts[i].app == app) {
			if (!oldest || facts->facts[i].told_ns <= facts->facts[oldest].told_ns)
				oldest = i;
			count++;
		}
	}
	if (count >= ADDRESS_MAX)
		forget(facts, oldest);
	return add_fact(facts, fact, &address, app);
}

/* --- answers --- */

static bool in_time(const struct fact *fact, const struct eg_names_question *question)
{
	return fact->learnt_ns <= question->last_ns && question->first_ns <= fact->until_ns;
}

static enum eg_name_confidence confidence_of(const struct fact *fact,
					     const struct eg_names_question *question)
{
	if (!in_time(fact, question))
		return EG_NAME_INFERRED;
	return fact->trusted ? EG_NAME_OBSERVED : EG_NAME_CLAIMED;
}

/* All that was told to this app, or else to others what may be believed. */
static void rank_all(const struct eg_facts *facts, const struct eg_names_question *question,
		     uint32_t first, const uint32_t *app, struct eg_ranking *ranking)
{
	for (uint32_t i = first; i; i = facts->facts[i].next) {
		const struct fact *fact = &facts->facts[i];
		struct eg_known_name name = { .name = fact->name };

		if (app ? fact->app != *app : !fact->trusted)
			continue;
		name.source = app ? EG_NAME_DNS : EG_NAME_DNS_OTHER_APP;
		name.confidence = app ? confidence_of(fact, question) : EG_NAME_INFERRED;
		eg_ranking_add(ranking, &name, fact->told_ns);
	}
}

/* The first fact of an address in one of the networks; NONE: there is none. */
static uint32_t first_fact(const struct eg_facts *facts, const struct eg_names_question *question,
			   uint32_t network)
{
	const struct address address = address_of(question->networks->ids[network], question->ip);
	const uint32_t *first = eg_table_find(facts->by_address, &address);

	return first ? *first : NONE;
}

static void rank_networks(const struct eg_facts *facts, const struct eg_names_question *question,
			  const uint32_t *app, struct eg_ranking *ranking)
{
	for (uint32_t i = 0; i < question->networks->count; i++)
		rank_all(facts, question, first_fact(facts, question, i), app, ranking);
}

size_t eg_facts_find(const struct eg_facts *facts, const struct eg_names_question *question,
		     struct eg_known_name ret_names[static EG_NAMES_CANDIDATES])
{
	struct eg_ranking ranking = { .names = ret_names };
	uint32_t app;

	if (find_app(facts, question->app, &app))
		rank_networks(facts, question, &app, &ranking);
	if (!ranking.count)
		rank_networks(facts, question, NULL, &ranking);
	return ranking.count;
}

static bool told_in(const struct eg_facts *facts, const struct eg_names_question *question,
		    uint32_t network, uint32_t app, const char *name)
{
	for (uint32_t i = first_fact(facts, question, network); i; i = facts->facts[i].next) {
		const struct fact *fact = &facts->facts[i];

		if (fact->app == app && fact->trusted && in_time(fact, question) &&
		    !strcmp(fact->name, name))
			return true;
	}
	return false;
}

bool eg_facts_told(const struct eg_facts *facts, const struct eg_names_question *question,
		   const char *name)
{
	bool told = false;
	uint32_t app;

	if (!find_app(facts, question->app, &app))
		return false;
	for (uint32_t i = 0; i < question->networks->count && !told; i++)
		told = told_in(facts, question, i, app, name);
	return told;
}
