/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Files of a fixture: what rules may read instead of this machine's. */
#include "fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void fixture_add(struct eg_fixture *fixture, struct fixture_file file)
{
	struct fixture_file *grown =
		reallocarray(fixture->files, fixture->files_count + 1, sizeof(*grown));

	if (!grown) {
		fixture->scratch.failed = true;
		return;
	}
	fixture->files = grown;
	grown[fixture->files_count++] = file;
}

void fixture_add_text(struct eg_fixture *fixture, enum eg_tree tree, const char *path,
		      const char *text)
{
	fixture_add(fixture, (struct fixture_file){
				     .tree = tree,
				     .path = path,
				     .text = text,
				     .size = strlen(text),
			     });
}

/* A document stands in the input as it would in its file, or as text. */
static void add_document(struct eg_fixture *fixture, const char *tail, struct eg_json value)
{
	const char *text = eg_json_type(value) == EG_JSON_TEXT
				   ? fixture_text(fixture, value)
				   : scratch_copy(&fixture->scratch, value.start,
						  (size_t)(value.end - value.start));

	fixture_add(fixture, (struct fixture_file){
				     .tree = EG_TREE_HOST,
				     .tail = true,
				     .path = tail,
				     .text = text,
				     .size = strlen(text),
			     });
}

static void add_files(struct eg_fixture *fixture, struct eg_json object, bool host)
{
	struct eg_json_cursor cursor;
	struct eg_json key, value;

	if (!fixture_open(fixture, object, &cursor))
		return;
	while (eg_json_next(&cursor, &key, &value)) {
		const char *path = fixture_text(fixture, key), *text = fixture_text(fixture, value);

		fixture_add_text(fixture, EG_TREE_ROOT, path, text);
		if (host)
			fixture_add_text(fixture, EG_TREE_HOST, path, text);
	}
}

/* --- keys --- */

static void take_packages(struct eg_fixture *fixture, struct eg_json value)
{
	const char *text = fixture_lines(fixture, fixture_list(fixture, value));

	eg_packages_free(fixture->packages);
	fixture->packages = eg_packages_parse(text, strlen(text));
	if (!fixture->packages)
		fixture->scratch.failed = true;
}

static const char *entry_text(struct eg_fixture *fixture, struct eg_json keys)
{
	if (eg_json_type(keys) == EG_JSON_TEXT)
		return fixture_text(fixture, keys);
	return fixture_members(fixture, keys, "[Desktop Entry]\n");
}

static void take_entries(struct eg_fixture *fixture, struct eg_json value)
{
	static const char suffix[] = ".desktop";
	struct eg_json_cursor cursor;
	struct eg_json key, entry;

	if (!fixture_open(fixture, value, &cursor))
		return;
	if (!fixture->entries)
		fixture->entries = eg_entries_new();
	while (fixture->entries && eg_json_next(&cursor, &key, &entry)) {
		const char *id = fixture_text(fixture, key);

		if (has_suffix(id, suffix))
			id = scratch_copy(&fixture->scratch, id, strlen(id) - strlen(suffix));
		if (eg_entries_add(fixture->entries, id, entry_text(fixture, entry), NULL, NULL) ==
		    -ENOMEM)
			fixture->scratch.failed = true;
	}
	if (!fixture->entries)
		fixture->scratch.failed = true;
}

static void take_root_files(struct eg_fixture *fixture, struct eg_json value)
{
	add_files(fixture, value, false);
	fixture->root_known = true;
}

static void take_files(struct eg_fixture *fixture, struct eg_json value)
{
	add_files(fixture, value, true);
}

static void take_environment(struct eg_fixture *fixture, struct eg_json object)
{
	const char *text = fixture_members(fixture, object, "");
	size_t size = strlen(text);
	char *copy = scratch_alloc(&fixture->scratch, size + 1);

	for (size_t i = 0; copy && i <= size; i++)
		copy[i] = text[i] == '\n' ? '\0' : text[i];
	if (copy)
		fixture_add(fixture, (struct fixture_file){
					     .tree = EG_TREE_PROC,
					     .path = "environ",
					     .text = copy,
					     .size = size,
				     });
}

static void take_uid_map(struct eg_fixture *fixture, struct eg_json value)
{
	fixture_add_text(fixture, EG_TREE_PROC, "uid_map",
			 fixture_lines(fixture, fixture_list(fixture, value)));
}

static void take_cwd(struct eg_fixture *fixture, struct eg_json value)
{
	fixture_add_text(fixture, EG_TREE_PROC, "cwd", fixture_text(fixture, value));
}

static void take_mountinfo(struct eg_fixture *fixture, struct eg_json value)
{
	fixture_add_text(fixture, EG_TREE_PROC, "mountinfo",
			 fixture_lines(fixture, fixture_list(fixture, value)));
}

static void take_label(struct eg_fixture *fixture, struct eg_json value)
{
	fixture_add_text(fixture, EG_TREE_PROC, "attr/apparmor/current",
			 fixture_text(fixture, value));
}

static void take_mount_source(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->mount_source = fixture_text(fixture, value);
}

static void take_docker(struct eg_fixture *fixture, struct eg_json value)
{
	add_document(fixture, "/config.v2.json", value);
}

static void take_containers(struct eg_fixture *fixture, struct eg_json value)
{
	add_document(fixture, "/containers.json", value);
}

static void take_volatile(struct eg_fixture *fixture, struct eg_json value)
{
	add_document(fixture, "/volatile-containers.json", value);
}

static void take_bundle(struct eg_fixture *fixture, struct eg_json value)
{
	add_document(fixture, "/config.json", value);
}

static void take_manifest(struct eg_fixture *fixture, struct eg_json value)
{
	add_document(fixture, ".acf", value);
}

static void take_logs(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->logs = fixture_list(fixture, value);
}

const struct fixture_key fixture_file_keys[] = {
	{ "packages_list", take_packages },
	{ "desktop_entries", take_entries },
	{ "root_files", take_root_files },
	{ "files", take_files },
	{ "env", take_environment },
	{ "environ", take_environment },
	{ "uid_map", take_uid_map },
	{ "cwd", take_cwd },
	{ "mountinfo", take_mountinfo },
	{ "mountinfo_source", take_mount_source },
	{ "lsm_label", take_label },
	{ "lsm", take_label },
	{ "label", take_label },
	{ "apparmor", take_label },
	{ "apparmor_label", take_label },
	{ "apparmor_current", take_label },
	{ "aa_label", take_label },
	{ "attr_current", take_label },
	{ "docker_config", take_docker },
	{ "containers_json", take_containers },
	{ "volatile_containers_json", take_volatile },
	{ "containerd_config", take_bundle },
	{ "appmanifest", take_manifest },
	{ "var_log_containers", take_logs },
	{},
};
