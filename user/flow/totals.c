/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Totals: counted anew from the apps whenever they are asked for. */
#include "destination.h"
#include "summary.h"

#include <string.h>

#include <egret/base.h>

/* Losing a name loses no byte: all other losses make a summary incomplete. */
static bool is_complete(const struct eg_ledger *ledger)
{
	for (size_t i = 0; i < ledger->lost_count; i++) {
		if (ledger->lost[i].count && strcmp(ledger->lost[i].reason, "names_skipped") != 0)
			return false;
	}
	return true;
}

static bool has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* The part of the ledger's equation that an app's rows with an address belong to. */
static struct eg_bytes *part_of(struct eg_totals *totals, const struct eg_app *app)
{
	if (has_prefix(app->id, "kernel:"))
		return &totals->kernel;
	if (has_prefix(app->id, "unknown:"))
		return &totals->unattributed;
	return &totals->attributed;
}

/* Another `via` only says where the app ran: its bytes are its own, and there once. */
static bool is_carried(const char *via)
{
	return strcmp(via, "resolver") == 0 || strcmp(via, "relay") == 0 ||
	       strcmp(via, "tunnel") == 0;
}

static void add_app(struct eg_totals *totals, const struct eg_app *app)
{
	const struct eg_counters *counters = &app->counters;
	const struct eg_destination *overflow = app->destinations->overflow;
	struct eg_bytes rest = counters->bytes;

	totals->apps++;
	totals->destinations += eg_destination_table_count(app->destinations);
	if (overflow && !overflow->excluded) {
		totals->destinations--;
		eg_bytes_add(&totals->overflow, &overflow->counters.bytes);
		rest.sent -= overflow->counters.bytes.sent;
		rest.received -= overflow->counters.bytes.received;
	}
	eg_bytes_add(part_of(totals, app), &rest);
	eg_bytes_add(&totals->bytes, &counters->bytes);
	if (app->via)
		eg_bytes_add(&totals->via, &counters->bytes);
	if (app->via && is_carried(app->via))
		eg_bytes_add(&totals->carried, &counters->bytes);
	totals->connections = eg_sum(totals->connections, counters->connections);
	totals->failed = eg_sum(totals->failed, counters->failed);
}

enum eg_completeness eg_summary_completeness(const struct eg_summary *summary)
{
	if (!summary->periods_count && !summary->apps_count)
		return EG_EMPTY;
	return is_complete(&summary->ledger) ? EG_COMPLETE : EG_INCOMPLETE;
}

struct eg_totals eg_summary_totals(const struct eg_summary *summary)
{
	struct eg_totals totals = { .complete = is_complete(&summary->ledger) };

	for (size_t i = 0; i < summary->apps_count; i++)
		add_app(&totals, summary->apps->apps[i]);
	return totals;
}
