/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Files that name apps: desktop entries, and Android's packages.list. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/ident.h>

#include "fuzz.h"

static void check_entry(const char *text)
{
	struct eg_entries *entries = eg_entries_new();
	char *program = eg_entry_program(text);
	const struct eg_entry *entry;
	int r;

	fuzz_require(entries);
	r = eg_entries_add(entries, "a", text, NULL, program && *program == '/' ? program : NULL);
	fuzz_require(r == 0 || r == -EINVAL);
	entry = eg_entries_find(entries, "a");
	fuzz_require((r == 0) == (entry != NULL));
	if (program)
		eg_entries_find_program(entries, program);
	free(program);
	eg_entries_free(entries);
}

static void check_packages(const char *text)
{
	struct eg_packages *packages = eg_packages_parse(text, strlen(text));
	const char *package;
	bool named;

	fuzz_require(packages);
	package = eg_packages_find(packages, 10123, "com.example.video:sync", &named);
	fuzz_require(!package || eg_packages_has(packages, package, 10123));
	eg_packages_free(packages);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	check_entry(text);
	check_packages(text);
	free(text);
	return 0;
}
