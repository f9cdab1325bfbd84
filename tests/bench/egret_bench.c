/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Runs the benchmarks one after the other; prints one table, writes it as JSON. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include <egret/base.h>
#include <harness/actor.h>
#include <harness/runner.h>

#include "benches.h"
#include "report.h"

#define EXIT_MISSED 2

static const char usage[] =
	"usage: egret_bench [PATTERN]...\n"
	"Runs the benchmarks whose names match a shell pattern (all, if there is none).\n"
	"Environment: EGRET, the program; BUILD, where bench.json goes; BENCH_QUICK=1, a\n"
	"rougher look in a minute and a half; BENCH_SECONDS=N, how long the storm lasts.\n"
	"Ends with 0, with 1 if something could not be measured, with 2 if a goal is missed.\n"
	"Benchmarks:";

static const struct test_case benches[] = {
	CASE("programs", bench_programs),
	CASE("names", bench_names),
	CASE("parsers", bench_parsers),
	CASE("apps", bench_apps),
	CASE("flood", bench_flood),
	CASE("connect", bench_connect),
	CASE("storm", bench_storm),
	CASE("start", bench_start),
	CASE("idle", bench_idle),
	CASE("scanner", bench_scanner),
	CASE("crowd", bench_crowd),
	CASE("model", bench_model),
	CASE("model-sorted", bench_model_sorted),
	CASE("history", bench_history),
	CASE("history-room", bench_history_room),
	CASE("history-month", bench_history_month),
	CASE("recorder", bench_recorder),
};

bool bench_quick(void)
{
	const char *quick = getenv("BENCH_QUICK");

	return quick && !strcmp(quick, "1");
}

/* --- on what it was measured --- */

static void read_model(char *text, size_t size)
{
	_cleanup_(eg_fclosep) FILE *stream = fopen("/proc/cpuinfo", "re");
	char line[256];

	snprintf(text, size, "unknown");
	while (stream && fgets(line, sizeof(line), stream)) {
		const char *colon = strchr(line, ':');

		if (strncmp(line, "model name", 10) || !colon)
			continue;
		snprintf(text, size, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
		return;
	}
}

/* Programs that others have loaded: they cost time on both sides of a comparison. */
static unsigned count_programs(void)
{
	unsigned count = 0;

	for (uint32_t id = 0; !bpf_prog_get_next_id(id, &id);)
		count++;
	return count;
}

static cJSON *describe_machine(void)
{
	cJSON *machine = cJSON_CreateObject();
	double load = NONE;
	struct utsname kernel;
	char model[128];

	uname(&kernel);
	read_model(model, sizeof(model));
	getloadavg(&load, 1);
	cJSON_AddStringToObject(machine, "kernel", kernel.release);
	cJSON_AddStringToObject(machine, "cpu", model);
	cJSON_AddNumberToObject(machine, "cpus", (double)sysconf(_SC_NPROCESSORS_ONLN));
	cJSON_AddNumberToObject(machine, "load", load);
	cJSON_AddNumberToObject(machine, "other_bpf_programs", count_programs());
	return machine;
}

static void print_machine(const cJSON *machine)
{
	const cJSON *fact;

	cJSON_ArrayForEach(fact, machine) {
		if (cJSON_IsString(fact))
			printf("%s: %s\n", fact->string, fact->valuestring);
		else
			printf("%s: %g\n", fact->string, fact->valuedouble);
	}
}

/* --- running --- */

/* 0, or -EIO for one that failed; what this machine can't do is skipped. */
static int run(struct runner *runner, struct job *job)
{
	const char *reason = job->outcome->reason;

	fprintf(stderr, "bench: %s\n", job->self->name);
	if (runner_start(runner, job))
		runner_wait(runner, job, 1);
	if (job->outcome->verdict == VERDICT_PASSED)
		return 0;
	if (job->outcome->verdict == VERDICT_FAILED)
		reason = job->report && *job->report ? job->report : "failed";
	report_missing(job->self->name, reason);
	return job->outcome->verdict == VERDICT_FAILED ? -EIO : 0;
}

static bool chosen(char **patterns, const char *name)
{
	for (char **pattern = patterns; *pattern; pattern++)
		if (!fnmatch(*pattern, name, 0))
			return true;
	return !*patterns;
}

/* 0, or -errno; all are run, whatever happens to one. */
static int run_chosen(struct runner *runner, char **patterns)
{
	const struct test_case *cases[ARRAY_SIZE(benches)];
	unsigned count = 0;
	struct job *jobs;
	int error;

	for (size_t i = 0; i < ARRAY_SIZE(benches); i++)
		if (chosen(patterns, benches[i].name))
			cases[count++] = &benches[i];
	jobs = runner_plan(cases, count);
	error = jobs ? runner_open(runner) : -ENOMEM;
	if (error)
		return error;
	for (unsigned i = 0; i < count; i++) {
		int r = run(runner, &jobs[i]);

		error = error ? error : r;
	}
	runner_close(runner);
	free(jobs);
	return error;
}

static int write_json(cJSON *machine)
{
	cJSON *document = cJSON_CreateObject();
	const char *build = getenv("BUILD");
	char path[PATH_ROOM], *text;
	int error;

	snprintf(path, sizeof(path), "%s/bench.json", build ? build : "build");
	cJSON_AddStringToObject(document, "schema", "egret.bench/1");
	cJSON_AddBoolToObject(document, "quick", bench_quick());
	cJSON_AddItemToObject(document, "machine", machine);
	cJSON_AddItemToObject(document, "metrics", report_json());
	text = cJSON_Print(document);
	error = text ? file_write(path, text) : -ENOMEM;
	if (error)
		fprintf(stderr, "bench: %s: %s\n", path, strerror(-error));
	cJSON_free(text);
	cJSON_Delete(document);
	return error;
}

static int print_usage(void)
{
	fputs(usage, stdout);
	for (size_t i = 0; i < ARRAY_SIZE(benches); i++)
		printf(" %s", benches[i].name);
	putchar('\n');
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	const char *egret = getenv("EGRET");
	struct runner runner = { .timeout_s = 900 };
	cJSON *machine;
	int error;

	if (argc > 1 && !strcmp(argv[1], "--actor"))
		actor_main();
	if (argc > 1 && !strcmp(argv[1], "--help"))
		return print_usage();
	if (geteuid()) {
		fputs("bench: needs root\n", stderr);
		return EXIT_FAILURE;
	}
	/* The harness starts it from another directory. */
	runner.egret = realpath(egret ? egret : "build/egret", NULL);
	if (!runner.egret) {
		fprintf(stderr, "bench: egret: %s\n", strerror(errno));
		return EXIT_FAILURE;
	}
	machine = describe_machine();
	print_machine(machine);
	fflush(stdout);
	error = report_open();
	if (error) {
		fprintf(stderr, "bench: %s\n", strerror(-error));
		return EXIT_FAILURE;
	}
	error = run_chosen(&runner, argv + 1);
	report_print(stdout);
	if (write_json(machine) || error)
		return EXIT_FAILURE;
	return report_missed() ? EXIT_MISSED : EXIT_SUCCESS;
}
