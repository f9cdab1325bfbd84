/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Holds the layout of abi.h as user space compiles it against the BTF of the built BPF object. */
#include <egret/abi.h>

#include <bpf/btf.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A struct (member NULL) or one member of the struct in the rows before it. */
struct row {
	const char *name;
	const char *member;
	size_t offset;
	size_t size;
	bool used; /* bpf/ names this struct: BTF must have it */
};

static const struct row rows[] = {
#include "abi_layout.inc"
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static size_t members_of(const struct row *structure)
{
	const struct row *row = structure + 1;

	while (row < rows + ROWS && row->member)
		row++;
	return (size_t)(row - structure) - 1;
}

static const struct btf_member *find_member(const struct btf *btf, const struct btf_type *type,
					    const char *name)
{
	const struct btf_member *members = btf_members(type);

	for (unsigned i = 0; i < btf_vlen(type); i++) {
		if (strcmp(btf__name_by_offset(btf, members[i].name_off), name) == 0)
			return &members[i];
	}
	return NULL;
}

/* Prints how the member differs; true: it doesn't. */
static bool same_member(const struct btf *btf, const struct btf_type *type, const struct row *row)
{
	const struct btf_member *member = find_member(btf, type, row->member);
	long long size;

	if (!member) {
		printf("# %s.%s: not in the object\n", row->name, row->member);
		return false;
	}
	size = btf__resolve_size(btf, member->type);
	if (member->offset == row->offset * 8 && size == (long long)row->size)
		return true;
	printf("# %s.%s: offset %zu size %zu here, offset %g size %lld in the object\n", row->name,
	       row->member, row->offset, row->size, member->offset / 8.0, size);
	return false;
}

static bool same_struct(const struct btf *btf, const struct btf_type *type, const struct row *row)
{
	size_t count = members_of(row);
	bool same = true;

	if (type->size != row->size || btf_vlen(type) != count) {
		printf("# %s: %zu bytes, %zu members here; %u bytes, %u members in the object\n",
		       row->name, row->size, count, type->size, btf_vlen(type));
		same = false;
	}
	for (size_t i = 1; i <= count; i++)
		same &= same_member(btf, type, &row[i]);
	return same;
}

static void test_struct(const struct btf *btf, const struct row *row, unsigned number)
{
	int id = btf__find_by_name_kind(btf, row->name, BTF_KIND_STRUCT);

	if (id < 0 && !row->used) {
		printf("ok %u - %s # SKIP bpf/ does not use it\n", number, row->name);
	} else if (id < 0) {
		printf("# %s: not in the object's BTF\n", row->name);
		printf("not ok %u - %s\n", number, row->name);
	} else {
		bool same = same_struct(btf, btf__type_by_id(btf, (__u32)id), row);

		printf("%s %u - %s\n", same ? "ok" : "not ok", number, row->name);
	}
}

int main(void)
{
	const char *build = getenv("BUILD");
	unsigned number = 0;
	struct btf *btf;
	char path[4096];

	snprintf(path, sizeof(path), "%s/bpf/egret.bpf.o", build ? build : "build");
	btf = btf__parse_elf(path, NULL);
	if (!btf) {
		printf("Bail out! %s: %s\n", path, strerror(errno));
		return 1;
	}
	for (const struct row *row = rows; row < rows + ROWS; row++) {
		if (!row->member)
			test_struct(btf, row, ++number);
	}
	printf("1..%u\n", number);
	btf__free(btf);
	return 0;
}
