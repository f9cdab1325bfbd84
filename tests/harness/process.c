/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Expectations on the processes that an app lists. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <harness/result.h>

/* RFC 3339 to nanoseconds; 0 if it isn't. */
static long long read_time(const char *text)
{
	struct tm broken = { 0 };
	const char *rest = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &broken) : NULL;

	if (!rest || *rest != '.' || strlen(rest) != 11 || rest[10] != 'Z')
		return 0;
	return timegm(&broken) * 1000000000LL + strtoll(rest + 1, NULL, 10);
}

static long long boot_to_real(void)
{
	struct timespec boot, real;

	clock_gettime(CLOCK_BOOTTIME, &boot);
	clock_gettime(CLOCK_REALTIME, &real);
	return (real.tv_sec - boot.tv_sec) * 1000000000LL + (real.tv_nsec - boot.tv_nsec);
}

/* /proc rounds down to 10 ms; a clock that is being adjusted moves a little. */
static bool same_start(const cJSON *process, const struct identity *identity)
{
	long long start = read_time(json_text(process, "start"));
	long long late = start - (identity->start_ns + boot_to_real());

	return late >= -20000000 && late <= 30000000;
}

/* A text as egret prints it: control characters are escaped (contract section 2). */
static bool same_text(const char *told, const char *truth)
{
	char escape[5];

	for (; *truth; truth++) {
		size_t size = 1;

		snprintf(escape, sizeof(escape), "%c", *truth);
		if ((unsigned char)*truth < ' ' || *truth == 0x7f)
			size = (size_t)snprintf(escape, sizeof(escape), "\\x%02x",
						(unsigned char)*truth);
		if (strncmp(told, escape, size) != 0)
			return false;
		told += size;
	}
	return !*told;
}

static bool same_arguments(const cJSON *process, const struct identity *identity)
{
	const cJSON *list = json_get(process, "command_line"), *item;
	const char *argument = identity->command_line;
	const char *end = argument + identity->command_line_size;

	cJSON_ArrayForEach(item, list) {
		if (argument >= end || !cJSON_IsString(item) ||
		    !same_text(item->valuestring, argument))
			return false;
		argument += strlen(argument) + 1;
	}
	return cJSON_IsArray(list) && argument == end;
}

/* The kernel appends " (deleted)" for /proc; egret does not. */
static bool same_path(const char *told, const char *exe)
{
	static const char deleted[] = " (deleted)";
	size_t size = strlen(exe), tail = sizeof(deleted) - 1;
	char plain[sizeof(((struct identity *)NULL)->exe)];

	snprintf(plain, sizeof(plain), "%s", exe);
	if (size > tail && strcmp(exe + size - tail, deleted) == 0)
		plain[size - tail] = '\0';
	return told && same_text(told, plain);
}

static bool same_member(const cJSON *process, const char *member, const char *expected)
{
	const char *text = json_text(process, member);

	return text && same_text(text, expected);
}

/* Names the first member that differs; NULL: none. */
static const char *difference(const cJSON *process, const struct identity *identity)
{
	if (json_number(process, "ppid") != identity->ppid)
		return "ppid";
	if (json_number(process, "uid") != identity->uid)
		return "uid";
	if (!same_member(process, "comm", identity->comm))
		return "comm";
	if (!same_path(json_text(process, "executable"), identity->exe))
		return "executable";
	if (identity->cgroup[0] && !same_member(process, "cgroup", identity->cgroup))
		return "cgroup";
	if (!same_start(process, identity))
		return "start";
	if (!same_arguments(process, identity))
		return "command_line";
	return NULL;
}

static const cJSON *find_process(const cJSON *app, const struct identity *identity)
{
	const cJSON *process;

	cJSON_ArrayForEach(process, json_get(app, "processes")) {
		if (json_number(process, "pid") == identity->pid)
			return process;
	}
	return NULL;
}

void expect_process_at(struct result *result, const struct actor *actor, const char *file, int line)
{
	const struct identity *identity = &actor->identity;
	const cJSON *app, *process;
	const char *wrong = "pid";
	char *text;

	if (!result)
		return;
	app = result_app_of(result, identity->exe);
	process = find_process(app, identity);
	if (process)
		wrong = difference(process, identity);
	if (!wrong)
		return;
	text = cJSON_PrintUnformatted(process ? process : json_get(app, "processes"));
	test_wrong_at(result->test, file, line,
		      "process %s: %s: expected pid %d ppid %d uid %u comm %s executable %s "
		      "cgroup %s start %lld arguments %s..., got %.2000s",
		      actor->name, wrong, identity->pid, identity->ppid, identity->uid,
		      identity->comm, identity->exe, identity->cgroup,
		      identity->start_ns + boot_to_real(), identity->command_line,
		      text ? text : "no app");
	cJSON_free(text);
}

void expect_processes_at(struct result *result, const char *exe, long long count, const char *file,
			 int line)
{
	const cJSON *app = result ? result_app_of(result, exe) : NULL;
	long long listed = cJSON_GetArraySize(json_get(app, "processes"));
	long long omitted = json_number(app, "processes_omitted");

	if (!result || (app && listed + omitted == count))
		return;
	test_wrong_at(result->test, file, line,
		      "processes of %s: expected %lld, got %lld listed and %lld omitted", exe,
		      count, listed, omitted);
}
