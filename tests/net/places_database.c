/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Databases of places that a case makes for itself. */
#include "places.h"

#include <limits.h>
#include <stdlib.h>

#include <harness/names.h>

#define TOOL "tools/make-mmdb"

const char *places_database(struct test *test, const char *name, const char *columns,
			    const char *lines)
{
	const char *csv = test_text(test, "%s/%s.csv", test->dir, name);
	const char *path = test_text(test, "%s/%s.mmdb", test->dir, name);
	const char *python = program_find(test, "python3");
	struct output output;
	char tool[PATH_MAX];

	if (!realpath(TOOL, tool))
		test_skip(test, "no " TOOL " here");
	require(test, file_write(csv, lines) == 0);
	output = program_run(test, &(struct program_options){
					   .host = true,
					   .argv = WORDS(python, tool, "--type", "made up",
							 "--columns", columns, "-o", path, csv) });
	if (output.status != 0)
		test_fail(test, "%s: %s", TOOL, output.err);
	return path;
}
