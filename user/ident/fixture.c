/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Facts about a process from a JSON object, with the files that rules may read. */
#include "fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

/* --- what follows from several keys --- */

/* proc_pid_stat(5) counts in ticks, rounded down: one tick more or less is the same. */
static bool is_same_start(const struct eg_fixture *fixture)
{
	uint64_t ticks, clock = fixture->clock_ticks ? fixture->clock_ticks : 100;

	if (!fixture->start_ns || !fixture->start_ticks)
		return true;
	ticks = fixture->start_ns / ((uint64_t)NSEC_PER_SEC / clock ?: 1);
	return ticks + 1 >= fixture->start_ticks && ticks <= fixture->start_ticks + 1;
}

static void settle_process(struct eg_fixture *fixture)
{
	struct eg_process_facts *facts = &fixture->facts;

	if (fixture->exe_kernel)
		facts->executable = fixture->exe_kernel;
	facts->start_mismatch = !is_same_start(fixture);
	if (facts->start_mismatch)
		facts->args = NULL;
	else if (!facts->executable)
		facts->executable = fixture->exe_proc;
	/* What was executed is a script if something else was needed to run it. */
	if (facts->script && fixture->interpreter &&
	    strcmp(facts->script, fixture->interpreter) == 0)
		facts->script = NULL;
	if (facts->script && !fixture->interpreter &&
	    (!facts->executable || !is_interpreter(base_name(facts->executable)) ||
	     is_interpreter(base_name(facts->script))))
		facts->script = NULL;
}

/* A line of mountinfo for the mount that the executable is in. */
static void settle_mount(struct eg_fixture *fixture)
{
	const char *exe = fixture->facts.executable;
	const char *at = exe && fixture->mount_source ? strstr(exe, "/.mount_") : NULL;

	if (!at)
		return;
	at += 1 + strcspn(at + 1, "/");
	fixture_add_text(fixture, EG_TREE_PROC, "mountinfo",
			 scratch_format(&fixture->scratch, "1 1 0:1 / %.*s ro - fuse %s\n",
					(int)(at - exe), exe, fixture->mount_source));
}

static void settle_tunnel(struct eg_fixture *fixture)
{
	for (size_t i = 0; i < fixture->tunnel_ports_count; i++) {
		if (fixture->tunnel_ports[i] == fixture->facts.local_port)
			fixture->facts.wireguard_port = true;
	}
}

/* --- all --- */

/* 0, or -EINVAL: the value has the wrong type. */
static int take(struct eg_fixture *fixture, const struct fixture_key *keys, struct eg_json key,
		struct eg_json value, const char **ret_key)
{
	for (; keys->name; keys++) {
		if (!eg_json_is(key, keys->name))
			continue;
		keys->take(fixture, value);
		if (fixture->malformed) {
			*ret_key = keys->name;
			return -EINVAL;
		}
	}
	return 0;
}

static int parse(struct eg_fixture *fixture, struct eg_json object, const char **ret_key)
{
	struct eg_json_cursor cursor = eg_json_open(object);
	struct eg_json key, value;
	int error = 0;

	while (!error && eg_json_next(&cursor, &key, &value)) {
		if (eg_json_type(value) == EG_JSON_NULL)
			continue;
		error = take(fixture, fixture_process_keys, key, value, ret_key);
		if (!error)
			error = take(fixture, fixture_file_keys, key, value, ret_key);
	}
	if (error)
		return error;
	settle_process(fixture);
	settle_mount(fixture);
	settle_tunnel(fixture);
	return fixture->scratch.failed ? -ENOMEM : 0;
}

int eg_fixture_parse(struct eg_json object, struct eg_fixture **ret_fixture, const char **ret_key)
{
	struct eg_fixture *fixture;
	int error;

	if (eg_json_type(object) != EG_JSON_OBJECT) {
		*ret_key = "";
		return -EINVAL;
	}
	fixture = calloc(1, sizeof(*fixture));
	if (!fixture)
		return -ENOMEM;
	fixture->facts.origin = EG_ORIGIN_INPUT;
	fixture->facts.uid_unknown = true;
	fixture_lookup(fixture);
	error = parse(fixture, object, ret_key);
	if (error) {
		eg_fixture_free(fixture);
		return error;
	}
	*ret_fixture = fixture;
	return 0;
}

void eg_fixture_free(struct eg_fixture *fixture)
{
	if (!fixture)
		return;
	eg_entries_free(fixture->entries);
	eg_packages_free(fixture->packages);
	free(fixture->files);
	free(fixture->ancestors);
	scratch_free(&fixture->scratch);
	free(fixture);
}

const struct eg_process_facts *eg_fixture_facts(const struct eg_fixture *fixture)
{
	return &fixture->facts;
}

const struct eg_lookup *eg_fixture_lookup(const struct eg_fixture *fixture)
{
	return &fixture->lookup;
}
