/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Made-up databases in a directory of their own, and what foreign programs print. */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <egret/base.h>
#include <egret/ip.h>
#include <egret/place.h>

#include "user/place/file.h"

#define FIXTURE_PATH_MAX 128
#define FIXTURE_BUILT 1790000000 /* seconds: 2026-09-21 */

extern char **environ;
static char fixture_directory[] = "/tmp/egret-place-XXXXXX";

static inline int fixture_begin(void **state)
{
	(void)state;
	return mkdtemp(fixture_directory) ? 0 : -1;
}

static inline int fixture_remove(const char *path, const struct stat *status, int flag,
				 struct FTW *where)
{
	(void)status;
	(void)flag;
	(void)where;
	return remove(path);
}

static inline int fixture_end(void **state)
{
	(void)state;
	return nftw(fixture_directory, fixture_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* The path of a file there; buffer is returned. */
static inline const char *fixture_path(const char *name, char buffer[static FIXTURE_PATH_MAX])
{
	snprintf(buffer, FIXTURE_PATH_MAX, "%s/%s", fixture_directory, name);
	return buffer;
}

static inline const char *fixture_write(const char *name, const void *bytes, size_t size,
					char path[static FIXTURE_PATH_MAX])
{
	FILE *stream = fopen(fixture_path(name, path), "w");

	assert_non_null(stream);
	assert_int_equal(fwrite(bytes, 1, size, stream), size);
	assert_int_equal(fclose(stream), 0);
	return path;
}

/* The caller frees. */
static inline uint8_t *fixture_read(const char *path, size_t *ret_size)
{
	FILE *stream = fopen(path, "r");
	uint8_t *bytes;
	long size;

	assert_non_null(stream);
	assert_int_equal(fseek(stream, 0, SEEK_END), 0);
	size = ftell(stream);
	rewind(stream);
	bytes = malloc((size_t)size + 1);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, (size_t)size, stream), size);
	fclose(stream);
	bytes[size] = '\0';
	*ret_size = (size_t)size;
	return bytes;
}

/* Runs a program to its end, its standard output going to `file`; its status, 127: not there. */
static inline int fixture_run(const char *const *argv, const char *file)
{
	posix_spawn_file_actions_t actions;
	int status = 127;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, file,
					 O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ) ==
		    0 &&
	    waitpid(pid, &status, 0) == pid)
		status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
	else
		status = 127;
	posix_spawn_file_actions_destroy(&actions);
	return status;
}

/* Makes a MaxMind-format database of CSV text, `built` in seconds; skips without Python. */
static inline const char *fixture_mmdb(const char *name, const char *columns, const char *csv,
				       long built, char path[static FIXTURE_PATH_MAX])
{
	char source[FIXTURE_PATH_MAX], time[24];
	const char *argv[] = { "tools/make-mmdb",
			       "--columns",
			       columns,
			       "--type",
			       "made up",
			       "--built",
			       time,
			       "-o",
			       path,
			       source,
			       NULL };
	int status;

	fixture_write("source.csv", csv, strlen(csv), source);
	fixture_path(name, path);
	snprintf(time, sizeof(time), "%ld", built);
	status = fixture_run(argv, "/dev/null");
	if (status == 127)
		skip();
	assert_int_equal(status, 0);
	return path;
}

/* An address in the model's form. */
static inline const uint8_t *fixture_ip(const char *text, uint8_t ip[static 16])
{
	assert_int_equal(eg_ip_parse(text, ip), 0);
	return ip;
}

static inline struct eg_geo *fixture_open(const char *const *files)
{
	struct eg_geo *geo = NULL;

	assert_int_equal(eg_geo_open(files, &geo), 0);
	assert_non_null(geo);
	return geo;
}

static inline struct eg_geo_answer fixture_ask(struct eg_geo *geo, const char *address)
{
	struct eg_geo_answer answer;
	uint8_t ip[16];

	eg_geo_find(geo, fixture_ip(address, ip), &answer);
	return answer;
}
