/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where databases of places lie on a host that has some. */
#include "usual.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <egret/base.h>

#define FILES_MAX 32

static const char *const patterns[] = {
	"/var/lib/egret/geo/*.mmdb", /* `make geo` */
	"/var/lib/egret/geo/*.db",
	"/var/lib/GeoIP/*.mmdb", /* geoipupdate on Debian */
	"/usr/local/share/GeoIP/*.mmdb", /* and elsewhere */
	"/usr/share/GeoIP/*.mmdb",
	"/var/lib/location/database.db", /* IPFire's `location update` */
	"/usr/share/libloc-location/location.db", /* Debian's libloc-database */
};

struct found {
	char **files; /* NULL-terminated */
	size_t count;
	struct stat seen[FILES_MAX];
};

void eg_usual_free(char **files)
{
	for (char **file = files; file && *file; file++)
		free(*file);
	free(files);
}

/* One file often has two names: the place where it is looked for is a link. */
static bool is_new(const struct found *found, const struct stat *status)
{
	for (size_t i = 0; i < found->count; i++) {
		if (found->seen[i].st_dev == status->st_dev &&
		    found->seen[i].st_ino == status->st_ino)
			return false;
	}
	return true;
}

static int add(struct found *found, const char *path)
{
	struct stat status;

	if (found->count == FILES_MAX || stat(path, &status) < 0 || !is_new(found, &status))
		return 0;
	found->files[found->count] = strdup(path);
	if (!found->files[found->count])
		return -ENOMEM;
	found->seen[found->count++] = status;
	return 0;
}

static int add_pattern(struct found *found, const char *root, const char *pattern)
{
	_cleanup_(eg_freep) char *whole = NULL;
	glob_t paths = { 0 };
	int r = 0;

	if (asprintf(&whole, "%s%s", root, pattern) < 0) {
		whole = NULL;
		return -ENOMEM;
	}
	if (glob(whole, 0, NULL, &paths) == GLOB_NOSPACE)
		r = -ENOMEM;
	for (size_t i = 0; i < paths.gl_pathc && r == 0; i++)
		r = add(found, paths.gl_pathv[i]);
	globfree(&paths);
	return r;
}

int eg_usual_find(const char *root, char ***ret_files, size_t *ret_count)
{
	struct found found = { .files = calloc(FILES_MAX + 1, sizeof(*found.files)) };
	int r = found.files ? 0 : -ENOMEM;

	for (size_t i = 0; i < ARRAY_SIZE(patterns) && r == 0; i++)
		r = add_pattern(&found, root, patterns[i]);
	if (r < 0) {
		eg_usual_free(found.files);
		return r;
	}
	*ret_files = found.files;
	*ret_count = found.count;
	return 0;
}

int eg_usual_files(char ***ret_files, size_t *ret_count)
{
	return eg_usual_find("", ret_files, ret_count);
}
