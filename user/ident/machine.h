/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Desktop entries of this machine's users. Private to user/ident/. */
#pragma once

#include <egret/ident.h>

#define USERS_MAX 16 /* whose desktop entries are kept */

/* All entries that a user has, his own first (Desktop Entry Specification). */
struct desktop {
	struct eg_entries *entries; /* NULL: none were read yet */
	uint32_t uid;
	int64_t checked_at; /* CLOCK_MONOTONIC ns */
	uint64_t stamp; /* of the directories when they were read */
};

struct desktops {
	struct desktop of[USERS_MAX];
};

/*
 * A user's, read anew if they have changed, which is looked at every few
 * seconds at most; of a new one, in the place of who was asked for longest ago.
 * They stay the caller's of desktops_clear(). NULL: no memory.
 */
const struct eg_entries *desktops_entries(struct desktops *desktops, uint32_t uid, int64_t now);
void desktops_clear(struct desktops *desktops);
/* The home directory in passwd(5); malloc'ed, NULL: none. */
char *home_of_user(uint32_t uid);
