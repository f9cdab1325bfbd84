/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* All databases of places as one: where two know an address, the younger one answers. */
#include "file.h"
#include "usual.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

#define DATABASES_MAX 64

/* Rows often have an address in common: its answer is remembered until another takes its place. */
#define REMEMBERED 4096

struct remembered {
	uint8_t ip[16];
	bool taken;
	struct eg_geo_answer answer;
};

struct eg_geo {
	struct eg_geo_file *databases;
	size_t count, used; /* those from `used` on are refused */
	struct remembered remembered[REMEMBERED];
};

void eg_geo_close(struct eg_geo *geo)
{
	if (!geo)
		return;
	for (size_t i = 0; i < geo->count; i++)
		eg_geo_file_close(&geo->databases[i]);
	free(geo->databases);
	free(geo);
}

/* Used ones first, of these the youngest; then by path, so that the order is always the same. */
static int compare(const void *a, const void *b)
{
	const struct eg_geo_database *x = &((const struct eg_geo_file *)a)->about;
	const struct eg_geo_database *y = &((const struct eg_geo_file *)b)->about;

	if (!x->refused != !y->refused)
		return x->refused ? 1 : -1;
	if (x->built != y->built)
		return x->built > y->built ? -1 : 1;
	return strcmp(x->path, y->path);
}

static int open_all(struct eg_geo *geo, const char *const *files, size_t count)
{
	int r = 0;

	geo->databases = calloc(count + 1, sizeof(*geo->databases));
	if (!geo->databases)
		return -ENOMEM;
	for (size_t i = 0; i < count && r == 0; i++) {
		r = eg_geo_file_open(files[i], &geo->databases[i]);
		geo->count += r == 0;
	}
	qsort(geo->databases, geo->count, sizeof(*geo->databases), compare);
	while (geo->used < geo->count && !geo->databases[geo->used].about.refused)
		geo->used++;
	return r;
}

static int open_usual(struct eg_geo *geo)
{
	char **files = NULL;
	size_t count = 0;
	int r = eg_usual_files(&files, &count);

	if (r == 0)
		r = open_all(geo, (const char *const *)files, count);
	eg_usual_free(files);
	return r;
}

int eg_geo_open(const char *const *files, struct eg_geo **ret_geo)
{
	_cleanup_(eg_geo_closep) struct eg_geo *geo = calloc(1, sizeof(*geo));
	size_t count = 0;
	int r;

	if (!geo)
		return -ENOMEM;
	while (files && files[count] && count < DATABASES_MAX)
		count++;
	r = count ? open_all(geo, files, count) : open_usual(geo);
	if (r == 0)
		*ret_geo = TAKE_PTR(geo);
	return r;
}

size_t eg_geo_count(const struct eg_geo *geo)
{
	return geo->count;
}

const struct eg_geo_database *eg_geo_database(const struct eg_geo *geo, size_t index)
{
	return &geo->databases[index].about;
}

int64_t eg_geo_age_days(const struct eg_geo_database *database, int64_t now)
{
	if (!database->built || now < database->built)
		return database->built ? 0 : -1;
	return (now - database->built) / (24 * 60 * 60 * NSEC_PER_SEC);
}

/* --- finding --- */

/* An operator without a name gets it from an older database that means the same one. */
static void add_operator(struct eg_geo_answer *into, const struct eg_geo_answer *from, int number)
{
	if (from->from[EG_GEO_AS] < 0)
		return;
	if (into->from[EG_GEO_AS] < 0) {
		into->from[EG_GEO_AS] = number;
		into->as_number = from->as_number;
	}
	if (into->as_number != from->as_number)
		return;
	if (!into->as_organization)
		into->as_organization = from->as_organization;
	if (!into->as_country[0])
		memcpy(into->as_country, from->as_country, sizeof(into->as_country));
}

static void add_answer(struct eg_geo_answer *into, const struct eg_geo_answer *from, int number)
{
	add_operator(into, from, number);
	if (into->from[EG_GEO_COUNTRY] < 0 && from->from[EG_GEO_COUNTRY] >= 0) {
		into->from[EG_GEO_COUNTRY] = number;
		into->basis = from->basis;
		memcpy(into->country, from->country, sizeof(into->country));
	}
	if (into->from[EG_GEO_ANYCAST] < 0 && from->from[EG_GEO_ANYCAST] >= 0) {
		into->from[EG_GEO_ANYCAST] = number;
		into->anycast = from->anycast;
	}
}

static void look_up(struct eg_geo *geo, const uint8_t ip[16], struct eg_geo_answer *ret_answer)
{
	static const struct eg_geo_answer nothing = { .from = { -1, -1, -1 } };
	struct eg_geo_answer answer = nothing;

	for (size_t i = 0; i < geo->used; i++) {
		struct eg_geo_file *database = &geo->databases[i];
		struct eg_geo_answer one = nothing;

		one.basis = database->about.basis;
		database->ops->find(database, ip, &one);
		add_answer(&answer, &one, (int)i);
	}
	if (answer.anycast) {
		answer.country[0] = '\0';
		answer.from[EG_GEO_COUNTRY] = -1;
	}
	*ret_answer = answer;
}

/* FNV-1a: what collides is only looked up again. */
static size_t place_of(const uint8_t ip[16])
{
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < 16; i++)
		hash = (hash ^ ip[i]) * 16777619U;
	return (hash ^ hash >> 16) % REMEMBERED;
}

void eg_geo_find(struct eg_geo *geo, const uint8_t ip[16], struct eg_geo_answer *ret_answer)
{
	struct remembered *entry = &geo->remembered[place_of(ip)];

	if (!entry->taken || memcmp(entry->ip, ip, sizeof(entry->ip)) != 0) {
		look_up(geo, ip, &entry->answer);
		memcpy(entry->ip, ip, sizeof(entry->ip));
		entry->taken = true;
	}
	*ret_answer = entry->answer;
}
