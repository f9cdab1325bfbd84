/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One contact of a program with somebody. */
#pragma once

#include <egret/flow.h>

#include "dice.h"
#include "model.h"

/* Throws the dice for whom, how much and what comes of it, and adds that to the app. 0, -ENOMEM. */
int contact_add(const struct fleet_host *host, const struct program *program, struct eg_app *app,
		const struct eg_period *period, struct dice *dice);
