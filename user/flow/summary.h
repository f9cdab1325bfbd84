/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The apps of a summary, found by id. */
#pragma once

#include <egret/flow.h>

#include "index.h"

struct eg_app_table {
	struct eg_seed seed;
	struct eg_index index;
	struct eg_app **apps; /* summary->apps_count of them */
	uint64_t rows_left; /* new rows of any of them that may still be made */
	size_t limit; /* of apps, the overflow app not counted */
};

/* Frees the apps for which `unwanted` says so. */
void eg_summary_drop_apps(struct eg_summary *summary,
			  bool (*unwanted)(const struct eg_app *app, const void *data),
			  const void *data);

bool eg_host_is_known(const struct eg_host *host);
void eg_host_free(struct eg_host *host);
void eg_database_free(struct eg_database *database);
