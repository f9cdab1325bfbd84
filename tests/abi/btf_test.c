/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The built object's types reach the kernel: libbpf goes on without them when it refuses them. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned number;

static void report(bool good, const char *kind, const char *name)
{
	printf("%s %u - %s %s has its types in the kernel\n", good ? "ok" : "not ok", ++number,
	       kind, name);
}

/* Programs whose hooks a kernel may lack are left out; so is the room that maps take. */
static void make_small(struct bpf_object *object)
{
	struct bpf_program *program;
	struct bpf_map *map;

	bpf_object__for_each_program(program, object) {
		if (bpf_program__type(program) == BPF_PROG_TYPE_TRACING)
			bpf_program__set_autoload(program, false);
	}
	for (map = bpf_object__next_map(object, NULL); map; map = bpf_object__next_map(object, map))
		if (bpf_map__type(map) == BPF_MAP_TYPE_HASH)
			bpf_map__set_max_entries(map, 8);
}

static void test_program(const struct bpf_program *program)
{
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);
	int error = bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size);

	report(!error && info.btf_id && info.nr_func_info && info.nr_line_info, "program",
	       bpf_program__name(program));
}

/* A ring has no values; what the linker names after a section has a type for all of it. */
static void test_map(const struct bpf_map *map)
{
	struct bpf_map_info info = { 0 };
	__u32 size = sizeof(info);
	int error;

	if (bpf_map__type(map) == BPF_MAP_TYPE_RINGBUF)
		return;
	error = bpf_obj_get_info_by_fd(bpf_map__fd(map), &info, &size);
	report(!error && info.btf_id && info.btf_value_type_id, "map", bpf_map__name(map));
}

/* The first line of what libbpf has to say: logs follow. */
static int __attribute__((format(printf, 2, 0)))
say(enum libbpf_print_level level, const char *format, va_list args)
{
	char text[200];

	if (level == LIBBPF_DEBUG)
		return 0;
	vsnprintf(text, sizeof(text), format, args);
	return printf("# %.*s\n", (int)strcspn(text, "\n"), text);
}

int main(void)
{
	const char *build = getenv("BUILD");
	struct bpf_program *program;
	struct bpf_object *object;
	struct bpf_map *map;
	char path[4096];

	if (geteuid() != 0) {
		printf("1..0 # SKIP only root may load programs\n");
		return 0;
	}
	libbpf_set_print(say);
	snprintf(path, sizeof(path), "%s/bpf/egret.bpf.o", build ? build : "build");
	object = bpf_object__open_file(path, NULL);
	if (object)
		make_small(object);
	if (!object || bpf_object__load(object)) {
		printf("Bail out! %s: %s\n", path, strerror(errno));
		return 1;
	}
	bpf_object__for_each_program(program, object) {
		if (bpf_program__autoload(program))
			test_program(program);
	}
	for (map = bpf_object__next_map(object, NULL); map; map = bpf_object__next_map(object, map))
		test_map(map);
	printf("1..%u\n", number);
	bpf_object__close(object);
	return 0;
}
