/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What several JSON documents have in common, each member written in one place. */
#pragma once

#include "writer.h"

#include <egret/flow.h>

/* Opens a document, EG_LINES: the outermost object, "schema" and "generator". */
void eg_parts_begin(struct eg_writer *writer, const char *schema);
/* The members of a host, or nulls. */
void eg_parts_host(struct eg_writer *writer, const char *key, const struct eg_host *host);
void eg_parts_databases(struct eg_writer *writer, const struct eg_summary *summary);
/* "totals" and "ledger" of contract section 3. */
void eg_parts_totals(struct eg_writer *writer, const struct eg_totals *totals);
void eg_parts_ledger(struct eg_writer *writer, const struct eg_ledger *ledger,
		     const struct eg_totals *totals);
/* "lost": each reason and how often. */
void eg_parts_lost(struct eg_writer *writer, const struct eg_ledger *ledger);
/* What an app's name is worth: trust, via, flag. */
void eg_parts_standing(struct eg_writer *writer, const char *trust, const char *via,
		       const char *flag);
/*
 * The same in a line of text, "  trust user  flag memfd": only what a reader must
 * know, as root and the kernel are believed; malloc'ed, NULL: no memory.
 */
char *eg_standing_text(const char *trust, const char *via, const char *flag);
/* "bytes_sent" and "bytes_received". */
void eg_parts_bytes(struct eg_writer *writer, const struct eg_bytes *bytes);
/* "country", "country_basis", "anycast" and "as": where an address is and who runs it. */
void eg_parts_place(struct eg_writer *writer, const struct eg_place *place);
/* "errors" of a row: failed connections by errno name. */
void eg_parts_errors(struct eg_writer *writer, const struct eg_detail *detail);
/* A process record; command_line is null unless it is wanted. */
void eg_parts_process(struct eg_writer *writer, const char *key,
		      const struct eg_process_info *process, bool command_line);

/*
 * Calls back for each reason of a loss: those that the contract names, also
 * where nothing was lost, then whatever else the ledger holds.
 */
void eg_parts_each_lost(const struct eg_ledger *ledger,
			void (*call)(const char *reason, uint64_t count, void *data), void *data);
