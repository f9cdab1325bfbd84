/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Android containers as doctor tells of them. */
#pragma once

#include <egret/ident.h>
#include <egret/out.h>

struct android_checks {
	struct eg_check *checks;
	size_t count;
	char **texts; /* that the checks point to */
	size_t texts_count;
};

/* One check for each container found, or one that says that there is none. 0 or -errno. */
int android_checks_make(bool privileged, struct android_checks *ret_checks);
void android_checks_free(struct android_checks *checks);
/* Adds a container; `data` is the checks. 0 or -ENOMEM. */
int android_checks_add(const struct eg_android *android, void *data);
