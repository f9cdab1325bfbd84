/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Texts of the model: owned copies, lists of them, and groups that belong together. */
#include "texts.h"
#include "list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/flow.h>

#define MEMBER(type, member) offsetof(struct type, member)

const struct eg_text_group eg_app_texts = {
	.count = 5,
	.offsets = { MEMBER(eg_app, kind), MEMBER(eg_app, name), MEMBER(eg_app, trust),
		     MEMBER(eg_app, via), MEMBER(eg_app, flag) },
};

const struct eg_text_group eg_process_texts = {
	.count = 4,
	.offsets = { MEMBER(eg_process_info, executable), MEMBER(eg_process_info, comm),
		     MEMBER(eg_process_info, cgroup), MEMBER(eg_process_info, component) },
};

const struct eg_text_group eg_domain_texts = {
	.count = 4,
	.offsets = { MEMBER(eg_detail, domain), MEMBER(eg_detail, domain_source),
		     MEMBER(eg_detail, domain_confidence), MEMBER(eg_detail, registered_domain) },
};

const struct eg_text_group eg_country_texts = {
	.count = 2,
	.offsets = { MEMBER(eg_place, country), MEMBER(eg_place, country_basis) },
};

const struct eg_text_group eg_as_texts = {
	.count = 2,
	.offsets = { MEMBER(eg_place, as_organization), MEMBER(eg_place, as_country) },
};

const struct eg_text_group eg_owner_texts = {
	.count = 3,
	.offsets = { MEMBER(eg_place, owner_name), MEMBER(eg_place, owner_country),
		     MEMBER(eg_place, owner_source) },
};

const struct eg_text_group eg_name_texts = {
	.count = 3,
	.offsets = { MEMBER(eg_name, name), MEMBER(eg_name, source), MEMBER(eg_name, confidence) },
};

const struct eg_text_group eg_host_texts = {
	.count = 3,
	.offsets = { MEMBER(eg_host, id), MEMBER(eg_host, name), MEMBER(eg_host, kernel) },
};

const struct eg_text_group eg_database_texts = {
	.count = 3,
	.offsets = { MEMBER(eg_database, name), MEMBER(eg_database, built),
		     MEMBER(eg_database, license) },
};

/* --- one text --- */

int eg_text_set(char **text, const char *value)
{
	char *copy = NULL;

	if (value && *value) {
		copy = strdup(value);
		if (!copy)
			return -ENOMEM;
	}
	free(*text);
	*text = copy;
	return 0;
}

int eg_text_compare(const char *a, const char *b)
{
	if (!a || !b)
		return !a - !b;
	return strcmp(a, b);
}

/* --- lists --- */

size_t eg_text_list_length(char *const *list)
{
	size_t length = 0;

	while (list && list[length])
		length++;
	return length;
}

char **eg_text_list_copy(char *const *list)
{
	size_t length = eg_text_list_length(list);
	char **copy = calloc(length + 1, sizeof(*copy));

	for (size_t i = 0; copy && i < length; i++) {
		copy[i] = strdup(list[i]);
		if (!copy[i]) {
			eg_text_list_free(copy);
			return NULL;
		}
	}
	return copy;
}

void eg_text_list_free(char **list)
{
	for (char **text = list; text && *text; text++)
		free(*text);
	free(list);
}

int eg_text_list_compare(char *const *a, char *const *b)
{
	if (!a || !b)
		return !a - !b;
	for (; *a && *b; a++, b++) {
		int r = strcmp(*a, *b);

		if (r)
			return r;
	}
	return !!*a - !!*b;
}

static int compare_elements(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void free_element(void *into, void *from)
{
	(void)into;
	free(*(char **)from);
}

int eg_text_list_merge(char ***into, char *const *from)
{
	static const struct eg_list_ops ops = {
		.size = sizeof(char *),
		.compare = compare_elements,
		.combine = free_element,
	};
	size_t count = eg_text_list_length(*into), more = eg_text_list_length(from);

	if (!more)
		return 0;
	if (eg_list_reserve(into, count, more + 1, sizeof(**into)) < 0)
		return -ENOMEM;
	(*into)[count] = NULL;
	for (; *from; from++) {
		(*into)[count] = strdup(*from);
		if (!(*into)[count])
			return -ENOMEM;
		(*into)[++count] = NULL;
	}
	count = eg_list_fold(*into, count, &ops);
	(*into)[count] = NULL;
	return 0;
}

/* --- groups --- */

static char **member(const struct eg_text_group *group, void *object, size_t i)
{
	return (char **)(void *)((char *)object + group->offsets[i]);
}

static const char *value(const struct eg_text_group *group, const void *object, size_t i)
{
	return *(char *const *)(const void *)((const char *)object + group->offsets[i]);
}

int eg_text_group_compare(const struct eg_text_group *group, const void *a, const void *b)
{
	int r = 0;

	for (size_t i = 0; i < group->count && !r; i++)
		r = eg_text_compare(value(group, a, i), value(group, b, i));
	return r;
}

int eg_text_group_copy(const struct eg_text_group *group, void *into, const void *from)
{
	char *copies[ARRAY_SIZE(group->offsets)] = { NULL };
	int r = 0;

	for (size_t i = 0; i < group->count && r == 0; i++)
		r = eg_text_set(&copies[i], value(group, from, i));
	for (size_t i = 0; i < group->count; i++) {
		if (r == 0) {
			free(*member(group, into, i));
			*member(group, into, i) = copies[i];
		} else {
			free(copies[i]);
		}
	}
	return r;
}

void eg_text_group_borrow(const struct eg_text_group *group, void *into, const void *from)
{
	for (size_t i = 0; i < group->count; i++)
		*member(group, into, i) =
			*(char *const *)(const void *)((const char *)from + group->offsets[i]);
}

void eg_text_group_free(const struct eg_text_group *group, void *object)
{
	for (size_t i = 0; i < group->count; i++) {
		free(*member(group, object, i));
		*member(group, object, i) = NULL;
	}
}
