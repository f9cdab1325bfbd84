/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Databases in IPFire's format; libloc lives here. */
#include "file.h"
#include "loc_format.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/table.h>

#ifdef EG_HAVE_LIBLOC

#include <fcntl.h>
#include <libloc/database.h>
#include <libloc/libloc.h>
#include <libloc/network.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct loc {
	FILE *stream;
	struct loc_ctx *context;
	struct loc_database *database;
	void *bytes; /* the file, mapped; MAP_FAILED: it is not */
	size_t size;
	struct eg_loc_tree tree; /* of it */
	struct eg_table *names; /* uint64_t AS number -> char *, NULL: it has none */
};

/* --- look-ups --- */

/* An operator's name, looked up once: libloc searches and copies each time. */
static const char *name_of(struct loc *loc, uint32_t number)
{
	uint64_t key = number;
	char **name = eg_table_find(loc->names, &key);
	struct loc_as *as = NULL;

	if (name)
		return *name;
	name = eg_table_add(loc->names, &key);
	if (!name)
		return NULL;
	if (loc_database_get_as(loc->database, &as, number) == 0 && as) {
		const char *text = loc_as_get_name(as);

		if (text && *text)
			*name = strdup(text);
		loc_as_unref(as);
	}
	return *name;
}

static void find(struct eg_geo_file *database, const uint8_t ip[16], struct eg_geo_answer *answer)
{
	struct loc *loc = database->handle;
	struct eg_loc_network network;

	if (!eg_loc_find(&loc->tree, ip, &network))
		return;
	eg_country_set(answer->country, network.country, strnlen(network.country, 2));
	if (answer->country[0])
		answer->from[EG_GEO_COUNTRY] = 0;
	answer->as_number = network.as_number;
	if (answer->as_number) {
		answer->as_organization = name_of(loc, answer->as_number);
		answer->from[EG_GEO_AS] = 0;
	}
	answer->anycast = network.flags & LOC_NETWORK_FLAG_ANYCAST;
	answer->from[EG_GEO_ANYCAST] = 0;
}

/* --- the file --- */

static void close_loc(struct loc *loc)
{
	void *name;

	for (size_t i = 0; loc->names && i < eg_table_count(loc->names); i++) {
		eg_table_entry(loc->names, i, &name);
		free(*(char **)name);
	}
	eg_table_free(loc->names);
	if (loc->database)
		loc_database_unref(loc->database);
	if (loc->context)
		loc_unref(loc->context);
	if (loc->bytes != MAP_FAILED)
		munmap(loc->bytes, loc->size);
	if (loc->stream)
		fclose(loc->stream);
	free(loc);
}

static void close_locp(struct loc **loc)
{
	if (*loc)
		close_loc(*loc);
}

static void close_database(struct eg_geo_file *database)
{
	close_loc(database->handle);
}

static int check(struct loc *loc, char reason[static EG_REASON_MAX])
{
	const char *why = "it is empty";
	struct stat status;
	int r = -EINVAL;

	if (fstat(fileno(loc->stream), &status) < 0)
		return -EINVAL;
	loc->size = (size_t)status.st_size;
	loc->bytes = mmap(NULL, loc->size, PROT_READ, MAP_PRIVATE, fileno(loc->stream), 0);
	if (loc->bytes != MAP_FAILED) {
		r = eg_loc_check(loc->bytes, loc->size, &loc->tree, &why);
		/* All of it has been read; what look-ups need is read again. */
		madvise(loc->bytes, loc->size, MADV_DONTNEED);
	}
	if (r == -EINVAL)
		snprintf(reason, EG_REASON_MAX, "%s", why);
	return r;
}

/* What the library has to say is said here: by its return values. */
static void be_silent(struct loc_ctx *context, int priority, const char *file, int line,
		      const char *function, const char *format, va_list args)
{
	(void)context;
	(void)priority;
	(void)file;
	(void)line;
	(void)function;
	(void)format;
	(void)args;
}

static int describe(struct loc_database *database, struct eg_geo_database *about)
{
	const char *license = loc_database_get_license(database);
	time_t built = loc_database_created_at(database);

	about->built = built > 0 && built <= INT64_MAX / NSEC_PER_SEC ? built * NSEC_PER_SEC : 0;
	about->basis = EG_GEO_REGISTRY;
	about->fields = 1U << EG_GEO_COUNTRY | 1U << EG_GEO_AS | 1U << EG_GEO_ANYCAST;
	if (!license || !*license || about->license)
		return 0;
	about->license = strdup(license);
	return about->license ? 0 : -ENOMEM;
}

/* libloc keeps a duplicate of the descriptor, the lowest free one: no command is to inherit it. */
static int new_database(struct loc *loc)
{
	int next = fcntl(fileno(loc->stream), F_DUPFD_CLOEXEC, 0), r;

	if (next >= 0)
		close(next);
	r = loc_database_new(loc->context, &loc->database, loc->stream);
	if (next >= 0)
		fcntl(next, F_SETFD, FD_CLOEXEC);
	return r;
}

static int open_database(struct eg_geo_file *database, char reason[static EG_REASON_MAX])
{
	_cleanup_(close_locp) struct loc *loc = calloc(1, sizeof(*loc));
	int r;

	if (!loc)
		return -ENOMEM;
	loc->bytes = MAP_FAILED;
	loc->names = eg_table_new(sizeof(uint64_t), sizeof(char *));
	loc->stream = fopen(database->about.path, "re");
	if (!loc->names || !loc->stream || loc_new(&loc->context) != 0)
		return -ENOMEM;
	loc_set_log_fn(loc->context, be_silent);
	r = check(loc, reason);
	if (r < 0)
		return r;
	if (new_database(loc) != 0) {
		loc->database = NULL;
		snprintf(reason, EG_REASON_MAX, "libloc can't read it");
		return -EINVAL;
	}
	r = describe(loc->database, &database->about);
	if (r == 0)
		database->handle = TAKE_PTR(loc);
	return r;
}

#endif

const struct eg_geo_file_ops eg_loc_ops = {
	.name = "libloc",
	.library = "libloc",
#ifdef EG_HAVE_LIBLOC
	.open = open_database,
	.find = find,
	.close = close_database,
#endif
};
