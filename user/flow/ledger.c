/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The ledger: what was left out, lost or not seen. */
#include "ledger.h"
#include "destination.h"
#include "list.h"
#include "texts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void eg_ledger_free(struct eg_ledger *ledger)
{
	for (size_t i = 0; i < ledger->lost_count; i++)
		free(ledger->lost[i].reason);
	free(ledger->lost);
	eg_text_list_free(ledger->degraded);
	*ledger = (struct eg_ledger){ 0 };
}

int eg_ledger_add_lost(struct eg_ledger *ledger, const char *reason, uint64_t count)
{
	char *copy;

	for (size_t i = 0; i < ledger->lost_count; i++) {
		if (strcmp(ledger->lost[i].reason, reason) == 0) {
			ledger->lost[i].count = eg_sum(ledger->lost[i].count, count);
			return 0;
		}
	}
	if (eg_list_reserve(&ledger->lost, ledger->lost_count, 1, sizeof(*ledger->lost)) < 0)
		return -ENOMEM;
	copy = strdup(reason);
	if (!copy)
		return -ENOMEM;
	ledger->lost[ledger->lost_count++] =
		(struct eg_loss_count){ .reason = copy, .count = count };
	return 0;
}

int eg_ledger_add_degraded(struct eg_ledger *ledger, const char *sentence)
{
	size_t count = eg_text_list_length(ledger->degraded);
	char *copy;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(ledger->degraded[i], sentence) == 0)
			return 0;
	}
	if (eg_list_reserve(&ledger->degraded, count, 2, sizeof(*ledger->degraded)) < 0)
		return -ENOMEM;
	ledger->degraded[count] = NULL;
	copy = strdup(sentence);
	if (!copy)
		return -ENOMEM;
	ledger->degraded[count] = copy;
	ledger->degraded[count + 1] = NULL;
	return 0;
}

/* --- merging: append, then sort and combine --- */

static int compare_lost(const void *a, const void *b)
{
	const struct eg_loss_count *lost_a = a, *lost_b = b;

	return strcmp(lost_a->reason, lost_b->reason);
}

static void combine_lost(void *into_lost, void *from_lost)
{
	struct eg_loss_count *into = into_lost, *from = from_lost;

	into->count = eg_sum(into->count, from->count);
	free(from->reason);
}

static int merge_lost(struct eg_ledger *into, const struct eg_ledger *from)
{
	static const struct eg_list_ops ops = {
		.size = sizeof(struct eg_loss_count),
		.compare = compare_lost,
		.combine = combine_lost,
	};

	if (eg_list_reserve(&into->lost, into->lost_count, from->lost_count, sizeof(*into->lost)) <
	    0)
		return -ENOMEM;
	for (size_t i = 0; i < from->lost_count; i++) {
		char *reason = strdup(from->lost[i].reason);

		if (!reason)
			return -ENOMEM;
		into->lost[into->lost_count++] =
			(struct eg_loss_count){ .reason = reason, .count = from->lost[i].count };
	}
	into->lost_count = eg_list_fold(into->lost, into->lost_count, &ops);
	return 0;
}

int eg_ledger_merge(struct eg_ledger *into, const struct eg_ledger *from)
{
	int r = merge_lost(into, from);

	if (r == 0)
		r = eg_text_list_merge(&into->degraded, from->degraded);
	if (r < 0)
		return r;
	for (size_t i = 0; i < EG_EXCLUDED_COUNT; i++)
		eg_bytes_add(&into->excluded[i], &from->excluded[i]);
	return 0;
}
