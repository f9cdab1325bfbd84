/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the formats say of one row, in the contract's words. */
#include "row.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <egret/abi.h>
#include <egret/base.h>
#include <egret/ip.h>

#define DAY_NS (24 * 60 * 60 * NSEC_PER_SEC)

const char *eg_row_error(int number)
{
	const char *name = number > 0 ? strerrorname_np(number) : NULL;

	return name ? name : "unknown";
}

const char *eg_row_ip(const struct eg_destination_key *key, char buffer[static 46])
{
	return key->has_ip && !key->overflow ? eg_ip_text(key->ip, buffer) : NULL;
}

bool eg_row_has_port(const struct eg_destination_key *key)
{
	return key->has_port && !key->overflow;
}

const char *eg_row_transport(const struct eg_destination_key *key, char buffer[static 16])
{
	return key->overflow ? NULL : eg_transport_name(key->transport, buffer);
}

const char *eg_row_direction(const struct eg_destination_key *key)
{
	if (key->overflow)
		return NULL;
	return key->direction == EG_INBOUND ? "inbound" : "outbound";
}

const char *eg_row_scope(const struct eg_destination *destination)
{
	return destination->scope == EG_SCOPE_UNKNOWN ? NULL : eg_scope_name(destination->scope);
}

const struct eg_detail *eg_row_detail(const struct eg_destination *destination)
{
	static const struct eg_detail nothing;

	return destination->detail ? destination->detail : &nothing;
}

const char *eg_row_user(const struct eg_app *app, char buffer[static EG_USER_TEXT_SIZE])
{
	if (app->users_count != 1)
		return NULL;
	snprintf(buffer, EG_USER_TEXT_SIZE, "%" PRIu32, app->users[0]);
	return buffer;
}

const struct eg_host *eg_row_host(const struct eg_summary *summary)
{
	return summary->hosts_count == 1 ? &summary->hosts[0] : NULL;
}

/* FNV-1a with 128 bits (RFC 9923 section 5). */
#define FNV_PRIME (((unsigned __int128)1 << 88) | 0x13b)
#define FNV_BASIS (((unsigned __int128)0x6c62272e07bb0142ULL << 64) | 0x62b821756295c58dULL)

static unsigned __int128 hash_bytes(unsigned __int128 hash, const void *bytes, size_t size)
{
	for (const uint8_t *p = bytes; size; p++, size--)
		hash = (hash ^ *p) * FNV_PRIME;
	return hash;
}

/* The terminator is hashed too, so that "a","bc" and "ab","c" differ. */
static unsigned __int128 hash_text(unsigned __int128 hash, const char *text)
{
	return hash_bytes(hash, text ? text : "", text ? strlen(text) + 1 : 1);
}

static unsigned __int128 hash_number(unsigned __int128 hash, uint64_t number)
{
	for (int i = 0; i < 8; i++, number >>= 8) {
		uint8_t byte = (uint8_t)number;

		hash = hash_bytes(hash, &byte, 1);
	}
	return hash;
}

static unsigned __int128 hash_key(unsigned __int128 hash, const struct eg_destination_key *key)
{
	hash = hash_number(hash, key->overflow);
	if (key->overflow)
		return hash;
	hash = hash_number(hash, key->has_ip);
	if (key->has_ip)
		hash = hash_bytes(hash, key->ip, sizeof(key->ip));
	hash = hash_number(hash, key->has_port ? key->port : UINT64_MAX);
	hash = hash_number(hash, key->transport);
	return hash_number(hash, key->direction);
}

const char *eg_row_event_id(const struct eg_summary *summary, const struct eg_app *app,
			    const struct eg_destination_key *key,
			    char buffer[static EG_EVENT_ID_SIZE])
{
	unsigned __int128 hash = FNV_BASIS;

	for (size_t i = 0; i < summary->hosts_count; i++)
		hash = hash_text(hash, summary->hosts[i].id);
	hash = hash_number(hash, (uint64_t)summary->period.start);
	if (app)
		hash = hash_text(hash, app->id);
	if (key)
		hash = hash_key(hash, key);
	snprintf(buffer, EG_EVENT_ID_SIZE, "%016llx%016llx", (unsigned long long)(hash >> 64),
		 (unsigned long long)hash);
	return buffer;
}

int eg_row_built(const struct eg_database *database, int64_t *ret_real_ns)
{
	char text[sizeof("2026-11-01T00:00:00Z")];

	if (!database->built)
		return -EINVAL;
	if (strlen(database->built) != strlen("2026-11-01"))
		return eg_time_parse(database->built, ret_real_ns);
	snprintf(text, sizeof(text), "%sT00:00:00Z", database->built);
	return eg_time_parse(text, ret_real_ns);
}

/* " (22 days old)"; a clock that was wrong makes none younger than new. */
static void put_age(FILE *stream, const struct eg_database *database, int64_t end)
{
	int64_t built, age;

	if (eg_row_built(database, &built) < 0) {
		fputs(" (age unknown)", stream);
		return;
	}
	if (end < built)
		age = 0;
	else if (__builtin_sub_overflow(end, built, &age))
		age = INT64_MAX;
	age /= DAY_NS;
	fprintf(stream, " (%" PRId64 " day%s old)", age, age == 1 ? "" : "s");
}

void eg_row_databases(FILE *stream, const struct eg_summary *summary)
{
	fputs(summary->databases_count ? "Databases: " : "No databases configured", stream);
	for (size_t i = 0; i < summary->databases_count; i++) {
		fprintf(stream, "%s%s", i > 0 ? ", " : "", summary->databases[i].name);
		put_age(stream, &summary->databases[i], summary->period.end);
	}
	fputc('.', stream);
}
