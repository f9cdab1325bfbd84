/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names of destinations: what is known of them, on the rows that it is about. */
#pragma once

#include <egret/flow.h>
#include <egret/names.h>
#include <egret/probe.h>

/* Candidates that a row lists; bytes of what is over this have no name of their own. */
#define NAMES_PER_ROW 64

/*
 * Gives what a row has gained to the name that its connection has shown, or to
 * the only one that its address has; and the row its domain. `app` and `networks`
 * are of the process that talked. 0 or -ENOMEM.
 */
int naming_add(struct eg_names *names, const struct eg_gain *gain, const char *app,
	       const struct eg_networks *networks, struct eg_destination *destination);
