/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading an element of destinations[] (contract section 3). */
#include "destination.h"
#include "detail.h"
#include "list.h"
#include "place.h"
#include "reader.h"
#include "texts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/abi.h>
#include <egret/base.h>
#include <egret/ip.h>

/* A row while it is read. */
struct row {
	struct eg_destination_key key;
	bool has_transport, has_direction;
	uint8_t scope;
	uint32_t rtt_min_us;
	struct eg_counters counters;
	struct eg_detail detail; /* what it points to moves into the row */
	struct eg_place place;
};

/* --- the key --- */

static int read_ip(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct eg_destination_key *key = into;
	_cleanup_(eg_freep) char *text = NULL;
	int r = eg_read_text(reader, at, &text);

	if (r < 0 || !text)
		return r;
	if (eg_ip_parse(text, key->ip) < 0)
		return eg_reader_fail(reader, at, "not an address");
	key->has_ip = true;
	return 0;
}

static int read_port(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct eg_destination_key *key = into;
	uint32_t port;
	int r;

	if (eg_reader_is(at, EG_JSON_NULL))
		return 0;
	r = eg_read_u32(reader, at, &port);
	if (r < 0)
		return r;
	if (port > UINT16_MAX)
		return eg_reader_fail(reader, at, "too large");
	key->port = (uint16_t)port;
	key->has_port = true;
	return 0;
}

static int read_transport(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct row *row = into;
	_cleanup_(eg_freep) char *text = NULL;
	int r = eg_read_text(reader, at, &text);

	if (r < 0 || !text)
		return r;
	if (eg_transport_parse(text, &row->key.transport) < 0)
		return eg_reader_fail(reader, at, "not a transport");
	row->has_transport = true;
	return 0;
}

static int read_direction(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct row *row = into;

	if (eg_reader_is(at, EG_JSON_NULL))
		return 0;
	row->has_direction = true;
	row->key.direction = EG_OUTBOUND;
	if (!eg_reader_is(at, EG_JSON_TEXT))
		return eg_reader_fail(reader, at, "not a string");
	if (eg_json_is(at->value, "outbound"))
		return 0;
	row->key.direction = EG_INBOUND;
	return eg_json_is(at->value, "inbound") ? 0 : eg_reader_fail(reader, at, "not a direction");
}

static int read_scope(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	if (eg_reader_is(at, EG_JSON_NULL))
		return 0;
	if (!eg_reader_is(at, EG_JSON_TEXT))
		return eg_reader_fail(reader, at, "not a string");
	for (enum eg_scope scope = EG_SCOPE_INTERNET; scope < EG_SCOPE_COUNT; scope++) {
		if (eg_json_is(at->value, eg_scope_name(scope))) {
			*(uint8_t *)into = (uint8_t)scope;
			return 0;
		}
	}
	return eg_reader_fail(reader, at, "not a scope");
}

/* A row without an address has none at all, and only that one. */
static int check_key(const struct eg_reader *reader, const struct eg_at *at, const struct row *row)
{
	const struct eg_destination_key *key = &row->key;

	if (!key->overflow && !row->has_transport)
		return eg_reader_fail(reader, at, "no transport, and no overflow row");
	if (!key->overflow && !row->has_direction)
		return eg_reader_fail(reader, at, "no direction, and no overflow row");
	if (key->overflow &&
	    (key->has_ip || key->has_port || row->has_transport || row->has_direction))
		return eg_reader_fail(reader, at, "an overflow row with an address");
	return 0;
}

/* --- the detail --- */

/* The errno of a name; 0, unknown, also for names of another architecture. */
static int errno_of(struct eg_json key)
{
	for (int number = 1; number < 4096; number++) {
		const char *name = strerrorname_np(number);

		if (name && eg_json_is(key, name))
			return number;
	}
	return 0;
}

static int read_error(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	uint64_t count;
	int r = eg_read_count(reader, at, &count);

	if (r < 0 || !count)
		return r;
	return eg_detail_add_error(into, errno_of(at->foreign), count);
}

static int read_errors(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	return eg_reader_map(reader, at, read_error, into);
}

static void free_name(struct eg_name *name)
{
	eg_text_group_free(&eg_name_texts, name);
}

static int read_name(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	static const struct eg_member members[] = {
		EG_REQUIRED(eg_name, "name", name, eg_read_text),
		EG_OPTIONAL(eg_name, "source", source, eg_read_text),
		EG_OPTIONAL(eg_name, "confidence", confidence, eg_read_text),
		EG_REQUIRED(eg_name, "connections", connections, eg_read_count),
		EG_REQUIRED(eg_name, "bytes_sent", bytes.sent, eg_read_count),
		EG_REQUIRED(eg_name, "bytes_received", bytes.received, eg_read_count),
	};
	_cleanup_(free_name) struct eg_name name = { 0 };
	int r = eg_reader_object(reader, at, members, ARRAY_SIZE(members), &name);

	if (r == 0 && !name.name)
		r = eg_reader_fail(reader, at, "without a name");
	return r == 0 ? eg_detail_append_name(into, &name) : r;
}

static int read_names(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct eg_detail *detail = into;
	int r;

	if (!eg_reader_is(at, EG_JSON_ARRAY))
		return eg_reader_fail(reader, at, "not an array");
	r = eg_list_reserve(&detail->names, 0, eg_json_count(at->value), sizeof(*detail->names));
	if (r == 0)
		r = eg_reader_array(reader, at, read_name, detail);
	eg_detail_fold_names(detail);
	return r;
}

static int read_as(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	static const struct eg_member members[] = {
		EG_OPTIONAL(eg_place, "number", as_number, eg_read_optional_u32),
		EG_OPTIONAL(eg_place, "organization", as_organization, eg_read_text),
		EG_OPTIONAL(eg_place, "country", as_country, eg_read_text),
	};

	if (eg_reader_is(at, EG_JSON_NULL))
		return 0;
	return eg_reader_object(reader, at, members, ARRAY_SIZE(members), into);
}

static int read_owner(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	static const struct eg_member members[] = {
		EG_OPTIONAL(eg_place, "name", owner_name, eg_read_text),
		EG_OPTIONAL(eg_place, "country", owner_country, eg_read_text),
		EG_OPTIONAL(eg_place, "source", owner_source, eg_read_text),
	};

	if (eg_reader_is(at, EG_JSON_NULL))
		return 0;
	return eg_reader_object(reader, at, members, ARRAY_SIZE(members), into);
}

/* --- the row --- */

static const struct eg_member row_members[] = {
	EG_OPTIONAL(row, "ip", key, read_ip),
	EG_OPTIONAL(row, "port", key, read_port),
	EG_WHOLE("transport", read_transport),
	EG_WHOLE("direction", read_direction),
	EG_OPTIONAL(row, "scope", scope, read_scope),
	EG_OPTIONAL(row, "overflow", key.overflow, eg_read_bool),
	EG_OPTIONAL(row, "domain", detail.domain, eg_read_text),
	EG_OPTIONAL(row, "domain_source", detail.domain_source, eg_read_text),
	EG_OPTIONAL(row, "domain_confidence", detail.domain_confidence, eg_read_text),
	EG_OPTIONAL(row, "registered_domain", detail.registered_domain, eg_read_text),
	EG_OPTIONAL(row, "names", detail, read_names),
	EG_OPTIONAL(row, "country", place.country, eg_read_text),
	EG_OPTIONAL(row, "country_basis", place.country_basis, eg_read_text),
	EG_OPTIONAL(row, "anycast", place.anycast, eg_read_tristate),
	EG_OPTIONAL(row, "as", place, read_as),
	EG_OPTIONAL(row, "owner", place, read_owner),
	EG_COUNTERS(row, counters),
	EG_OPTIONAL(row, "errors", detail, read_errors),
	EG_OPTIONAL(row, "rtt_min_us", rtt_min_us, eg_read_optional_u32),
	EG_SEEN(row, counters),
};

/* Puts the row, whose key is new, into the app. */
static int add_row(struct eg_app *app, struct row *row)
{
	struct eg_destination *destination = eg_app_row(app, &row->key);

	if (!destination)
		return -ENOMEM;
	destination->scope = row->scope;
	eg_app_count(app, destination, &row->counters, row->rtt_min_us);
	if (!eg_place_is_empty(&row->place) && eg_app_set_place(app, destination, &row->place) < 0)
		return -ENOMEM;
	if (eg_detail_is_empty(&row->detail))
		return 0;
	if (!eg_destination_detail(destination))
		return -ENOMEM;
	*destination->detail = row->detail;
	row->detail = (struct eg_detail){ 0 };
	return 0;
}

int eg_read_row(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct eg_app *app = into;
	struct row row = { 0 };
	int r = eg_reader_object(reader, at, row_members, ARRAY_SIZE(row_members), &row);

	if (r == 0)
		r = check_key(reader, at, &row);
	if (r == 0 && eg_app_has_row(app, &row.key))
		r = eg_reader_fail(reader, at, "this destination is given twice");
	if (r == 0)
		r = add_row(app, &row);
	eg_detail_clear(&row.detail);
	eg_place_clear(&row.place);
	return r;
}
