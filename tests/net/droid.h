/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An Android as far as anybody looks: its files, and how its zygote makes apps. */
#pragma once

#include "apps.h"

/* Chrome (10123); gms and gsf, which share a uid (10110). */
extern const char droid_packages[];
/* A root as Android's is, with that list; the same directory each time. */
const char *droid_make(struct test *test);
/* What the zygote does in a child; "name\nroot" in text, the uid in arg[0]. */
long droid_specialise(struct call *call);
struct actor *droid_start_app(struct actor *zygote, const char *root, uid_t uid, const char *name);
/* A descriptor becomes another user's, as netd does it with the sockets of queries. */
void droid_give(struct actor *owner, int fd, uid_t uid);
/* Where the calling process's arguments lie; 0 or -EINVAL. */
int droid_find_arguments(char **ret_start, size_t *ret_size);
