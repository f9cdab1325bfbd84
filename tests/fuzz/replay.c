/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Runs a fuzz target on its corpus, or on the files named, and prints TAP. */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <egret/base.h>

#define BEGINNINGS_MAX 400 /* of one input */

struct input {
	const char *path;
	uint8_t *data;
	size_t size;
};

/* Memory that ends where a page ends, before one that nobody may touch. */
struct room {
	uint8_t *start, *end;
};

static struct room make_room(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), whole = (size / page + 1) * page;
	uint8_t *start = mmap(NULL, whole + page, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	fuzz_require(start != MAP_FAILED);
	fuzz_require(mprotect(start + whole, page, PROT_NONE) == 0);
	return (struct room){ .start = start, .end = start + whole };
}

static int read_input(const char *path, struct input *ret_input)
{
	_cleanup_(eg_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	uint8_t *data;

	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	data = malloc((size_t)status.st_size + 1);
	if (!data)
		return -ENOMEM;
	if (read(fd, data, (size_t)status.st_size) != status.st_size) {
		free(data);
		return -EIO;
	}
	*ret_input = (struct input){ .path = path, .data = data, .size = (size_t)status.st_size };
	return 0;
}

static void run_on(const struct room *room, const struct input *input, size_t size)
{
	uint8_t *data = room->end - size;

	memcpy(data, input->data, size);
	LLVMFuzzerTestOneInput(data, size);
}

/* The input, and a text that breaks off in the middle of it. */
static void replay(const struct input *input)
{
	size_t step = input->size / BEGINNINGS_MAX + 1;
	struct room room = make_room(input->size);

	run_on(&room, input, input->size);
	for (size_t size = 0; size < input->size; size += step)
		run_on(&room, input, size);
	munmap(room.start, (size_t)(room.end - room.start) + (size_t)sysconf(_SC_PAGESIZE));
}

static void replay_file(unsigned number, const char *path)
{
	struct input input = { 0 };
	int error = read_input(path, &input);

	/* Seen only where the program ends here. */
	printf("at %s\n", path);
	fflush(stdout);
	if (error) {
		printf("not ok %u - %s: %s\n", number, path, strerror(-error));
		return;
	}
	replay(&input);
	free(input.data);
	printf("ok %u - %s\n", number, path);
}

/* tests/fuzz/corpus/NAME of a program that is called NAME_fuzz. */
static int find_corpus(glob_t *ret_files)
{
	const char *name = program_invocation_short_name;
	char pattern[256];

	snprintf(pattern, sizeof(pattern), "tests/fuzz/corpus/%.*s/*", (int)strcspn(name, "_"),
		 name);
	if (!glob(pattern, 0, NULL, ret_files))
		return 0;
	printf("Bail out! nothing in %s\n", pattern);
	return -ENOENT;
}

int main(int argc, char **argv)
{
	glob_t files;

	if (argc > 1) {
		for (int i = 1; i < argc; i++)
			replay_file((unsigned)i, argv[i]);
		return EXIT_SUCCESS;
	}
	if (find_corpus(&files) < 0)
		return EXIT_FAILURE;
	printf("1..%zu\n", files.gl_pathc);
	for (size_t i = 0; i < files.gl_pathc; i++)
		replay_file((unsigned)i + 1, files.gl_pathv[i]);
	globfree(&files);
	return EXIT_SUCCESS;
}
