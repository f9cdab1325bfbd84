/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* CPU clocks, /proc/PID and rusage. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <egret/base.h>

#include "process.h"

#define MAPS_MAX 64

double process_cpu(struct test *test, pid_t pid)
{
	struct timespec now;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &now))
		test_fail(test, "no CPU clock of process %d", (int)pid);
	return (double)now.tv_sec + (double)now.tv_nsec / NSEC_PER_SEC;
}

double process_cpu_of_dead(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

double process_peak_of_dead(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	return (double)usage.ru_maxrss * 1024 / 1e6;
}

/* The number after a name at the begin of a line; 0: no such line. */
static unsigned long long field(const char *path, const char *name)
{
	_cleanup_(eg_fclosep) FILE *stream = fopen(path, "re");
	char line[256];

	while (stream && fgets(line, sizeof(line), stream))
		if (!strncmp(line, name, strlen(name)))
			return strtoull(line + strlen(name), NULL, 10);
	return 0;
}

static double status_field(struct test *test, pid_t pid, const char *name)
{
	const char *path = test_text(test, "/proc/%d/status", (int)pid);

	return (double)field(path, name) * 1024 / 1e6;
}

double process_resident(struct test *test, pid_t pid)
{
	return status_field(test, pid, "VmRSS:");
}

double process_peak(struct test *test, pid_t pid)
{
	return status_field(test, pid, "VmHWM:");
}

static bool is_new(unsigned long long seen[static MAPS_MAX], unsigned *count, unsigned long long id)
{
	for (unsigned i = 0; i < *count; i++)
		if (seen[i] == id)
			return false;
	if (*count < MAPS_MAX)
		seen[(*count)++] = id;
	return true;
}

double process_maps(struct test *test, pid_t pid)
{
	const char *path = test_text(test, "/proc/%d/fdinfo", (int)pid);
	unsigned long long seen[MAPS_MAX], bytes = 0;
	unsigned count = 0;
	struct dirent *entry;
	DIR *dir = opendir(path);

	if (!dir)
		test_fail(test, "%s: %s", path, strerror(errno));
	while ((entry = readdir(dir))) {
		const char *file = test_text(test, "%s/%s", path, entry->d_name);
		unsigned long long id = field(file, "map_id:");

		if (id && is_new(seen, &count, id))
			bytes += field(file, "memlock:");
	}
	closedir(dir);
	return (double)bytes / 1e6;
}

double process_shared(struct test *test, pid_t pid)
{
	_cleanup_(eg_fclosep)
		FILE *stream = fopen(test_text(test, "/proc/%d/smaps", (int)pid), "re");
	unsigned long long pages = 0, kilobytes;
	bool inside = false;
	char line[512];

	if (!stream)
		test_fail(test, "/proc/%d/smaps: %s", (int)pid, strerror(errno));
	while (fgets(line, sizeof(line), stream)) {
		/* A mapping begins with its range, what is said of it with a capital. */
		if (!isupper((unsigned char)line[0]))
			inside = strstr(line, "anon_inode:bpf-map");
		else if (inside && sscanf(line, "Rss: %llu", &kilobytes) == 1)
			pages += kilobytes;
	}
	return (double)pages * 1024 / 1e6;
}

void process_watch(long long ms)
{
	for (long long end = now_ms() + ms, rest; (rest = end - now_ms()) > 0;)
		poll(NULL, 0, (int)rest);
}
