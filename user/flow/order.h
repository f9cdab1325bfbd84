/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The order of everything that is printed (contract section 3). */
#pragma once

#include <egret/flow.h>

/*
 * Each compares two things and is 0 only for the same key, so that the order
 * never depends on how a summary came about. Where the contract is silent:
 * IPv4 comes before IPv6; transport and direction are ordered as the texts
 * that are printed; whatever is unknown comes last.
 */
int eg_order_apps(const struct eg_app *a, const struct eg_app *b);
int eg_order_destinations(const struct eg_destination *a, const struct eg_destination *b);
/* By start and pid. */
int eg_order_processes(const struct eg_process_info *a, const struct eg_process_info *b);
/* By confidence (corroborated, observed, claimed, inferred, outer), name, source. */
int eg_order_names(const struct eg_name *a, const struct eg_name *b);

/* -1, 0 or 1 as qsort() wants it. */
#define EG_ORDER(a, b) (((a) > (b)) - ((a) < (b)))
