/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Texts of /proc: pure parsers. */
#include "proctext.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define STAT_START 22
#define CGROUP2 "0::/"

bool proc_stat_start(const char *text, uint64_t *ret_ticks)
{
	/* Counted from the last ')', behind field 2: comm may hold anything. */
	const char *field = strrchr(text, ')');
	unsigned long long ticks;
	char *end;

	for (int i = 2; field && i < STAT_START; i++)
		field = strchr(field + 1, ' ');
	if (!field || field[1] < '0' || field[1] > '9')
		return false;
	errno = 0;
	ticks = strtoull(field + 1, &end, 10);
	if (errno || *end != ' ')
		return false;
	*ret_ticks = ticks;
	return true;
}

int proc_cgroup_path(const char *line, char *ret_path, size_t size)
{
	size_t length;

	if (strncmp(line, CGROUP2, strlen(CGROUP2)) != 0)
		return -ENOENT;
	line += strlen(CGROUP2);
	length = strcspn(line, "\n");
	if (strlen("./") + length >= size)
		return -ENAMETOOLONG;
	memcpy(ret_path, "./", 2);
	memcpy(ret_path + 2, line, length);
	ret_path[2 + length] = '\0';
	return 0;
}
