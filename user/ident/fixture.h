/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the parts of a fixture share. Private to user/ident/. */
#pragma once

#include <egret/ident.h>
#include <egret/json.h>

#include "resolver.h"

#define FIXTURE_LIST_MAX 1024 /* elements of a list that are looked at */

/* A file of the document; `tail`: any path that ends so. */
struct fixture_file {
	enum eg_tree tree;
	bool tail;
	const char *path, *text;
	size_t size;
};

struct eg_fixture {
	struct eg_process_facts facts;
	struct eg_lookup lookup;
	struct scratch scratch;
	struct fixture_file *files;
	size_t files_count;
	struct eg_ancestor *ancestors;
	size_t ancestors_count;
	char **opened, **logs, **users_cgroups; /* NULL-terminated, or NULL */
	bool root_known; /* what is not among the root's files is not there */
	struct eg_entries *entries;
	struct eg_packages *packages;
	const char *exe_kernel, *exe_proc, *interpreter, *mount_source;
	uint64_t start_ns, start_ticks, clock_ticks;
	uint32_t *tunnel_ports;
	size_t tunnel_ports_count;
	bool malformed; /* the value at hand has the wrong type */
};

/* What becomes of a key's value, which is not null. */
struct fixture_key {
	const char *name; /* NULL: the table's end */
	void (*take)(struct eg_fixture *fixture, struct eg_json value);
};
extern const struct fixture_key fixture_process_keys[], fixture_file_keys[];

/* --- values: of another type, they are nothing, and `malformed` is set --- */
const char *fixture_text(struct eg_fixture *fixture, struct eg_json value);
/* A whole number of 0 to max. */
uint64_t fixture_number(struct eg_fixture *fixture, struct eg_json value, uint64_t max);
bool fixture_bool(struct eg_fixture *fixture, struct eg_json value);
/* Texts of an array, NULL-terminated; a single text is a list of one. NULL: no memory. */
char **fixture_list(struct eg_fixture *fixture, struct eg_json value);
/* Opens an object's members; false: it is none. */
bool fixture_open(struct eg_fixture *fixture, struct eg_json value,
		  struct eg_json_cursor *ret_cursor);
/* The list's texts as lines. */
const char *fixture_lines(struct eg_fixture *fixture, char **list);
/* An object's members as lines "key=value" behind `head`; texts of one line only. */
const char *fixture_members(struct eg_fixture *fixture, struct eg_json object, const char *head);

/* --- files --- */
void fixture_add(struct eg_fixture *fixture, struct fixture_file file);
void fixture_add_text(struct eg_fixture *fixture, enum eg_tree tree, const char *path,
		      const char *text);

/* The machine that the rules ask: what the document says, and nothing else. */
void fixture_lookup(struct eg_fixture *fixture);
