/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Texts of the model: owned copies, lists of them, and groups that belong together. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Replaces *text by a copy of `value`; NULL and "" are an unknown text. 0 or
 * -ENOMEM (then *text is as it was).
 */
int eg_text_set(char **text, const char *value);

/* Bytewise; what is unknown comes last. */
int eg_text_compare(const char *a, const char *b);

/* Lists end with NULL; a NULL list is unknown. */
char **eg_text_list_copy(char *const *list); /* NULL: out of memory */
void eg_text_list_free(char **list);
size_t eg_text_list_length(char *const *list);
/* Makes *into the sorted union of both. 0 or -ENOMEM. */
int eg_text_list_merge(char ***into, char *const *from);
int eg_text_list_compare(char *const *a, char *const *b);

/*
 * Texts of a struct that only mean something together, such as a domain and
 * where it was learnt: they are compared and replaced as one value.
 */
struct eg_text_group {
	size_t count;
	size_t offsets[5]; /* of char * members */
};

int eg_text_group_compare(const struct eg_text_group *group, const void *a, const void *b);
/* Copies the group's texts. 0 or -ENOMEM (then `into` is as it was). */
int eg_text_group_copy(const struct eg_text_group *group, void *into, const void *from);
/* The same without copying: the texts still belong to `from`. */
void eg_text_group_borrow(const struct eg_text_group *group, void *into, const void *from);
void eg_text_group_free(const struct eg_text_group *group, void *object);

/* The groups of the model. */
extern const struct eg_text_group eg_app_texts, eg_process_texts, eg_domain_texts, eg_country_texts,
	eg_as_texts, eg_owner_texts, eg_name_texts, eg_host_texts, eg_database_texts;
