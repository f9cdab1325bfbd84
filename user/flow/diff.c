/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is in one summary and was not in another, and which apps' volume has changed. */
#include <egret/diff.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

#define ITEMS_FIRST 256
#define DAY_NS (24 * 3600 * NSEC_PER_SEC)

/* Things of one kind, each once. */
struct list {
	enum eg_news kind;
	struct eg_news_item *items;
	size_t count, capacity;
};

static int compare_text(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int compare(const void *a, const void *b)
{
	const struct eg_news_item *x = a, *y = b;
	int r = compare_text(x->app, y->app);

	if (r == 0)
		r = compare_text(x->name, y->name);
	if (r == 0)
		r = (x->as_number > y->as_number) - (x->as_number < y->as_number);
	return r ? r : memcmp(x->ip, y->ip, sizeof(x->ip));
}

static int compare_size(const void *a, const void *b)
{
	const struct eg_news_item *x = a, *y = b;

	if (x->counters.bytes.sent != y->counters.bytes.sent)
		return x->counters.bytes.sent > y->counters.bytes.sent ? -1 : 1;
	if (x->counters.bytes.received != y->counters.bytes.received)
		return x->counters.bytes.received > y->counters.bytes.received ? -1 : 1;
	return compare(a, b);
}

/* --- collecting --- */

static void add_counters(struct eg_counters *sum, const struct eg_counters *more)
{
	sum->bytes.sent += more->bytes.sent;
	sum->bytes.received += more->bytes.received;
	sum->connections += more->connections;
	sum->failed += more->failed;
	if (more->first_seen && (!sum->first_seen || more->first_seen < sum->first_seen))
		sum->first_seen = more->first_seen;
	if (more->last_seen > sum->last_seen)
		sum->last_seen = more->last_seen;
}

/* Adds up what is there several times. */
static void fold(struct list *list)
{
	size_t last = 0;

	if (!list->count)
		return;
	qsort(list->items, list->count, sizeof(*list->items), compare);
	for (size_t i = 1; i < list->count; i++) {
		if (compare(&list->items[last], &list->items[i]) == 0)
			add_counters(&list->items[last].counters, &list->items[i].counters);
		else
			list->items[++last] = list->items[i];
	}
	list->count = last + 1;
}

/* Grows with the number of different things, not with that of rows. */
static int reserve(struct list *list)
{
	size_t capacity = list->capacity ? 2 * list->capacity : ITEMS_FIRST;
	struct eg_news_item *grown;

	if (list->count < list->capacity)
		return 0;
	fold(list);
	if (list->count < list->capacity / 2)
		return 0;
	grown = reallocarray(list->items, capacity, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	list->items = grown;
	list->capacity = capacity;
	return 0;
}

/* False: the row has nothing of this kind. */
static bool describe(enum eg_news kind, const struct eg_app *app, const struct eg_destination *row,
		     struct eg_news_item *item)
{
	const struct eg_place *place = eg_destination_place(row);

	switch (kind) {
	case EG_NEWS_DESTINATION:
		if (row->detail)
			item->name = row->detail->registered_domain ?: row->detail->domain;
		if (!item->name && row->key.has_ip)
			memcpy(item->ip, row->key.ip, sizeof(item->ip));
		if (!item->name && (!row->key.has_ip || row->key.overflow))
			return false;
		__attribute__((fallthrough));
	case EG_NEWS_APP:
		item->app = app->id;
		item->app_kind = app->kind;
		item->app_name = app->name;
		item->app_trust = app->trust;
		item->app_via = app->via;
		item->app_flag = app->flag;
		return true;
	case EG_NEWS_OPERATOR:
		item->name = place->as_organization;
		item->as_number = place->as_number;
		return item->name || item->as_number;
	case EG_NEWS_OWNER:
		item->name = place->owner_name;
		return item->name;
	case EG_NEWS_COUNTRY:
		item->name = place->country;
		return item->name;
	default:
		return false;
	}
}

static int add_row(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	struct list *list = data;
	struct eg_news_item item = { .counters = row->counters };
	int r;

	if (!describe(list->kind, app, row, &item))
		return 0;
	r = reserve(list);
	if (r == 0)
		list->items[list->count++] = item;
	return r;
}

static int collect(const struct eg_summary *summary, enum eg_news kind, struct list *ret_list)
{
	static const struct eg_visitor visitor = { .destination = add_row };
	int r;

	*ret_list = (struct list){ .kind = kind };
	r = eg_summary_walk(summary, &visitor, ret_list);
	fold(ret_list);
	return r;
}

/* --- comparing --- */

static bool is_of_new_app(const struct eg_diff *diff, const struct eg_news_item *item)
{
	const struct eg_news_item app = { .app = item->app };

	return diff->news[EG_NEWS_APP].count &&
	       bsearch(&app, diff->news[EG_NEWS_APP].items, diff->news[EG_NEWS_APP].count,
		       sizeof(app), compare);
}

/* Leaves in `after` what `before` has not; both are in order. */
static void subtract(const struct eg_diff *diff, const struct list *before, struct list *after)
{
	size_t kept = 0, j = 0;

	for (size_t i = 0; i < after->count; i++) {
		const struct eg_news_item *item = &after->items[i];

		while (j < before->count && compare(&before->items[j], item) < 0)
			j++;
		if (j < before->count && compare(&before->items[j], item) == 0)
			continue;
		if (after->kind == EG_NEWS_DESTINATION && is_of_new_app(diff, item))
			continue;
		after->items[kept++] = *item;
	}
	after->count = kept;
}

/* --- volume --- */

static uint64_t per_day(uint64_t bytes, int64_t recorded)
{
	unsigned __int128 product = (unsigned __int128)bytes * DAY_NS;

	product = recorded > 0 ? product / (uint64_t)recorded : 0;
	return product > UINT64_MAX ? UINT64_MAX : (uint64_t)product;
}

static uint64_t difference(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static bool has_changed(uint64_t before, uint64_t after)
{
	uint64_t less = before < after ? before : after, more = before < after ? after : before;

	return more - less >= EG_CHANGE_BYTES && less <= more / EG_CHANGE_TIMES;
}

static uint64_t size_of(const struct eg_change *change)
{
	return difference(change->before.sent, change->after.sent) +
	       difference(change->before.received, change->after.received);
}

static int compare_changes(const void *a, const void *b)
{
	const struct eg_change *x = a, *y = b;

	if (size_of(x) != size_of(y))
		return size_of(x) > size_of(y) ? -1 : 1;
	return strcmp(x->app, y->app);
}

static int add_change(struct eg_diff *diff, const struct eg_news_item *before,
		      const struct eg_news_item *after)
{
	struct eg_change *grown, change = {
		.app = after->app,
		.app_kind = after->app_kind,
		.app_name = after->app_name,
		.app_trust = after->app_trust,
		.app_via = after->app_via,
		.app_flag = after->app_flag,
		.before.sent = per_day(before->counters.bytes.sent, diff->recorded_before),
		.before.received = per_day(before->counters.bytes.received, diff->recorded_before),
		.after.sent = per_day(after->counters.bytes.sent, diff->recorded_after),
		.after.received = per_day(after->counters.bytes.received, diff->recorded_after),
	};

	if (!has_changed(change.before.sent, change.after.sent) &&
	    !has_changed(change.before.received, change.after.received))
		return 0;
	grown = reallocarray(diff->changes, diff->changes_count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	diff->changes = grown;
	grown[diff->changes_count++] = change;
	return 0;
}

static int find_changes(struct eg_diff *diff, const struct list *before, const struct list *after)
{
	size_t j = 0;
	int r = 0;

	for (size_t i = 0; i < after->count && r == 0; i++) {
		while (j < before->count && compare(&before->items[j], &after->items[i]) < 0)
			j++;
		if (j < before->count && compare(&before->items[j], &after->items[i]) == 0)
			r = add_change(diff, &before->items[j], &after->items[i]);
	}
	if (diff->changes_count)
		qsort(diff->changes, diff->changes_count, sizeof(*diff->changes), compare_changes);
	return r;
}

/* --- all of it --- */

static int64_t recorded(const struct eg_summary *summary)
{
	int64_t sum = 0;

	for (size_t i = 0; i < summary->periods_count; i++)
		sum += summary->periods[i].end - summary->periods[i].start;
	return sum;
}

static int compare_kind(struct eg_diff *diff, const struct eg_summary *before,
			const struct eg_summary *after, enum eg_news kind)
{
	struct list old, new = { 0 };
	int r = collect(before, kind, &old);

	if (r == 0)
		r = collect(after, kind, &new);
	if (r == 0 && kind == EG_NEWS_APP)
		r = find_changes(diff, &old, &new);
	if (r == 0) {
		subtract(diff, &old, &new);
		diff->news[kind].items = TAKE_PTR(new.items);
		diff->news[kind].count = new.count;
	}
	free(old.items);
	free(new.items);
	return r;
}

int eg_diff_make(const struct eg_summary *before, const struct eg_summary *after,
		 struct eg_diff **ret_diff)
{
	struct eg_diff *diff = calloc(1, sizeof(*diff));
	int r = 0;

	if (!diff)
		return -ENOMEM;
	diff->recorded_before = recorded(before);
	diff->recorded_after = recorded(after);
	for (enum eg_news kind = 0; kind < EG_NEWS_COUNT && r == 0; kind++)
		r = compare_kind(diff, before, after, kind);
	if (r < 0) {
		eg_diff_free(diff);
		return r;
	}
	for (size_t kind = 0; kind < EG_NEWS_COUNT; kind++) {
		if (diff->news[kind].count)
			qsort(diff->news[kind].items, diff->news[kind].count,
			      sizeof(*diff->news[kind].items), compare_size);
	}
	*ret_diff = diff;
	return 0;
}

void eg_diff_free(struct eg_diff *diff)
{
	if (!diff)
		return;
	for (size_t kind = 0; kind < EG_NEWS_COUNT; kind++)
		free(diff->news[kind].items);
	free(diff->changes);
	free(diff);
}

bool eg_diff_has_news(const struct eg_diff *diff)
{
	for (size_t kind = 0; kind < EG_NEWS_COUNT; kind++) {
		if (diff->news[kind].count)
			return true;
	}
	return false;
}
