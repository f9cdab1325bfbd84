/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Databases in the MaxMind DB format 2.0; libmaxminddb lives here. */
#include "file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/ip.h>
#include <egret/table.h>

#ifdef EG_HAVE_LIBMAXMINDDB

#include <maxminddb.h>
#include <netinet/in.h>

#define EPOCH_MAX (INT64_MAX / NSEC_PER_SEC)

/* What a record says, decoded once: an address only leads to a record. */
struct record {
	struct eg_geo_answer answer;
	char *organization;
	bool known;
};

struct mmdb {
	MMDB_s file;
	struct eg_table *records; /* uint64_t offset -> struct record */
	bool has_anycast; /* says "no" as well, so that silence is an answer */
};

/* --- members of a record, under the names that publishers give them --- */

typedef const char *const name_list[4];

static const name_list country_paths[] = {
	{ "country", "iso_code" },
	{ "country_code" }, /* ip-location-db, IPinfo Lite */
	{ "country" }, /* older IPinfo */
};
static const name_list registered_paths[] = {
	{ "registered_country", "iso_code" },
};
static const name_list number_paths[] = {
	{ "autonomous_system_number" },
	{ "traits", "autonomous_system_number" },
	{ "asn" }, /* IPinfo: "AS64500" */
	{ "as_number" },
};
static const name_list organization_paths[] = {
	{ "autonomous_system_organization" },
	{ "traits", "autonomous_system_organization" },
	{ "as_name" },
	{ "as_organization" },
};
static const name_list operator_country_paths[] = {
	{ "as_country_code" },
	{ "as_country" },
};
static const name_list anycast_paths[] = {
	{ "is_anycast" },
	{ "traits", "is_anycast" },
};

static bool get(MMDB_entry_s *entry, const name_list *paths, size_t count,
		bool (*fits)(const MMDB_entry_data_s *data), MMDB_entry_data_s *ret_data)
{
	for (size_t i = 0; i < count; i++) {
		if (MMDB_aget_value(entry, ret_data, paths[i]) == MMDB_SUCCESS &&
		    ret_data->has_data && fits(ret_data))
			return true;
	}
	return false;
}
#define GET(entry, paths, fits, ret_data) get(entry, paths, ARRAY_SIZE(paths), fits, ret_data)

static bool is_country(const MMDB_entry_data_s *data)
{
	return data->type == MMDB_DATA_TYPE_UTF8_STRING && data->data_size == 2;
}

static bool is_text(const MMDB_entry_data_s *data)
{
	return data->type == MMDB_DATA_TYPE_UTF8_STRING && data->data_size > 0;
}

static bool is_bool(const MMDB_entry_data_s *data)
{
	return data->type == MMDB_DATA_TYPE_BOOLEAN;
}

/* "AS64500", or 0. */
static uint32_t parse_number(const char *text, size_t size)
{
	uint64_t number = 0;

	if (size < 3 || size > 12 || memcmp(text, "AS", 2) != 0)
		return 0;
	for (size_t i = 2; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return 0;
		number = number * 10 + (uint64_t)(text[i] - '0');
	}
	return number <= UINT32_MAX ? (uint32_t)number : 0;
}

static uint32_t number_of(const MMDB_entry_data_s *data)
{
	switch (data->type) {
	case MMDB_DATA_TYPE_UINT16:
		return data->uint16;
	case MMDB_DATA_TYPE_UINT32:
		return data->uint32;
	case MMDB_DATA_TYPE_UINT64:
		return data->uint64 <= UINT32_MAX ? (uint32_t)data->uint64 : 0;
	case MMDB_DATA_TYPE_UTF8_STRING:
		return parse_number(data->utf8_string, data->data_size);
	default:
		return 0;
	}
}

static bool is_number(const MMDB_entry_data_s *data)
{
	return number_of(data) > 0;
}

/* --- a record --- */

static void read_country(MMDB_entry_s *entry, struct eg_geo_answer *answer)
{
	MMDB_entry_data_s data;

	if (GET(entry, country_paths, is_country, &data))
		eg_country_set(answer->country, data.utf8_string, data.data_size);
	if (!answer->country[0] && GET(entry, registered_paths, is_country, &data)) {
		eg_country_set(answer->country, data.utf8_string, data.data_size);
		answer->basis = EG_GEO_REGISTRY;
	}
	if (answer->country[0])
		answer->from[EG_GEO_COUNTRY] = 0;
}

/* Texts in the file have no terminator. */
static int read_operator(MMDB_entry_s *entry, struct record *record)
{
	struct eg_geo_answer *answer = &record->answer;
	MMDB_entry_data_s data;

	if (GET(entry, number_paths, is_number, &data))
		answer->as_number = number_of(&data);
	if (GET(entry, organization_paths, is_text, &data)) {
		record->organization = strndup(data.utf8_string, data.data_size);
		if (!record->organization)
			return -ENOMEM;
		answer->as_organization = record->organization;
	}
	if (GET(entry, operator_country_paths, is_country, &data))
		eg_country_set(answer->as_country, data.utf8_string, data.data_size);
	if (answer->as_number || answer->as_organization)
		answer->from[EG_GEO_AS] = 0;
	return 0;
}

static int read_record(const struct mmdb *mmdb, MMDB_entry_s *entry, enum eg_geo_basis basis,
		       struct record *record)
{
	MMDB_entry_data_s data;
	bool flagged = GET(entry, anycast_paths, is_bool, &data);

	record->answer = (struct eg_geo_answer){ .basis = basis, .from = { -1, -1, -1 } };
	read_country(entry, &record->answer);
	if (flagged || mmdb->has_anycast) {
		record->answer.anycast = flagged && data.boolean;
		record->answer.from[EG_GEO_ANYCAST] = 0;
	}
	return read_operator(entry, record);
}

static const struct record *find_record(struct eg_geo_file *database, MMDB_entry_s *entry)
{
	struct mmdb *mmdb = database->handle;
	uint64_t offset = entry->offset;
	struct record *record = eg_table_add(mmdb->records, &offset);

	if (!record)
		return NULL;
	if (!record->known && read_record(mmdb, entry, database->about.basis, record) == 0)
		record->known = true;
	return record->known ? record : NULL;
}

static void find(struct eg_geo_file *database, const uint8_t ip[16], struct eg_geo_answer *answer)
{
	struct mmdb *mmdb = database->handle;
	struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in ipv4 = { .sin_family = AF_INET };
	const void *address = &ipv6;
	MMDB_lookup_result_s result;
	const struct record *record;
	int error;

	memcpy(&ipv6.sin6_addr, ip, 16);
	if (eg_ip_is_ipv4(ip)) {
		memcpy(&ipv4.sin_addr, ip + 12, 4);
		address = &ipv4;
	}
	result = MMDB_lookup_sockaddr(&mmdb->file, address, &error);
	if (error != MMDB_SUCCESS || !result.found_entry)
		return;
	record = find_record(database, &result.entry);
	if (record)
		*answer = record->answer;
}

/* --- the file --- */

static bool is_good(uint8_t type)
{
	return type == MMDB_RECORD_TYPE_SEARCH_NODE || type == MMDB_RECORD_TYPE_EMPTY ||
	       type == MMDB_RECORD_TYPE_DATA;
}

static bool has_country(MMDB_entry_s *entry)
{
	MMDB_entry_data_s data;

	return GET(entry, country_paths, is_country, &data) ||
	       GET(entry, registered_paths, is_country, &data);
}

static bool has_operator(MMDB_entry_s *entry)
{
	MMDB_entry_data_s data;

	return GET(entry, number_paths, is_number, &data) ||
	       GET(entry, organization_paths, is_text, &data);
}

static bool has_flag(MMDB_entry_s *entry)
{
	MMDB_entry_data_s data;

	return GET(entry, anycast_paths, is_bool, &data);
}

/* Adds what a record has an answer for: one is enough, and most may be silent. */
static void add_fields(MMDB_entry_s *entry, unsigned *fields)
{
	static bool (*const has[EG_GEO_FIELDS])(MMDB_entry_s * entry) = {
		[EG_GEO_COUNTRY] = has_country,
		[EG_GEO_AS] = has_operator,
		[EG_GEO_ANYCAST] = has_flag,
	};

	for (size_t i = 0; i < EG_GEO_FIELDS; i++) {
		if (!(*fields & 1U << i) && has[i](entry))
			*fields |= 1U << i;
	}
}

struct checking {
	const MMDB_s *file;
	struct eg_geo_database *about;
	uint8_t *seen; /* a bit for each byte of the data: a record begins there that was checked */
};

/* The members that an answer is made of; the first is none's, so that all of the record is read. */
static const name_list read_paths[] = {
	{ "" },
	{ "country", "iso_code" },
	{ "registered_country", "iso_code" },
	{ "traits", "autonomous_system_number" },
	{ "traits", "is_anycast" },
};

/* A map, in which what is looked for is found or not there. */
static bool is_readable(MMDB_entry_s *entry)
{
	static const char *const whole[] = { NULL };
	MMDB_entry_data_s data;

	if (MMDB_aget_value(entry, &data, whole) != MMDB_SUCCESS || data.type != MMDB_DATA_TYPE_MAP)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(read_paths); i++) {
		int error = MMDB_aget_value(entry, &data, read_paths[i]);

		if (error != MMDB_SUCCESS && error != MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR)
			return false;
	}
	return true;
}

/* Many addresses lead to one record, which is read once. */
static bool check_record(struct checking *checking, uint8_t type, MMDB_entry_s *entry)
{
	uint32_t offset = entry->offset;
	uint8_t bit = (uint8_t)(1 << offset % 8);

	if (type != MMDB_RECORD_TYPE_DATA)
		return true;
	if (offset >= checking->file->data_section_size)
		return false;
	if (checking->seen[offset / 8] & bit)
		return true;
	checking->seen[offset / 8] |= bit;
	add_fields(entry, &checking->about->fields);
	return is_readable(entry);
}

/*
 * Every record of the tree points to where it may, and to what can be read.
 * libmaxminddb checks the bounds of each step of a look-up, but would tell only
 * those who ask for that address.
 */
static int check_nodes(struct checking *checking, char reason[static EG_REASON_MAX])
{
	const MMDB_s *file = checking->file;

	for (uint32_t number = 0; number < file->metadata.node_count; number++) {
		MMDB_search_node_s node;

		if (MMDB_read_node(file, number, &node) != MMDB_SUCCESS ||
		    !is_good(node.left_record_type) || !is_good(node.right_record_type)) {
			snprintf(reason, EG_REASON_MAX,
				 "damaged: node %u of its tree points outside", number);
			return -EINVAL;
		}
		if (!check_record(checking, node.left_record_type, &node.left_record_entry) ||
		    !check_record(checking, node.right_record_type, &node.right_record_entry)) {
			snprintf(reason, EG_REASON_MAX,
				 "damaged: node %u of its tree leads to what can't be read",
				 number);
			return -EINVAL;
		}
	}
	return 0;
}

static int check_tree(const MMDB_s *file, struct eg_geo_database *about,
		      char reason[static EG_REASON_MAX])
{
	struct checking checking = { .file = file, .about = about };
	int r;

	checking.seen = calloc(file->data_section_size / 8 + 1, 1);
	if (!checking.seen)
		return -ENOMEM;
	r = check_nodes(&checking, reason);
	free(checking.seen);
	return r;
}

static int check(const MMDB_s *file, struct eg_geo_database *about,
		 char reason[static EG_REASON_MAX])
{
	int r;

	if (file->metadata.build_epoch == 0 || file->metadata.build_epoch > EPOCH_MAX) {
		snprintf(reason, EG_REASON_MAX, "damaged: it does not say when it was built");
		return -EINVAL;
	}
	about->built = (int64_t)file->metadata.build_epoch * NSEC_PER_SEC;
	r = check_tree(file, about, reason);
	if (r < 0)
		return r;
	if (!about->fields) {
		snprintf(reason, EG_REASON_MAX, "it has no countries and no operators");
		return -EINVAL;
	}
	return 0;
}

static int open_database(struct eg_geo_file *database, char reason[static EG_REASON_MAX])
{
	struct mmdb *mmdb = calloc(1, sizeof(*mmdb));
	int error, r = -EINVAL;

	if (!mmdb)
		return -ENOMEM;
	error = MMDB_open(database->about.path, MMDB_MODE_MMAP, &mmdb->file);
	if (error != MMDB_SUCCESS) {
		snprintf(reason, EG_REASON_MAX, "no database, or a damaged one: %s",
			 MMDB_strerror(error));
		free(mmdb);
		return error == MMDB_OUT_OF_MEMORY_ERROR ? -ENOMEM : -EINVAL;
	}
	r = check(&mmdb->file, &database->about, reason);
	if (r == 0) {
		mmdb->records = eg_table_new(sizeof(uint64_t), sizeof(struct record));
		r = mmdb->records ? 0 : -ENOMEM;
	}
	if (r < 0) {
		MMDB_close(&mmdb->file);
		free(mmdb);
		return r;
	}
	mmdb->has_anycast = database->about.fields & 1U << EG_GEO_ANYCAST;
	database->handle = mmdb;
	return 0;
}

static void close_database(struct eg_geo_file *database)
{
	struct mmdb *mmdb = database->handle;
	void *record;

	for (size_t i = 0; i < eg_table_count(mmdb->records); i++) {
		eg_table_entry(mmdb->records, i, &record);
		free(((struct record *)record)->organization);
	}
	eg_table_free(mmdb->records);
	MMDB_close(&mmdb->file);
	free(mmdb);
}

#endif

const struct eg_geo_file_ops eg_mmdb_ops = {
	.name = "MMDB",
	.library = "libmaxminddb",
#ifdef EG_HAVE_LIBMAXMINDDB
	.open = open_database,
	.find = find,
	.close = close_database,
#endif
};
