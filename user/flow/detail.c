/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is known about a destination beyond its counters. */
#include "detail.h"
#include "destination.h"
#include "list.h"
#include "order.h"
#include "texts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

void eg_detail_clear(struct eg_detail *detail)
{
	eg_text_group_free(&eg_domain_texts, detail);
	for (size_t i = 0; i < detail->names_count; i++)
		eg_text_group_free(&eg_name_texts, &detail->names[i]);
	free(detail->names);
	free(detail->errors);
	*detail = (struct eg_detail){ 0 };
}

void eg_detail_free(struct eg_detail *detail)
{
	if (detail)
		eg_detail_clear(detail);
	free(detail);
}

bool eg_detail_is_empty(const struct eg_detail *detail)
{
	static const struct eg_detail nothing;

	return eg_text_group_compare(&eg_domain_texts, detail, &nothing) == 0 &&
	       !detail->names_count && !detail->errors_count;
}

struct eg_detail *eg_destination_detail(struct eg_destination *destination)
{
	if (!destination->detail)
		destination->detail = calloc(1, sizeof(*destination->detail));
	return destination->detail;
}

/* Errors are kept in the order of their numbers. */
int eg_detail_add_error(struct eg_detail *detail, int number, uint64_t count)
{
	size_t place = 0, behind;

	while (place < detail->errors_count && detail->errors[place].number < number)
		place++;
	behind = detail->errors_count - place;
	if (behind && detail->errors[place].number == number) {
		detail->errors[place].count = eg_sum(detail->errors[place].count, count);
		return 0;
	}
	if (eg_list_reserve(&detail->errors, detail->errors_count, 1, sizeof(*detail->errors)) < 0)
		return -ENOMEM;
	memmove(&detail->errors[place + 1], &detail->errors[place],
		behind * sizeof(*detail->errors));
	detail->errors[place] = (struct eg_error_count){ .number = number, .count = count };
	detail->errors_count++;
	return 0;
}

int eg_destination_add_error(struct eg_destination *destination, int number, uint64_t count)
{
	struct eg_detail *detail = eg_destination_detail(destination);

	return detail ? eg_detail_add_error(detail, number, count) : -ENOMEM;
}

/* --- names --- */

static int compare_names(const void *a, const void *b)
{
	return eg_order_names(a, b);
}

static void combine_names(void *into_name, void *from_name)
{
	struct eg_name *into = into_name, *from = from_name;

	into->connections = eg_sum(into->connections, from->connections);
	eg_bytes_add(&into->bytes, &from->bytes);
	eg_text_group_free(&eg_name_texts, from);
}

void eg_detail_fold_names(struct eg_detail *detail)
{
	static const struct eg_list_ops ops = {
		.size = sizeof(struct eg_name),
		.compare = compare_names,
		.combine = combine_names,
	};

	detail->names_count = eg_list_fold(detail->names, detail->names_count, &ops);
}

int eg_detail_append_name(struct eg_detail *detail, const struct eg_name *name)
{
	struct eg_name *copy = &detail->names[detail->names_count];
	int r;

	*copy = (struct eg_name){ .connections = name->connections, .bytes = name->bytes };
	r = eg_text_group_copy(&eg_name_texts, copy, name);
	if (r == 0)
		detail->names_count++;
	return r;
}

static void free_name(struct eg_name *name)
{
	eg_text_group_free(&eg_name_texts, name);
}

int eg_destination_add_name(struct eg_destination *destination, const char *name,
			    const char *source, const char *confidence, uint64_t connections,
			    const struct eg_bytes *bytes)
{
	struct eg_detail *detail = eg_destination_detail(destination);
	_cleanup_(free_name) struct eg_name added = { .connections = connections, .bytes = *bytes };

	if (!detail || eg_text_set(&added.name, name) < 0 ||
	    eg_text_set(&added.source, source) < 0 ||
	    eg_text_set(&added.confidence, confidence) < 0 ||
	    eg_list_reserve(&detail->names, detail->names_count, 1, sizeof(added)) < 0 ||
	    eg_detail_append_name(detail, &added) < 0)
		return -ENOMEM;
	eg_detail_fold_names(detail);
	return 0;
}
