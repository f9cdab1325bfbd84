/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Arrays of the model that are sets: sorted, each element once. */
#include "list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* `list` is the address of a pointer to any type. */
int eg_list_reserve(void *list, size_t count, size_t more, size_t size)
{
	void *old, *grown;

	if (__builtin_add_overflow(count, more, &count) ||
	    __builtin_mul_overflow(count, size, &size))
		return -ENOMEM;
	if (!size)
		return 0;
	memcpy(&old, list, sizeof(old));
	grown = realloc(old, size);
	if (!grown)
		return -ENOMEM;
	memcpy(list, &grown, sizeof(grown));
	/* cppcheck-suppress memleak ; *list has it */
	return 0;
}

size_t eg_list_fold(void *list, size_t count, const struct eg_list_ops *ops)
{
	char *last = list, *end;

	if (!count) /* there may be no array */
		return 0;
	end = last + count * ops->size;
	qsort(list, count, ops->size, ops->compare);
	for (char *next = last + ops->size; next < end; next += ops->size) {
		if (ops->compare(last, next) == 0) {
			if (ops->combine)
				ops->combine(last, next);
			continue;
		}
		last += ops->size;
		if (last != next)
			memcpy(last, next, ops->size);
	}
	return (size_t)(last - (char *)list) / ops->size + 1;
}
