/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The ledger: what was left out, lost or not seen. */
#pragma once

#include <egret/flow.h>

void eg_ledger_free(struct eg_ledger *ledger);

/* Sums and unions. 0 or -ENOMEM. */
int eg_ledger_merge(struct eg_ledger *into, const struct eg_ledger *from);
