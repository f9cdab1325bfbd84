/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* In which order `top` lists apps and rows. */
#include "top_model.h"

#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

static const char *const names[] = {
	[TOP_BY_SENT_RATE] = "sent/s",
	[TOP_BY_RECEIVED_RATE] = "recv/s",
	[TOP_BY_SENT] = "sent",
	[TOP_BY_RECEIVED] = "recv",
	[TOP_BY_CONNECTIONS] = "connections",
	[TOP_BY_FAILED] = "failed",
	[TOP_BY_NAME] = "name",
	[TOP_BY_SEEN] = "last seen",
};
_Static_assert(ARRAY_SIZE(names) == TOP_KEYS, "every key has a name");

const char *top_key_name(enum top_key key)
{
	return names[key];
}

void top_order_step(struct top_order *order, int step)
{
	order->before = order->key;
	order->key = (enum top_key)((order->key + TOP_KEYS + step) % TOP_KEYS);
	order->reversed = false;
}

/* What is compared of an app or a row. */
struct side {
	const struct top_numbers *numbers;
	const char *name;
	const uint8_t *ip; /* of a row without a name */
};

static uint64_t number_of(const struct top_numbers *numbers, enum top_key key)
{
	switch (key) {
	case TOP_BY_SENT_RATE:
		return numbers->rate.sent;
	case TOP_BY_RECEIVED_RATE:
		return numbers->rate.received;
	case TOP_BY_SENT:
		return numbers->bytes.sent;
	case TOP_BY_RECEIVED:
		return numbers->bytes.received;
	case TOP_BY_CONNECTIONS:
		return numbers->connections;
	case TOP_BY_FAILED:
		return numbers->failed;
	case TOP_BY_SEEN:
		return (uint64_t)numbers->last_seen;
	case TOP_BY_NAME:
	case TOP_KEYS:
		break;
	}
	return 0;
}

/* Names from A to Z, those without one behind, by address. */
static int compare_names(const struct side *a, const struct side *b)
{
	int difference;

	if (!a->name != !b->name)
		return a->name ? -1 : 1;
	if (!a->name)
		return a->ip && b->ip ? memcmp(a->ip, b->ip, 16) : 0;
	difference = strcasecmp(a->name, b->name);
	return difference ? difference : strcmp(a->name, b->name);
}

/* Numbers from the largest to the smallest. */
static int compare_key(enum top_key key, const struct side *a, const struct side *b)
{
	uint64_t left, right;

	if (key == TOP_BY_NAME)
		return compare_names(a, b);
	left = number_of(a->numbers, key);
	right = number_of(b->numbers, key);
	return (left < right) - (left > right);
}

static int compare_sides(const struct top_order *order, const struct side *a, const struct side *b)
{
	int difference = compare_key(order->key, a, b);

	if (order->reversed)
		difference = -difference;
	if (!difference)
		difference = compare_key(order->before, a, b);
	if (!difference)
		difference = compare_key(TOP_BY_SENT, a, b);
	return difference ? difference : compare_key(TOP_BY_RECEIVED, a, b);
}

static int compare_apps(const void *left, const void *right, void *data)
{
	const struct top_app *a = *(struct top_app *const *)left;
	const struct top_app *b = *(struct top_app *const *)right;
	const struct side sides[] = {
		{ .numbers = &a->sums, .name = a->app->name ? a->app->name : a->app->id },
		{ .numbers = &b->sums, .name = b->app->name ? b->app->name : b->app->id },
	};
	int difference = compare_sides(data, &sides[0], &sides[1]);

	return difference ? difference : strcmp(a->app->id, b->app->id);
}

static int compare_ends(const struct eg_destination_key *a, const struct eg_destination_key *b)
{
	int difference = memcmp(a->ip, b->ip, sizeof(a->ip));

	if (!difference)
		difference = a->port - b->port;
	if (!difference)
		difference = a->transport - b->transport;
	return difference ? difference : a->direction - b->direction;
}

static int compare_rows(const void *left, const void *right, void *data)
{
	const struct top_row *a = *(struct top_row *const *)left;
	const struct top_row *b = *(struct top_row *const *)right;
	const struct eg_detail *details[] = { a->row->detail, b->row->detail };
	const struct side sides[] = {
		{ .numbers = &a->shown,
		  .name = details[0] ? details[0]->domain : NULL,
		  .ip = a->row->key.ip },
		{ .numbers = &b->shown,
		  .name = details[1] ? details[1]->domain : NULL,
		  .ip = b->row->key.ip },
	};
	int difference;

	if (a->of != b->of)
		return a->of->rank < b->of->rank ? -1 : 1;
	difference = compare_sides(data, &sides[0], &sides[1]);
	return difference ? difference : compare_ends(&a->row->key, &b->row->key);
}

void top_order_sort(struct top_model *model)
{
	qsort_r(model->apps_list, model->apps_count, sizeof(struct top_app *), compare_apps,
		&model->order);
	for (size_t i = 0; i < model->apps_count; i++)
		model->apps_list[i]->rank = i;
	qsort_r(model->list, model->list_count, sizeof(struct top_row *), compare_rows,
		&model->order);
}
