/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What processes can write into /proc, paths of cgroups, and who a process with such texts is. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/ident.h>

#include <user/probe/proctext.h>

#include "fuzz.h"

static void check_stat(const char *text)
{
	uint64_t ticks = 42;

	fuzz_require(proc_stat_start(text, &ticks) || ticks == 42);
}

static void check_cgroup(const char *text)
{
	char path[64];
	int r = proc_cgroup_path(text, path, sizeof(path));

	fuzz_require(r == 0 || r == -ENOENT || r == -ENAMETOOLONG);
	if (r == 0)
		fuzz_require(strlen(path) < sizeof(path) && !strncmp(path, "./", 2));
}

static void check_container(const char *text)
{
	char *name = NULL;
	int r = eg_container_of(text, &name);

	fuzz_require(r == 0 || r == -ENOENT);
	fuzz_require(r < 0 ? !name : name && *name);
	free(name);
}

static int by_container(const struct eg_process_facts *facts, struct eg_identity *ret_identity)
{
	static const struct eg_lookup nothing = {};

	return eg_identify_container(facts, &nothing, ret_identity);
}

static void check_identity(const char *text)
{
	static int (*const identify[])(const struct eg_process_facts *facts,
				       struct eg_identity *ret_identity) = {
		eg_identify_program,
		eg_identify_process,
		eg_identify_user,
		by_container,
	};
	const char *newline = strchr(text, '\n');
	char *executable = strndup(text, newline ? (size_t)(newline - text) : strlen(text));
	struct eg_process_facts facts = {
		.pid = 1,
		.executable = executable,
		.cgroup = newline ? newline + 1 : NULL,
	};

	for (size_t i = 0; i < ARRAY_SIZE(identify); i++) {
		struct eg_identity identity = { 0 };

		fuzz_require(identify[i](&facts, &identity) == 0);
		fuzz_require(identity.id && identity.kind);
		fuzz_require(!strpbrk(identity.id, " \"\\\n"));
		fuzz_require_harmless(identity.id, strlen(identity.id));
		eg_identity_clear(&identity);
	}
	free(executable);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	check_stat(text);
	check_cgroup(text);
	check_container(text);
	check_identity(text);
	free(text);
	return 0;
}
