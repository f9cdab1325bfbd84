/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A made-up database in IPFire's format, written by libloc itself. */
#pragma once

#include "fixture.h"

#ifdef EG_HAVE_LIBLOC

#include <libloc/libloc.h>
#include <libloc/network.h>
#include <libloc/writer.h>

static inline void loc_add(struct loc_writer *writer, const char *network, const char *country,
			   uint32_t number, bool anycast)
{
	struct loc_network *added;

	assert_int_equal(loc_writer_add_network(writer, &added, network), 0);
	loc_network_set_country_code(added, country);
	loc_network_set_asn(added, number);
	if (anycast)
		loc_network_set_flag(added, LOC_NETWORK_FLAG_ANYCAST);
	loc_network_unref(added);
}

static inline const char *loc_fixture(const char *name, char path[static FIXTURE_PATH_MAX])
{
	struct loc_writer *writer;
	struct loc_ctx *context;
	struct loc_as *as;
	FILE *stream = fopen(fixture_path(name, path), "w+");

	assert_non_null(stream);
	assert_int_equal(loc_new(&context), 0);
	assert_int_equal(loc_writer_new(context, &writer, NULL, NULL), 0);
	loc_writer_set_vendor(writer, "Nobody");
	loc_writer_set_license(writer, "CC0");
	assert_int_equal(loc_writer_add_as(writer, &as, 64500), 0);
	loc_as_set_name(as, "Example Pte");
	loc_as_unref(as);
	/* No network lies in another: libloc 0.9.18 no longer finds the outer one then. */
	loc_add(writer, "5.5.0.0/22", "SG", 64500, false);
	loc_add(writer, "5.5.5.0/24", "US", 64500, true);
	loc_add(writer, "5.6.0.0/16", "EU", 64501, false);
	loc_add(writer, "2a05::/32", "DE", 64500, false);
	assert_int_equal(loc_writer_write(writer, stream, LOC_DATABASE_VERSION_1), 0);
	assert_int_equal(fclose(stream), 0);
	loc_writer_unref(writer);
	loc_unref(context);
	return path;
}

#else

static inline const char *loc_fixture(const char *name, char path[static FIXTURE_PATH_MAX])
{
	(void)name;
	(void)path;
	skip();
	return NULL;
}

#endif
