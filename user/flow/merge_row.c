/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Merging rows: which of two texts stays. */
#include "merge.h"
#include "destination.h"
#include "detail.h"
#include "list.h"
#include "order.h"
#include "place.h"

#include <errno.h>

/*
 * Why texts that belong together are chosen whole, and "unknown" is a value like
 * others: a merged row remembers one last_seen, not when each of its texts was
 * seen. Would a known text stay where an unknown one is younger, then of a
 * (unknown, seen at 3), b ("x", 1) and c ("y", 2), (a + b) + c would be "x", by
 * now of time 3, and a + (b + c) would be "y". What is taken from the row with
 * the largest last_seen is a maximum, which no order of merging changes.
 */
bool eg_choice_is_from(const struct eg_choice *choice, int order)
{
	if (choice->from_seen == choice->into_seen)
		return order < 0;
	if (!choice->from_seen || !choice->into_seen)
		return choice->from_seen;
	return choice->from_seen > choice->into_seen;
}

int eg_choice_texts(const struct eg_choice *choice, const struct eg_text_group *group, void *into,
		    const void *from)
{
	if (!eg_choice_is_from(choice, eg_text_group_compare(group, from, into)))
		return 0;
	return eg_text_group_copy(group, into, from);
}

static void merge_scope(const struct eg_choice *choice, struct eg_destination *into,
			const struct eg_destination *from)
{
	int order = eg_text_compare(eg_scope_name(from->scope), eg_scope_name(into->scope));

	if (eg_choice_is_from(choice, order))
		into->scope = from->scope;
}

/* With a number or flag of which 0 is "unknown" before or after the texts. */
static int order_known(unsigned a, unsigned b)
{
	int r = !a - !b;

	return r ? r : EG_ORDER(a, b);
}

/* What of two places stays, group by group; the texts still belong to the two. */
static void choose_country(const struct eg_choice *choice, struct eg_place *into,
			   const struct eg_place *from)
{
	int order = eg_text_group_compare(&eg_country_texts, from, into);

	if (!order)
		order = order_known(from->anycast, into->anycast);
	if (!eg_choice_is_from(choice, order))
		return;
	into->anycast = from->anycast;
	eg_text_group_borrow(&eg_country_texts, into, from);
}

static void choose_as(const struct eg_choice *choice, struct eg_place *into,
		      const struct eg_place *from)
{
	int order = order_known(from->as_number, into->as_number);

	if (!order)
		order = eg_text_group_compare(&eg_as_texts, from, into);
	if (!eg_choice_is_from(choice, order))
		return;
	into->as_number = from->as_number;
	eg_text_group_borrow(&eg_as_texts, into, from);
}

static void choose_owner(const struct eg_choice *choice, struct eg_place *into,
			 const struct eg_place *from)
{
	if (eg_choice_is_from(choice, eg_text_group_compare(&eg_owner_texts, from, into)))
		eg_text_group_borrow(&eg_owner_texts, into, from);
}

static int merge_place(const struct eg_choice *choice, struct eg_app *app,
		       struct eg_destination *into, const struct eg_destination *from)
{
	const struct eg_place *known = eg_destination_place(from);
	struct eg_place chosen = *eg_destination_place(into);

	if (!into->place && eg_place_is_empty(known))
		return 0;
	choose_country(choice, &chosen, known);
	choose_as(choice, &chosen, known);
	choose_owner(choice, &chosen, known);
	return eg_app_set_place(app, into, &chosen);
}

static int merge_names(struct eg_detail *into, const struct eg_detail *from)
{
	int r = eg_list_reserve(&into->names, into->names_count, from->names_count,
				sizeof(*into->names));

	for (size_t i = 0; i < from->names_count && r == 0; i++)
		r = eg_detail_append_name(into, &from->names[i]);
	eg_detail_fold_names(into);
	return r;
}

static int merge_errors(struct eg_destination *into, const struct eg_detail *from)
{
	int r = 0;

	for (size_t i = 0; i < from->errors_count && r == 0; i++)
		r = eg_destination_add_error(into, from->errors[i].number, from->errors[i].count);
	return r;
}

static int merge_detail(const struct eg_choice *choice, struct eg_destination *into,
			const struct eg_destination *from)
{
	static const struct eg_detail nothing;
	const struct eg_detail *known = from->detail ? from->detail : &nothing;
	struct eg_detail *detail;
	int r;

	if (!into->detail && !from->detail)
		return 0;
	detail = eg_destination_detail(into);
	if (!detail)
		return -ENOMEM;
	r = eg_choice_texts(choice, &eg_domain_texts, detail, known);
	if (r == 0)
		r = merge_names(detail, known);
	return r == 0 ? merge_errors(into, known) : r;
}

static int merge_what_is_known(const struct eg_choice *choice, struct eg_app *app,
			       struct eg_destination *into, const struct eg_destination *from)
{
	int r = merge_detail(choice, into, from);

	merge_scope(choice, into, from);
	return r == 0 ? merge_place(choice, app, into, from) : r;
}

int eg_app_merge_row(struct eg_app *app, const struct eg_destination *from)
{
	struct eg_destination *into = eg_app_row(app, &from->key);
	struct eg_choice choice;
	int r;

	if (!into)
		return -ENOMEM;
	choice = (struct eg_choice){
		.into_seen = into->counters.last_seen,
		.from_seen = from->counters.last_seen,
	};
	if (into->key.overflow && !from->key.overflow)
		r = from->detail ? merge_errors(into, from->detail) : 0;
	else
		r = merge_what_is_known(&choice, app, into, from);
	if (r == 0)
		eg_app_count(app, into, &from->counters, from->rtt_min_us);
	return r;
}
