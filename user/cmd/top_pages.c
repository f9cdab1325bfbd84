/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The other pages of `top`: help, and the ledger. */
#include "top_text.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <egret/base.h>
#include <egret/cell.h>

#define NAME_WIDTH 30

int top_text_help(FILE *stream)
{
	fputs("egret top: help\n"
	      "\n"
	      "Keys\n"
	      "  up down j k        move the cursor; it stays on what it is on\n"
	      "  PgUp PgDn g G      a page, to the first and the last line (also Home, End)\n"
	      "  Enter Space        fold or unfold an app, list the rest of it\n"
	      "  left right         fold and unfold step by step;  * all apps\n"
	      "  s > <              sort by the next or the previous column;  r the other way\n"
	      "  /                  show only what all words are part of: app, name, address,\n"
	      "                     443/tcp, operator, owner, country, claimed ...;  !word: not\n"
	      "  p                  pause the picture; counting goes on\n"
	      "  z                  let totals begin at zero\n"
	      "  l                  ledger: what is missing, left out, not seen\n"
	      "  q                  quit, or leave this page\n"
	      "\n"
	      "Columns\n"
	      "  SENT/s RECV/s  payload per second in the newest interval\n"
	      "  SENT RECV      payload since the beginning (or z), without retransmissions\n"
	      "  CONN FAIL      connections begun, and how many of them failed\n"
	      "  PORT           the other side's; with \"in\" ours: the other side began\n"
	      "  OPERATOR CC    who runs the address, where it is registered or used (any:\n"
	      "                 anycast); not where everyone is who can read the data there\n"
	      "  NAME IS        how sure the name is: corroborated, observed, claimed, inferred\n",
	      stream);
	return ferror(stream) ? -ENOMEM : 0;
}

static void put_bytes(FILE *stream, const char *name, const struct eg_bytes *bytes)
{
	char sent[EG_SIZE_TEXT_SIZE], received[EG_SIZE_TEXT_SIZE];

	fprintf(stream, "  %-*s %9s %9s\n", NAME_WIDTH, name, eg_size_text(bytes->sent, sent),
		eg_size_text(bytes->received, received));
}

static struct eg_bytes sum(const struct eg_bytes *a, const struct eg_bytes *b)
{
	return (struct eg_bytes){ .sent = a->sent + b->sent,
				  .received = a->received + b->received };
}

static void put_shares(FILE *stream, const struct top_model *model)
{
	const struct eg_bytes *total = &model->totals.bytes;
	struct eg_bytes attributed = {
		.sent = total->sent - model->kernel.sent - model->unattributed.sent -
			model->overflow.sent,
		.received = total->received - model->kernel.received -
			    model->unattributed.received - model->overflow.received,
	};

	fputs("egret top: the ledger\n\n", stream);
	fprintf(stream, "%-*s %9s %9s\n", NAME_WIDTH + 2, "Whose bytes", "SENT", "RECV");
	put_bytes(stream, "apps", &attributed);
	put_bytes(stream, "the kernel itself", &model->kernel);
	put_bytes(stream, "nobody that was seen", &model->unattributed);
	put_bytes(stream, "apps, but no address is known", &model->overflow);
	put_bytes(stream, "total", total);
}

/* By this view, and before, when it was recorded. */
static void put_left_out(FILE *stream, const struct top_model *model,
			 const struct eg_summary *summary)
{
	static const char *const names[] = {
		[EG_EXCLUDED_LOOPBACK] = "loopback",
		[EG_EXCLUDED_HOST] = "to this host itself",
		[EG_EXCLUDED_FILTER] = "by the command line's filters",
	};
	_Static_assert(ARRAY_SIZE(names) == EG_EXCLUDED_COUNT, "every reason has a name");

	fputs("\nLeft out\n", stream);
	for (size_t i = 0; i < EG_EXCLUDED_COUNT; i++) {
		struct eg_bytes bytes = sum(&model->excluded[i], &summary->ledger.excluded[i]);

		put_bytes(stream, names[i], &bytes);
	}
	put_bytes(stream, "by what was typed after /", &model->words_excluded);
}

static void put_lost(FILE *stream, const struct eg_ledger *ledger)
{
	size_t lost = 0;

	fputs("\nLost\n", stream);
	for (size_t i = 0; i < ledger->lost_count; i++) {
		if (!ledger->lost[i].count)
			continue;
		fputs("  ", stream);
		eg_put_terminal(stream, ledger->lost[i].reason);
		fprintf(stream, " %" PRIu64 "\n", ledger->lost[i].count);
		lost++;
	}
	if (!lost)
		fputs("  nothing\n", stream);
}

static int put_notes(FILE *stream, const struct eg_ledger *ledger, unsigned columns)
{
	char *const *sentence = ledger->degraded;

	if (!sentence || !*sentence)
		return 0;
	fputs("\nNotes\n", stream);
	for (; *sentence; sentence++) {
		_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
		int r = eg_cell_make(*sentence, &cell);

		if (r < 0)
			return r;
		fputs("  ", stream);
		eg_cell_wrap(stream, &cell, columns, 2, 4);
		fputc('\n', stream);
	}
	return 0;
}

static void put_databases(FILE *stream, const struct eg_summary *summary)
{
	fputs("\nDatabases\n", stream);
	for (size_t i = 0; i < summary->databases_count; i++) {
		const struct eg_database *database = &summary->databases[i];

		fputs("  ", stream);
		eg_put_terminal(stream, database->name);
		fputs(" of ", stream);
		eg_put_terminal(stream, database->built ? database->built : "unknown age");
		fputc('\n', stream);
	}
	if (!summary->databases_count)
		fputs("  none\n", stream);
}

int top_text_ledger(FILE *stream, const struct top_model *model, const struct eg_summary *summary,
		    unsigned columns)
{
	int r;

	put_shares(stream, model);
	put_left_out(stream, model, summary);
	put_lost(stream, &summary->ledger);
	r = put_notes(stream, &summary->ledger, columns);
	put_databases(stream, summary);
	return r == 0 && ferror(stream) ? -ENOMEM : r;
}
