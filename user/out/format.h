/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a format of a summary is: callbacks for the one walk over the model. */
#pragma once

#include <egret/flow.h>
#include <egret/out.h>

/* What every format sees while it prints. */
struct eg_printer {
	FILE *stream;
	const struct eg_summary *summary;
	const struct eg_print_options *options;
	struct eg_totals totals;
	void *state; /* the format's own, zeroed before begin() */
};

/*
 * begin, the walk (the visitor's data is the printer), end; each returns 0 or
 * -errno, and the first failure is the last call but for release, which always
 * comes, and frees what the state points to. All but the visitor may be NULL.
 */
struct eg_format_ops {
	size_t state_size;
	int (*begin)(struct eg_printer *printer);
	struct eg_visitor visitor;
	int (*end)(struct eg_printer *printer);
	void (*release)(struct eg_printer *printer);
};

extern const struct eg_format_ops eg_format_text;
extern const struct eg_format_ops eg_format_json;
extern const struct eg_format_ops eg_format_ndjson;
extern const struct eg_format_ops eg_format_csv;
extern const struct eg_format_ops eg_format_prometheus;
