/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Prometheus' text format, and the metrics that are the same wherever it is printed. */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include <egret/flow.h>

#define EG_OTHER "_other" /* the label of what is summed up because it is past a bound */

/* What begins a metric: `type` is "gauge" or "counter". */
void eg_exposition_head(FILE *stream, const char *name, const char *type, const char *help);
/* Labels in pairs of name and value, ended by NULL; one without value is left out. */
void eg_exposition_sample(FILE *stream, const char *name, const char *const *labels,
			  uint64_t value);
/* A metric of bytes: of an app with an operator in a country. NULL: unknown. */
void eg_exposition_bytes(FILE *stream, const char *name, const char *app, const char *kind,
			 const char *organization, const char *country, uint64_t value);
/* A metric of connections: of an app. */
void eg_exposition_connections(FILE *stream, const char *name, const char *app, const char *kind,
			       uint64_t value);
/* What was lost, by reason, with its head. */
void eg_exposition_lost(FILE *stream, const char *name, const char *type,
			const struct eg_ledger *ledger);
/* egret_database_build_timestamp_seconds: each database that says when it was built, once. */
void eg_exposition_databases(FILE *stream, const struct eg_database *databases, size_t count);
/* egret_app_info: what an app's name is worth. One per app, behind its head. */
void eg_exposition_app_head(FILE *stream);
void eg_exposition_app(FILE *stream, const char *id, const char *kind, const char *trust,
		       const char *via, const char *flag);
/* egret_build_info */
void eg_exposition_build(FILE *stream);
