/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A summary by who runs the other side and by country. */
#include "digest.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <egret/base.h>
#include <egret/table.h>

/* Rows of one app of whose place the same is known; far fewer than rows. */
struct spot {
	uint64_t app;
	const struct eg_place *place;
	uint64_t operator_kind, country_kind;
};

struct making {
	struct eg_digest *digest;
	size_t capacity; /* of digest->apps */
	struct eg_table *spots; /* struct spot -> struct eg_link */
	struct entry *entries;
	size_t entries_count;
};

/* A spot while it is grouped. */
struct entry {
	const struct spot *spot;
	struct eg_link link;
	enum eg_share_kind kind;
	const char *name; /* the place's; NULL: `number` is all that is known, or nothing */
	uint32_t number;
};

/* --- what rows are --- */

static enum eg_share_kind kind_of(const struct eg_destination *row, bool known)
{
	if (row->key.overflow)
		return EG_SHARE_LOST;
	if (known)
		return EG_SHARE_NAMED;
	switch (row->scope) {
	case EG_SCOPE_UNKNOWN:
	case EG_SCOPE_INTERNET:
	case EG_SCOPE_DOCUMENTATION: /* which somebody uses nevertheless */
		return EG_SHARE_UNKNOWN;
	default:
		return EG_SHARE_LOCAL;
	}
}

enum eg_share_kind eg_digest_operator_kind(const struct eg_destination *row)
{
	const struct eg_place *place = eg_destination_place(row);

	return kind_of(row, place->as_organization || place->as_number);
}

enum eg_share_kind eg_digest_country_kind(const struct eg_destination *row)
{
	const struct eg_place *place = eg_destination_place(row);

	if (place->anycast == EG_YES && !row->key.overflow)
		return EG_SHARE_ANYCAST;
	return kind_of(row, place->country);
}

const char *eg_digest_operator(const struct eg_share *share)
{
	static const char *const words[EG_SHARE_KINDS] = {
		[EG_SHARE_ANYCAST] = "",
		[EG_SHARE_UNKNOWN] = "Unknown operator",
		[EG_SHARE_LOCAL] = "Local network",
		[EG_SHARE_LOST] = "Address lost",
	};

	return share->kind == EG_SHARE_NAMED ? share->label : words[share->kind];
}

const char *eg_digest_country(const struct eg_share *share)
{
	static const char *const words[EG_SHARE_KINDS] = {
		[EG_SHARE_ANYCAST] = "Anycast",
		[EG_SHARE_UNKNOWN] = "Unknown country",
		[EG_SHARE_LOCAL] = "Local network",
		[EG_SHARE_LOST] = "Address lost",
	};

	return share->kind == EG_SHARE_NAMED ? share->label : words[share->kind];
}

size_t eg_digest_named(const struct eg_share *shares, size_t count)
{
	size_t named = 0;

	for (size_t i = 0; i < count; i++)
		named += shares[i].kind == EG_SHARE_NAMED;
	return named;
}

/* --- collecting --- */

static int app_begin(const struct eg_app *app, void *data)
{
	struct making *making = data;
	struct eg_digest *digest = making->digest;

	if (digest->apps_count == making->capacity) {
		size_t capacity = making->capacity ? 2 * making->capacity : 64;
		struct eg_digest_app *grown = reallocarray(digest->apps, capacity, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		digest->apps = grown;
		making->capacity = capacity;
	}
	digest->apps[digest->apps_count++] = (struct eg_digest_app){ .app = app };
	return 0;
}

static int destination(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	struct making *making = data;
	struct eg_digest *digest = making->digest;
	const struct spot spot = {
		.app = digest->apps_count - 1,
		.place = eg_destination_place(row),
		.operator_kind = eg_digest_operator_kind(row),
		.country_kind = eg_digest_country_kind(row),
	};
	struct eg_link *link = eg_table_add(making->spots, &spot);

	(void)app;
	if (!link)
		return -ENOMEM;
	link->app = (uint32_t)spot.app;
	link->bytes.sent += row->counters.bytes.sent;
	link->bytes.received += row->counters.bytes.received;
	link->connections += row->counters.connections;
	link->failed += row->counters.failed;
	link->rows++;
	digest->apps[spot.app].rows++;
	return 0;
}

static int list_entries(struct making *making)
{
	size_t count = eg_table_count(making->spots);

	making->entries = calloc(count + 1, sizeof(*making->entries));
	if (!making->entries)
		return -ENOMEM;
	making->entries_count = count;
	for (size_t i = 0; i < count; i++) {
		void *link;

		making->entries[i].spot = eg_table_entry(making->spots, i, &link);
		making->entries[i].link = *(struct eg_link *)link;
	}
	return 0;
}

/* --- grouping --- */

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_names(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;
	int order = compare_numbers(left->kind, right->kind);

	if (order == 0 && left->name && right->name)
		return strcmp(left->name, right->name);
	if (order == 0)
		order = compare_numbers(!left->name, !right->name);
	return order ? order : compare_numbers(left->number, right->number);
}

static void add_link(struct eg_share *share, const struct eg_link *link)
{
	share->bytes.sent += link->bytes.sent;
	share->bytes.received += link->bytes.received;
	share->connections += link->connections;
	share->failed += link->failed;
	share->rows += link->rows;
}

static int begin_share(struct eg_share *share, const struct entry *entry)
{
	*share = (struct eg_share){ .kind = entry->kind };
	if (entry->kind != EG_SHARE_NAMED)
		return 0;
	if (entry->name)
		share->label = strdup(entry->name);
	else if (asprintf(&share->label, "AS%" PRIu32, entry->number) < 0)
		share->label = NULL;
	return share->label ? 0 : -ENOMEM;
}

static int compare_shares(const void *a, const void *b)
{
	const struct eg_share *left = a, *right = b;
	int order = compare_numbers(right->bytes.sent, left->bytes.sent);

	if (order == 0)
		order = compare_numbers(right->bytes.received, left->bytes.received);
	if (order == 0)
		order = compare_numbers(left->kind, right->kind);
	return order || !left->label || !right->label ? order : strcmp(left->label, right->label);
}

/* Adds up the sorted entries; each one's share is numbers[]. */
static int add_up(struct making *making, struct eg_share *list, uint32_t *numbers,
		  size_t *ret_count)
{
	const struct entry *entries = making->entries;
	size_t count = 0;

	for (size_t i = 0; i < making->entries_count; i++) {
		if (i == 0 || compare_names(&entries[i - 1], &entries[i]) != 0) {
			int r = begin_share(&list[count], &entries[i]);

			if (r < 0)
				return r;
			list[count].number = (uint32_t)count;
			*ret_count = ++count;
		}
		add_link(&list[count - 1], &entries[i].link);
		numbers[i] = (uint32_t)count - 1;
	}
	return 0;
}

/* Groups the entries by kind and name; the index of each one's share goes into its link. */
static int group(struct making *making, size_t index_offset, struct eg_share **shares,
		 size_t *ret_count)
{
	size_t room = making->entries_count + 1;
	_cleanup_(eg_freep) uint32_t *numbers = calloc(room, sizeof(*numbers));
	_cleanup_(eg_freep) uint32_t *places = calloc(room, sizeof(*places));
	int r = -ENOMEM;

	*shares = calloc(room, sizeof(**shares));
	if (*shares && numbers && places) {
		qsort(making->entries, making->entries_count, sizeof(*making->entries),
		      compare_names);
		r = add_up(making, *shares, numbers, ret_count);
	}
	if (r == 0)
		qsort(*shares, *ret_count, sizeof(**shares), compare_shares);
	for (size_t i = 0; i < *ret_count && r == 0; i++)
		places[(*shares)[i].number] = (uint32_t)i;
	for (size_t i = 0; i < making->entries_count && r == 0; i++)
		*(uint32_t *)((char *)&making->entries[i].link + index_offset) = places[numbers[i]];
	return r;
}

static int group_operators(struct making *making)
{
	struct eg_digest *digest = making->digest;

	for (size_t i = 0; i < making->entries_count; i++) {
		struct entry *entry = &making->entries[i];

		entry->kind = (enum eg_share_kind)entry->spot->operator_kind;
		if (entry->kind != EG_SHARE_NAMED)
			continue;
		entry->name = entry->spot->place->as_organization;
		entry->number = entry->name ? 0 : entry->spot->place->as_number;
	}
	return group(making, offsetof(struct eg_link, operator), &digest->operators,
		     &digest->operators_count);
}

static int group_countries(struct making *making)
{
	struct eg_digest *digest = making->digest;

	for (size_t i = 0; i < making->entries_count; i++) {
		struct entry *entry = &making->entries[i];

		entry->kind = (enum eg_share_kind)entry->spot->country_kind;
		entry->name = entry->kind == EG_SHARE_NAMED ? entry->spot->place->country : NULL;
		entry->number = 0;
	}
	return group(making, offsetof(struct eg_link, country), &digest->countries,
		     &digest->countries_count);
}

/* --- links --- */

static int compare_links(const void *a, const void *b)
{
	const struct eg_link *left = a, *right = b;
	int order = compare_numbers(left->app, right->app);

	if (order == 0)
		order = compare_numbers(left->operator, right->operator);
	return order ? order : compare_numbers(left->country, right->country);
}

static int compare_by_country(const void *a, const void *b)
{
	const struct eg_link *left = a, *right = b;
	int order = compare_numbers(left->app, right->app);

	return order ? order : compare_numbers(left->country, right->country);
}

/* One app counts once for each share that it has links to. */
static void count_apps(struct eg_digest *digest)
{
	const struct eg_link *before = NULL;

	qsort(digest->links, digest->links_count, sizeof(*digest->links), compare_by_country);
	for (size_t i = 0; i < digest->links_count; before = &digest->links[i++]) {
		const struct eg_link *link = &digest->links[i];
		struct eg_share *country = &digest->countries[link->country];

		if (before && compare_by_country(before, link) == 0)
			continue;
		country->apps++;
		digest->apps[link->app].countries += country->kind == EG_SHARE_NAMED;
	}
	qsort(digest->links, digest->links_count, sizeof(*digest->links), compare_links);
	before = NULL;
	for (size_t i = 0; i < digest->links_count; before = &digest->links[i++]) {
		const struct eg_link *link = &digest->links[i];
		struct eg_share *run_by = &digest->operators[link->operator];

		if (before && before->app == link->app && before->operator== link->operator)
			continue;
		run_by->apps++;
		digest->apps[link->app].operators += run_by->kind == EG_SHARE_NAMED;
	}
}

static int make_links(struct making *making)
{
	struct eg_digest *digest = making->digest;
	struct eg_link *links = calloc(making->entries_count + 1, sizeof(*links));
	size_t count = 0;

	if (!links)
		return -ENOMEM;
	for (size_t i = 0; i < making->entries_count; i++)
		links[i] = making->entries[i].link;
	qsort(links, making->entries_count, sizeof(*links), compare_links);
	for (size_t i = 0; i < making->entries_count; i++) {
		struct eg_link *last = count ? &links[count - 1] : NULL;

		if (!last || compare_links(last, &links[i]) != 0) {
			links[count++] = links[i];
			continue;
		}
		last->bytes.sent += links[i].bytes.sent;
		last->bytes.received += links[i].bytes.received;
		last->connections += links[i].connections;
		last->failed += links[i].failed;
		last->rows += links[i].rows;
	}
	digest->links = links;
	digest->links_count = count;
	count_apps(digest);
	return 0;
}

int eg_digest_make(const struct eg_summary *summary, struct eg_digest *ret_digest)
{
	static const struct eg_visitor visitor = {
		.app_begin = app_begin,
		.destination = destination,
	};
	struct eg_digest digest = { 0 };
	struct making making = {
		.digest = &digest,
		.spots = eg_table_new(sizeof(struct spot), sizeof(struct eg_link)),
	};
	int r = making.spots ? eg_summary_walk(summary, &visitor, &making) : -ENOMEM;

	if (r == 0)
		r = list_entries(&making);
	if (r == 0)
		r = group_operators(&making);
	if (r == 0)
		r = group_countries(&making);
	if (r == 0)
		r = make_links(&making);
	eg_table_free(making.spots);
	free(making.entries);
	if (r == 0)
		*ret_digest = digest;
	else
		eg_digest_free(&digest);
	return r;
}

static void free_shares(struct eg_share *shares, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(shares[i].label);
	free(shares);
}

void eg_digest_free(struct eg_digest *digest)
{
	free_shares(digest->operators, digest->operators_count);
	free_shares(digest->countries, digest->countries_count);
	free(digest->apps);
	free(digest->links);
	*digest = (struct eg_digest){ 0 };
}
