/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Printing a summary: the table of formats, and the one walk that they share. */
#include "format.h"
#include "writer.h"

#include <errno.h>
#include <string.h>

#include <egret/base.h>

static const struct {
	const char *name;
	const struct eg_format_ops *ops; /* NULL: no format of a summary */
} formats[] = {
	[EG_FORMAT_AUTO] = { .name = "auto" },
	[EG_FORMAT_TEXT] = { .name = "text", .ops = &eg_format_text },
	[EG_FORMAT_JSON] = { .name = "json", .ops = &eg_format_json },
	[EG_FORMAT_NDJSON] = { .name = "ndjson", .ops = &eg_format_ndjson },
	[EG_FORMAT_CSV] = { .name = "csv", .ops = &eg_format_csv },
	[EG_FORMAT_HTML] = { .name = "html" },
	[EG_FORMAT_PROMETHEUS] = { .name = "prometheus", .ops = &eg_format_prometheus },
};
_Static_assert(ARRAY_SIZE(formats) == EG_FORMAT_COUNT, "every format has a row");

int eg_format_parse(const char *name, enum eg_format *ret_format)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (strcmp(name, formats[i].name) == 0) {
			*ret_format = (enum eg_format)i;
			return 0;
		}
	}
	return -EINVAL;
}

const char *eg_format_name(enum eg_format format)
{
	return formats[format].name;
}

static int print_through(const struct eg_format_ops *ops, struct eg_printer *printer)
{
	int r = ops->begin ? ops->begin(printer) : 0;

	if (r == 0)
		r = eg_summary_walk(printer->summary, &ops->visitor, printer);
	if (r == 0 && ops->end)
		r = ops->end(printer);
	if (ops->release)
		ops->release(printer);
	return r < 0 ? r : eg_stream_status(printer->stream);
}

int eg_print_summary(FILE *stream, enum eg_format format, const struct eg_summary *summary,
		     const struct eg_print_options *options)
{
	const struct eg_format_ops *ops = formats[format].ops;
	struct eg_printer printer = { .stream = stream, .summary = summary, .options = options };
	_cleanup_(eg_freep) void *state = NULL;

	if (!ops)
		return -EOPNOTSUPP;
	state = calloc(1, ops->state_size ? ops->state_size : 1);
	if (!state)
		return -ENOMEM;
	printer.state = state;
	printer.totals = eg_summary_totals(summary);
	return print_through(ops, &printer);
}
