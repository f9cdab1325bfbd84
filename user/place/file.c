/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Opening a file of places: which format it has, what it is called, whose it is. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include <egret/base.h>

#define LOC_MAGIC "LOCDBXX"

/* What files that don't say so themselves are known for; the first match counts. */
static const struct {
	const char *pattern; /* of the name */
	const char *license;
	enum eg_geo_basis basis;
} known[] = {
	{ .pattern = "GeoLite2*", .license = "GeoLite2-EULA", .basis = EG_GEO_GEOLOCATION },
	{ .pattern = "geo-whois-asn*", .license = "CC0-1.0", .basis = EG_GEO_REGISTRY },
	{ .pattern = "asn-country*", .license = "CC0-1.0", .basis = EG_GEO_REGISTRY },
	{ .pattern = "iptoasn*", .license = "PDDL-1.0", .basis = EG_GEO_REGISTRY },
	{ .pattern = "origin-asn*", .license = "PDDL-1.0", .basis = EG_GEO_REGISTRY },
	{ .pattern = "server-country*", .license = "PDDL-1.0", .basis = EG_GEO_GEOLOCATION },
	{ .pattern = "user-country*", .license = "PDDL-1.0", .basis = EG_GEO_GEOLOCATION },
	{ .pattern = "asn", .license = "CC-BY-4.0", .basis = EG_GEO_REGISTRY },
	{ .pattern = "dbip*", .license = "CC-BY-4.0", .basis = EG_GEO_GEOLOCATION },
	{ .pattern = "ipinfo*", .license = "CC-BY-SA-4.0", .basis = EG_GEO_GEOLOCATION },
	{ .pattern = "*whois*", .basis = EG_GEO_REGISTRY },
	{ .pattern = "*registry*", .basis = EG_GEO_REGISTRY },
	{ .pattern = "*", .basis = EG_GEO_GEOLOCATION },
};

void eg_country_set(char country[static 3], const char *code, size_t size)
{
	/* What registries and databases write where there is no country, or several. */
	static const char *const none[] = { "AP", "EU", "XX", "ZZ" };

	if (size != 2 || code[0] < 'A' || code[0] > 'Z' || code[1] < 'A' || code[1] > 'Z')
		return;
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		if (memcmp(code, none[i], 2) == 0)
			return;
	}
	memcpy(country, code, 2);
	country[2] = '\0';
}

/* --- what it is --- */

/* "GeoLite2-City" of ".../GeoLite2-City.mmdb"; libloc's own files have no telling name. */
static char *name_of(const char *path, const struct eg_geo_file_ops *ops)
{
	const char *base = strrchr(path, '/'), *dot;

	base = base ? base + 1 : path;
	dot = strrchr(base, '.');
	if (ops == &eg_loc_ops &&
	    (strcmp(base, "database.db") == 0 || strcmp(base, "location.db") == 0))
		return strdup("libloc");
	return dot && dot > base ? strndup(base, (size_t)(dot - base)) : strdup(base);
}

static int set_known(struct eg_geo_database *about)
{
	size_t i = 0;

	while (fnmatch(known[i].pattern, about->name, FNM_CASEFOLD) != 0)
		i++;
	about->basis = known[i].basis;
	if (!known[i].license)
		return 0;
	about->license = strdup(known[i].license);
	return about->license ? 0 : -ENOMEM;
}

/* Which format the file begins like: MaxMind's has its marks at the end. */
static int find_format(const char *path, const struct eg_geo_file_ops **ret_ops,
		       char reason[static EG_REASON_MAX])
{
	_cleanup_(eg_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char magic[sizeof(LOC_MAGIC) - 1];
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0) {
		snprintf(reason, EG_REASON_MAX, "%s", strerror(errno));
		return -EINVAL;
	}
	if (!S_ISREG(status.st_mode)) {
		snprintf(reason, EG_REASON_MAX, "not a regular file");
		return -EINVAL;
	}
	*ret_ops = &eg_mmdb_ops;
	if (read(fd, magic, sizeof(magic)) == sizeof(magic) &&
	    memcmp(magic, LOC_MAGIC, sizeof(magic)) == 0)
		*ret_ops = &eg_loc_ops;
	return 0;
}

/* --- opening --- */

static int refuse(struct eg_geo_file *database, const char *reason)
{
	database->ops = NULL;
	database->about.refused = strdup(reason);
	return database->about.refused ? 0 : -ENOMEM;
}

static int open_with(const struct eg_geo_file_ops *ops, struct eg_geo_file *database,
		     char reason[static EG_REASON_MAX])
{
	if (ops->open)
		return ops->open(database, reason);
	snprintf(reason, EG_REASON_MAX, "this egret was built without %s", ops->library);
	return -EINVAL;
}

static int open_file(struct eg_geo_file *database)
{
	struct eg_geo_database *about = &database->about;
	const struct eg_geo_file_ops *ops = NULL;
	char reason[EG_REASON_MAX] = "";
	int r = find_format(about->path, &ops, reason);

	about->name = name_of(about->path, ops);
	if (!about->name || set_known(about) < 0)
		return -ENOMEM;
	if (r == 0) {
		about->format = ops->name;
		r = open_with(ops, database, reason);
	}
	if (r == -EINVAL)
		return refuse(database, reason);
	if (r == 0)
		database->ops = ops;
	return r;
}

int eg_geo_file_open(const char *path, struct eg_geo_file *ret_database)
{
	struct eg_geo_file database = { .about.path = strdup(path) };
	int r = database.about.path ? open_file(&database) : -ENOMEM;

	if (r < 0) {
		eg_geo_file_close(&database);
		return r;
	}
	*ret_database = database;
	return 0;
}

void eg_geo_file_close(struct eg_geo_file *database)
{
	struct eg_geo_database *about = &database->about;
	const char *const texts[] = { about->path, about->name, about->license, about->refused };

	if (database->ops)
		database->ops->close(database);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free((void *)(uintptr_t)texts[i]);
	*database = (struct eg_geo_file){ 0 };
}
