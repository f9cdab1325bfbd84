/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Prometheus' text format, and the metrics that are the same wherever it is printed. */
#include "exposition.h"
#include "parts.h"
#include "row.h"

#include <inttypes.h>
#include <string.h>

#include <egret/base.h>

void eg_exposition_head(FILE *stream, const char *name, const char *type, const char *help)
{
	fprintf(stream, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void eg_exposition_sample(FILE *stream, const char *name, const char *const *labels, uint64_t value)
{
	char before = '{';

	fputs(name, stream);
	for (; *labels; labels += 2) {
		if (!labels[1])
			continue;
		fprintf(stream, "%c%s=", before, labels[0]);
		eg_put_prometheus(stream, labels[1]);
		before = ',';
	}
	fprintf(stream, "%s %" PRIu64 "\n", before == ',' ? "}" : "", value);
}

void eg_exposition_bytes(FILE *stream, const char *name, const char *app, const char *kind,
			 const char *organization, const char *country, uint64_t value)
{
	const char *labels[] = { "app",	       app,	  "kind",  kind, "operator",
				 organization, "country", country, NULL };

	eg_exposition_sample(stream, name, labels, value);
}

void eg_exposition_connections(FILE *stream, const char *name, const char *app, const char *kind,
			       uint64_t value)
{
	const char *labels[] = { "app", app, "kind", kind, NULL };

	eg_exposition_sample(stream, name, labels, value);
}

struct lost {
	FILE *stream;
	const char *name;
};

static void put_lost(const char *reason, uint64_t count, void *data)
{
	const struct lost *lost = data;
	const char *labels[] = { "reason", reason, NULL };

	eg_exposition_sample(lost->stream, lost->name, labels, count);
}

void eg_exposition_lost(FILE *stream, const char *name, const char *type,
			const struct eg_ledger *ledger)
{
	struct lost lost = { .stream = stream, .name = name };

	eg_exposition_head(stream, name, type, "What was lost, by reason; 0 everywhere: nothing.");
	eg_parts_each_lost(ledger, put_lost, &lost);
}

static bool is_repeated(const struct eg_database *databases, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (strcmp(databases[i].name, databases[index].name) == 0)
			return true;
	}
	return false;
}

void eg_exposition_databases(FILE *stream, const struct eg_database *databases, size_t count)
{
	static const char name[] = "egret_database_build_timestamp_seconds";

	eg_exposition_head(stream, name, "gauge",
			   "When the database was built, in seconds since 1970.");
	for (size_t i = 0; i < count; i++) {
		const char *labels[] = { "database", databases[i].name, NULL };
		int64_t built;

		if (!is_repeated(databases, i) && eg_row_built(&databases[i], &built) == 0)
			eg_exposition_sample(stream, name, labels,
					     (uint64_t)(built / NSEC_PER_SEC));
	}
}

void eg_exposition_app_head(FILE *stream)
{
	eg_exposition_head(stream, "egret_app_info", "gauge",
			   "What the app's name is worth: trust, via, flag.");
}

void eg_exposition_app(FILE *stream, const char *id, const char *kind, const char *trust,
		       const char *via, const char *flag)
{
	const char *labels[] = { "app", id,  "kind", kind, "trust", trust,
				 "via", via, "flag", flag, NULL };

	eg_exposition_sample(stream, "egret_app_info", labels, 1);
}

void eg_exposition_build(FILE *stream)
{
	static const char *const version[] = { "version", EG_VERSION, NULL };

	eg_exposition_head(stream, "egret_build_info", "gauge",
			   "The egret that wrote this; always 1.");
	eg_exposition_sample(stream, "egret_build_info", version, 1);
}
