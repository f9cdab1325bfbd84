/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is known of destinations beyond the trace: places, operators, owners. */
#pragma once

#include <egret/flow.h>
#include <egret/place.h>

#include "cmd.h"

struct places;

/* What a result without places says of it. */
#define EG_NO_DATABASE                                                                             \
	"no database of countries and operators: tools/install-deps installs one on Debian, "      \
	"make geo fetches current ones, --geo FILE names one"

/*
 * Opens the databases and tables that the options name or the host has, and says
 * on standard error which are refused: to be done while rights are still there.
 * 0, or an enum eg_exit after one line that says why.
 */
int places_open(const struct eg_options *options, struct places **ret_places);
void places_close(struct places *places);
static inline void places_closep(struct places **places)
{
	places_close(*places);
}

struct eg_geo *places_geo(const struct places *places);
const struct eg_owners *places_owners(const struct places *places);

/*
 * Says of each row where it is, who runs it and whose it is; each address is
 * looked up once in a summary. Names the databases in it, and what is wrong with
 * them in its ledger. 0 or -ENOMEM.
 */
int places_fill(struct places *places, struct eg_summary *summary);

/* What databases say of an address, as the model has it. */
struct place_answer {
	struct eg_geo_answer answer;
	struct eg_place place; /* its texts belong to `answer` and to the databases */
};
/* Nothing, where the scope or the kind of address rules a place out. */
void places_find(struct places *places, const struct eg_destination_key *key, enum eg_scope scope,
		 struct place_answer *ret_answer);
/* Whose a name is; nobody's, where no table says. The texts belong to the tables. */
void places_set_owner(const struct places *places, const char *domain, struct eg_place *place);
