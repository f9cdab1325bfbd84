/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Adding an interval: its rows, and the texts and places that they refer to. */
#include "add.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <egret/abi.h>
#include <egret/base.h>

/* --- what a row refers to --- */

static int intern_place(struct eg_addition *addition, const struct eg_place *place, int64_t *ret_id)
{
	static const char *const anycast[] = {
		[EG_UNKNOWN] = NULL,
		[EG_NO] = "0",
		[EG_YES] = "1",
	};
	const uint64_t key = (uintptr_t)place;
	char as_number[12];
	const char *texts[EG_INTERN_TEXTS] = {
		place->country,		 place->country_basis,
		anycast[place->anycast], place->as_number ? as_number : NULL,
		place->as_organization,	 place->as_country,
		place->owner_name,	 place->owner_country,
		place->owner_source,
	};
	int64_t *known = eg_table_add(addition->places, &key);
	int r = 0;

	if (!known)
		return -ENOMEM;
	if (!*known) {
		snprintf(as_number, sizeof(as_number), "%" PRIu32, place->as_number);
		r = eg_intern_texts(addition->store, EG_INTERN_PLACE, texts, known);
	}
	*ret_id = *known;
	return r;
}

static int intern_name(struct eg_addition *addition, const struct eg_name *name, int64_t *ret_id)
{
	const char *texts[EG_INTERN_TEXTS] = { name->name, name->source, name->confidence };

	return eg_intern_texts(addition->store, EG_INTERN_NAME, texts, ret_id);
}

static int intern_domain(struct eg_addition *addition, const struct eg_detail *detail,
			 int64_t *ret_id)
{
	const char *texts[EG_INTERN_TEXTS] = { detail->domain, detail->domain_source,
					       detail->domain_confidence,
					       detail->registered_domain };

	if (!texts[0] && !texts[1] && !texts[2] && !texts[3])
		return 0;
	return eg_intern_texts(addition->store, EG_INTERN_DOMAIN, texts, ret_id);
}

/* The usual case: one name, whose counters need not be written since they are the row's. */
static bool has_sole_name(const struct eg_destination *row)
{
	const struct eg_name *name =
		row->detail && row->detail->names_count == 1 ? row->detail->names : NULL;

	return name && name->connections == row->counters.connections &&
	       name->bytes.sent == row->counters.bytes.sent &&
	       name->bytes.received == row->counters.bytes.received;
}

static int intern_destination(struct eg_addition *addition, const struct eg_destination *row,
			      int64_t *ret_id)
{
	const struct eg_destination_key *key = &row->key;
	struct eg_intern_destination destination = {
		.app = addition->app,
		.scope = row->scope,
		.overflow = key->overflow,
	};
	int r = 0;

	if (!key->overflow) {
		destination.transport = key->transport;
		destination.direction = key->direction;
		destination.has_ip = key->has_ip;
		destination.has_port = key->has_port;
		destination.port = key->has_port ? key->port : 0;
		if (key->has_ip)
			memcpy(destination.ip, key->ip, sizeof(destination.ip));
	}
	if (row->place)
		r = intern_place(addition, row->place, &destination.place);
	if (r == 0 && row->detail)
		r = intern_domain(addition, row->detail, &destination.domain);
	if (r == 0 && has_sole_name(row))
		r = intern_name(addition, row->detail->names, &destination.name);
	if (r < 0)
		return r;
	return eg_intern_destination(addition->store, &destination, ret_id);
}

/* --- rows --- */

static int add_error(struct eg_addition *addition, const struct eg_error_count *error, int64_t id)
{
	struct eg_query query = eg_query(addition->store,
					 "INSERT INTO flow_error (period, destination, number,"
					 " count) VALUES (?1, ?2, ?3, ?4)");

	eg_query_int(&query, addition->period);
	eg_query_int(&query, id);
	eg_query_int(&query, error->number);
	eg_query_count(&query, error->count);
	return eg_query_run(&query);
}

static int add_name(struct eg_addition *addition, const struct eg_name *name, int64_t id)
{
	struct eg_query query;
	int64_t number = 0;
	int r = intern_name(addition, name, &number);

	if (r < 0)
		return r;
	query = eg_query(addition->store, "INSERT INTO flow_name (period, destination, name,"
					  " connections, sent, received)"
					  " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
	eg_query_int(&query, addition->period);
	eg_query_int(&query, id);
	eg_query_int(&query, number);
	eg_query_count(&query, name->connections);
	eg_query_count(&query, name->bytes.sent);
	eg_query_count(&query, name->bytes.received);
	return eg_query_run(&query);
}

static int add_detail(struct eg_addition *addition, const struct eg_destination *row, int64_t id)
{
	const struct eg_detail *detail = row->detail;
	int r = 0;

	for (size_t i = 0; i < detail->errors_count && r == 0; i++) {
		if (detail->errors[i].count)
			r = add_error(addition, &detail->errors[i], id);
	}
	if (has_sole_name(row))
		return r;
	for (size_t i = 0; i < detail->names_count && r == 0; i++)
		r = add_name(addition, &detail->names[i], id);
	return r;
}

/* --- in order --- */

static struct eg_flow_row flow_of(const struct eg_destination *row, int64_t destination)
{
	const struct eg_counters *counters = &row->counters;

	return (struct eg_flow_row){
		.destination = destination,
		.sent = counters->bytes.sent,
		.received = counters->bytes.received,
		.connections = counters->connections,
		.failed = counters->failed,
		.first_seen = counters->first_seen ? counters->first_seen : EG_NEVER,
		.last_seen = counters->last_seen ? counters->last_seen : EG_NEVER,
		.rtt_min_us = row->rtt_min_us,
	};
}

int eg_add_row(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	struct eg_addition *addition = data;
	int64_t destination = 0;
	int r = intern_destination(addition, row, &destination);

	(void)app;
	if (r == 0 && row->detail)
		r = add_detail(addition, row, destination);
	if (r < 0)
		return r;
	if (addition->flows_count == addition->flows_capacity) {
		size_t capacity = addition->flows_capacity ? 2 * addition->flows_capacity : 64;
		struct eg_flow_row *grown = reallocarray(addition->flows, capacity, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		addition->flows = grown;
		addition->flows_capacity = capacity;
	}
	addition->flows[addition->flows_count++] = flow_of(row, destination);
	return 0;
}

int eg_add_rows(struct eg_addition *addition)
{
	const struct eg_sum sum = { .period = addition->period, .bucket = addition->bucket };

	eg_flows_sort(addition->flows, addition->flows_count);
	return eg_flows_write(addition->store, &sum, addition->flows, addition->flows_count);
}
