/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One file of places: what each format does in its own way. */
#pragma once

#include <egret/place.h>

#define EG_REASON_MAX 160

struct eg_geo_file {
	struct eg_geo_database about; /* texts are malloc'ed, but for `format` */
	const struct eg_geo_file_ops *ops; /* NULL: refused */
	void *handle; /* the format's own */
};

/*
 * A format. `open` fills in `handle` and what the file says of itself, or returns
 * -EINVAL with a reason, one line, or -ENOMEM. `find` fills in what it knows of a
 * zeroed answer and sets from[] of these fields to 0. Built without its library, a
 * format has none of these functions, and refuses all files.
 */
struct eg_geo_file_ops {
	const char *name, *library;
	int (*open)(struct eg_geo_file *database, char reason[static EG_REASON_MAX]);
	void (*find)(struct eg_geo_file *database, const uint8_t ip[16],
		     struct eg_geo_answer *answer);
	void (*close)(struct eg_geo_file *database);
};

extern const struct eg_geo_file_ops eg_mmdb_ops, eg_loc_ops;

/*
 * Opens the file at `path`, whatever its format. 0, also when it is refused
 * (about.refused says why), or -ENOMEM.
 */
int eg_geo_file_open(const char *path, struct eg_geo_file *ret_database);
void eg_geo_file_close(struct eg_geo_file *database);

/* Copies a country's code if it is one: two letters that stand for a country. */
void eg_country_set(char country[static 3], const char *code, size_t size);
