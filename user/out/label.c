/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What people read about an app or a row, in the same words wherever it is shown. */
#include <egret/label.h>

#include "parts.h"
#include "row.h"

#include <errno.h>
#include <inttypes.h>

#include <egret/abi.h>
#include <egret/base.h>

#define NAME_MAX_WIDTH 48 /* columns of a name that others choose, in a sentence */

/* --- cells --- */

int eg_label_destination(const struct eg_destination *row, struct eg_cell *ret_cell)
{
	const char *domain = eg_row_detail(row)->domain;
	char ip[46];

	if (row->key.overflow)
		return eg_cell_make("(addresses lost)", ret_cell);
	if (!domain && !row->key.has_ip)
		return eg_cell_make("(no address)", ret_cell);
	return eg_cell_make(domain ? domain : eg_row_ip(&row->key, ip), ret_cell);
}

int eg_label_port(const struct eg_destination *row, struct eg_cell *ret_cell)
{
	const char *direction = row->key.direction == EG_INBOUND ? " in" : "";
	char transport[16];

	if (row->key.overflow)
		return 0;
	eg_row_transport(&row->key, transport);
	if (!row->key.has_port)
		return eg_cell_format(ret_cell, "%s%s", transport, direction);
	return eg_cell_format(ret_cell, "%" PRIu16 "/%s%s", row->key.port, transport, direction);
}

int eg_label_operator(const struct eg_destination *row, struct eg_cell *ret_cell)
{
	const struct eg_place *place = eg_destination_place(row);

	if (place->as_organization)
		return eg_cell_make(place->as_organization, ret_cell);
	if (place->as_number)
		return eg_cell_format(ret_cell, "AS%" PRIu32, place->as_number);
	if (row->scope != EG_SCOPE_UNKNOWN && row->scope != EG_SCOPE_INTERNET)
		return eg_cell_format(ret_cell, "(%s)", eg_row_scope(row));
	return 0;
}

int eg_label_country(const struct eg_destination *row, struct eg_cell *ret_cell)
{
	const struct eg_place *place = eg_destination_place(row);

	return eg_cell_make(place->anycast == EG_YES ? EG_LABEL_ANYCAST : place->country, ret_cell);
}

char *eg_label_app(const struct eg_app *app)
{
	_cleanup_(eg_freep) char *standing = eg_standing_text(app->trust, app->via, app->flag);
	char *label;

	if (!standing || asprintf(&label, "%s%s%s%s", app->name ? app->name : "",
				  app->name ? "  " : "", app->id, standing) < 0)
		return NULL;
	return label;
}

/* A text that others choose is cut to what fits into a line. */
static int list_name(FILE *list, const char *name)
{
	_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
	int r = eg_cell_make(name, &cell);

	if (r == 0)
		eg_cell_put(list, &cell, cell.width < NAME_MAX_WIDTH ? cell.width : NAME_MAX_WIDTH,
			    EG_LEFT);
	return r;
}

int eg_label_claims(FILE *stream, const struct eg_destination *row)
{
	const struct eg_detail *detail = eg_row_detail(row);
	const struct eg_place *place = eg_destination_place(row);
	const char *separator = "";

	if (place->owner_name) {
		fputs("owner ", stream);
		if (list_name(stream, place->owner_name) < 0)
			return -ENOMEM;
		if (place->owner_country)
			fprintf(stream, " (%s)", place->owner_country);
		separator = "; ";
	}
	if (place->as_country) {
		fprintf(stream, "%soperator registered in %s", separator, place->as_country);
		separator = "; ";
	}
	if (detail->domain && detail->domain_source) {
		fprintf(stream, "%sname by %s", separator, detail->domain_source);
		if (detail->domain_confidence)
			fprintf(stream, ", %s", detail->domain_confidence);
	}
	return 0;
}

/* --- failures --- */

static void add_failure(struct eg_failures *failures, const struct eg_error_count *error)
{
	size_t i = 0;

	while (i < failures->count && failures->errors[i].number != error->number)
		i++;
	if (i == EG_FAILURES) {
		failures->more += error->count;
		return;
	}
	if (i == failures->count)
		failures->errors[failures->count++].number = error->number;
	failures->errors[i].count += error->count;
}

void eg_failures_add(struct eg_failures *failures, const struct eg_destination *row)
{
	const struct eg_detail *detail = eg_row_detail(row);

	for (size_t i = 0; i < detail->errors_count; i++)
		add_failure(failures, &detail->errors[i]);
}

void eg_label_failures(FILE *stream, const struct eg_failures *failures,
		       const struct eg_counters *counters)
{
	const char *separator = ":";

	fprintf(stream, "failed %" PRIu64 " of %" PRIu64, counters->failed, counters->connections);
	for (size_t i = 0; i < failures->count; i++) {
		fprintf(stream, "%s %s %" PRIu64, separator,
			eg_row_error(failures->errors[i].number), failures->errors[i].count);
		separator = ",";
	}
	if (failures->more)
		fprintf(stream, ", others %" PRIu64, failures->more);
}
