/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Desktop entries of this machine's users. Private to user/ident/. */
#pragma once

#include <egret/ident.h>

/* All entries that a user has, his own first (Desktop Entry Specification). */
struct desktop {
	struct eg_entries *entries; /* NULL: none were read yet */
	uint32_t uid;
	int64_t checked_at; /* CLOCK_MONOTONIC ns */
	uint64_t stamp; /* of the directories when they were read */
};

/* Reads them anew if they have changed; looks at most every few seconds. 0 or -ENOMEM. */
int desktop_refresh(struct desktop *desktop, int64_t now);
void desktop_clear(struct desktop *desktop);
/* The home directory in passwd(5); malloc'ed, NULL: none. */
char *home_of_user(uint32_t uid);
