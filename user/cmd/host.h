/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which host this is. */
#pragma once

#include <egret/flow.h>

/*
 * Fills in id (/etc/machine-id, see machine-id(5)), name and kernel release;
 * texts are malloc'ed, what is unknown stays NULL. 0 or -ENOMEM.
 */
int host_describe(struct eg_host *ret_host);

/* A summary of this host that begins then, and says nothing else yet. 0 or -ENOMEM. */
int host_summary(enum eg_by by, int64_t start, struct eg_summary **ret_summary);
