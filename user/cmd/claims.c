/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is said of a destination, gathered one claim after the other. */
#include "claims.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

#define TEXTS 6

/* The texts of a claim, for what is done with each of them. */
static void list_texts(struct eg_claim *claim, const char **texts[static TEXTS])
{
	texts[0] = &claim->about;
	texts[1] = &claim->topic;
	texts[2] = &claim->value;
	texts[3] = &claim->source;
	texts[4] = &claim->certainty;
	texts[5] = &claim->detail;
}

static void free_claim(struct eg_claim *claim)
{
	const char **texts[TEXTS];

	list_texts(claim, texts);
	for (size_t i = 0; i < TEXTS; i++) {
		free((void *)(uintptr_t)*texts[i]);
		*texts[i] = NULL;
	}
}

void claims_free(struct claims *claims)
{
	for (size_t i = 0; i < claims->count; i++)
		free_claim(&claims->list[i]);
	free(claims->list);
	*claims = (struct claims){ 0 };
}

static bool is_same(const struct eg_claim *a, const struct eg_claim *b)
{
	struct eg_claim x = *a, y = *b;
	const char **xs[TEXTS], **ys[TEXTS];

	list_texts(&x, xs);
	list_texts(&y, ys);
	for (size_t i = 0; i < TEXTS; i++) {
		if (!*xs[i] != !*ys[i] || (*xs[i] && strcmp(*xs[i], *ys[i]) != 0))
			return false;
	}
	return true;
}

static struct eg_claim *find(const struct claims *claims, const struct eg_claim *claim)
{
	for (size_t i = 0; i < claims->count; i++) {
		if (is_same(&claims->list[i], claim))
			return &claims->list[i];
	}
	return NULL;
}

static int reserve(struct claims *claims)
{
	size_t capacity = claims->capacity ? 2 * claims->capacity : 16;
	struct eg_claim *list;

	if (claims->count < claims->capacity)
		return 0;
	list = reallocarray(claims->list, capacity, sizeof(*list));
	if (!list)
		return -ENOMEM;
	claims->list = list;
	claims->capacity = capacity;
	return 0;
}

static int copy_claim(const struct eg_claim *claim, struct eg_claim *ret_copy)
{
	struct eg_claim copy = *claim;
	const char **texts[TEXTS];
	int r = 0;

	list_texts(&copy, texts);
	for (size_t i = 0; i < TEXTS; i++) {
		if (!*texts[i])
			continue;
		*texts[i] = r == 0 ? strdup(*texts[i]) : NULL;
		if (!*texts[i])
			r = -ENOMEM;
	}
	if (r < 0)
		free_claim(&copy);
	else
		*ret_copy = copy;
	return r;
}

int claims_add(struct claims *claims, const struct eg_claim *claim)
{
	struct eg_claim *known;
	int r;

	if (claims->count == CLAIMS_MAX) {
		claims->omitted++;
		return 0;
	}
	known = find(claims, claim);
	if (known) {
		if (claim->as_of > known->as_of)
			known->as_of = claim->as_of;
		return 0;
	}
	r = reserve(claims);
	if (r == 0)
		r = copy_claim(claim, &claims->list[claims->count]);
	if (r == 0)
		claims->count++;
	return r;
}

int claims_add_detail(struct claims *claims, struct eg_claim claim, const char *format, ...)
{
	_cleanup_(eg_freep) char *detail = NULL;
	va_list args;
	int r;

	va_start(args, format);
	r = vasprintf(&detail, format, args);
	va_end(args);
	if (r < 0) {
		detail = NULL;
		return -ENOMEM;
	}
	claim.detail = detail;
	return claims_add(claims, &claim);
}

int claims_add_owner(struct claims *claims, struct eg_claim claim, const struct eg_owner *owner,
		     const char *name)
{
	bool said = strcmp(owner->certainty, "read") == 0 || strcmp(owner->certainty, "table") == 0;
	const char *cited = said ? ", by " : ", see ";

	claim.source = owner->source;
	claim.certainty = owner->certainty;
	claim.as_of = owner->as_of;
	return claims_add_detail(claims, claim, "line %u, %s%s%s%s%s", owner->line, owner->suffix,
				 name ? " " : "", name ? name : "", owner->reference ? cited : "",
				 owner->reference ? owner->reference : "");
}

int claims_add_seat(struct claims *claims, struct eg_claim claim, const struct eg_owner *owner)
{
	bool told = strcmp(owner->certainty, "table") == 0;

	if (!owner->country)
		return 0;
	claim.value = owner->country;
	if (owner->seat)
		return claims_add_owner(claims, claim, owner->seat, owner->name);
	claim.source = owner->source;
	claim.certainty = told ? "table" : "unread";
	claim.as_of = owner->as_of;
	return claims_add_detail(claims, claim, "line %u, %s%s", owner->line, owner->suffix,
				 told ? "" : ": no source read");
}

/* Where the first claim about the same thing stands. */
static size_t first_about(const struct claims *claims, size_t index)
{
	size_t i = 0;

	while (strcmp(claims->list[i].about, claims->list[index].about) != 0)
		i++;
	return i;
}

/* By insertion: there are few, and most are where they belong. */
void claims_sort(struct claims *claims)
{
	for (size_t i = 1; i < claims->count; i++) {
		size_t place = first_about(claims, i);
		struct eg_claim moved = claims->list[i];

		while (place < i && strcmp(claims->list[place].about, moved.about) == 0)
			place++;
		memmove(&claims->list[place + 1], &claims->list[place],
			(i - place) * sizeof(moved));
		claims->list[place] = moved;
	}
}
