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

/* Of each case's own name: cases run at the same time, and egret sees all of them. */
const char *droid_container(struct test *test);
/* The container's cgroup, as LXC names it; made if it is not there. */
const char *droid_payload(struct test *test);
struct actor *droid_start_zygote(struct test *test);
/* An app of the container; name and trust, where not given, are those of a listed package. */
void droid_expect(struct result *result, const char *package, struct expected expected, long sent);
